import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSystemProcesses } from '../../../src/project/system-processes.ts';
import { buildChildProgram } from '../../support/child-program.ts';
import { makeTestFolder, removeFolders } from '../open-test-store.ts';
import { addSamples, allRows, newPlace, type Place, withCare } from './backed-up-store.ts';

let program: string;

beforeAll(async () => {
  program = await buildChildProgram('test/store/care/restoring-child.ts', await makeTestFolder());
});

afterAll(removeFolders);

function filesBelow(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true }).length;
  } catch {
    // Being renamed just now.
    return 0;
  }
}

/** Runs the child and kills it when so many more files are below a folder; true when it got through before. */
async function killAt(args: readonly string[], folder: string, more: number): Promise<boolean> {
  const before = filesBelow(folder);
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  while (child.exitCode === null && filesBelow(folder) - before < more) await new Promise(setImmediate);
  child.kill('SIGKILL');
  const [code] = await ended;
  return code === 0;
}

/** All backups that are listed are whole. */
async function wholeBackups(place: Place): Promise<string[]> {
  return withCare(place, async ({ backups }) => {
    const names = (await backups.list()).map(({ name }) => name);
    for (const name of names) expect(await backups.verify(name), name).toEqual([]);
    return names;
  });
}

async function filled(): Promise<{ place: Place; name: string; then: unknown; now: unknown }> {
  const place = await newPlace();
  await addSamples(place, [1, 2, 3, 4, 5, 6]);
  const then = await allRows(place);
  const { name } = await withCare(place, ({ backups }) => backups.create());
  await addSamples(place, [7, 8, 9], 'later');
  return { place, name, then, now: await allRows(place) };
}

describe('killed', () => {
  test('001-22 in the middle of a backup: no half one is listed, the tables are as before, the leftovers go', async () => {
    const { place, name, now } = await filled();
    let killed = 0;
    for (const more of [1, 3, 8, 20, 35, 44, 46]) {
      if (!(await killAt([place.dir], place.backups, more))) killed += 1;
      expect(await wholeBackups(place)).toContain(name);
      expect(await allRows(place)).toEqual(now);
    }
    expect(killed).toBeGreaterThanOrEqual(4);
    await withCare(place, ({ backups }) => backups.create(), { processes: createSystemProcesses() });
    expect((await readdir(place.backups)).filter((file) => file.startsWith('.tmp-'))).toEqual([]);
  });

  test('in the middle of a restore: the tables are those before or those of the backup, never mixed', async () => {
    const { place, name, then, now } = await filled();
    const path = join(place.backups, name);
    const segments = join(place.dir, '.store', 'v1');
    const seen: string[] = [];
    for (const [folder, more] of [
      [place.backups, 20],
      [segments, 2],
      [segments, 9],
      [segments, 20],
      [segments, 30],
      [segments, 34],
    ] as const) {
      await withCare(place, ({ backups }) => backups.list());
      await killAt([place.dir, path], folder, more);
      const rows = await allRows(place);
      const state = JSON.stringify(rows, bigints) === JSON.stringify(then, bigints) ? 'then' : 'now';
      if (state === 'now') expect(rows).toEqual(now);
      seen.push(state);
      await wholeBackups(place);
      if (state === 'then') break;
    }
    expect(seen[0]).toBe('now');
    await withCare(place, ({ backups }) => backups.restore(path, { all: true }));
    expect(await allRows(place)).toEqual(then);
  });

  test('while a damaged store is built anew: it is damaged, or whole, and the next restore gets through', async () => {
    for (const more of [3, 25, 38]) {
      const { place, name, then } = await filled();
      const manifests = join(place.dir, '.store', 'v1', 'manifest');
      const newest = (await readFile(join(manifests, 'newest'), 'utf8')).padStart(9, '0');
      await truncate(join(manifests, `${newest}.json`), 30);
      const path = join(place.backups, name);
      await killAt([place.dir, path], place.dir, more);
      const rows = await allRows(place).catch(() => 'damaged');
      if (rows !== 'damaged') expect(rows).toEqual(then);
      await withCare(place, ({ backups }) => backups.restore(path, { all: true }), {
        processes: createSystemProcesses(),
      });
      expect(await allRows(place)).toEqual(then);
      expect((await readdir(place.dir)).filter((file) => file.startsWith('.tmp-'))).toEqual([]);
    }
  });
});

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
