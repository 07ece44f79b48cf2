import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildChildProgram } from '../support/child-program.ts';
import { makeTestFolder, openTestStore, removeFolders } from './open-test-store.ts';

let program: string;

beforeAll(async () => {
  program = await buildChildProgram('test/store/racing-child.ts', await makeTestFolder());
});

afterAll(removeFolders);

interface Worker {
  readonly child: ChildProcess;
  /** Acknowledgements, word by word. */
  readonly said: string[][];
  readonly ended: Promise<number | null>;
}

function start(...args: readonly string[]): Worker {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: string[][] = [];
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => said.push(line.split(' ')));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, said, ended };
}

/** Keys of samples; every one has its run and its answer, and each is there once. */
async function keysIn(dir: string): Promise<Set<string>> {
  const store = openTestStore(dir);
  const read = async (table: 'samples' | 'runs' | 'asked', column: string): Promise<Set<string>> => {
    const keys: string[] = [];
    for await (const rows of store.select({ table })) keys.push(...rows.map((row) => String(row[column])));
    expect(new Set(keys).size, `keys of ${table} are unique`).toBe(keys.length);
    return new Set(keys);
  };
  const samples = await read('samples', 'key');
  expect(await read('asked', 'id')).toEqual(samples);
  expect(await read('runs', 'parent')).toEqual(samples);
  await store.publish({ force: true });
  for (const table of await store.plainTables()) expect([table.name, table.behind]).toEqual([table.name, 0]);
  await store.close();
  return samples;
}

/** What must be there after these acknowledgements, in the order of their numbers. */
function expectedKeys(said: readonly (readonly string[])[]): Set<string> {
  const states = new Map<number, ReadonlySet<string>>([[0, new Set()]]);
  const stateAt = (number: number): ReadonlySet<string> => {
    // Compactions have numbers too and change nothing.
    for (let at = number; at >= 0; at -= 1) {
      const state = states.get(at);
      if (state !== undefined) return state;
    }
    return new Set();
  };
  const changes = said.filter(([word]) => word === 'commit' || word === 'rollback');
  for (const [word, number, what = ''] of changes.toSorted((a, b) => Number(a[1]) - Number(b[1]))) {
    const before = stateAt(Number(number) - 1);
    states.set(Number(number), word === 'commit' ? new Set([...before, what]) : stateAt(Number(what)));
  }
  return new Set(stateAt(Math.max(...states.keys())));
}

describe('several processes at once', () => {
  test('commits, compaction, garbage collection and rollbacks lose nothing of each other', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const first = start('commit', dir, '9', '30');
    expect(await first.ended).toBe(0);
    const writers = [start('commit', dir, '1', '25'), start('commit', dir, '2', '25')];
    const carers = [
      start('compact', dir, '', '1000'),
      start('collect', dir, '', '1000'),
      start('rollback', dir, '', '12'),
    ];
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0]);
    for (const { child } of carers) child.stdin?.end();
    expect(await Promise.all(carers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    const said = [first, ...writers, ...carers].flatMap((worker) => worker.said);
    expect(said.filter(([word]) => word === 'commit')).toHaveLength(80);
    expect(said.filter(([word]) => word === 'rollback').length).toBeGreaterThan(0);
    const collected = said.filter(([word]) => word === 'collect').map(([, files]) => Number(files));
    expect(Math.max(...collected)).toBeGreaterThan(0);
    expect(await keysIn(dir)).toEqual(expectedKeys(said));
  });

  test('001-22 under a lock file: whoever is killed with it is followed by the next, and nothing is lost', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const steady = start('commit', dir, '1', '40', 'lock');
    const acknowledged: string[][] = [];
    for (let round = 0; round < 5; round += 1) {
      const victim = start('commit', dir, `2${round}0`, '1000', 'lock');
      while (victim.said.length < round + 1 && victim.child.exitCode === null)
        await once(victim.child.stdout ?? victim.child, 'data');
      // A moment that no two runs share; a commit holds the lock for a fifth of its time.
      for (let turns = 0; turns < round * 11; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      victim.child.kill('SIGKILL');
      await victim.ended;
      acknowledged.push(...victim.said);
    }
    expect(await steady.ended).toBe(0);
    acknowledged.push(...steady.said);
    const keys = await keysIn(dir);
    for (const [, , key = ''] of acknowledged) expect(keys).toContain(key);
    // At most the last commit of each victim was made and not heard of.
    expect(keys.size).toBeLessThanOrEqual(acknowledged.length + 5);
  });
});
