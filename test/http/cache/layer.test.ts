import { chmod, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createBlobRegistry } from '../../../src/cache/blob/registry.ts';
import { createMetadataRegistry } from '../../../src/cache/metadata/registry.ts';
import { createHttpStack } from '../../../src/http/client.ts';
import type { HttpStackSettings } from '../../../src/http/settings.ts';
import { createFakeClock } from '../../../src/testing/fake-clock.ts';
import type { Script } from '../../../src/testing/scripted-server.ts';
import { temporaryFolder } from '../../cache/temporary-folder.ts';
import { freeLimit, memoryCache, type StackUnderTest, startStack } from '../stack-under-test.ts';

let under: StackUnderTest;
afterEach(() => under.close());

const text = ({ path, index }: { path: string; index: number }) => ({ body: `${path} ${index}` });

async function fileCache(folder: string, maxBytes = 1e9): Promise<NonNullable<HttpStackSettings['cache']>> {
  const context = { folder, now: () => Date.UTC(2026, 0, 1) };
  return {
    metadata: await createMetadataRegistry().open('json', context),
    blobs: await createBlobRegistry().open('filesystem', context),
    maxBytes,
  };
}

async function startCached(script: Script, settings: Partial<HttpStackSettings> = {}): Promise<string> {
  const folder = await temporaryFolder();
  const spoolFolders = [join(folder, 'v1', 'tmp')];
  under = await startStack(script, { cache: await fileCache(folder), spoolFolders, ...settings });
  return folder;
}

