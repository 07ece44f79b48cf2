import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createFilesystemBlobs } from '../../src/cache/blob/filesystem.ts';
import { createBlobRegistry } from '../../src/cache/blob/registry.ts';
import { createJsonMetadata } from '../../src/cache/metadata/json.ts';
import { createMemoryMetadata } from '../../src/cache/metadata/memory.ts';
import { createMetadataRegistry } from '../../src/cache/metadata/registry.ts';
import type { MetadataBackend } from '../../src/ports/cache.ts';
import { blobContract, metadataContract } from '../../src/testing/contract/cache.ts';
import { newSpot, openBlobs, openMetadata, startCacheServices } from './cache-services.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOW = Date.UTC(2026, 0, 1);
const now = () => NOW;

const services = await startCacheServices();
afterAll(() => services.remove());

describe.each(['memory', 'json', 'sqlite', 'postgresql'])('002-10, 002-14, 002-24: metadata %s', (name) => {
  let spot = newSpot('');
  const reopen = () => openMetadata(name, spot, services);
  const open = async () => {
    spot = newSpot(await temporaryFolder());
    return reopen();
  };
  const contract = name === 'memory' ? { open } : { open, reopen };
  metadataContract(test.skipIf(name in services.skipped), contract);
});

describe.each(['memory', 'filesystem', 's3'])('002-15, 002-16, 002-24: blob %s', (name) => {
  blobContract(test, { open: async () => openBlobs(name, newSpot(await temporaryFolder()), services) });
});

const ENTRY = {
  version: 1,
  keyHash: 'aa',
  url: 'https://example.org/',
  status: 200,
  fetchedAt: '2026-01-01T00:00:00.000Z',
  headers: {},
  checkedAs: 'text',
  bodyHash: 'bb',
  bodySize: 2,
} as const;

test('000-34, 000-35: an entry is the file <md5>.cache below the folder of its handler', async () => {
  const folder = await temporaryFolder();
  await createJsonMetadata(folder).putEntry('custom/fa931a4577cb9013032f37570e44b630', ENTRY);
  const path = join(folder, 'v1/custom/fa/fa931a4577cb9013032f37570e44b630.cache');
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(ENTRY);
  expect(await readdir(join(folder, 'v1/custom/fa'))).toHaveLength(1);
});

test.each(['../x/aa', 'geo/../../aa', 'geo', 'geo/.hidden', '/etc/aa', 'geo/a/b', 'GEO\\x/aa'])(
  'the key %j cannot leave the folder',
  async (key) => {
    const folder = await temporaryFolder();
    expect(() => createJsonMetadata(folder).getEntry(key)).toThrow(RangeError);
    await expect(createFilesystemBlobs(folder).put(key, new Uint8Array())).rejects.toThrow(RangeError);
  },
);

test('a torn entry rejects with a SyntaxError and is left out of the list', async () => {
  const folder = await temporaryFolder();
  const metadata = createJsonMetadata(folder);
  await metadata.putEntry('geo/00aa', ENTRY);
  await writeFile(join(folder, 'v1/geo/00/00aa.cache'), '{"version":1,');
  await expect(metadata.getEntry('geo/00aa')).rejects.toThrow(SyntaxError);
  for await (const listed of metadata.listEntries('')) expect(listed).toBeUndefined();
});

test('a blob takes over a file by moving it', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'given');
  await writeFile(file, 'large');
  const path = await createFilesystemBlobs(folder).put('geo/00aa', { file, size: 5 });
  expect(await readFile(path, 'utf8')).toBe('large');
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('what an interrupted write left behind is no blob and no entry', async () => {
  const folder = await temporaryFolder();
  const blobs = createFilesystemBlobs(folder);
  const path = await blobs.put('geo/00aa', new Uint8Array(1));
  await writeFile(`${path}.1234.tmp`, 'half');
  await utimes(path, 1, 1);
  const keys = [];
  for await (const { key, storedAt } of blobs.listKeys('')) keys.push([key, storedAt]);
  expect(keys).toEqual([['geo/00aa', 1000]]);
});

