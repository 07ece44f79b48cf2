import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { failureName } from '../../errors/failure-name.ts';
import type { Exchange, Reply, Send } from '../exchange.ts';
import { publicUrl } from '../secrets/public-url.ts';
import type { RecordedExchange } from './exchange-file.ts';
import { maskedFailure, toFailure } from './failure.ts';
import { isDraft, openForRecording, removeDraft } from './folder.ts';
import { type Question, questionHash, questionStem } from './question.ts';
import { describeAnswer, handlerFolder, removeExchange, type Secrets, writeExchange } from './write-exchange.ts';

/** Keeps every answer of a command in a folder. */
export interface Recorder {
  /** When the command began (ISO 8601 UTC): the time of all that it records. */
  readonly recordedAt: string;
  /** The layer that keeps what the ones below it answer, without the secrets. */
  layer(secrets: Secrets): (next: Send) => Send;
  /** Says which failures were recorded: they will be answered too. */
  close(): void;
}

/** What a recorder needs. */
export interface RecorderSettings {
  /** Absolute. */
  readonly folder: string;
  /** ISO 8601 UTC. */
  readonly recordedAt: string;
  readonly warn: (message: string) => void;
}

/** How a request ended. */
type Ending = { readonly reply: Reply } | { readonly error: unknown };

/** What a command has recorded of a question. */
interface Known {
  asked: number;
  /** SHA-256 (hex) of the last outcome: the texts of 10,000 answers would be a great deal of memory. */
  last: string;
}

/** Opens a folder for recording; `ConfigError` when it cannot be one. */
export async function createRecorder({ folder, recordedAt, warn }: RecorderSettings): Promise<Recorder> {
  await openForRecording(folder);
  const recording: Recording = {
    folder,
    recordedAt,
    known: new Map(),
    older: await tidy(folder, Date.parse(recordedAt)),
  };
  const failures = new Map<string, number>();
  let isBroken = false;
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isBroken) warn(`the recording ${folder} is incomplete: ${(error as Error).message}`);
      isBroken = true;
    }
  };
  return {
    recordedAt,
    layer: (secrets) => (next) => async (exchange) => {
      const ending: Ending = await next(exchange).then(
        (reply) => ({ reply }),
        (error: unknown) => ({ error }),
      );
      await guarded(() => keep(exchange, ending, secrets, recording));
      if ('reply' in ending) return ending.reply;
      if (!exchange.stop.aborted) noteFailure(ending.error, failures);
      throw ending.error;
    },
    close() {
      if (failures.size === 0) return;
      const counts = [...failures].map(([name, count]) => `${count} × ${name}`).join(', ');
      warn(`${counts} in the recording ${folder}: replaying it fails there too; record again when the archive answers`);
    },
  };
}

/** A folder that is being recorded into. */
interface Recording extends Pick<RecorderSettings, 'folder' | 'recordedAt'> {
  /** By hash of the question, with its handler. */
  readonly known: Map<string, Known>;
  /** Paths of further answers of earlier commands, by the path of the first. */
  readonly older: Map<string, string[]>;
}

/** Milliseconds after which a file that was being written counts as left behind by a killed command: an hour. */
const STALE_MS = 3_600_000;

/**
 * Removes what killed commands left, and gives the answers from the second on, which earlier commands recorded: they go when
 * their question is recorded anew.
 */
async function tidy(folder: string, now: number): Promise<Map<string, string[]>> {
  const further = new Map<string, string[]>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (isDraft(entry.name)) await removeDraft(path, now - STALE_MS);
    const [, first] = /^(.*-[0-9a-f]{12})\.\d+\.json$/.exec(path) ?? [];
    if (first === undefined || relative(folder, path).split(sep).length !== 2) continue;
    further.set(`${first}.json`, [...(further.get(`${first}.json`) ?? []), path]);
  }
  return further;
}

async function keep(exchange: Exchange, ending: Ending, secrets: Secrets, recording: Recording): Promise<void> {
  const failure = 'error' in ending ? toFailure(ending.error) : null;
  // A stop, a miss of --offline or a fault of the program is no answer of an archive.
  if ('error' in ending && (failure === null || exchange.stop.aborted)) return;
  const question = exchange.question();
  const asking = JSON.stringify([question, exchange.label, exchange.shownUrl]);
  if (secrets.mask(asking) !== asking) throw new Error('a request holds a credential and is not recorded');
  const id = `${exchange.handler}/${questionHash(question)}`;
  const asked = (recording.known.get(id)?.asked ?? 0) + 1;
  const folder = join(recording.folder, handlerFolder(exchange.handler));
  const stem = questionStem(question);
  const described = 'reply' in ending ? await describeAnswer(ending.reply, exchange.expect, stem, secrets) : null;
  const outcome =
    described === null
      ? { failure: maskedFailure(failure as NonNullable<typeof failure>, secrets.mask) }
      : { answer: described.answer };
  const last = createHash('sha256').update(JSON.stringify(outcome)).digest('hex');
  const isRepeated = recording.known.get(id)?.last === last;
  recording.known.set(id, { asked, last });
  // Each file holds until the next one.
  if (isRepeated) return;
  const kept: RecordedExchange = {
    question,
    label: exchange.label,
    asked,
    recordedAt: recording.recordedAt,
    mirror: mirrorOf(question, exchange),
    outcome,
  };
  const first = join(folder, `${stem}.json`);
  const path = asked === 1 ? first : join(folder, `${stem}.${asked}.json`);
  await writeExchange(path, kept, described?.content ?? null);
  for (const old of asked === 1 ? (recording.older.get(first) ?? []) : []) await removeExchange(old);
}

/** Where the request really went when that is not the archive: `http://127.0.0.1:4000/mirror`. */
function mirrorOf(question: Question, { url }: Exchange): string | null {
  const asked = new URL(publicUrl(url));
  const declared = new URL(question.url);
  if (asked.origin === declared.origin) return null;
  const isBelow = asked.pathname.endsWith(declared.pathname);
  const prefix = isBelow ? asked.pathname.slice(0, asked.pathname.length - declared.pathname.length) : '';
  return `${asked.origin}${prefix}`;
}

/** Counts what another attempt on another day would not meet: no answer, and servers in trouble. */
function noteFailure(error: unknown, failures: Map<string, number>): void {
  const failure = toFailure(error);
  if (failure === null) return;
  const isTrouble =
    ['NETWORK', 'RATE_LIMITED', 'AUTH'].includes(failure.code) ||
    (failure.code === 'HTTP_STATUS' && Number(failure.fields.status) >= 500);
  const name = failureName(error);
  if (isTrouble) failures.set(name, (failures.get(name) ?? 0) + 1);
}