async function filesBelow(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

const ask = (path = '/x', more: Parameters<StackUnderTest['request']>[1] = {}) =>
  under.http.text(under.request(path, more));
const warnings = () => under.events.filter(({ type }) => type === 'warning');

describe.each(['json', 'memory'])('002-18: metadata %s', (metadata) => {
  test.each(['filesystem', 'memory'])('with blobs %s: miss, hit, stale, refreshed', async (blobs) => {
    const clock = createFakeClock();
    const context = { folder: await temporaryFolder(), now: () => clock.now() };
    const cache = {
      metadata: await createMetadataRegistry().open(metadata, context),
      blobs: await createBlobRegistry().open(blobs, context),
      maxBytes: 1e9,
    };
    under = await startStack(text, { cache, clock });
    expect([await ask(), await ask()]).toEqual(['/x 0', '/x 0']);
    clock.advance(3_599_999);
    expect(await ask()).toBe('/x 0');
    clock.advance(1);
    expect(await ask()).toBe('/x 1');
    expect(await ask('/x', { refresh: true })).toBe('/x 2');
    expect(await ask()).toBe('/x 2');
    expect(under.stack.cacheCounts()).toMatchObject({ hits: 3, misses: 1, damaged: 0 });
  });
});

test('000-33, 000-34: the second process in the hour makes no request; without the folder it works again', async () => {
  const folder = await startCached(text);
  await ask();
  const again = await startStack(text, { cache: await fileCache(folder) });
  const answer = await again.http.send(under.request('/x')).catch((error) => error);
  expect(answer).toMatchObject({ code: 'PLUGIN' });
  await again.close();
  const hosts = [freeLimit(under.server.host)];
  const second = createHttpStack({
    clock: under.clock,
    random: () => 0.9,
    report: () => {},
    userAgent: 'celline/0.0.0',
    cache: await fileCache(folder),
    spoolFolders: [],
  });
  const http = second.forHandler({ name: 'test', hosts, ttl: 3600 });
  expect(await http.send(under.request('/x'))).toMatchObject({ fromCache: true, status: 200 });
  expect(under.server.requests).toHaveLength(1);
  await rm(folder, { recursive: true });
  expect(await http.text(under.request('/x'))).toBe('/x 1');
  await second.close();
});

test('000-37: what is stored is JSON with address, status, time and headers, and the body beside', async () => {
  const headers = { etag: '"1"', 'set-cookie': 'session=1', 'content-type': 'text/plain' };
  const folder = await startCached(() => ({ headers, body: 'the body' }));
  await ask();
  const [entry = ''] = await filesBelow(folder, '.cache');
  expect(entry).toMatch(/v1\/test\/[0-9a-f]{2}\/[0-9a-f]{32}\.cache$/);
  const stored = JSON.parse(await readFile(entry, 'utf8'));
  expect(stored).toMatchObject({ url: `${under.server.url}/x`, status: 200, fetchedAt: '2026-01-01T00:00:00.000Z' });
  expect(stored.headers).toMatchObject({ etag: '"1"', 'content-type': 'text/plain' });
  expect(stored.headers).not.toHaveProperty('set-cookie');
  const [body = ''] = await filesBelow(folder, '.body');
  expect(await readFile(body, 'utf8')).toBe('the body');
});

test('000-38: refresh asks, stores the new answer and renews the file', async () => {
  const folder = await startCached(text);
  await ask();
  const [entry = ''] = await filesBelow(folder, '.cache');
  await utimes(entry, 1000, 1000);
  expect(await ask('/x', { refresh: true })).toBe('/x 1');
  expect((await stat(entry)).mtimeMs).toBeGreaterThan(1_000_000);
  expect(await ask()).toBe('/x 1');
});

test('a ttl of 0 stores nothing, and lying bodies are never stored', async () => {
  const folder = await startCached(({ path }) => ({ body: path === '/html' ? '<html></html>' : 'ok' }));
  await ask('/x', { ttl: 0 });
  await expect(ask('/html')).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  expect(await filesBelow(folder, '.cache')).toEqual([]);
});

const damages: [string, (entry: string, body: string) => Promise<void>][] = [
  ['a truncated entry', (entry) => truncate(entry, 20)],
  ['an empty entry', (entry) => truncate(entry, 0)],
  ['an entry of another form', (entry) => writeFile(entry, '{"version":1}')],
  ['an entry that is a list', (entry) => writeFile(entry, '[]')],
  ['an entry that is null', (entry) => writeFile(entry, 'null')],
  ['a missing body (002-20)', (_, body) => rm(body)],
  ['a truncated body', (_, body) => truncate(body, 2)],
  ['an altered body of equal length', (_, body) => writeFile(body, '/x 9')],
];

test.each(damages)('000-36: %s is a miss, removed, counted, with one warning', async (_, damage) => {
  const folder = await startCached(text);
  await ask();
  const [entry = ''] = await filesBelow(folder, '.cache');
  const [body = ''] = await filesBelow(folder, '.body');
  await damage(entry, body);
  expect(await ask()).toBe('/x 1');
  expect(await ask()).toBe('/x 1');
  expect(under.stack.cacheCounts()).toMatchObject({ damaged: 1, hits: 1, misses: 2 });
  expect(warnings()).toHaveLength(1);
});

test('000-36: a cache folder that cannot be written is one warning', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'file');
  await writeFile(file, '');
  under = await startStack(text, { cache: await fileCache(file) });
  expect([await ask('/a'), await ask('/b'), await ask('/a')]).toEqual(['/a 0', '/b 1', '/a 2']);
  expect(warnings()).toEqual([{ type: 'warning', message: expect.stringContaining('the cache cannot be used') }]);
  await chmod(file, 0o600);
});

test('a 404 is stored like data, for a day at most', async () => {
  await startCached(() => ({ status: 404, body: 'no such record' }));
  for (let i = 0; i < 2; i += 1) {
    await expect(ask('/x', { ttl: 1e6 })).rejects.toMatchObject({
      code: 'HTTP_STATUS',
      status: 404,
      fields: { said: 'no such record' },
    });
  }
  expect(under.server.requests).toHaveLength(1);
  under.clock.advance(86_400_000);
  await expect(ask('/x', { ttl: 1e6 })).rejects.toMatchObject({ status: 404 });
  expect(under.server.requests).toHaveLength(2);
});

