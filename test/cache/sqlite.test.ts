import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryBlobs } from '../../src/cache/blob/memory.ts';
import { createMetadataRegistry } from '../../src/cache/metadata/registry.ts';
import { sqliteFault } from '../../src/cache/metadata/sqlite/sqlite-fault.ts';
import type { CacheEntry, MetadataBackend } from '../../src/ports/cache.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { startStack } from '../http/stack-under-test.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from './temporary-folder.ts';

const missing = (await createMetadataRegistry().find('sqlite')?.missing?.()) ?? null;
const now = () => Date.UTC(2026, 0, 1);
const open = (folder: string) => createMetadataRegistry().open('sqlite', { folder, now });

const ENTRY: CacheEntry = {
  version: 1,
  keyHash: 'aa',
  url: 'https://example.org/',
  status: 200,
  fetchedAt: '2026-01-01T00:00:00.000Z',
  headers: {},
  checkedAs: 'text',
  bodyHash: 'bb',
  bodySize: 2,
};

async function keysOf(backend: MetadataBackend, prefix: string, limit?: number): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of backend.listEntries(prefix, limit)) keys.push(key);
  return keys;
}

test.runIf(missing !== null)('a Node without SQLite is told which has it', async () => {
  expect(missing).toMatch(/^Node 22\.13 or newer \(this is \d+\./);
  await expect(open('/nowhere')).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringMatching(/^the cache metadata back end "sqlite" needs Node 22\.13 or newer; this is \d+\./),
    hint: expect.stringContaining('"json"'),
  });
});

test.each([
  [8, 'the file system is read-only'],
  [8 + 256 * 3, 'the file system is read-only'],
  [13, 'the disk is full'],
])('the result code %i is told as: %s', (errcode, reason) => {
  const cause = Object.assign(new Error('what SQLite says'), { code: 'ERR_SQLITE_ERROR', errcode });
  const message = `the cache folder /c cannot be written: ${reason}`;
  expect(sqliteFault('/c', cause)).toMatchObject({ code: 'CACHE', message, cause });
  const other = Object.assign(new Error('UNIQUE'), { code: 'ERR_SQLITE_ERROR', errcode: 19 });
  expect(sqliteFault('/c', other)).toBe(other);
});

describe.skipIf(missing !== null)('sqlite', () => {
  test('a folder that is full, can only be read or is a file is told by its path', async (context) => {
    const disk = smallDisk(1000);
    if (disk === null) return context.skip('no file system may be mounted here');
    const backend = await open(disk);
    await backend.putEntry('geo/00', ENTRY);
    const { bfree, bsize } = statfsSync(disk);
    await writeFile(join(disk, 'other'), Buffer.alloc(bfree * bsize));
    const fill = async () => {
      for (let i = 0; i < 5000; i += 1) await backend.putEntry(`geo/1${i}`, ENTRY);
    };
    const written = `the cache folder ${disk} cannot be written:`;
    await expect(fill()).rejects.toMatchObject({ code: 'CACHE', message: `${written} the disk is full` });
    await rm(join(disk, 'other'));
    await backend.close();
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const readOnly = await open(disk);
    for (const deed of [() => readOnly.getEntry('geo/00'), () => readOnly.clear()]) {
      await expect(deed()).rejects.toMatchObject({
        code: 'CACHE',
        message: expect.stringContaining(disk),
        hint: expect.stringContaining('use a folder that can be written'),
      });
    }
    await readOnly.close();
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, 'mine');
    await expect((await open(file)).getEntry('geo/00')).rejects.toMatchObject({
      code: 'CACHE',
      message: `the cache folder ${file} is a file, not a folder`,
    });
  });

  test('a listing goes on beyond one page, within its prefix, while entries come and go', async () => {
    const backend = await open(await temporaryFolder());
    const keys = Array.from({ length: 2100 }, (_, i) => `geo/${String(i).padStart(4, '0')}`);
    for (const key of [...keys, 'gea/00', 'geo0/00', 'insdc/00']) await backend.putEntry(key, ENTRY);
    expect(await keysOf(backend, 'geo/')).toEqual(keys);
    expect(await keysOf(backend, 'geo/20')).toEqual(keys.slice(2000));
    expect(await keysOf(backend, '', 2000)).toHaveLength(2000);
    const seen: string[] = [];
    for await (const { key } of backend.listEntries('geo/')) {
      seen.push(key);
      await backend.removeEntry(key);
    }
    expect(seen).toEqual(keys);
    expect((await backend.getStats()).entries).toBe(3);
    await backend.close();
  });

  test('eight doors that are opened at once to a file that is not there all open', async () => {
    const folder = await temporaryFolder();
    const doors = await Promise.all(Array.from({ length: 8 }, () => open(folder)));
    await Promise.all(doors.map((door, i) => door.putEntry(`geo/0${i}`, ENTRY)));
    expect((await doors[0]?.getStats())?.entries).toBe(8);
    await Promise.all(doors.map((door) => door.close()));
  });

  test('a file that is no database is one warning that names it, and no failure', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'v1'));
    await writeFile(
      join(folder, 'v1/index.sqlite'),
      'this is no database, and long enough to be looked at '.repeat(20),
    );
    const clock = createFakeClock();
    const cache = { metadata: await open(folder), blobs: createMemoryBlobs(now), maxBytes: 1e9 };
    const under = await startStack(({ index }) => ({ body: `${index}` }), { cache, clock });
    const ask = () => under.http.text(under.request('/x'));
    expect([await ask(), await ask()]).toEqual(['0', '1']);
    const warnings = under.events.filter(({ type }) => type === 'warning').map((event) => JSON.stringify(event));
    expect(warnings).toEqual([expect.stringMatching(/index\.sqlite\): .*not a database \(deleting the file/)]);
    await under.close();
  });
});
