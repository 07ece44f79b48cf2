import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { errorText } from '../../src/cli/error-text.ts';
import { EXIT, exitCodeOfError } from '../../src/cli/exit-code.ts';
import { STORE_FAILURES, StoreError, type StoreFailure } from '../../src/errors/store-error.ts';
import type { RunPatch } from '../../src/records/run.ts';
import { storeLayout } from '../../src/store/disk/layout.ts';
import { openContext } from '../../src/store/parquet/parquet-store.ts';
import { stageChanges } from '../../src/store/parquet/stage-changes.ts';
import { openEngine } from '../../src/store/segments/duckdb.ts';
import { openTransaction } from '../../src/store/transaction.ts';
import { geoSample, insdcRun, oneUnit } from '../../src/testing/contract/store-records.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from './open-test-store.ts';

afterAll(removeFolders);

/** What an error is expected to say besides its failure. */
interface Expected {
  readonly message: RegExp;
  readonly hint: RegExp;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly hasCause: boolean;
}

interface Provoked extends Expected {
  /** Makes it happen, on real files; gives the error. */
  provoke(dir: string): Promise<unknown>;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error,
  );
}

const change = oneUnit({ samples: [geoSample('GSM1')], runs: [insdcRun('SRR1', 'GSM1')] });

async function filled(dir: string): Promise<void> {
  const store = openTestStore(dir);
  await store.commit(change);
  await store.close();
}

/** The failure of a work on a store of its own. */
async function failureOf(
  dir: string,
  work: (store: ReturnType<typeof openTestStore>) => Promise<unknown>,
  more: Parameters<typeof openTestStore>[1] = {},
): Promise<unknown> {
  const store = openTestStore(dir, more);
  try {
    return await errorOf(work(store));
  } finally {
    await store.close().catch(() => undefined);
  }
}

