import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFilesystemBlobs } from '../../../src/cache/blob/filesystem.ts';
import { createMemoryMetadata } from '../../../src/cache/metadata/memory.ts';
import { createSerializerRegistry } from '../../../src/cache/serializers/registry.ts';
import { createSpool } from '../../../src/http/body/spool.ts';
import { openCacheCare } from '../../../src/http/cache/care/open-cache-care.ts';
import { createUseLog } from '../../../src/http/cache/use-log.ts';
import type { HttpStackSettings } from '../../../src/http/settings.ts';
import type { BlobBackend, MetadataBackend } from '../../../src/ports/cache.ts';
import type { Script } from '../../../src/testing/scripted-server.ts';
import { temporaryFolder } from '../../cache/temporary-folder.ts';
import { startStack } from '../stack-under-test.ts';

const LARGE = 'line of a large body\n'.repeat(500_000);

interface Halves {
  readonly metadata?: Partial<MetadataBackend>;
  readonly blobs?: (whole: BlobBackend) => Partial<BlobBackend>;
  readonly more?: Partial<NonNullable<HttpStackSettings['cache']>>;
}

/** A stack over a cache in a folder, of which some members are others. */
async function startCached(
  { metadata = {}, blobs = () => ({}), more = {} }: Halves = {},
  script: Script = () => ({ body: LARGE }),
  isOff = false,
) {
  const folder = await temporaryFolder();
  const whole = createFilesystemBlobs(folder);
  const cache = {
    metadata: { ...createMemoryMetadata(() => 1), ...metadata },
    blobs: { ...whole, ...blobs(whole) },
    maxBytes: 1e9,
    ...more,
  };
  const spoolFolders = [join(folder, 'spool')];
  const under = await startStack(script, { cache: isOff ? null : cache, spoolFolders });
  onTestFinished(() => under.close());
  const removeBodies = async () => {
    for await (const { key } of whole.listKeys('')) await whole.delete(key);
  };
  return { ...under, folder, cache, removeBodies };
}

async function all<T>(source: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

const full = async () => {
  throw new Error('the disk is full');
};

test.each<[string, Halves]>([
  ['an entry that cannot be written', { metadata: { putEntry: full } }],
  ['a body that cannot be written', { blobs: () => ({ put: full }) }],
  ['a body that is moved and then fails', { blobs: (whole) => ({ put: (...body) => whole.put(...body).then(full) }) }],
  ['a compressed body that fails', { more: { serializers: createSerializerRegistry() }, metadata: { putEntry: full } }],
])('%s costs a warning, not the large answer, which can be read twice', async (_, halves) => {
  const { http, request, events } = await startCached(halves);
  const { body } = await http.send(request('/x'));
  expect([await body.text(), await body.text()]).toEqual([LARGE, LARGE]);
  expect(events.filter(({ type }) => type === 'warning')).toMatchObject([{ message: expect.stringContaining('full') }]);
});

test.each<[string, Halves]>([
  ['as it came', {}],
  ['compressed', { more: { serializers: createSerializerRegistry() } }],
])('a large body, stored %s, that a trim removes between the request and the reading is read', async (_, halves) => {
  const { http, request, removeBodies } = await startCached(halves);
  const fresh = await http.send(request('/x'));
  const stored = await http.send(request('/x'));
  await removeBodies();
  expect([fresh.fromCache, stored.fromCache]).toEqual([false, true]);
  for (const { body } of [fresh, stored]) {
    expect(await body.text()).toBe(LARGE);
    await expect(body.text()).rejects.toMatchObject({
      code: 'CACHE',
      message: expect.stringContaining('/x was removed'),
    });
  }
});

test('a large body of which the reader wants the beginning alone is let go, and is read again from the store', async () => {
  const { http, request } = await startCached();
  await http.text(request('/x'));
  const { body } = await http.send(request('/x'));
  for await (const _ of body.stream()) break;
  expect(await body.text()).toBe(LARGE);
});

test('verifying large bodies holds none of them', async () => {
  const { http, request, cache, folder } = await startCached();
  await http.text(request('/x'));
  const spool = createSpool([folder], { now: () => 1 });
  const hold = () => Promise.reject(new Error('held'));
  const care = openCacheCare({
    backends: cache,
    clock: { now: () => 1 },
    spool: { ...spool, hold },
    useLog: createUseLog(null),
    maxBytes: 1,
    ttlOf: () => 1,
    operatorOf: () => null,
    known: [],
  });
  const { findings, entries } = care.verify({});
  expect(await all(findings)).toEqual([]);
  expect(entries()).toBe(1);
});

test('a file that is held is read as often as wanted after its removal, and no more when the spool is closed', async () => {
  const folder = await temporaryFolder();
  const spool = createSpool([folder], { now: () => 1 });
  const file = await spool.create();
  await file.write(Buffer.from('body'));
  await file.finish();
  const held = await spool.hold(file.path);
  await rm(file.path);
  expect(await spool.hold(file.path)).toBeNull();
  const read = async () => Buffer.concat(await all(held?.stream() ?? [])).toString();
  expect([await read(), await read()]).toEqual(['body', 'body']);
  await spool.close();
  await expect(read()).rejects.toThrow();
});

test.each([
  ['without a cache', null],
  ['on its way into the cache', {}],
])('JSON beyond 8 MiB is parsed once, for the check and for the handler, %s', async (_, halves) => {
  const text = JSON.stringify({ rows: Array.from({ length: 900_000 }, (_, i) => `row ${i}`) });
  const script = () => ({ body: text });
  const under = await startCached(halves ?? {}, script, halves === null);
  const parse = vi.spyOn(JSON, 'parse');
  onTestFinished(() => parse.mockRestore());
  expect(await under.http.json(under.request('/x'))).toHaveProperty('rows.length', 900_000);
  expect(parse.mock.calls.filter(([json]) => json.length === text.length)).toHaveLength(1);
  parse.mockRestore();
  expect(await under.http.text(under.request('/x', { expect: { kind: 'json' } }))).toBe(text);
});
