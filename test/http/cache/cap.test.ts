import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryBlobs } from '../../../src/cache/blob/memory.ts';
import { createMemoryMetadata } from '../../../src/cache/metadata/memory.ts';
import { isLookDue } from '../../../src/http/cache/keep-cap.ts';
import { trimCache } from '../../../src/http/cache/trim.ts';
import { createUseLog, NO_USE } from '../../../src/http/cache/use-log.ts';
import type { HttpStackSettings } from '../../../src/http/settings.ts';
import type { CacheBackends, CacheEntry } from '../../../src/ports/cache.ts';
import { temporaryFolder } from '../../cache/temporary-folder.ts';
import { memoryCache, type StackUnderTest, startStack } from '../stack-under-test.ts';

const NOW = Date.UTC(2026, 0, 2);
const HOUR = 3_600_000;
const at = (ms: number) => new Date(ms).toISOString();

async function sizeOf({ blobs }: CacheBackends): Promise<number> {
  let bytes = 0;
  for await (const { size } of blobs.listKeys('')) bytes += size;
  return bytes;
}

async function keysOf({ metadata }: CacheBackends): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of metadata.listEntries('')) keys.push(key);
  return keys.sort();
}

describe('trimCache', () => {
  const hash = (digit: string) => digit.repeat(64);

  /** Entries a, b and c of 100 bytes, of which a was used last; an old orphan and a fresh one. */
  async function filled(): Promise<CacheBackends> {
    let now = NOW - 10 * HOUR;
    const backends = { metadata: createMemoryMetadata(() => now), blobs: createMemoryBlobs(() => now) };
    const put = async (name: string) => {
      const entry = { bodyHash: hash(name), bodySize: 100 } as CacheEntry;
      await backends.blobs.put(`geo/${hash(name)}`, new Uint8Array(100));
      await backends.metadata.putEntry(`geo/${name}`, entry);
      now += HOUR;
    };
    for (const name of ['a', 'b', 'c']) await put(name);
    await backends.blobs.put(`geo/${hash('d')}`, new Uint8Array(100));
    now = NOW;
    await backends.blobs.put(`geo/${hash('e')}`, new Uint8Array(100));
    await backends.metadata.updateAccessTime('geo/a', NOW);
    return backends;
  }

  test('not above the mark nothing goes', async () => {
    const backends = await filled();
    const report = await trimCache(backends, { above: 500, to: 0, now: NOW });
    expect(report).toEqual({ entries: 0, bodies: 0, bytes: 0, left: 500 });
  });

  test('orphans that are an hour old go first, then what was not used for longest', async () => {
    const backends = await filled();
    expect(await trimCache(backends, { above: 499, to: 399, now: NOW })).toMatchObject({ entries: 1, bodies: 2 });
    expect(await keysOf(backends)).toEqual(['geo/a', 'geo/c']);
    expect(await trimCache(backends, { above: 0, to: 0, now: NOW })).toMatchObject({ entries: 2, left: 100 });
    expect(await backends.blobs.exists(`geo/${hash('e')}`)).toBe(true);
  });

  test('a dry run counts the same and removes nothing', async () => {
    const backends = await filled();
    const settings = { above: 0, to: 150, now: NOW };
    const counted = await trimCache(backends, { ...settings, dryRun: true });
    expect(await sizeOf(backends)).toBe(500);
    expect(await trimCache(backends, settings)).toEqual(counted);
    expect(counted).toMatchObject({ bodies: 4, entries: 3, bytes: 400, left: 100 });
  });
});

describe('when to look', () => {
  const look = (ageMs: number, bytes: number) => ({ at: NOW - ageMs, bytes });
  test.each([
    ['nothing is known and 2 % were stored', null, 20, true],
    ['nothing is known and less was stored', null, 19, false],
    ['with what was stored since it passes 95 %', look(HOUR, 900), 51, true],
    ['with what was stored since it does not', look(HOUR, 900), 50, false],
    ['the last look is older than a day', look(25 * HOUR, 10), 20, true],
    ['the last look is older than a day and little was stored', look(25 * HOUR, 990), 19, false],
  ])('%s', (_, known, storedSince, expected) => {
    expect(isLookDue({ look: known, storedSince }, 1000, NOW)).toBe(expected);
  });
});