test('a page that says why there is no record is asked for once an hour; any other page each time', async () => {
  const page = (said: string) => `<!DOCTYPE html><html><title>GEO</title><p>${said} "GSM1".</p></html>`;
  await startCached(({ path }) => ({
    headers: { 'content-type': 'text/html' },
    body: page(path === '/gone' ? 'Could not find a public or private accession' : 'Something else about'),
  }));
  const soft = { expect: { kind: 'soft', gzip: false }, attempts: 1 } as const;
  const fault = (path: string) => ask(path, soft).catch((error) => [error.code, error.fields.kind, error.page]);
  const first = await fault('/gone');
  expect(first).toEqual(['BAD_RESPONSE', 'answer', page('Could not find a public or private accession')]);
  expect(await fault('/gone')).toEqual(first);
  expect(under.server.requests).toHaveLength(1);
  const good = { status: 200, bytes: first[2].length, error: null };
  expect(under.events.filter(({ type }) => type === 'exchange')).toMatchObject([
    { ...good, cache: 'miss', sent: 1 },
    { ...good, cache: 'hit', sent: 0 },
  ]);
  under.clock.advance(3_600_000);
  expect(await fault('/gone')).toEqual(first);
  expect(under.server.requests).toHaveLength(2);
  for (let i = 0; i < 2; i += 1) expect((await fault('/odd'))[1]).toBe('html');
  expect(under.server.requests).toHaveLength(4);
});

test('a stale answer with an entity tag is confirmed by a 304 and is fresh again', async () => {
  const headers = { etag: '"v1"' };
  await startCached(({ headers: got }) =>
    got['if-none-match'] === '"v1"' ? { status: 304 } : { headers, body: 'v1' },
  );
  await ask();
  under.clock.advance(7_200_000);
  expect(await ask()).toBe('v1');
  expect(under.server.requests).toHaveLength(2);
  const answer = await under.http.send(under.request('/x'));
  expect(answer).toMatchObject({ fromCache: true, fetchedAt: '2026-01-01T02:00:00.000Z' });
  expect(under.server.requests).toHaveLength(2);
});

test('a condition of the handler’s own confirms nothing that is stored', async () => {
  const lastModified = 'Thu, 01 Jan 2026 00:00:00 GMT';
  await startCached(({ headers: got, index }) =>
    got['if-none-match'] === '"mine"'
      ? { status: 304 }
      : { headers: { 'last-modified': lastModified }, body: `${index}` },
  );
  expect(await ask()).toBe('0');
  under.clock.advance(7_200_000);
  // What the handler has is unchanged; what is stored is another answer, and is stale.
  expect(await ask('/x', { headers: { 'If-None-Match': '"mine"' } })).toBe('1');
  expect(under.server.requests[1]?.headers).toMatchObject({ 'if-modified-since': lastModified });
  expect(await ask()).toBe('1');
});

test('an answer that was checked as one thing does not answer for another', async () => {
  await startCached(({ index }) => ({ body: index === 0 ? 'not json' : '{}' }));
  await ask();
  await expect(under.http.json(under.request('/x'))).resolves.toEqual({});
});

test('offline: a stored answer of any age is served, a miss says so, and no request is made', async () => {
  const clock = createFakeClock();
  const cache = memoryCache(clock);
  under = await startStack(text, { cache, clock });
  await ask();
  clock.advance(1e9);
  const stack = createHttpStack({
    clock,
    random: () => 0,
    report: () => {},
    userAgent: 'celline/0.0.0',
    cache,
    spoolFolders: [],
    offline: true,
  });
  const http = stack.forHandler({ name: 'test', hosts: [freeLimit(under.server.host)], ttl: 3600, refresh: true });
  expect(await http.text(under.request('/x'))).toBe('/x 0');
  for (const more of [{}, { ttl: 0 }]) {
    await expect(http.text(under.request('/y', more))).rejects.toMatchObject({ code: 'NOT_CACHED' });
  }
  const asked = { method: 'POST', lookup: true, form: { id: 'SAMN1,SAMN2' }, label: 'samples 1 to 2' } as const;
  await expect(http.text(under.request('/y', asked))).rejects.toMatchObject({
    message: `offline, and not in the cache: POST ${under.server.url}/y (id=SAMN1%2CSAMN2) for samples 1 to 2`,
  });
  expect(under.server.requests).toHaveLength(1);
});

