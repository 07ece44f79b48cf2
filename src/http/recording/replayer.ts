import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../../disk/system-code.ts';
import { NotCachedError } from '../../errors/not-cached-error.ts';
import { bodyOfBytes, bodyOfStream, factsOfBody, type RawBody } from '../body/body.ts';
import type { Exchange, Send } from '../exchange.ts';
import { parseExchange, type RecordedAnswer, type RecordedExchange, UnreadableExchange } from './exchange-file.ts';
import { fromFailure } from './failure.ts';
import { openForReplay } from './folder.ts';
import { nearestRecorded } from './nearest.ts';
import { questionHash, questionStem, questionText } from './question.ts';
import { handlerFolder } from './write-exchange.ts';

/** Answers every request from a recording; nothing else is asked, read or written. */
export interface Replayer {
  /** The innermost layer in place of cache and network. */
  readonly send: Send;
  /** When the newest of the answers given so far was recorded (ISO 8601 UTC); null before the first. */
  recordedAt(): string | null;
}

/** Opens a recording; `ConfigError` when there is none, or one of a newer celline. */
export async function createReplayer(folder: string): Promise<Replayer> {
  await openForReplay(folder);
  const asked = new Map<string, number>();
  const current = new Map<string, string>();
  let newest: string | null = null;
  return {
    recordedAt: () => newest,
    async send(exchange) {
      exchange.notes.cache = 'replayed';
      const id = `${exchange.handler}/${questionHash(exchange.question())}`;
      const times = (asked.get(id) ?? 0) + 1;
      asked.set(id, times);
      const path = await pathOf(folder, exchange, times, current.get(id));
      if (path === null) throw await notRecorded(folder, exchange);
      current.set(id, path);
      const { outcome, recordedAt } = await readExchange(path, exchange);
      if (newest === null || recordedAt > newest) newest = recordedAt;
      if ('failure' in outcome) throw fromFailure(outcome.failure, recordedAt);
      const { status, headers } = outcome.answer;
      const body = await readBody(path, outcome.answer);
      return { status, headers, body, fromCache: true, fetchedAt: recordedAt };
    },
  };
}

/** The file that answers the n-th asking: the one of this number, else the last before it; null when there is none. */
async function pathOf(folder: string, exchange: Exchange, times: number, before: string | undefined) {
  const stem = join(folder, handlerFolder(exchange.handler), questionStem(exchange.question()));
  const own = times === 1 ? `${stem}.json` : `${stem}.${times}.json`;
  try {
    await access(own);
    return own;
  } catch {
    return before ?? null;
  }
}

async function readExchange(path: string, exchange: Exchange): Promise<RecordedExchange> {
  try {
    const recorded = parseExchange(await readFile(path, 'utf8'));
    if (questionHash(recorded.question) === questionHash(exchange.question())) return recorded;
  } catch (error) {
    throw unusable(path, error instanceof UnreadableExchange ? error.message : (error as Error).message);
  }
  throw unusable(path, `its "request" is not what its name stands for: ${questionText(exchange.question())}`);
}

async function readBody(path: string, { body, sha256 }: RecordedAnswer): Promise<RawBody> {
  if (body.type === 'text') {
    const bytes = Buffer.from(body.text);
    const known = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== null && sha256 !== known) throw changed(path, path);
    return bodyOfBytes(bytes, known);
  }
  const file = join(path, '..', body.name);
  try {
    const facts = await factsOfBody(createReadStream(file));
    if (sha256 !== null && sha256 !== facts.sha256) throw changed(file, path);
    return bodyOfStream(facts, null, () => createReadStream(file, { highWaterMark: 256 * 1024 }));
  } catch (error) {
    if (error instanceof NotCachedError) throw error;
    throw unusable(path, isAbsent(error) ? `its body ${body.name} is missing` : (error as Error).message);
  }
}

function changed(file: string, path: string): NotCachedError {
  return new NotCachedError(`the recorded body in ${file} is not the one that was recorded`, {
    hint: `if it was changed on purpose, remove the line "sha256" from ${path}; else record it again`,
    fields: { path: file },
  });
}

function unusable(path: string, why: string): NotCachedError {
  return new NotCachedError(`the recorded exchange ${path} cannot be used: ${why}`, {
    hint: 'record it again with --record',
    fields: { path },
  });
}

async function notRecorded(folder: string, exchange: Exchange): Promise<NotCachedError> {
  const { label, handler } = exchange;
  const question = exchange.question();
  const nearest = await nearestRecorded(join(folder, handlerFolder(handler)), question);
  const what = label === null ? '' : ` for ${label}`;
  const near = nearest === null ? '' : `; the nearest that is: ${nearest}`;
  return new NotCachedError(`not in the recording ${folder}: ${questionText(question)}${what}${near}`, {
    hint: `record it: run the same command with --record ${folder}`,
    fields: { url: question.url, operator: exchange.operator.name, nearest },
  });
}