describe('during a command', () => {
  let under: StackUnderTest;
  const CAP = 100_000;
  const body = ({ path }: { path: string }) => ({ body: path.padEnd(1000, '.') });

  async function start(cache: HttpStackSettings['cache']): Promise<void> {
    under = await startStack(body, { cache });
  }

  test('the cache never passes its cap, and keeps what was asked last', async () => {
    const cache = { ...memoryCache({ now: () => Date.now() }), maxBytes: CAP };
    await start(cache);
    let most = 0;
    for (let i = 0; i < 400; i += 1) {
      await under.http.text(under.request(`/${i}`));
      most = Math.max(most, await sizeOf(cache));
    }
    expect(most).toBeLessThanOrEqual(CAP);
    expect(most).toBeGreaterThan(CAP * 0.9);
    const before = under.server.requests.length;
    for (let i = 350; i < 400; i += 1) await under.http.text(under.request(`/${i}`));
    expect(under.server.requests.length).toBe(before);
    await under.close();
    expect(await sizeOf(cache)).toBeLessThanOrEqual(CAP);
  });

  test('a process knows by the notes what others have stored', async () => {
    const useFolder = join(await temporaryFolder(), 'use');
    const shared = { ...memoryCache({ now: () => Date.now() }), maxBytes: CAP, useFolder };
    for (const process of ['one', 'two', 'three']) {
      await start(shared);
      for (let i = 0; i < 60; i += 1) await under.http.text(under.request(`/${process}/${i}`));
      await under.close();
      expect(await sizeOf(shared), process).toBeLessThanOrEqual(CAP);
    }
    expect(await sizeOf(shared)).toBeGreaterThan(CAP * 0.6);
    const { last, all } = await createUseLog(useFolder).read();
    expect(all).toMatchObject({ commands: 3, misses: 180, bytesStored: 180_000 });
    expect(last).toMatchObject({ commands: 1, misses: 60 });
  });

  test('a cache that cannot be listed is one warning, and answers still come', async () => {
    const cache = memoryCache({ now: () => Date.now() });
    const blobs = {
      ...cache.blobs,
      // biome-ignore lint/correctness/useYield: it fails before the first.
      async *listKeys() {
        throw new Error('the shelf fell over');
      },
    };
    await start({ ...cache, blobs, maxBytes: 1000 });
    for (let i = 0; i < 20; i += 1) expect(await under.http.text(under.request(`/${i}`))).toContain(`/${i}.`);
    await under.close();
    const warnings = under.events.filter(({ type }) => type === 'warning');
    expect(warnings).toEqual([
      { type: 'warning', message: 'the cache could not be kept below its cap: the shelf fell over' },
    ]);
  });
});

describe('the notes of use', () => {
  const line = (run: string, more: object = {}) => ({ at: at(NOW), run, ...NO_USE, ...more });

  test('lines of many processes add up, and none is lost', async () => {
    const folder = join(await temporaryFolder(), 'use');
    const logs = Array.from({ length: 8 }, () => createUseLog(folder));
    await Promise.all(
      logs.flatMap((log, run) =>
        Array.from({ length: 50 }, () => log.note(line(`run ${run}`, { hits: 1, misses: 2 }))),
      ),
    );
    expect((await createUseLog(folder).read()).all).toMatchObject({ hits: 400, misses: 800, commands: 8 });
  });

  test('the last command is the sum of its own lines', async () => {
    const log = createUseLog(null);
    await log.note(line('one', { hits: 5 }));
    await log.note(line('two', { hits: 1 }));
    await log.note(line('two', { hits: 2, bytesStored: 7 }));
    expect(await log.read()).toMatchObject({ last: { hits: 3, commands: 1 }, all: { hits: 8, commands: 2 } });
  });

  test('what was stored while a look went on counts as stored since', async () => {
    const log = createUseLog(null);
    await log.note(line('one', { bytesStored: 100 }));
    await log.note({ ...line('two', { bytesStored: 10 }), at: at(NOW + 2000) });
    await log.note({ ...line('one'), at: at(NOW + 3000), look: { at: at(NOW + 1000), bytes: 50 } });
    await log.note({ ...line('one', { bytesStored: 1 }), at: at(NOW + 4000) });
    expect(await log.size()).toEqual({ look: { at: NOW + 1000, bytes: 50 }, storedSince: 11 });
  });

  test('the files stay few and small, and cut lines are passed by', async () => {
    const folder = join(await temporaryFolder(), 'use');
    await mkdir(folder);
    const log = createUseLog(folder);
    const full = `${JSON.stringify(line('before', { hits: 1 }))}\n`.repeat(2200);
    for (let i = 0; i < 6; i += 1) {
      await writeFile(join(folder, 'now.ndjson'), `{"at":"2026-01-01T00:00:00.000Z","run":"cut\nnull\n${full}`);
      await log.note({ ...line(`command ${i}`, { hits: 1 }), at: at(NOW + i) });
    }
    await log.note(line('command 6', { hits: 1 }));
    const names = await readdir(folder);
    expect(names.length).toBeLessThanOrEqual(4);
    for (const name of names) expect((await readFile(join(folder, name))).byteLength).toBeLessThan(330_000);
    const { last, all } = await log.read();
    expect(last).toMatchObject({ hits: 1, commands: 1 });
    expect(all?.hits).toBe(3 * 2201 + 1);
  });

  test('a folder that cannot be made is no failure: this process still knows', async () => {
    const folder = join(await temporaryFolder(), 'file');
    await writeFile(folder, '');
    const log = createUseLog(join(folder, 'use'));
    await log.note(line('one', { hits: 2, bytesStored: 3 }));
    expect((await log.read()).all).toMatchObject({ hits: 2 });
    expect(await log.size()).toEqual({ look: null, storedSince: 3 });
  });
});