test('an answer to a credential is stored only with a secret, and only for that credential', async () => {
  const clock = createFakeClock();
  const cache = memoryCache(clock);
  const credential = { type: 'bearer', token: 't' } as const;
  under = await startStack(text, { cache, clock }, { credential });
  expect([await ask(), await ask()]).toEqual(['/x 0', '/x 1']);
  await under.close();
  under = await startStack(text, { cache, clock, cacheSecret: 's' }, { credential });
  expect([await ask(), await ask()]).toEqual(['/x 0', '/x 0']);
  const hosts = [freeLimit(under.server.host)];
  const other = under.stack.forHandler({ name: 'test', hosts, ttl: 60, credential: { type: 'bearer', token: 'u' } });
  expect(await other.text(under.request('/x'))).toBe('/x 1');
});

test('what stands in a parameter that looks like a credential tells answers apart: it may name the next page', async () => {
  const clock = createFakeClock();
  const cache = memoryCache(clock);
  under = await startStack(text, { cache, clock });
  const page = (token: string) => under?.http.text(under.request(`/x?token=${token}`));
  const form = (token: string) => ({ lookup: true, form: { q: 'a', token } }) as const;
  const list = (token: string) => under?.http.text(under.request('/form', form(token)));
  const pages = await Promise.all([page('a'), page('b'), page('a'), list('a'), list('b')]);
  expect(new Set(pages).size).toBe(4);
  expect(pages[0]).toBe(pages[2]);
  // Without a secret of the user nothing of it is stored.
  expect(await page('a')).not.toBe(pages[0]);
  await under.close();
  under = await startStack(text, { cache, clock, cacheSecret: 's' });
  const stored = [await page('a'), await page('b')];
  expect([await page('a'), await page('b')]).toEqual(stored);
  expect(under.server.requests).toHaveLength(2);
  for await (const { key, entry } of cache.metadata.listEntries('')) {
    expect(JSON.stringify([key, entry])).not.toContain('token');
  }
});

test('headers of a handler tell answers apart: a part of a file is not the file, and what may be a credential is not stored', async () => {
  const clock = createFakeClock();
  const cache = memoryCache(clock);
  under = await startStack(text, { cache, clock });
  const ask = (headers: Readonly<Record<string, string>>) => under?.http.text(under.request('/x', { headers }));
  expect([await ask({ Range: 'bytes=0-9' }), await ask({}), await ask({ range: 'bytes=0-9' })]).toEqual([
    '/x 0',
    '/x 1',
    '/x 0',
  ]);
  expect(await ask({ 'User-Agent': 'mine' })).toBe('/x 1');
  expect([await ask({ Authorization: 'a' }), await ask({ authorization: 'a' }), await ask({})]).toEqual([
    '/x 2',
    '/x 3',
    '/x 1',
  ]);
});

test('a large body moves into the cache and is served from there', async () => {
  const large = 'line of a large body\n'.repeat(500_000);
  const folder = await startCached(() => ({ body: large }));
  const first = await under.http.send(under.request('/x'));
  const second = await under.http.send(under.request('/x'));
  expect([first.fromCache, second.fromCache]).toEqual([false, true]);
  for (const { body } of [first, second]) expect((await body.text()).length).toBe(large.length);
  const bodies = await filesBelow(folder, '.body');
  expect(bodies).toHaveLength(1);
  await writeFile(bodies[0] ?? '', large.replace('line', 'LINE'));
  expect(await ask()).toBe(large);
  expect(under.server.requests).toHaveLength(2);
});
