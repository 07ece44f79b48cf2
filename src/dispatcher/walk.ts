import pLimit from 'p-limit';
import { errorMessage } from '../errors/error-message.ts';
import { failureName } from '../errors/failure-name.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handler, HandlerContext, HandlerOutcome } from '../ports/handler.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { ReadWrite } from '../ports/store.ts';
import { GOOD_OUTCOMES } from '../records/asked.ts';
import { cleanUnit } from '../records/clean-unit.ts';
import type { Committer } from './committer.ts';
import { isAnswered } from './freshness.ts';
import type { Claim, Registry } from './registry.ts';
import type { Tally } from './tally.ts';

/** What a walk works with. */
export interface WalkSettings {
  readonly registry: Registry;
  readonly store: ReadWrite;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly committer: Committer;
  readonly tally: Tally;
  readonly concurrency: number;
  /** True: one call after the other, with a commit after each. */
  readonly isReproducible?: boolean;
  readonly force: boolean;
  /** Ask this handler, where it claims an id. */
  readonly handler?: string;
  readonly full: boolean;
  readonly signal: AbortSignal;
  ttlOf(handler: Handler): number;
  contextOf(handler: Handler): HandlerContext;
  /** Takes each answer, asked ids and those on the way down alike; with what was thrown, if anything was. */
  answer(outcome: HandlerOutcome, failure?: unknown): void;
  /** An id that another one led to is asked for the first time. */
  found(of: string, id: string): void;
}

/** One call of a handler. */
interface Call {
  readonly handler: Handler;
  readonly ids: readonly string[];
}

/** What a walk knows on its way. */
interface State {
  readonly answered: Map<string, HandlerOutcome>;
  /** Outcomes that wait for the ids below them. */
  readonly waiting: Map<string, { outcome: HandlerOutcome; below: readonly string[] }>;
  readonly below: Map<string, string[]>;
}

/**
 * Asks the handlers for all ids, wave by wave: the ids that a wave leads down to are pooled, batched again and asked in
 * the next one. An id that leads down is answered when all below it are.
 */
export async function walk(claims: ReadonlyMap<string, Claim>, settings: WalkSettings): Promise<void> {
  const state: State = { answered: new Map(), waiting: new Map(), below: new Map() };
  const limit = pLimit(settings.isReproducible ? 1 : settings.concurrency);
  const visited = new Set(claims.keys());
  let wave: ReadonlyMap<string, Claim> = claims;
  while (wave.size > 0) {
    await Promise.all(callsOf(wave).map((call) => limit(() => runCall(call, state, settings))));
    wave = await nextWave(state, visited, settings);
    settle(state, settings);
  }
  // Series that name each other as SubSeries would wait for ever.
  for (const { outcome } of state.waiting.values()) finish(outcome, state, settings);
}

/** Cuts the ids into calls: by handler, by form of accession, in the order in which they were asked. */
export function callsOf(claims: ReadonlyMap<string, Claim>): Call[] {
  const calls: Call[] = [];
  const open = new Map<Handler, Map<number, string[]>>();
  for (const [id, { handler, pattern }] of claims) {
    const size = Math.max(1, Math.min(handler.batchSize, pattern.batchSize ?? handler.batchSize));
    const bySize = open.get(handler) ?? new Map<number, string[]>();
    open.set(handler, bySize);
    let ids = bySize.get(size);
    if (ids === undefined || ids.length >= size) {
      ids = [];
      bySize.set(size, ids);
      calls.push({ handler, ids });
    }
    ids.push(id);
  }
  return calls;
}

async function runCall(call: Call, state: State, settings: WalkSettings): Promise<void> {
  const open = new Set(call.ids);
  const take = (outcome: HandlerOutcome, thrown?: unknown): void => {
    if (!open.delete(outcome.id)) return;
    const below = state.below.get(outcome.id);
    if (below !== undefined) state.waiting.set(outcome.id, { outcome, below });
    else finish(outcome, state, settings, thrown);
  };
  let failure: unknown = null;
  try {
    settings.signal.throwIfAborted();
    for await (const event of call.handler.fetchBatch(call.ids, settings.contextOf(call.handler))) {
      if (event.type === 'outcome') take(event);
      else if (event.type === 'next') addBelow(state, event.of, event.ids);
      else if (event.type === 'warning') settings.reporter.emit({ type: 'log', level: 'warn', message: event.message });
      else {
        const { unit, dropped } = cleanUnit(event.unit);
        for (const message of dropped) settings.reporter.emit({ type: 'log', level: 'warn', message });
        settings.tally.count(unit, event.of);
        await settings.committer.add(unit, call.handler.name);
      }
      settings.signal.throwIfAborted();
    }
  } catch (error) {
    // A store that fails ends the walk; whatever else is thrown costs the open ids of this call alone. No commit for each of
    // them: a stop, or an archive that is down, fails thousands of calls at once.
    await settings.committer.settled();
    failure = error;
  }
  // A fault of the program is worth its stack, once a call.
  if (failure !== null && !settings.signal.aborted && failureName(failure) === 'internal_error') {
    settings.reporter.emit({ type: 'log', level: 'debug', message: stackOf(failure) });
  }
  for (const id of open) take(unanswered(id, failure, call.handler, settings), failure ?? undefined);
  if (settings.isReproducible) await settings.committer.flush();
}

