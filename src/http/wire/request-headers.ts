/** Headers that choose another representation of the same address, or a part of it. */
const CHOOSING = new Set(['accept', 'accept-language', 'range', 'prefer', 'content-type']);

/** Headers that ask for an answer only if it is another than the one that they name. */
export const CONDITIONS: readonly string[] = ['if-none-match', 'if-modified-since'];

/** Headers that change no answer, once it comes. */
const NEUTRAL = new Set([...CONDITIONS, 'user-agent', 'accept-encoding', 'cache-control', 'referer']);

/** Headers that say how a request is sent, which is settled where it is. */
const OF_THE_NETWORK = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** True for a header that no request may bring. */
export function isOfTheNetwork(name: string): boolean {
  return OF_THE_NETWORK.has(name.toLowerCase());
}

/** True for a header of a request that makes the answer another one; its value is no secret. */
export function isChoosingHeader(name: string): boolean {
  return CHOOSING.has(name.toLowerCase());
}

/** True for a header that may hold a credential, whatever its name: all that are not known to be something else. */
export function mayBeCredential(name: string): boolean {
  return !isChoosingHeader(name) && !NEUTRAL.has(name.toLowerCase());
}

/** The headers (names in lower case) without conditions. */
export function withoutConditions(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CONDITIONS.includes(name)));
}
