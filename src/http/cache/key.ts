import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from '../../ports/http.ts';
import type { CacheKey, Payload } from '../exchange.ts';
import { isPrivateParameter } from '../secrets/private-parameter.ts';
import { isChoosingHeader } from '../wire/request-headers.ts';

/** What a key is made from. */
export interface KeyParts {
  readonly handler: string;
  readonly request: Omit<HttpRequest, 'expect'>;
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
  return new AnswerKey(parts);
}

/** Hashed when a cache asks: without one the hashes would be most of the time of a small request. */
class AnswerKey implements CacheKey {
  readonly text: string;
  readonly #handler: string;
  #name: string | undefined;
  #hash: string | undefined;

  constructor(parts: KeyParts) {
    const { handler, credential } = parts;
    const text = keyText(parts);
    this.#handler = handler;
    this.text = `${handler}\n${credential === null ? text : `${text}\n${credentialMark(credential)}`}`;
  }

  get name(): string {
    this.#name ??= `${this.#handler}/${createHash('md5').update(this.#question()).digest('hex')}`;
    return this.#name;
  }

  get hash(): string {
    this.#hash ??= createHash('sha256').update(this.#question()).digest('hex');
    return this.#hash;
  }

  /** The text without the handler, which the name has in front. */
  #question(): string {
    return this.text.slice(this.#handler.length + 1);
  }
}

function keyText({ request, method, shownUrl, payload, apiUrl }: KeyParts): string {
  if (request.cacheAs !== undefined) return apiUrl === null ? request.cacheAs : `${request.cacheAs}\n@${apiUrl}`;
  const question = `${method} ${shownUrl}`;
  if (request.headers === undefined && payload === null) return question;
  const lines = [question];
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (isChoosingHeader(name)) lines.push(`${name.toLowerCase()}: ${value}`);
  }
  if (payload !== null) lines.push(payloadText(payload));
  return lines.join('\n');
}

function payloadText(payload: Payload): string {
  if (payload.type === 'json') return payload.text;
  return JSON.stringify(Object.entries(payload.fields).filter(([name, value]) => !isPrivateParameter(name, value)));
}

function credentialMark({ text, secret }: { readonly text: string; readonly secret: string }): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
