import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryBlobs } from '../../src/cache/blob/memory.ts';
import { createMetadataRegistry } from '../../src/cache/metadata/registry.ts';
import type { CacheEntry, MetadataBackend } from '../../src/ports/cache.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { startStack } from '../http/stack-under-test.ts';
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

describe.skipIf(missing !== null)('sqlite', () => {
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
