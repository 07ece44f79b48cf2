import type { Clock } from '../ports/clock.ts';
import type { Handler, HandlerContext, HandlerOutcome } from '../ports/handler.ts';
import type { AskingJob, JobAnswer } from '../ports/jobs.ts';
import type { OutcomeRow, Reporter } from '../ports/reporter.ts';
import type { ReadWrite } from '../ports/store.ts';
import type { AskedRow } from '../records/asked.ts';
import { createCommitter } from './committer.ts';
import { isAnswered } from './freshness.ts';
import { type IdNumbers, numberIds } from './number-ids.ts';
import type { Claim, Registry } from './registry.ts';
import { type Routed, type RouteOptions, route } from './route.ts';
import { createChannel } from './row-channel.ts';
import { createTally } from './tally.ts';
import { walk } from './walk.ts';

/** What a dispatch works with. */
export interface DispatchSettings extends RouteOptions {
  readonly registry: Registry;
  /** The store, or a transaction. */
  readonly store: ReadWrite;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Batches in flight. */
  readonly concurrency: number;
  /**
   * True: the same ids make the same requests and the same commits, whatever their order and the timing, by asking them in
   * their own order, one call after the other, with a commit after each. Default false.
   */
  readonly isReproducible?: boolean;
  /** Ask even for what is fresh. */
  readonly force: boolean;
  /** Fetch also what costs extra requests. */
  readonly full: boolean;
  readonly signal: AbortSignal;
  /** The job that it becomes when something is to be asked; null: nothing keeps track of jobs. */
  readonly job: AskingJob | null;
  /** Told how many ids are answered from the tables, of all that a handler claims; only when there are some. */
  readonly onFresh?: (fresh: number, of: number) => void;
  /** Blanks secrets out of the reason of an answer: a handler may throw one. Default: as it is. */
  readonly mask?: (text: string) => string;
  /** Stops the asking when nobody wants its rows any more. */
  readonly abandon?: () => void;
  /** Seconds for which an answer of the handler is fresh. */
  ttlOf(handler: Handler): number;
  /** The context that every call of the handler is given. */
  contextOf(handler: Handler): HandlerContext;
}

/**
 * Asks for ids and gives exactly one row per id as given, each as soon as everything it brings is committed:
 * refused ids first, then fresh ones, then the rest in the order of answering. One bad id never costs another;
 * only a failing store ends the walk, by throwing.
 */
export async function* dispatch(texts: readonly string[], settings: DispatchSettings): AsyncGenerator<OutcomeRow> {
  const routed = route(texts, settings.registry, settings);
  settings.reporter.emit({ type: 'started', ids: routed.length });
  const tell = (row: OutcomeRow): OutcomeRow => {
    settings.reporter.emit({ type: 'answered', row });
    return row;
  };
  const numbers = numberIds(routed);
  const settled = new Map<string, JobAnswer>();
  for (const one of routed) {
    if (one.refusal === null) continue;
    const row = refusedRow(one);
    settled.set(one.id ?? one.given, numbers.answerOf(one.id ?? one.given, row));
    yield tell(row);
  }
  const givens = givensById(routed);
  const claims = new Map(routed.flatMap((one) => (one.claim === null || one.id === null ? [] : [[one.id, one.claim]])));
  const fresh = await freshAnswers(claims, settings);
  if (fresh.size > 0) settings.onFresh?.(fresh.size, claims.size);
  for await (const row of freshRows(fresh, givens, settings)) yield tell(row);
  const rest = new Map(askingOrder([...claims], settings).filter(([id]) => !fresh.has(id)));
  // What asks nobody changes nothing, and is no job.
  if (rest.size === 0) return;
  for (const [id, row] of fresh) settled.set(id, numbers.answerOf(id, { ...row, outcome: againOutcome(row) }));
  await settings.job?.begin(numbers.given, [...settled.values()]);
  for await (const row of askAll(rest, givens, numbers, settings)) yield tell(row);
}

function askingOrder(claims: [string, Claim][], { isReproducible = false }: DispatchSettings): [string, Claim][] {
  return isReproducible ? claims.sort(([left], [right]) => (left < right ? -1 : 1)) : claims;
}

function refusedRow(one: Routed): OutcomeRow {
  const outcome = one.refusal?.outcome ?? 'internal_error';
  return { id: one.given, outcome, key: null, runs: 0, files: 0, reason: one.refusal?.reason ?? null };
}

/** The texts under which each id was given, first one first. */
function givensById(routed: readonly Routed[]): Map<string, string[]> {
  const givens = new Map<string, string[]>();
  for (const { id, given, claim } of routed) {
    if (id === null || claim === null) continue;
    const texts = givens.get(id);
    if (texts === undefined) givens.set(id, [given]);
    else texts.push(given);
  }
  return givens;
}

