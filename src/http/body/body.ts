import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { BadResponseError } from '../../errors/bad-response-error.ts';
import type { HttpBody } from '../../ports/http.ts';
import { BodyInMemory, HEAD_BYTES, TAIL_BYTES, UTF8 } from './body-in-memory.ts';
import { parseJson } from './parse-json.ts';
import type { Spool } from './spool.ts';

/** Bytes of a body that are held in memory; beyond, it goes to a file. Six such bodies at once stay below 50 MB. */
export const MEMORY_LIMIT = 8 * 1024 * 1024;

/** A body with what the checks and the cache need of it. */
export interface RawBody extends HttpBody {
  /** SHA-256 (hex). */
  readonly sha256: string;
  /** The first 64 KiB at most. */
  readonly head: Uint8Array;
  /** The last 4 KiB at most. */
  readonly tail: Uint8Array;
  /** The head as text. */
  readonly headText: string;
  /** The body parsed as JSON where that needs no reading; null where it does. A `SyntaxError` when it is none. */
  jsonInMemory(): { readonly value: unknown } | null;
  /** The bytes, or the file that holds them and may be moved; null when they are the cache's own. */
  readonly content: Uint8Array | { readonly file: string; readonly size: number } | null;
}

/** How a body is collected. */
export interface CollectOptions {
  /** Most bytes; one more rejects with a `BadResponseError` of kind `too_large`. */
  readonly maxBytes: number;
  /** Address for messages. */
  readonly url: string;
  readonly spool: Spool;
}

/** Collects a body: in memory to 8 MiB, beyond in a file, so that half a gigabyte costs no memory. */
export async function collectBody(source: AsyncIterable<Uint8Array>, options: CollectOptions): Promise<RawBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let spooled: SpooledBody | null = null;
  try {
    for await (const chunk of source) {
      size += chunk.byteLength;
      if (size > options.maxBytes) throw tooLarge(options);
      if (spooled !== null) await spooled.write(chunk);
      else chunks.push(chunk);
      if (spooled !== null || size <= MEMORY_LIMIT) continue;
      spooled = await startSpooling(options.spool);
      for (const held of chunks.splice(0)) await spooled.write(held);
    }
  } catch (error) {
    await spooled?.discard();
    throw error;
  }
  return spooled === null ? bodyOfBytes(Buffer.concat(chunks)) : spooled.finish();
}

/** A body that goes into a file while it arrives. */
interface SpooledBody {
  write(chunk: Uint8Array): Promise<void>;
  finish(): Promise<RawBody>;
  discard(): Promise<void>;
}

async function startSpooling(spool: Spool): Promise<SpooledBody> {
  const file = await spool.create();
  const facts = createFactsReader();
  return {
    write: (chunk) => {
      facts.read(chunk);
      return file.write(chunk);
    },
    finish: async () => {
      await file.finish();
      return bodyOfFile(file.path, facts.done());
    },
    discard: () => file.discard(),
  };
}

/** A body that is held in memory. `sha256`: its hash, where it is known. */
export function bodyOfBytes(bytes: Uint8Array, sha256?: string): RawBody {
  return new BodyInMemory(bytes, sha256);
}

/** What is known of a body apart from its bytes. */
export type BodyFacts = Pick<RawBody, 'size' | 'sha256' | 'head' | 'tail'>;

/** A body whose bytes come from a stream that can be opened again and again. `known`: the body parsed as JSON, where it was. */
export function bodyOfStream(
  { size, sha256, head, tail }: BodyFacts,
  content: RawBody['content'],
  stream: () => AsyncIterable<Uint8Array>,
  known: ReturnType<RawBody['jsonInMemory']> = null,
): RawBody {
  const text = () => decodeAll(stream());
  let parsed = known;
  const json = async () => {
    parsed ??= { value: parseJson(await text()) };
    return parsed.value;
  };
  const headText = UTF8.decode(head);
  return { size, sha256, head, tail, headText, content, stream, text, json, jsonInMemory: () => parsed };
}

function bodyOfFile(path: string, facts: BodyFacts): RawBody {
  return bodyOfStream(facts, { file: path, size: facts.size }, async function* () {
    const handle = await open(path, 'r');
    yield* createReadStream(path, { fd: handle, highWaterMark: 256 * 1024 });
  });
}

/** Removes the file of a body that nobody will read; both ends of it stay. The next attempt would need as much room again. */
export async function discardBody({ content }: RawBody): Promise<void> {
  if (content !== null && !(content instanceof Uint8Array)) await rm(content.file, { force: true });
}

/** Reads a body through without keeping it. */
export async function factsOfBody(source: AsyncIterable<Uint8Array>): Promise<BodyFacts> {
  const facts = createFactsReader();
  for await (const chunk of source) facts.read(chunk);
  return facts.done();
}

/** Takes the size, the hash and both ends of a body as it passes. */
function createFactsReader() {
  const hash = createHash('sha256');
  let size = 0;
  let head: Uint8Array = new Uint8Array();
  let tail: Uint8Array = new Uint8Array();
  return {
    read(chunk: Uint8Array): void {
      size += chunk.byteLength;
      hash.update(chunk);
      if (head.byteLength < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      tail = lastBytes(tail, chunk);
    },
    done: (): BodyFacts => ({ size, sha256: hash.digest('hex'), head, tail }),
  };
}

async function decodeAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const part of decodeUtf8(chunks)) text += part;
  return text;
}

/** The chunks as text; a character that is cut by a chunk border comes whole, a byte-order mark not at all. */
export async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

function lastBytes(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (chunk.byteLength >= TAIL_BYTES) return Buffer.from(chunk.subarray(-TAIL_BYTES));
  return Buffer.concat([before, chunk]).subarray(-TAIL_BYTES);
}

/** The error of a body that has more bytes than it may. */
export function tooLarge({ maxBytes, url }: CollectOptions): BadResponseError {
  return new BadResponseError(`the answer of ${url} has more than ${maxBytes} bytes`, {
    hint: 'ask for less at once, or raise the limit of the request',
    fields: { kind: 'too_large', url, maxBytes },
  });
}
