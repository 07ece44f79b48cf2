import type { Payload } from '../exchange.ts';

/** Parameters that say who asks and change no answer (NCBI), in lower case. */
const IDENTITY = new Set(['tool', 'email']);

/**
 * Names of parameters that hold or hint at a credential, with or without something before them (`X-Amz-Security-Token`). A
 * token is one alone, or by its kind: `nextToken`, `page_token` and `query_key` are questions.
 */
const SECRET = new RegExp(
  [
    '^token$',
    '(?:^|[-_.])(?:password|passwd|passphrase|pwd|(?:client|app|shared)?[-_]?secret|credentials?|authorization|jwt)$',
    '(?:^|[-_.])(?:access|auth|api|bearer|id|private|refresh|sas|security|session)[-_]?token$',
    '(?:^|[-_.]|aws)(?:access|account|api|auth|private|secret|subscription)[-_]?key(?:[-_]?id)?$',
    '^x-[a-z]+-signature$',
    '^googleaccessid$',
  ].join('|'),
  'i',
);

/** Names of a credential, of a signed address, and of harmless things: their values tell. */
const DOUBTFUL = /^(?:key|sig|sign|signature)$/i;

/** Shortest of the keys and signatures that such a parameter holds: 28 characters of AWS, with some to spare. */
const SHORTEST_DOUBTFUL = 24;

/** True for a parameter that neither a cache key nor a message may hold. */
export function isPrivateParameter(name: string, value: string): boolean {
  return isSecretParameter(name, value) || IDENTITY.has(name.toLowerCase());
}

/** True for a parameter that holds or hints at a credential. */
export function isSecretParameter(name: string, value: string): boolean {
  return SECRET.test(name) || (DOUBTFUL.test(name) && isRandom(value));
}

/** True when a body has a field, or a member at any depth, that holds or hints at a credential. */
export function hasSecretParameter(payload: Payload): boolean {
  if (payload.type === 'form')
    return Object.entries(payload.fields).some(([name, value]) => isSecretParameter(name, value));
  let isThere = false;
  JSON.parse(payload.text, (name: string, value: unknown) => {
    isThere ||= typeof value === 'string' && isSecretParameter(name, value);
    return value;
  });
  return isThere;
}

/** True for what nobody wrote by hand: long, of the characters of base64 or of a UUID, with digits or in both cases. */
function isRandom(value: string): boolean {
  if (value.length < SHORTEST_DOUBTFUL || !/^[\w+/=~.-]+$/.test(value)) return false;
  return /\d/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value));
}
