import type { Hash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Answer } from './answer.ts';
import type { Ending } from './faults.ts';

/** Text is written in pieces of about this many characters, so that a small record costs no write of its own. */
const PIECE_CHARACTERS = 16_384;

/** How an answer is sent. */
export interface Sending {
  /** Milliseconds that each record takes to come. */
  readonly perRecordMs: number;
  readonly ending: Ending | undefined;
  /** Takes the bytes of the body as they go. */
  readonly hash: Hash | undefined;
}

/** Sends an answer. Resolves with the body bytes sent when all is written. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  { perRecordMs, ending, hash }: Sending,
): Promise<number> {
  response.statusCode = answer.status;
  response.setHeader('Content-Type', answer.type);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.records === undefined && answer.gzip !== true) {
    response.setHeader('Content-Length', Buffer.byteLength(answer.head + (answer.tail ?? '')));
  }
  const text = pieces(answer, perRecordMs, () => response.destroyed);
  // A pipeline, so that the records stop when the reader goes; what broke is seen by the loop below.
  const body = answer.gzip === true ? pipeline(Readable.from(text), createGzip(), () => {}) : text;
  let bytes = 0;
  for await (const piece of body as AsyncIterable<string | Buffer>) {
    if (response.destroyed) return bytes;
    const chunk = Buffer.from(piece as string);
    const room = ending === undefined ? chunk.length : ending.bytes - bytes;
    const part = chunk.subarray(0, Math.max(0, room));
    bytes += part.length;
    hash?.update(part);
    if (!response.write(part)) await drained(response);
    if (ending !== undefined && bytes >= ending.bytes) return endEarly(response, ending, bytes);
  }
  response.end();
  return bytes;
}

/** The text of an answer in pieces, each when its records are due. Stops when nobody listens any more. */
async function* pieces(answer: Answer, perRecordMs: number, isGone: () => boolean): AsyncGenerator<string> {
  let text = answer.head;
  const start = performance.now();
  let count = 0;
  for (const record of answer.records ?? []) {
    if (isGone()) return;
    count += 1;
    const early = start + count * perRecordMs - performance.now();
    if (early >= 1) {
      if (text !== '') yield text;
      text = '';
      await wait(early);
    }
    text += record;
    if (text.length >= PIECE_CHARACTERS) {
      yield text;
      text = '';
    }
  }
  text += answer.tail ?? '';
  if (text !== '') yield text;
}

/** A declared length that never comes is a broken transfer by itself; otherwise the socket is cut. */
function endEarly(response: ServerResponse, ending: Ending, bytes: number): number {
  if (ending.end === 'clean') response.end();
  if (ending.end === 'broken') response.socket?.destroy();
  return bytes;
}

/** Resolves when the response takes more, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