function addBelow(state: State, of: string, ids: readonly string[]): void {
  state.below.set(of, [...(state.below.get(of) ?? []), ...ids]);
}

function unanswered(id: string, failure: unknown, handler: Handler, settings: WalkSettings): HandlerOutcome {
  const row = { type: 'outcome' as const, id, key: null };
  if (settings.signal.aborted) return { ...row, outcome: 'not_tried', reason: 'stopped before it was answered' };
  if (failure === null)
    return { ...row, outcome: 'internal_error', reason: `the handler ${handler.name} gave no answer` };
  const outcome = failureName(failure);
  return { ...row, outcome, reason: errorMessage(failure) };
}

function stackOf(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}

function finish(outcome: HandlerOutcome, state: State, settings: WalkSettings, failure?: unknown): void {
  state.answered.set(outcome.id, outcome);
  settings.answer(outcome, failure);
}

/** Ids that this wave led down to and nobody has asked yet, without those that are fresh or that nobody claims. */
async function nextWave(state: State, visited: Set<string>, settings: WalkSettings): Promise<Map<string, Claim>> {
  const ids = [...new Set([...state.below.values()].flat())].filter((id) => !visited.has(id));
  for (const id of ids) visited.add(id);
  if (ids.length === 0) return new Map();
  const asked = settings.force ? new Map() : await settings.store.asked(ids);
  const wave = new Map<string, Claim>();
  for (const id of ids) {
    const claims = settings.registry.claims(id);
    const claim = claims.find((one) => one.handler.name === settings.handler) ?? claims[0];
    const row = asked.get(id);
    if (claim === undefined) state.answered.set(id, below(id, 'no_handler', null, 'no handler claims it'));
    else if (isAnswered(row, settings.clock.now(), settings.ttlOf(claim.handler), settings.full)) {
      state.answered.set(id, below(id, row.outcome, row.key, row.reason));
    } else wave.set(id, claim);
  }
  tellFound(wave, state, settings);
  return wave;
}

/** Names, for each id of a wave, the first that led to it. */
function tellFound(wave: ReadonlyMap<string, Claim>, state: State, settings: WalkSettings): void {
  const untold = new Set(wave.keys());
  for (const [of, ids] of state.below) {
    for (const id of ids) if (untold.delete(id)) settings.found(of, id);
  }
}

function below(
  id: string,
  outcome: HandlerOutcome['outcome'],
  key: string | null,
  reason: string | null,
): HandlerOutcome {
  return { type: 'outcome', id, outcome, key, reason };
}

/** Answers the ids all of whose ids below are answered; repeated, because one may wait for another. */
function settle(state: State, settings: WalkSettings): void {
  for (let settled = true; settled; ) {
    settled = false;
    for (const [id, { outcome, below: ids }] of state.waiting) {
      if (!ids.every((one) => state.answered.has(one))) continue;
      state.waiting.delete(id);
      settled = true;
      for (const one of ids) settings.tally.inherit(id, one);
      finish(withBelow(outcome, ids, state), state, settings);
    }
  }
}

function withBelow(outcome: HandlerOutcome, ids: readonly string[], state: State): HandlerOutcome {
  const bad = ids
    .map((id) => state.answered.get(id))
    .filter((one) => one !== undefined && !GOOD_OUTCOMES.has(one.outcome));
  if (bad.length === 0 || !GOOD_OUTCOMES.has(outcome.outcome)) return outcome;
  const named = bad.map((one) => `${one?.id} (${one?.outcome.replaceAll('_', ' ')})`).join(', ');
  return { ...outcome, outcome: 'partial', reason: `incomplete below it: ${named}` };
}
