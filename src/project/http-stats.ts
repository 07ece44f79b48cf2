import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { UsageError } from '../errors/usage-error.ts';
import { answeredFree, createTally, type EndpointSummary, quantile, type Tally } from '../http/observe/summary.ts';
import type { ExchangeEvent } from '../ports/http.ts';
import { summaryLogOf } from './watch-requests.ts';

/** What is summed up. */
export interface HttpStatsOptions {
  /** A file that `--trace` wrote, absolute; default the lines that celline keeps of each command. */
  readonly file?: string;
  /** Only what was asked from this instant on (milliseconds since 1970-01-01 UTC). */
  readonly since?: number;
}

/** What requests to one endpoint came to, as `celline stats --http` prints it. Times in milliseconds. */
export interface EndpointFigures {
  readonly operator: string;
  readonly endpoint: string;
  /** Requests of handlers. */
  readonly asked: number;
  /** Times that one was sent over the network: redirects and further attempts count. */
  readonly sent: number;
  /** Answered without sending anything: from the cache, with an equal request, by a recording. */
  readonly free: number;
  /** Bytes of bodies. */
  readonly bytes: number;
  /** Of those that were sent, waits included; null when none was. To within 5 %. */
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  /** Waiting by cause: `slot`, `refusal`, `retry`, … */
  readonly waitedMs: Readonly<Record<string, number>>;
  /** Failures by outcome. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What was asked of the archives. */
export interface HttpStats {
  /** The first of the commands, or requests of a trace, that are summed up (ISO 8601 UTC); null for none. */
  readonly from: string | null;
  /** Commands, or lines of the trace. */
  readonly lines: number;
  readonly endpoints: readonly EndpointFigures[];
}

/** Sums up what was asked. Lines that are cut or altered are passed by; a trace that cannot be read is a `UsageError`. */
export async function httpStats({ file, since = 0 }: HttpStatsOptions, cacheDir: string): Promise<HttpStats> {
  const tally = createTally();
  let from: string | null = null;
  let lines = 0;
  const noteLine = file === undefined ? noteCommand : noteRequest;
  for await (const line of file === undefined ? keptLines(cacheDir) : traceLines(file)) {
    const at = noteLine(line, since, tally);
    if (at === null) continue;
    lines += 1;
    if (from === null || at < from) from = at;
  }
  return { from, lines, endpoints: tally.endpoints().map(figuresOf) };
}

async function* keptLines(cacheDir: string): AsyncGenerator<string> {
  yield* await summaryLogOf(cacheDir).lines();
}

async function* traceLines(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path, 'utf8') });
  } catch (cause) {
    throw new UsageError(`the trace ${path} cannot be read: ${(cause as Error).message}`, {
      hint: 'Give a file that --trace wrote, or none for what celline keeps itself.',
      fields: { path },
      cause,
    });
  }
}

/** Adds a line and says when it was made; null when it is no such line, or too old. */
type NoteLine = (line: string, since: number, tally: Tally) => string | null;

const noteCommand: NoteLine = (line, since, tally) => {
  const { version, at, endpoints } = objectOf(line);
  if (version !== 1 || typeof at !== 'string' || !Array.isArray(endpoints) || !isFrom(at, since)) return null;
  for (const one of endpoints as EndpointSummary[]) tally.add(one);
  return at;
};

const noteRequest: NoteLine = (line, since, tally) => {
  const event = objectOf(line) as Partial<ExchangeEvent>;
  const { at, url, operator, waitedMs } = event;
  const isWhole = typeof at === 'string' && typeof operator === 'string' && typeof waitedMs === 'object';
  if (!isWhole || typeof url !== 'string' || !URL.canParse(url) || !isFrom(at, since)) return null;
  tally.note(event as ExchangeEvent);
  return at;
};

function isFrom(at: string, since: number): boolean {
  return Date.parse(at) >= since;
}

function objectOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function figuresOf(summary: EndpointSummary): EndpointFigures {
  const { operator, endpoint, asked, sent, bytes, waitedMs, errors } = summary;
  return {
    operator,
    endpoint,
    asked,
    sent,
    free: answeredFree(summary),
    bytes,
    medianMs: quantile(summary, 0.5),
    p95Ms: quantile(summary, 0.95),
    waitedMs,
    errors,
  };
}
