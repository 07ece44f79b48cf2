import type { Payload } from '../exchange.ts';
import { isFailureCode, type RecordedFailure } from './failure.ts';
import type { Question } from './question.ts';

/** The body of a recorded answer: lines of text, or a file beside. */
export type RecordedBody =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'file'; readonly name: string };

/** An answer as it is kept. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 (hex) of the body; null: it was changed on purpose and is taken as it is. */
  readonly sha256: string | null;
  readonly body: RecordedBody;
}

/** One exchange as it is kept in a file. */
export interface RecordedExchange {
  readonly question: Question;
  /** What it was for; null when the handler did not say. */
  readonly label: string | null;
  /** The answer from the n-th time on that the question is asked in one command; 1 for nearly all. */
  readonly asked: number;
  /** When the command that recorded it began (ISO 8601 UTC): `fetched_at` of the records made of it. */
  readonly recordedAt: string;
  /** The mirror that answered in place of the archive; null without. */
  readonly mirror: string | null;
  readonly outcome: { readonly answer: RecordedAnswer } | { readonly failure: RecordedFailure };
}

/** Why a file is no recorded exchange, as the end of "<file>: …". */
export class UnreadableExchange extends Error {}

/** The text of a file: JSON with one line per fact, so that a diff shows what changed. Pure. */
export function exchangeText(exchange: RecordedExchange): string {
  const { question, label, asked, recordedAt, mirror, outcome } = exchange;
  const { method, url, headers, body, cacheAs } = question;
  const content = {
    request: {
      method,
      url,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(body === null ? {} : body.type === 'form' ? { form: body.fields } : { json: body.text }),
      ...(cacheAs === null ? {} : { cacheAs }),
      ...(label === null ? {} : { label }),
    },
    ...(asked === 1 ? {} : { asked }),
    recordedAt,
    ...(mirror === null ? {} : { mirror }),
    ...('answer' in outcome
      ? { response: responseContent(outcome.answer) }
      : { failure: failureContent(outcome.failure) }),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function responseContent({ status, headers, sha256, body }: RecordedAnswer): object {
  return {
    status,
    headers: sortedKeys(headers),
    ...(sha256 === null ? {} : { sha256 }),
    ...(body.type === 'file' ? { file: body.name } : { text: linesOf(body.text) }),
  };
}

function failureContent({ code, message, hint, fields, page }: RecordedFailure): object {
  return {
    code,
    message,
    ...(hint === null ? {} : { hint }),
    fields: sortedKeys(fields),
    ...(page === null ? {} : { page: linesOf(page) }),
  };
}

function sortedKeys<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The lines with their ends, so that joining them gives the text back. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Reads what `exchangeText` wrote, or what somebody made of it. Pure; throws `UnreadableExchange`. */
export function parseExchange(text: string): RecordedExchange {
  const content = objectOf(parseJson(text), 'it');
  const request = objectOf(content.request, '"request"');
  const label = optionalText(request.label, '"label"');
  return {
    question: {
      method: textOf(request.method, '"method"'),
      url: addressOf(request.url),
      headers: sortedKeys(textsOf(request.headers ?? {}, '"headers"')),
      body: bodyOf(request),
      cacheAs: optionalText(request.cacheAs, '"cacheAs"'),
    },
    label,
    asked: content.asked === undefined ? 1 : wholeOf(content.asked, '"asked"'),
    recordedAt: instantOf(content.recordedAt),
    mirror: optionalText(content.mirror, '"mirror"'),
    outcome:
      content.failure === undefined ? { answer: answerOf(content.response) } : { failure: failureOf(content.failure) },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableExchange(`it is no JSON (${(error as Error).message})`);
  }
}

function answerOf(value: unknown): RecordedAnswer {
  const response = objectOf(value, '"response"');
  const body: RecordedBody =
    response.file === undefined
      ? { type: 'text', text: textLines(response.text, '"text"') }
      : { type: 'file', name: fileName(response.file) };
  return {
    status: wholeOf(response.status, '"status"'),
    headers: textsOf(response.headers ?? {}, '"headers"'),
    sha256: optionalText(response.sha256, '"sha256"'),
    body,
  };
}

function failureOf(value: unknown): RecordedFailure {
  const failure = objectOf(value, '"failure"');
  if (!isFailureCode(failure.code)) throw new UnreadableExchange('its "code" names no failure');
  return {
    code: failure.code,
    message: textOf(failure.message, '"message"'),
    hint: optionalText(failure.hint, '"hint"'),
    fields: objectOf(failure.fields ?? {}, '"fields"') as RecordedFailure['fields'],
    page: failure.page === undefined ? null : textLines(failure.page, '"page"'),
  };
}

function bodyOf(request: Readonly<Record<string, unknown>>): Payload | null {
  if (request.form !== undefined) return { type: 'form', fields: sortedKeys(textsOf(request.form, '"form"')) };
  return request.json === undefined ? null : { type: 'json', text: textOf(request.json, '"json"') };
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UnreadableExchange(`${what} is no object`);
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new UnreadableExchange(`its ${what} is no text`);
}

function optionalText(value: unknown, what: string): string | null {
  return value === undefined || value === null ? null : textOf(value, what);
}

function textsOf(value: unknown, what: string): Record<string, string> {
  return Object.fromEntries(Object.entries(objectOf(value, what)).map(([name, one]) => [name, textOf(one, what)]));
}

function textLines(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((line) => textOf(line, what)).join('');
  throw new UnreadableExchange(`its ${what} is no list of lines`);
}

function wholeOf(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && Number(value) > 0) return Number(value);
  throw new UnreadableExchange(`its ${what} is no number`);
}

function addressOf(value: unknown): string {
  const text = textOf(value, '"url"');
  if (URL.canParse(text)) return text;
  throw new UnreadableExchange('its "url" is no address');
}

function instantOf(value: unknown): string {
  const text = textOf(value, '"recordedAt"');
  if (!Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new UnreadableExchange('its "recordedAt" is no instant');
}

/** A name in the same folder: a recording may come from elsewhere, and must not lead out of itself. */
function fileName(value: unknown): string {
  const name = textOf(value, '"file"');
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) return name;
  throw new UnreadableExchange('its "file" is no name of a file beside it');
}
