import { createHash } from 'node:crypto';
import type { HttpRequest } from '../../ports/http.ts';
import type { Payload } from '../exchange.ts';
import { isPrivateParameter } from '../secrets/private-parameter.ts';
import { publicUrl } from '../secrets/public-url.ts';
import { isChoosingHeader } from '../wire/request-headers.ts';

/**
 * What a recording is asked: the request as the handler wrote it, at the archive's own address, without who asks. It is
 * the same whatever mirror, key or e-mail address is configured.
 */
export interface Question {
  readonly method: string;
  /** Without credentials; without its parameters when `cacheAs` stands for them. */
  readonly url: string;
  /** The headers that choose a representation. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields of a form, sorted by name, or the text of a JSON body; null without a body. */
  readonly body: Payload | null;
  /** The handler's own name of the question, when its address holds a session; null without. */
  readonly cacheAs: string | null;
}

/** The question that a request asks. Pure. */
export function questionOf(
  request: Pick<HttpRequest, 'url' | 'headers' | 'cacheAs'>,
  method: string,
  payload: Payload | null,
): Question {
  const { cacheAs = null } = request;
  const url = new URL(publicUrl(request.url));
  if (cacheAs !== null) url.search = '';
  const choosing = Object.entries(request.headers ?? {}).filter(([name]) => isChoosingHeader(name));
  return {
    method,
    url: url.href,
    headers: sorted(choosing.map(([name, value]) => [name.toLowerCase(), value])),
    body: cacheAs === null ? publicBody(payload) : null,
    cacheAs,
  };
}

/** SHA-256 (hex) of a question. */
export function questionHash(question: Question): string {
  const { method, url, headers, body, cacheAs } = question;
  const text = JSON.stringify(cacheAs === null ? [method, url, headers, body] : [cacheAs]);
  return createHash('sha256').update(text).digest('hex');
}

/** The question on one line, for messages: `POST https://… "query"=…`. */
export function questionText({ method, url, body, cacheAs }: Question): string {
  const more = cacheAs ?? (body === null ? '' : bodyText(body));
  const text = `${method} ${url}${more === '' ? '' : ` (${more})`}`;
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}

/** Characters of a path in the name of a file. */
const SLUG_LENGTH = 60;

/** Name of the file of a question, without suffix: the end of its path and the start of its hash. */
export function questionStem(question: Question): string {
  const end = new URL(question.url).pathname.split('/').filter(Boolean).slice(-2).join('-');
  const slug =
    end
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, SLUG_LENGTH) || 'root';
  return `${slug}-${questionHash(question).slice(0, 12)}`;
}

function publicBody(payload: Payload | null): Payload | null {
  if (payload === null || payload.type === 'json') return payload;
  return {
    type: 'form',
    fields: sorted(Object.entries(payload.fields).filter(([name, value]) => !isPrivateParameter(name, value))),
  };
}

function bodyText(body: Payload): string {
  return body.type === 'json' ? body.text : new URLSearchParams(body.fields).toString();
}

function sorted(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}
