import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Change, CommitReport, Store, StoreReader, Transaction } from '../../src/ports/store.ts';
import type { Row, TableName } from '../../src/records/table.ts';
import { TABLES } from '../../src/records/tables.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { collect } from '../../src/testing/contract/store-records.ts';
import { type NaiveTables, NO_TABLES, naively, withoutProvenance } from './naive-model.ts';
import { makeTestFolder, openTestStore, removeFolders } from './open-test-store.ts';
import { CHANGE } from './random-changes.ts';

afterAll(removeFolders);

/** Sequences of a run; more of them with CELLINE_RANDOM_RUNS, another beginning with CELLINE_RANDOM_SEED. */
const RUNS = Number(process.env.CELLINE_RANDOM_RUNS ?? 12);
const SEED = process.env.CELLINE_RANDOM_SEED;

const NAMES = Object.keys(TABLES) as TableName[];

/** One step. `commit` is made by the innermost transaction, or by the store when there is none; `aside` always by the store. */
type Step =
  | { readonly kind: 'commit' | 'aside'; readonly change: Omit<Change, 'at'> }
  | { readonly kind: 'savepoint' | 'rollbackTo' | 'release'; readonly name: string }
  | { readonly kind: 'begin' | 'end' | 'rollback' | 'compact' | 'reopen' };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: CHANGE.map((change): Step => ({ kind: 'commit', change })) },
  { weight: 2, arbitrary: CHANGE.map((change): Step => ({ kind: 'aside', change })) },
  { weight: 4, arbitrary: fc.constant<Step>({ kind: 'begin' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'end' }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'rollback' }, { kind: 'compact' }, { kind: 'reopen' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('savepoint' as const, 'rollbackTo' as const, 'release' as const),
      name: fc.constantFrom('a', 'b'),
    }),
  },
);

/** What the model knows of an open transaction: its changes in order, over the tables as they were. */
interface NaiveLevel {
  /** Changes before it, of the one around it. */
  readonly start: number;
  savepoints: { readonly name: string; readonly changes: number }[];
}

interface Naive {
  tables: NaiveTables;
  began: NaiveTables;
  changes: Change[];
  levels: NaiveLevel[];
}

/** A back end with its open transactions, outermost first. */
interface Side {
  store: Store;
  open: Transaction[];
}

/** Ends an inner transaction with the work that it was begun for: `transaction` wants one. */
interface Inner {
  readonly transaction: Transaction;
}

async function beginInner(outer: Transaction): Promise<Inner> {
  return new Promise((resolve, reject) => {
    outer
      .transaction(
        (transaction) =>
          new Promise<void>((done) => {
            resolve({ transaction });
            whenOver(transaction, done);
          }),
      )
      .catch(reject);
  });
}

function whenOver(transaction: Transaction, done: () => void): void {
  if (transaction.isOpen) setImmediate(() => whenOver(transaction, done));
  else done();
}

function sorted(table: TableName, rows: readonly Row[]): string[] {
  const text = (row: Row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
  const named = rows.map((row) => {
    const columns = TABLES[table].columns.map(({ name }) => [name, row[name] ?? null]);
    return text(Object.fromEntries(columns));
  });
  return named.sort();
}

async function readAll(reader: StoreReader): Promise<Record<TableName, Row[]>> {
  const all = NAMES.map(async (table) => {
    const rows = await collect(reader.select({ table }));
    expect(await reader.count({ table }), `number of ${table}`).toBe(rows.length);
    return [table, rows] as const;
  });
  return Object.fromEntries(await Promise.all(all)) as Record<TableName, Row[]>;
}

/** Both back ends hold the same rows to the last column, and the model's but for provenance. */
async function compare(parquet: StoreReader, memory: StoreReader, model: NaiveTables, where: string): Promise<void> {
  const [first, second] = await Promise.all([readAll(parquet), readAll(memory)]);
  for (const table of NAMES) {
    expect(sorted(table, first[table]), `${where}: ${table} of parquet and memory`).toEqual(
      sorted(table, second[table]),
    );
    const plain = first[table].map((row) => withoutProvenance(table, row));
    expect(sorted(table, plain), `${where}: ${table} of parquet and the model`).toEqual(sorted(table, model[table]));
  }
}

const view = (naive: Naive): NaiveTables => naive.changes.reduce(naively, naive.began);

/** What a report says, its number aside. */
const said = ({ tables, changes, changedColumns }: CommitReport) => ({
  tables,
  changes: [...changes].sort(),
  changedColumns: [...changedColumns].map(([key, names]) => [key, names.toSorted()]).sort(),
});

async function both<T>(sides: readonly Side[], work: (side: Side) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const side of sides) results.push(await work(side));
  return results;
}