const PROVOKED: Readonly<Record<StoreFailure, Provoked>> = {
  connection: {
    message: /Cannot (read|make the folder) .*DB.*: a file stands where a folder is needed/,
    hint: /Move that file away/,
    hasCause: true,
    provoke: async (dir) => {
      await writeFile(dir, 'a file, not a folder');
      return failureOf(dir, (store) => store.commit(change));
    },
  },
  integrity: {
    message: /INSDC_RUNS-.* is missing/,
    hint: /celline db check --repair takes it from a backup/,
    hasCause: true,
    provoke: async (dir) => {
      await filled(dir);
      const text = await readFile(join(storeLayout(dir).manifests, '000000001.json'), 'utf8');
      const file = /INSDC_RUNS-[^"]+\.parquet/.exec(text)?.[0] ?? '';
      await rm(join(storeLayout(dir).segments, file));
      return failureOf(dir, (store) => store.get('runs', ['SRR1']));
    },
  },
  query: {
    message: /The table samples has no column colour/,
    hint: /Columns: key, title/,
    fields: { table: 'samples', column: 'colour' },
    hasCause: false,
    provoke: (dir) =>
      failureOf(dir, (store) => {
        const where = [{ column: 'colour', operator: '=' as const, value: 'blue' }];
        return store.count({ table: 'samples', where });
      }),
  },
  lock: {
    message: /The tables are locked by process \d+ on /,
    hint: /Wait until it ends/,
    fields: { pid: process.pid },
    hasCause: false,
    provoke: async (dir) => {
      const { root } = storeLayout(dir);
      await mkdir(root, { recursive: true });
      await writeFile(join(root, 'lock'), JSON.stringify({ host: hostname(), pid: process.pid, nonce: 'other' }));
      const processes = { host: hostname(), pid: process.pid + 1, isAlive: () => true };
      const clock = createFakeClock();
      return failureOf(dir, (store) => store.commit(change), { protocol: 'lock', clock, processes } as never);
    },
  },
  deadlock: {
    message: /Others changed the rows of this transaction 5 times/,
    hint: /Nothing was changed. Run it again/,
    hasCause: false,
    provoke: async (dir) => {
      await filled(dir);
      const other = openTestStore(dir);
      const clock = { now: TEST_CLOCK.now, sleep: TEST_CLOCK.sleep };
      const { context, door } = openContext({ dir, clock, randomId: randomUUID });
      let round = 0;
      const newest = async () => {
        round += 1;
        // The turn that the transaction takes is not honoured by a writer whose clock runs ahead.
        await rm(join(storeLayout(dir).root, 'turn'), { force: true });
        if (round > 1) await other.commit(oneUnit({ samples: [geoSample('GSM1', { title: `round ${round}` })] }));
        return context.log.newest();
      };
      const transaction = openTransaction(await stageChanges({ ...context, log: { ...context.log, newest } }));
      await transaction.commit(oneUnit({ samples: [geoSample('GSM1', { title: 'mine' })] }));
      const error = await errorOf(transaction.end());
      await other.close();
      await door.close();
      return error;
    },
  },
  transaction: {
    message: /Cannot roll back to the savepoint runs: there is none of that name/,
    hint: /no savepoints/,
    fields: { savepoint: 'runs' },
    hasCause: false,
    provoke: (dir) => failureOf(dir, (store) => store.transaction((transaction) => transaction.rollbackTo('runs'))),
  },
  type_conversion: {
    message: /runs record SRR1: column file_size cannot hold "big"/,
    hint: /of type bigint/,
    fields: { table: 'runs', key: 'SRR1', column: 'file_size' },
    hasCause: false,
    provoke: (dir) => {
      const wrong = { ...insdcRun('SRR1', 'GSM1'), file_size: 'big' } as unknown as RunPatch;
      return failureOf(dir, (store) => store.commit(oneUnit({ runs: [wrong] })));
    },
  },
  operational: {
    message: /failed to allocate.*$/,
    hint: /store\.memoryLimit/,
    hasCause: true,
    provoke: (dir) => failureOf(dir, (store) => store.commit(change), { memoryLimit: '1kB' }),
  },
  newer_format: {
    message: /format\.json has format 99; this celline reads up to \d+/,
    hint: /Update celline/,
    fields: { format: 99 },
    hasCause: false,
    provoke: async (dir) => {
      await filled(dir);
      await writeFile(storeLayout(dir).format, JSON.stringify({ format: 99, protocol: 'link', store: 'x' }));
      return failureOf(dir, (store) => store.get('samples', ['GSM1']));
    },
  },
};

describe('001-08 001-09 errors by meaning: each occurs, says what and what next, and keeps its cause', () => {
  test.each(STORE_FAILURES)('%s', async (failure) => {
    const expected = PROVOKED[failure];
    const error = await expected.provoke(join(await makeTestFolder(), 'DB'));
    expect(error).toBeInstanceOf(StoreError);
    if (!(error instanceof StoreError)) return;
    expect(error).toMatchObject({ failure, code: `STORE_${failure.toUpperCase()}` });
    expect(error.message).toMatch(expected.message);
    expect(error.hint).toMatch(expected.hint);
    expect(error.fields).toMatchObject(expected.fields ?? {});
    expect(error.cause !== undefined).toBe(expected.hasCause);
    expect(exitCodeOfError(error)).toBe(failure === 'query' ? EXIT.usage : EXIT.store);
    const told = errorText(error, true);
    expect(told).toContain(`hint: ${error.hint}`);
    expect(told.includes('caused by: ')).toBe(expected.hasCause);
  });
});

describe('001-08 every kind of error of DuckDB has a meaning', () => {
  const statements: readonly (readonly [sql: string, failure: StoreFailure])[] = [
    ["SELECT 'big'::BIGINT", 'type_conversion'],
    ['SELECT 200::TINYINT', 'type_conversion'],
    ['SELECT colour FROM (SELECT 1 AS key)', 'query'],
    ['SELECT * FROM nowhere', 'query'],
    ['SELEC 1', 'query'],
    ['COMMIT', 'transaction'],
    ["SELECT * FROM read_parquet('/nowhere/x.parquet')", 'operational'],
    ['CREATE TABLE t (k INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (1)', 'integrity'],
    ['CREATE TABLE n (k INTEGER NOT NULL); INSERT INTO n VALUES (NULL)', 'integrity'],
  ];
  test.each(statements)('%s is %s', async (sql, failure) => {
    const engine = await openEngine({ memoryLimit: '64MB', spill: join(await makeTestFolder(), 'spill'), threads: 2 });
    const parts = sql.split('; ');
    for (const part of parts.slice(0, -1)) await engine.run(part);
    const error = await errorOf(engine.run(parts.at(-1) ?? ''));
    expect(error).toMatchObject({ name: 'StoreError', failure, cause: expect.any(Error) });
    await engine.close();
  });
});

test('the table of failures in the handbook is what the code does', async () => {
  const text = await readFile(join(import.meta.dirname, '../../docs/outcomes.md'), 'utf8');
  const section = text.slice(text.indexOf('## Failures of the tables'));
  const rows = [...section.matchAll(/^\| `(\w+)` \| (\d+) \| (.+) \| (.+) \|$/gm)];
  expect(rows.map((row) => row[1])).toEqual([...STORE_FAILURES]);
  for (const [, failure, code] of rows) {
    expect(exitCodeOfError(new StoreError(failure as StoreFailure, 'x')), failure).toBe(Number(code));
  }
  const stopped = new StoreError('operational', 'x', { fields: { stoppedAfterMs: 1 } });
  expect(exitCodeOfError(stopped)).toBe(EXIT.failed);
});
