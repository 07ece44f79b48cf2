import pLimit from 'p-limit';
import { type FailureName, failureName } from '../errors/failure-name.ts';
import { HttpStatusError } from '../errors/http-status-error.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type { RecordsById, SmallContext } from '../ports/handler.ts';
import { type CallFacts, callWithin } from './call-within.ts';

/** Calls of a small handler side by side. */
const SIDE_BY_SIDE = 5;

/** Failures in a row, without one good answer, after which the rest of a batch is not tried in parts. */
const MOST_FAILURES = 8;

/** What became of one record. */
export type Fetched<T> =
  | { readonly state: 'found'; readonly record: T; readonly fetchedAt: string }
  | { readonly state: 'absent' }
  | { readonly state: 'failed'; readonly error: unknown };

/** How records of one kind are asked for. */
export interface Fetching<T> {
  /** Name of the member, for messages. */
  readonly member: string;
  one(id: string, context: SmallContext): Promise<T | null>;
  readonly many: ((ids: readonly string[], context: SmallContext) => Promise<RecordsById<T>> | undefined) | undefined;
}

/** Asks for records, one by one or in batches; one that fails costs no other. An abort of the command is thrown. */
export async function fetchRecords<T>(
  ids: readonly string[],
  facts: CallFacts,
  fetching: Fetching<T>,
): Promise<ReadonlyMap<string, Fetched<T>>> {
  if (fetching.many !== undefined) return fetchBatches(ids, facts, fetching);
  const limit = pLimit(SIDE_BY_SIDE);
  const answers = ids.map((id) =>
    limit(async (): Promise<[string, Fetched<T>]> => [id, await fetchOne(id, facts, fetching)]),
  );
  return new Map(await Promise.all(answers));
}

async function fetchOne<T>(id: string, facts: CallFacts, { member, one }: Fetching<T>): Promise<Fetched<T>> {
  try {
    const { value, fetchedAt } = await callWithin(facts, member, (context) => one(id, context));
    return foundOf(value, fetchedAt);
  } catch (error) {
    return failedWith(error, facts);
  }
}

function foundOf<T>(record: T | null | undefined, fetchedAt: string): Fetched<T> {
  return record === null || record === undefined ? { state: 'absent' } : { state: 'found', record, fetchedAt };
}

/** A fault of the handler leaves its stack in the log: whoever wrote it needs it. */
function failedWith(error: unknown, { context }: CallFacts): { state: 'failed'; error: unknown } {
  context.signal.throwIfAborted();
  if (failureName(error) === 'internal_error') {
    context.log(error instanceof Error ? (error.stack ?? error.message) : String(error), 'debug');
  }
  return { state: 'failed', error };
}

async function fetchBatches<T>(
  ids: readonly string[],
  facts: CallFacts,
  fetching: Fetching<T>,
): Promise<ReadonlyMap<string, Fetched<T>>> {
  const found = new Map<string, Fetched<T>>();
  const size = facts.small.batchSize ?? 1;
  const waiting: (readonly string[])[] = [];
  for (let start = 0; start < ids.length; start += size) waiting.push(ids.slice(start, start + size));
  let failures = 0;
  for (let some = waiting.shift(); some !== undefined; some = waiting.shift()) {
    const answers = await fetchBatch(some, facts, fetching);
    failures = answers.state === 'failed' ? failures + 1 : 0;
    if (answers.state === 'found') {
      for (const id of some) found.set(id, answers.of(id));
    } else if (some.length > 1 && failures < MOST_FAILURES && mayLieInOneId(answers.error)) {
      const middle = Math.ceil(some.length / 2);
      waiting.unshift(some.slice(0, middle), some.slice(middle));
    } else {
      for (const id of some) found.set(id, answers);
    }
  }
  return found;
}

type BatchAnswers<T> =
  | { readonly state: 'found'; of(id: string): Fetched<T> }
  | { readonly state: 'failed'; readonly error: unknown };

async function fetchBatch<T>(
  ids: readonly string[],
  facts: CallFacts,
  { member, many }: Fetching<T>,
): Promise<BatchAnswers<T>> {
  try {
    const { value, fetchedAt } = await callWithin(facts, member, async (context) => many?.(ids, context));
    const byId: unknown = value;
    if (typeof byId !== 'object' || byId === null || Array.isArray(byId)) {
      throw new PluginError(`${facts.small.name}: ${member} gave no records by id`, {
        hint: 'return a Map or an object whose names are the ids',
      });
    }
    const records = isMap(byId) ? byId : new Map(Object.entries(byId));
    return { state: 'found', of: (id) => foundOf(records.get(id) as T | undefined, fetchedAt) };
  } catch (error) {
    return failedWith(error, facts);
  }
}

function isMap(value: object): value is ReadonlyMap<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Map]';
}

/** What a smaller batch does not mend: the archive is away, or refuses everybody. */
const OF_ALL: ReadonlySet<FailureName> = new Set(['network_error', 'rate_limited', 'auth_error', 'not_cached']);

/** True when the failure of a batch may come from one of its ids, so that the others are asked without it. */
function mayLieInOneId(error: unknown): boolean {
  if (error instanceof HttpStatusError && error.status === 403) return false;
  return !OF_ALL.has(failureName(error));
}
