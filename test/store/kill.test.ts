import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../src/records/table.ts';
import { buildChildProgram } from '../support/child-program.ts';
import { makeTestFolder, openTestStore, removeFolders } from './open-test-store.ts';

let program: string;

beforeAll(async () => {
  program = await buildChildProgram('test/store/committing-child.ts', await makeTestFolder());
});

afterAll(removeFolders);

function start(dir: string, prefix: string, count: number): { child: ChildProcess; acknowledged: Set<string> } {
  const child = spawn(process.execPath, [program, dir, prefix, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged = new Set<string>();
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => acknowledged.add(line));
  return { child, acknowledged };
}

/** Every table opens, every row is whole, and holds what was acknowledged. */
async function checkTables(dir: string, acknowledged: ReadonlySet<string>): Promise<void> {
  const store = openTestStore(dir);
  const keys = async (
    table: 'samples' | 'runs' | 'files' | 'asked',
    of: (row: Row) => unknown,
  ): Promise<Set<unknown>> => {
    const found = new Set<unknown>();
    let rows = 0;
    for await (const batch of store.select({ table })) {
      rows += batch.length;
      for (const row of batch) found.add(of(row));
    }
    expect(found.size, `keys of ${table} are unique`).toBe(rows);
    expect(await store.count({ table })).toBe(rows);
    return found;
  };
  const asked = await keys('asked', (row) => row.id);
  // All tables or none: each answered id has its sample, run and file.
  expect(await keys('samples', (row) => row.key)).toEqual(asked);
  expect(await keys('runs', (row) => row.parent)).toEqual(asked);
  expect(await keys('files', (row) => String(row.parent).replace('SRR', 'GSM'))).toEqual(asked);
  for (const key of acknowledged) expect(asked, key).toContain(key);
  await store.close();
}

// `bench kill-store` does this hundreds of times.
describe('000-45 nothing acknowledged is lost', () => {
  test('killed at five moments of its work, also while it compacts', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const all = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      const { child, acknowledged } = start(dir, `${round}0`, 10_000);
      const wanted = [0, 2, 11, 33, 35][round] ?? 0;
      const exited = once(child, 'exit');
      // Counted in acknowledgements, then a little into the next commit: a moment that no two runs share.
      while (acknowledged.size < wanted) await once(child.stdout ?? child, 'data');
      for (let turns = 0; turns < round * 11; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      await exited;
      expect(acknowledged.size).toBeGreaterThanOrEqual(wanted);
      for (const key of acknowledged) all.add(key);
      await checkTables(dir, all);
    }
  });

  test('001-22 two processes write at once, and a third reads meanwhile', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const writers = [start(dir, '1', 40), start(dir, '2', 40)];
    const exits = writers.map(({ child }) => once(child, 'exit'));
    const reader = openTestStore(dir);
    let most = 0;
    while (writers.some(({ child }) => child.exitCode === null)) {
      const now = await reader.count({
        table: 'samples',
        where: [{ column: 'title', operator: 'like', value: 'sample%' }],
      });
      expect(now).toBeGreaterThanOrEqual(most);
      most = now;
    }
    await reader.close();
    expect((await Promise.all(exits)).map(([code]) => code)).toEqual([0, 0]);
    const all = new Set(writers.flatMap(({ acknowledged }) => [...acknowledged]));
    expect(all.size).toBe(80);
    await checkTables(dir, all);
  });
});
