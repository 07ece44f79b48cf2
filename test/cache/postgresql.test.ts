import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryBlobs } from '../../src/cache/blob/memory.ts';
import { createMetadataRegistry } from '../../src/cache/metadata/registry.ts';
import type { CacheEntry, MetadataBackend } from '../../src/ports/cache.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { startStack } from '../http/stack-under-test.ts';
import { buildChildProgram } from '../support/child-program.ts';
import { type PostgresqlServer, startPostgresql } from '../support/postgresql-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const started = await startPostgresql();
const why = 'skipped' in started ? started.skipped : null;
if (why !== null) console.warn(`skipped: ${why}`);
const server = started as PostgresqlServer;
afterAll(() => (why === null ? server.remove() : undefined));

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

let now = Date.UTC(2026, 0, 1);
beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
});

function open(namespace: string, url = server.url, more: Record<string, string> = {}): Promise<MetadataBackend> {
  const env = { CELLINE_CACHE_URL: url, ...more };
  return createMetadataRegistry().open('postgresql', { folder: '', now: () => now, env, options: { namespace } });
}

describe.skipIf(why !== null)('postgresql', () => {
  test('eight processes that make the table at once all get it', async () => {
    await server.stop('immediate');
    await server.start();
    const backends = await Promise.all(Array.from({ length: 8 }, () => open('eight')));
    await Promise.all(backends.map((backend, i) => backend.putEntry(`geo/0${i}`, ENTRY)));
    expect(await backends[0]?.getStats()).toEqual({ backend: 'postgresql', entries: 8 });
    await Promise.all(backends.map((backend) => backend.close()));
  });

  test('projects of one database are kept apart by their namespace', async () => {
    const [mine, yours] = [await open('mine'), await open('yours')];
    await mine.putEntry('geo/00aa', ENTRY);
    expect(await yours.getEntry('geo/00aa')).toBeNull();
    expect(await yours.removeEntry('geo/00aa')).toBe(false);
    await yours.updateAccessTime('geo/00aa', 1);
    expect(await yours.clear()).toBe(0);
    const listed = [];
    for await (const { usedAt } of mine.listEntries('')) listed.push(usedAt);
    expect(listed).toEqual([now]);
    await Promise.all([mine.close(), yours.close()]);
  });

  test('a listing goes on beyond one page, and access times are sent together', async () => {
    const backend = await open('many');
    const keys = Array.from({ length: 2100 }, (_, i) => `geo/${String(i).padStart(4, '0')}`);
    await Promise.all(keys.map((key) => backend.putEntry(key, ENTRY)));
    for (const [i, key] of keys.entries()) await backend.updateAccessTime(key, i);
    const listed = [];
    for await (const { key, usedAt } of backend.listEntries('geo/')) listed.push([key, usedAt]);
    expect(listed).toEqual(keys.map((key, i) => [key, i]));
    await backend.close();
  });

  test('an entry that is damaged is a SyntaxError, is listed as unreadable, and can be removed', async () => {
    const backend = await open('damaged');
    await backend.putEntry('geo/00aa', ENTRY);
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(`UPDATE celline_cache_v1 SET entry = '{"version":1,' WHERE namespace = 'damaged'`);
    await client.end();
    await expect(backend.getEntry('geo/00aa')).rejects.toThrow(SyntaxError);
    const unreadable = [];
    for await (const key of backend.listUnreadable?.() ?? []) unreadable.push(key);
    expect(unreadable).toEqual(['geo/00aa']);
    expect(await backend.removeEntry('geo/00aa')).toBe(true);
    await backend.close();
  });

  test('a server that goes away midway is one warning and misses, is not asked again at once, and is used again', async () => {
    const clock = createFakeClock();
    const metadata = await createMetadataRegistry().open('postgresql', {
      folder: '',
      now: () => clock.now(),
      env: { CELLINE_CACHE_URL: server.url },
      options: { namespace: 'gone' },
    });
    const cache = { metadata, blobs: createMemoryBlobs(() => clock.now()), maxBytes: 1e9 };
    const under = await startStack(({ path, index }) => ({ body: `${path} ${index}` }), { cache, clock });
    const ask = () => under.http.text(under.request('/x'));
    expect([await ask(), await ask()]).toEqual(['/x 0', '/x 0']);
    await server.stop('immediate');
    expect([await ask(), await ask()]).toEqual(['/x 1', '/x 2']);
    await server.start();
    expect(await ask()).toBe('/x 3');
    clock.advance(30_000);
    expect(await ask()).toBe('/x 0');
    const warnings = under.events.filter(({ type }) => type === 'warning').map((event) => JSON.stringify(event));
    expect(warnings).toEqual([expect.stringContaining('the cache cannot be used and is passed by')]);
    expect(warnings.join()).not.toContain(server.password);
    await under.close();
  });

  test('a password is in no message, whatever is wrong with it or with the address', async () => {
    const { host } = new URL(server.url);
    const secret = 'hush-hush';
    const addresses = [
      `postgresql://celline:${secret}@${host}/postgres`,
      `postgresql://nobody:${secret}@${host}/postgres`,
      `postgresql://celline:${secret}@${host}/no-such-database`,
      `postgresql://celline:${secret}@127.0.0.1:1/postgres`,
      `postgresql://celline:${secret}@no-such-host.invalid/postgres`,
      `mysql://celline:${secret}@${host}/postgres`,
      `postgresql//celline:${secret}@${host}`,
    ];
    for (const url of addresses) {
      const error = await open('secret', url)
        .then((backend) => backend.getEntry('geo/00aa').finally(() => backend.close()))
        .then(() => null)
        .catch((caught: unknown) => caught as Error);
      expect(error).toBeInstanceOf(Error);
      const { message, hint, fields } = error as Error & { hint?: string; fields?: object };
      expect(JSON.stringify([message, hint, fields])).not.toContain(secret);
    }
  });

  test('without an address it says which setting is missing', async () => {
    await expect(open('none', '')).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'the cache metadata back end "postgresql" needs an address',
      hint: expect.stringContaining('CELLINE_CACHE_URL'),
    });
  });

  test('002-22 an idle connection keeps no process alive', async () => {
    const folder = await temporaryFolder();
    const program = await buildChildProgram('test/cache/idle-child.ts', folder);
    const child = spawn(process.execPath, [program, server.url], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([0, 'asked\n']);
  });
});
