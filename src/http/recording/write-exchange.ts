import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { allBytes } from '../../disk/chunks.ts';
import { isThere } from '../../disk/is-there.ts';
import type { BodyExpectation } from '../../ports/http.ts';
import { MEMORY_LIMIT, type RawBody } from '../body/body.ts';
import type { Reply } from '../exchange.ts';
import { keptHeaders } from '../kept-headers.ts';
import type { SecretMask } from '../secrets/secret-mask.ts';
import { exchangeText, parseExchange, type RecordedAnswer, type RecordedExchange } from './exchange-file.ts';
import { writeRecordingFile } from './folder.ts';

/** Bytes of a text that stands in the file of its exchange; longer ones are files beside, which editors like better. */
const INLINE_BYTES = 16_384;

/** What must not be written. */
export type Secrets = Pick<SecretMask, 'mask' | 'isIn' | 'isEmpty'>;

/** The content of a file beside an exchange. */
export type BodyContent = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** An answer as it is kept, and the content of the file beside it; null when the body stands in the exchange itself. */
export interface DescribedAnswer {
  readonly answer: RecordedAnswer;
  readonly content: BodyContent | null;
}

/** Decides how an answer is kept: short texts in the file of the exchange, the rest beside. Writes nothing. */
export async function describeAnswer(
  { status, headers, body }: Reply,
  expect: BodyExpectation,
  stem: string,
  secrets: Secrets,
): Promise<DescribedAnswer> {
  // No date, which would differ each time.
  const { date: _, ...known } = keptHeaders(headers);
  const kept = Object.fromEntries(Object.entries(known).map(([name, value]) => [name, secrets.mask(value)]));
  const beside = (sha256: string, isText: boolean, content: BodyContent): DescribedAnswer => {
    const name = `${stem}.${sha256.slice(0, 8)}.${suffixOf(expect, body, isText)}`;
    return { answer: { status, headers: kept, sha256, body: { type: 'file', name } }, content };
  };
  if (body.size > MEMORY_LIMIT) {
    await refuseSecrets(body, secrets);
    return beside(body.sha256, isUtf8(withoutCutEnd(body.head)), () => body.stream());
  }
  const bytes = await allBytes(body.stream());
  if (!isUtf8(bytes)) {
    await refuseSecrets(body, secrets);
    return beside(body.sha256, false, bytes);
  }
  const text = secrets.mask(bytes.toString('utf8'));
  const masked = Buffer.from(text);
  const sha256 = createHash('sha256').update(masked).digest('hex');
  if (masked.byteLength > INLINE_BYTES) return beside(sha256, true, masked);
  return { answer: { status, headers: kept, sha256, body: { type: 'text', text } }, content: null };
}

/**
 * Writes an exchange and its body so that a kill, or another command that records the same, leaves a whole one: the body
 * first, under a name of its content, then the file that names it, then the body before goes.
 */
export async function writeExchange(
  path: string,
  exchange: RecordedExchange,
  content: BodyContent | null,
): Promise<void> {
  const body = bodyPath(path, exchange);
  const before = await bodyOfFile(path);
  const writeBody = async () => {
    if (body === null || content === null) return;
    if (!(await isThere(body))) await writeRecordingFile(body, typeof content === 'function' ? content() : content);
  };
  await writeBody();
  await writeRecordingFile(path, exchangeText(exchange));
  // Another command may just have removed the same body as its own old one.
  await writeBody();
  if (before !== null && before !== body && (await bodyOfFile(path)) !== before) await rm(before, { force: true });
}

/** A body in which nothing can be blanked out is not kept when it holds a secret. */
async function refuseSecrets(body: RawBody, secrets: Secrets): Promise<void> {
  if (!secrets.isEmpty() && (await secrets.isIn(body.stream()))) throw new Error('an answer holds a credential');
}

/** Removes an exchange with its body. */
export async function removeExchange(path: string): Promise<void> {
  const body = await bodyOfFile(path);
  await rm(path, { force: true });
  if (body !== null) await rm(body, { force: true });
}

/** Folder of a handler's exchanges. */
export function handlerFolder(handler: string): string {
  return handler.replace(/[^A-Za-z0-9_-]+/g, '_');
}

function bodyPath(path: string, { outcome }: RecordedExchange): string | null {
  return 'answer' in outcome && outcome.answer.body.type === 'file'
    ? join(dirname(path), outcome.answer.body.name)
    : null;
}

/** The body that an exchange on the disk names; null for none, and for a file that cannot be read as one. */
async function bodyOfFile(path: string): Promise<string | null> {
  try {
    return bodyPath(path, parseExchange(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Without the bytes of a last character that may be cut. */
function withoutCutEnd(head: Uint8Array): Uint8Array {
  let end = head.byteLength;
  for (let back = 1; back <= 4 && back <= head.byteLength; back += 1) {
    if (((head[head.byteLength - back] ?? 0) & 0xc0) !== 0x80) {
      end = head.byteLength - back;
      break;
    }
  }
  return head.subarray(0, end);
}

function suffixOf(expect: BodyExpectation, body: RawBody, isText: boolean): string {
  if (body.head[0] === 0x1f && body.head[1] === 0x8b) return 'gz';
  if (!isText) return 'bin';
  if (expect.kind === 'json' || expect.kind === 'xml' || expect.kind === 'tsv') return expect.kind;
  return 'txt';
}
