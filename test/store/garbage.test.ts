import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import { storeLayout } from '../../src/store/disk/layout.ts';
import { holdPin } from '../../src/store/disk/pins.ts';
import { followingManifest, STUB_TEXT } from '../../src/store/manifest/manifest.ts';
import { collectGarbage } from '../../src/store/parquet/garbage.ts';
import { openContext } from '../../src/store/parquet/parquet-store.ts';
import { geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from './open-test-store.ts';

afterAll(removeFolders);

const HOUR = 3_600_000;

/** Commits of one command each, one sample with another title each time. */
async function commitTitles(dir: string, count: number, run?: string): Promise<void> {
  const author = { by: 'somebody@here', command: 'add', run: run ?? randomUUID() };
  const store = openTestStore(dir, { author });
  for (let number = 0; number < count; number += 1) {
    await store.commit(oneUnit({ samples: [geoSample('GSM1', { title: `${author.run} ${number}` })] }));
  }
  await store.close();
}

/** Manifests of commands that change nothing, one for each of these. */
async function appendRuns(dir: string, runs: readonly string[]): Promise<void> {
  const { context, close } = openGarbage(dir);
  for (const run of runs) {
    const newest = await context.log.newest();
    const made = { by: '', command: 'add', run, kind: 'commit' as const, job: null, tables: {} };
    const next = { commit: randomUUID(), at: new Date().toISOString(), made, tables: newest.tables };
    expect(await context.log.append(followingManifest(newest, next))).toBe(true);
  }
  await close();
}

/** Sixty manifests of one command: enough commits that they are compacted, then as many manifests as keep segments alive. */
async function commitSixty(dir: string, run: string): Promise<void> {
  await commitTitles(dir, 36, run);
  await appendRuns(
    dir,
    range(1, 24).map(() => run),
  );
}

async function makeOlder(dir: string, hours: number): Promise<void> {
  const layout = storeLayout(dir);
  const time = new Date(Date.now() - hours * HOUR);
  for (const folder of [layout.manifests, layout.segments]) {
    for (const name of await readdir(folder)) await utimes(join(folder, name), time, time);
  }
}

function openGarbage(dir: string, clock: Clock = TEST_CLOCK) {
  const { context, door } = openContext({ dir, clock, randomId: randomUUID });
  return { context, close: door.close };
}

async function stubs(dir: string): Promise<number[]> {
  const { manifests } = storeLayout(dir);
  const found: number[] = [];
  for (const name of (await readdir(manifests)).sort()) {
    if ((await readFile(join(manifests, name), 'utf8')) === STUB_TEXT) found.push(Number.parseInt(name, 10));
  }
  return found;
}

async function newDir(): Promise<string> {
  return join(await makeTestFolder(), 'DB');
}

describe('garbage', () => {
  test('what the newest 20 manifests, the last day, and the last manifest of each of 50 commands name, stays', async () => {
    const dir = await newDir();
    await commitTitles(dir, 3, 'first');
    await commitTitles(dir, 3, 'second');
    await commitSixty(dir, 'third');
    await makeOlder(dir, 48);
    await commitTitles(dir, 2, 'fourth');
    const { context, close } = openGarbage(dir);
    const newest = (await context.log.newest()).sequence;
    const planned = await collectGarbage(context, { now: true, dryRun: true });
    expect(await stubs(dir)).toEqual([]);
    const before = await readdir(context.layout.segments);
    const done = await collectGarbage(context, { now: true });
    expect(done).toEqual(planned);
    const after = await readdir(context.layout.segments);
    expect(before.length - after.length).toBe(done.segments);
    expect(done.segments).toBeGreaterThan(0);
    // The last manifests of the first two commands (3 and 6) and the newest 20.
    const wanted = Array.from({ length: newest - 20 }, (_, index) => index + 1).filter((one) => one !== 3 && one !== 6);
    expect(await stubs(dir)).toEqual(wanted);
    // Every kept manifest has all of its segments.
    const names = new Set(after);
    for (const name of (await readdir(context.layout.manifests)).filter((one) => one.endsWith('.json'))) {
      const text = await readFile(join(context.layout.manifests, name), 'utf8');
      for (const [, file = ''] of text.matchAll(/"file":"([^"]+)"/g)) expect(names, name).toContain(file);
    }
    expect(await collectGarbage(context, { now: true })).toEqual({ segments: 0, bytes: 0, temporary: 0, pins: 0 });
    await close();
  });

  test('commands beyond the fiftieth are not kept', async () => {
    const dir = await newDir();
    await commitTitles(dir, 1);
    await appendRuns(
      dir,
      range(1, 75).map((number) => `command ${number}`),
    );
    await makeOlder(dir, 48);
    await commitTitles(dir, 1, 'last');
    const { context, close } = openGarbage(dir);
    await collectGarbage(context, { now: true });
    const { runs = [], sequence } = await context.log.newest();
    const kept = new Set(runs.map((one) => one.sequence));
    expect(kept.size).toBe(50);
    const gone = await stubs(dir);
    for (const number of gone) expect(kept).not.toContain(number);
    expect(gone.length).toBe(sequence - new Set([...kept, ...range(sequence - 19, sequence)]).size);
    await close();
  });

  test('a pin holds a manifest and what is not published yet; a void one goes', async () => {
    const dir = await newDir();
    await commitSixty(dir, 'one');
    await makeOlder(dir, 48);
    const processes = { host: 'here', pid: 7, isAlive: (pid: number) => pid === 7 };
    const opened = openContext({ dir, clock: TEST_CLOCK, randomId: randomUUID, processes });
    const { context } = opened;
    const segment = join(context.layout.segments, 'GEO_SAMPLES-unpublished.parquet');
    await writeFile(segment, 'half');
    const twoHours = new Date(Date.now() - 2 * HOUR);
    await utimes(segment, twoHours, twoHours);
    const early: Clock = { ...TEST_CLOCK, now: () => Date.now() - 2 * HOUR, sleep: sleepUntilStopped };
    const release = await holdPin({ ...context, clock: early }, 5);
    const gone = await holdPin({ ...context, processes: { ...processes, pid: 8 }, clock: early }, 6);
    const first = await collectGarbage(context, { now: true });
    expect(first.pins).toBe(1);
    expect(await stubs(dir)).not.toContain(5);
    expect(await stubs(dir)).toContain(6);
    expect(await readdir(context.layout.segments)).toContain('GEO_SAMPLES-unpublished.parquet');
    await release();
    await gone();
    expect((await collectGarbage(context, { now: true })).segments).toBeGreaterThan(0);
    expect(await stubs(dir)).toContain(5);
    expect(await readdir(context.layout.segments)).not.toContain('GEO_SAMPLES-unpublished.parquet');
    await opened.door.close();
  });

  test('a pin that went as silent while its process stood still is there again once it goes on', async () => {
    const dir = await newDir();
    await commitTitles(dir, 1);
    const { context, close } = openGarbage(dir);
    const wakes: (() => void)[] = [];
    const sleep: Clock['sleep'] = (_ms, signal) =>
      new Promise((resolve, reject) => {
        wakes.push(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    const release = await holdPin({ ...context, clock: { ...TEST_CLOCK, sleep } }, 1);
    const { pins } = context.layout;
    const [name = ''] = await readdir(pins);
    const pin = await readFile(join(pins, name), 'utf8');
    const twoHours = new Date(Date.now() - 2 * HOUR);
    await utimes(join(pins, name), twoHours, twoHours);
    expect((await collectGarbage(context, { now: true })).pins).toBe(1);
    expect(await readdir(pins)).toEqual([]);
    wakes.shift()?.();
    await vi.waitUntil(() => wakes.length > 0, { timeout: 100_000 });
    expect(await readdir(pins)).toEqual([name]);
    expect(await readFile(join(pins, name), 'utf8')).toBe(pin);
    await release();
    expect(await readdir(pins)).toEqual([]);
    await close();
  });

  test('is collected once an hour, and again although the last time was in the future of a wrong clock', async () => {
    const dir = await newDir();
    await commitTitles(dir, 1);
    const { context, close } = openGarbage(dir);
    const { collected, segments } = context.layout;
    const twoHours = new Date(Date.now() - 2 * HOUR);
    const leave = async (): Promise<void> => {
      await writeFile(join(segments, '.tmp-left'), '');
      await utimes(join(segments, '.tmp-left'), twoHours, twoHours);
    };
    await leave();
    expect((await collectGarbage(context)).temporary).toBe(0);
    const nextYear = new Date(Date.now() + 365 * 24 * HOUR);
    await utimes(collected, nextYear, nextYear);
    expect((await collectGarbage(context)).temporary).toBe(1);
    await leave();
    expect((await collectGarbage(context)).temporary).toBe(0);
    await close();
  });

  test('who pins a manifest that has just become a stub stops the removal of segments', async () => {
    const dir = await newDir();
    await commitSixty(dir, 'one');
    await makeOlder(dir, 48);
    const { context, close } = openGarbage(dir);
    const before = (await readdir(context.layout.segments)).length;
    let ids = 0;
    // Another machine pins manifest 5 between the first stub and the second look at the pins.
    const randomId = (): string => {
      ids += 1;
      if (ids === 3) {
        mkdirSync(context.layout.pins);
        const pin = { host: 'elsewhere', pid: 1, since: Date.now(), sequence: 5 };
        writeFileSync(join(context.layout.pins, 'elsewhere-1-a'), JSON.stringify(pin));
      }
      return randomUUID();
    };
    const report = await collectGarbage({ ...context, randomId }, { now: true });
    expect(ids).toBeGreaterThan(3);
    expect(report.segments).toBe(0);
    expect((await readdir(context.layout.segments)).length).toBe(before);
    await close();
  });

  test('a day of many manifests: few are read, and what they name stays', async () => {
    const dir = await newDir();
    await commitTitles(dir, 40, 'yesterday');
    await makeOlder(dir, 48);
    await commitTitles(dir, 1, 'today');
    await appendRuns(
      dir,
      Array.from({ length: 210 }, () => 'long'),
    );
    await commitTitles(dir, 40, 'later');
    await appendRuns(dir, ['last']);
    const { context, close } = openGarbage(dir);
    const before = await readdir(context.layout.segments);
    await collectGarbage(context, { now: true });
    const after = new Set(await readdir(context.layout.segments));
    expect(after.size).toBeLessThan(before.length);
    const { sequence } = await context.log.newest();
    for (let number = 41; number <= sequence; number += 1) {
      const path = join(context.layout.manifests, `${String(number).padStart(9, '0')}.json`);
      const text = await readFile(path, 'utf8');
      for (const [, file = ''] of text.matchAll(/"file":"([^"]+)"/g)) expect(after, path).toContain(file);
    }
    await close();
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function sleepUntilStopped(_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