describe('registries', () => {
  const context = { folder: '/nowhere', now };

  test('002-12, 002-14, 002-16: the built-in back ends are listed with what they are good for', () => {
    expect(
      createMetadataRegistry()
        .list()
        .map(({ name }) => name),
    ).toEqual(['json', 'memory', 'sqlite', 'postgresql']);
    expect(
      createBlobRegistry()
        .list()
        .map(({ name }) => name),
    ).toEqual(['filesystem', 'memory', 's3']);
    for (const { description } of createMetadataRegistry().list()) expect(description).not.toBe('');
  });

  test('002-11: a back end is made when it is opened, not before; names are unique and can be freed', async () => {
    const registry = createMetadataRegistry();
    let made = 0;
    const facts = {
      name: 'mine',
      description: 'counts',
      open: () => {
        made += 1;
        return createMemoryMetadata(now);
      },
    };
    registry.register(facts);
    expect(() => registry.register(facts)).toThrow(/"mine" is registered already/);
    expect(made).toBe(0);
    await registry.open('mine', context);
    expect(made).toBe(1);
    expect(registry.unregister('mine')).toBe(true);
    expect(registry.unregister('mine')).toBe(false);
  });

  test('002-13: an unknown name is an error that lists the known ones', async () => {
    await expect(createMetadataRegistry().open('redis', context)).rejects.toMatchObject({
      code: 'CONFIG',
      hint: 'use one of: json, memory, sqlite, postgresql',
    });
  });

  test('002-19: members that are missing are named', async () => {
    const registry = createMetadataRegistry();
    const half = { getEntry: async () => null, close: async () => {} } as unknown as MetadataBackend;
    registry.register({ name: 'half', description: 'not whole', open: () => half });
    await expect(registry.open('half', context)).rejects.toMatchObject({
      code: 'PLUGIN',
      message: expect.stringContaining('putEntry, removeEntry, listEntries, updateAccessTime, getStats, clear'),
    });
  });

  test('a back end whose package is missing says what to install', async () => {
    const registry = createBlobRegistry();
    registry.register({
      name: 'far',
      description: 'a bucket',
      requiredPackages: ['no-such-package'],
      open: async () => (await import('no-such-package' as string)) as never,
    });
    await expect(registry.open('far', context)).rejects.toMatchObject({
      code: 'PLUGIN',
      message: 'the cache blob back end "far" needs no-such-package, which is not installed',
      hint: 'npm install no-such-package',
    });
  });

  test('an option of another back end is refused by name; one that nobody knows is a warning (002-21)', async () => {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    const open = (options: Record<string, unknown>) =>
      createBlobRegistry().open('filesystem', { ...context, options, warn });
    await expect(open({ bucket: 'mine' })).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'the option "bucket" is of the cache blob back end "s3", not of "filesystem"',
    });
    await open({ pool_size: 10 });
    expect(warnings).toEqual(['the cache blob back end "filesystem" knows no option "pool_size"']);
  });

  test('002-12: each says what it needs, whether that is here, and whether others can read it', async () => {
    const all = [...createMetadataRegistry().list(), ...createBlobRegistry().list()];
    expect(all.filter(({ shared }) => shared).map(({ name }) => name)).toEqual(['postgresql', 's3']);
    for (const facts of all) {
      expect(facts).not.toHaveProperty('open');
      expect(facts.description).not.toBe('');
      if (facts.requiredPackages !== undefined) expect(await facts.missing?.()).toBeNull();
    }
  });

  test('a back end needs a name, a description and a function open', () => {
    const facts = { name: '', description: 'none', open: () => createMemoryMetadata(now) };
    expect(() => createMetadataRegistry().register(facts)).toThrow(/needs a name/);
  });
});