/** One row per text that was given for an id; the second and later ones are duplicates. */
function rowsOf(givens: readonly string[], row: Omit<OutcomeRow, 'id'>): OutcomeRow[] {
  return givens.map((id, index) => ({ id, ...row, reason: index === 0 ? row.reason : 'duplicate' }));
}

async function freshAnswers(
  claims: ReadonlyMap<string, Claim>,
  settings: DispatchSettings,
): Promise<Map<string, AskedRow>> {
  if (settings.force) return new Map();
  const asked = await settings.store.asked([...claims.keys()]);
  const now = settings.clock.now();
  const isFresh = ([id, row]: [string, AskedRow]) => {
    const handler = claims.get(id)?.handler;
    return handler !== undefined && isAnswered(row, now, settings.ttlOf(handler), settings.full);
  };
  return new Map([...asked].filter(isFresh));
}

async function* freshRows(
  fresh: ReadonlyMap<string, AskedRow>,
  givens: ReadonlyMap<string, readonly string[]>,
  settings: DispatchSettings,
): AsyncGenerator<OutcomeRow> {
  const keysOf = (row: AskedRow) => row.key?.split(',') ?? [];
  const counts = await settings.store.countChildren([...new Set([...fresh.values()].flatMap(keysOf))]);
  for (const [id, row] of fresh) {
    const own = keysOf(row).map((key) => counts.get(key));
    const runs = own.reduce((sum, count) => sum + (count?.runs ?? 0), 0);
    const files = own.reduce((sum, count) => sum + (count?.files ?? 0), 0);
    const outcome = againOutcome(row);
    yield* rowsOf(givens.get(id) ?? [], { outcome, key: row.key, runs, files, reason: row.reason });
  }
}

/** The outcome of an answer that is given again. */
function againOutcome({ outcome }: AskedRow): AskedRow['outcome'] {
  return outcome === 'added' || outcome === 'updated' ? 'unchanged' : outcome;
}

async function* askAll(
  claims: ReadonlyMap<string, Claim>,
  givens: ReadonlyMap<string, readonly string[]>,
  numbers: IdNumbers,
  settings: DispatchSettings,
): AsyncGenerator<OutcomeRow> {
  const { mask = (text) => text } = settings;
  const channel = createChannel<OutcomeRow>();
  const tally = createTally(settings.force);
  const committer = createCommitter({
    ...settings,
    committed: (report) => tally.committed(report),
    told: ({ outcome }) => {
      for (const row of rowsOf(givens.get(outcome.id) ?? [], tally.rowOf(outcome))) channel.push(row);
    },
  });
  const answer = (given: HandlerOutcome, failure?: unknown): void => {
    const outcome = { ...given, reason: given.reason === null ? null : mask(given.reason) };
    const of = numbers.answerOf(outcome.id, outcome, outcome.errorClass ?? errorClass(failure));
    committer.answer({ outcome, row: askedRow(outcome, of, settings), of });
  };
  let isOver = false;
  const walking = walk(claims, { ...settings, committer, tally, answer, found: numbers.found })
    .then(() => committer.close())
    .then(
      () => channel.end(),
      (error: unknown) => channel.end(error),
    );
  try {
    yield* channel.values();
    isOver = true;
  } finally {
    // Who wants no more rows wants nothing more asked; what is on its way is committed, and the job ends.
    if (!isOver) settings.abandon?.();
    await walking;
  }
}

/** Class of what was thrown; null when nothing was. */
function errorClass(failure: unknown): string | null {
  if (failure === undefined) return null;
  return failure instanceof Error ? failure.constructor.name : typeof failure;
}

/** Number of an id of the job. */
function jobOf(job: AskingJob | null, below: string): string | null {
  return job === null || job.number === null ? null : `${job.number}.${below}`;
}

/** The row that is kept of an answer; what was not tried, or failed inside celline, leaves none. */
function askedRow(outcome: HandlerOutcome, { below }: JobAnswer, settings: DispatchSettings): AskedRow | null {
  if (outcome.outcome === 'not_tried' || outcome.outcome === 'internal_error' || outcome.outcome === 'not_cached')
    return null;
  return {
    id: outcome.id,
    outcome: outcome.outcome,
    key: outcome.key,
    reason: outcome.reason,
    plan: settings.full ? 'full' : 'standard',
    job: jobOf(settings.job, below),
    answered_at: new Date(settings.clock.now()).toISOString(),
  };
}
