import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from '../../ports/http.ts';
import type { CacheKey, Payload } from '../exchange.ts';
import { isPrivateParameter } from '../secrets/public-url.ts';
import { isChoosingHeader } from '../wire/request-headers.ts';

/** What a key is made from. */
export interface KeyParts {
  readonly handler: string;
  readonly request: HttpRequest;
  readonly method: string;
  /** Address that is really asked, as it may be shown. */
  readonly shownUrl: string;
  readonly payload: Payload | null;
  /** Configured origin in place of the archive's, or null: a mirror's answers are not the archive's. */
  readonly apiUrl: string | null;
  /** The credential that the answer may depend on, and the user's secret; null when none is sent. */
  readonly credential: { readonly text: string; readonly secret: string } | null;
}

/** The name of the answer in the cache. Pure. */
export function cacheKey(parts: KeyParts): CacheKey {
  const text = keyText(parts);
  const salted = parts.credential === null ? text : `${text}\n${credentialMark(parts.credential)}`;
  let name: string | undefined;
  let hash: string | undefined;
  return {
    text: `${parts.handler}\n${salted}`,
    // Hashed when a cache asks for them: without one they would be most of the time of a small request.
    get name() {
      name ??= `${parts.handler}/${createHash('md5').update(salted).digest('hex')}`;
      return name;
    },
    get hash() {
      hash ??= createHash('sha256').update(salted).digest('hex');
      return hash;
    },
  };
}

function keyText({ request, method, shownUrl, payload, apiUrl }: KeyParts): string {
  if (request.cacheAs !== undefined) return apiUrl === null ? request.cacheAs : `${request.cacheAs}\n@${apiUrl}`;
  const lines = [`${method} ${shownUrl}`];
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (isChoosingHeader(name)) lines.push(`${name.toLowerCase()}: ${value}`);
  }
  if (payload !== null) lines.push(payloadText(payload));
  return lines.join('\n');
}

function payloadText(payload: Payload): string {
  if (payload.type === 'json') return payload.text;
  return JSON.stringify(Object.entries(payload.fields).filter(([name]) => !isPrivateParameter(name)));
}

function credentialMark({ text, secret }: { readonly text: string; readonly secret: string }): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