async function takeStep(step: Step, sides: readonly Side[], naive: Naive, at: string): Promise<void> {
  const level = naive.levels.at(-1);
  const innermost = (side: Side): Transaction => side.open.at(-1) as Transaction;
  switch (step.kind) {
    case 'commit':
    case 'aside': {
      const change = { ...step.change, at };
      const isStaged = step.kind === 'commit' && level !== undefined;
      const reports = await both(sides, (side) => (isStaged ? innermost(side) : side.store).commit(change));
      expect(said(reports[0] as CommitReport)).toEqual(said(reports[1] as CommitReport));
      if (isStaged) naive.changes.push(change);
      else naive.tables = naively(naive.tables, change);
      return;
    }
    case 'begin':
      if (level === undefined) {
        Object.assign(naive, { began: naive.tables, changes: [] });
        await both(sides, async (side) => side.open.push(await side.store.begin()));
      } else await both(sides, async (side) => side.open.push((await beginInner(innermost(side))).transaction));
      naive.levels.push({ start: naive.changes.length, savepoints: [] });
      return;
    case 'end': {
      if (level === undefined) return;
      const reports = await both(sides, (side) => innermost(side).end());
      expect(said(reports[0] as CommitReport)).toEqual(said(reports[1] as CommitReport));
      for (const side of sides) side.open.pop();
      naive.levels.pop();
      if (naive.levels.length === 0) naive.tables = naive.changes.reduce(naively, naive.tables);
      return;
    }
    case 'rollback':
      if (level === undefined) return;
      await both(sides, (side) => innermost(side).rollback());
      for (const side of sides) side.open.pop();
      naive.levels.pop();
      naive.changes.length = level.start;
      return;
    case 'savepoint':
    case 'rollbackTo':
    case 'release':
      if (level !== undefined) await useSavepoint(step, level, sides.map(innermost), naive);
      return;
    case 'compact':
      await both(sides, (side) => side.store.compact());
      return;
    case 'reopen':
      await reopen(sides);
      naive.levels = [];
      return;
    default:
      step satisfies never;
  }
}

async function useSavepoint(
  { kind, name }: { readonly kind: 'savepoint' | 'rollbackTo' | 'release'; readonly name: string },
  level: NaiveLevel,
  transactions: readonly Transaction[],
  naive: Naive,
): Promise<void> {
  const index = level.savepoints.findIndex((one) => one.name === name);
  for (const transaction of transactions) {
    const call = transaction[kind](name);
    if (kind === 'savepoint' || index >= 0) await call;
    else await expect(call).rejects.toMatchObject({ failure: 'transaction', message: expect.stringContaining(name) });
  }
  if (kind === 'savepoint') {
    level.savepoints = level.savepoints.filter((one) => one.name !== name);
    level.savepoints.push({ name, changes: naive.changes.length });
  } else if (index >= 0) {
    if (kind === 'rollbackTo') naive.changes.length = level.savepoints[index]?.changes ?? 0;
    level.savepoints = level.savepoints.slice(0, kind === 'rollbackTo' ? index + 1 : index);
  }
}

/** Only the Parquet store outlives being closed; the other one gives up its transactions. */
let openAgain: () => Store;

async function reopen(sides: readonly Side[]): Promise<void> {
  for (const side of sides) {
    await side.store.close();
    for (const transaction of side.open) expect(transaction.isOpen).toBe(false);
    side.open = [];
  }
  const [parquet] = sides;
  if (parquet !== undefined) parquet.store = openAgain();
}

test('random operations: parquet, memory and a naive model hold equal tables after each step', {
  timeout: 0,
}, async () => {
  let steps = 0;
  const property = fc.asyncProperty(fc.array(STEP, { minLength: 4, maxLength: 14 }), async (sequence) => {
    const dir = join(await makeTestFolder(), 'DB');
    openAgain = () => openTestStore(dir);
    const sides: Side[] = [
      { store: openAgain(), open: [] },
      { store: createMemoryStore(), open: [] },
    ];
    const naive: Naive = { tables: NO_TABLES, began: NO_TABLES, changes: [], levels: [] };
    try {
      for (const [index, step] of sequence.entries()) {
        await takeStep(step, sides, naive, new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString());
        steps += 1;
        const [parquet, memory] = sides as [Side, Side];
        await compare(parquet.store, memory.store, naive.tables, `after step ${index} (${step.kind})`);
        const [ours, theirs] = [parquet.open.at(-1), memory.open.at(-1)];
        if (ours !== undefined && theirs !== undefined) {
          await compare(ours, theirs, view(naive), `inside, after step ${index} (${step.kind})`);
        }
      }
    } finally {
      for (const side of sides) await side.store.close();
    }
  });
  await fc.assert(property, { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
  expect(steps).toBeGreaterThanOrEqual(4 * RUNS);
});
