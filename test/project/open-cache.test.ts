import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { settle } from '../../src/config/validate.ts';
import { createHttpStack } from '../../src/http/client.ts';
import { openCacheBackends } from '../../src/project/open-cache.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { temporaryFolder } from '../cache/temporary-folder.ts';
import { freeLimit, type StackUnderTest, startStack } from '../http/stack-under-test.ts';

const BODY = 'a line of a table\n'.repeat(1000);
const clock = createFakeClock();

let under: StackUnderTest | null = null;
afterEach(async () => {
  await under?.close();
  under = null;
});

function open(
  cacheDir: string,
  cache: Record<string, unknown>,
  env: Record<string, string> = {},
  warnings: string[] = [],
) {
  const config = settle({ cache });
  const reporter = { emit: (event: object) => void warnings.push(JSON.stringify(event)) };
  return openCacheBackends({ config, root: cacheDir, cacheDir, clock, env, reporter });
}

async function storedBodies(folder: string): Promise<Buffer[]> {
  const names = await readdir(folder, { recursive: true });
  return Promise.all(names.filter((name) => name.endsWith('.body')).map((name) => readFile(join(folder, name))));
}

test.each([
  [true, false],
  [false, true],
])('text that is stored with compress %s is read with compress %s', async (first, second) => {
  const folder = await temporaryFolder();
  const cacheOf = async (compress: boolean) => ({ ...(await open(folder, { compress })), maxBytes: 1e9 });
  under = await startStack(() => ({ body: BODY }), { cache: await cacheOf(first), clock });
  expect(await under.http.text(under.request('/table'))).toBe(BODY);
  const [stored = Buffer.of()] = await storedBodies(folder);
  expect((first ? gunzipSync(stored) : stored).toString()).toBe(BODY);

  const stack = createHttpStack({
    clock,
    random: () => 0,
    report: () => {},
    userAgent: 'celline/0.0.0',
    cache: await cacheOf(second),
    spoolFolders: [],
  });
  const http = stack.forHandler({ name: 'test', hosts: [freeLimit(under.server.host)], ttl: 3600 });
  expect(await http.text(under.request('/table'))).toBe(BODY);
  expect(under.server.requests).toHaveLength(1);
  await stack.close();
});

test('a body of a serializer that is gone is asked for again, and is no damage', async () => {
  const folder = await temporaryFolder();
  const backends = { ...(await open(folder, {})), maxBytes: 1e9 };
  under = await startStack(({ index }) => ({ body: `${index} ${BODY}` }), { cache: backends, clock });
  await under.http.text(under.request('/table'));
  const serializers = { choose: () => null, find: () => null };
  const { server } = under;
  const stack = createHttpStack({
    clock,
    random: () => 0,
    report: () => {},
    userAgent: 'celline/0.0.0',
    cache: { ...backends, serializers },
    spoolFolders: [],
  });
  const http = stack.forHandler({ name: 'test', hosts: [freeLimit(server.host)], ttl: 3600 });
  expect(await http.text(under.request('/table'))).toBe(`1 ${BODY}`);
  expect(stack.cacheCounts()).toMatchObject({ damaged: 0, misses: 1 });
  await stack.close();
});

test('a cache is shared as soon as one of its halves is', async () => {
  const folder = await temporaryFolder();
  const s3 = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  const address = { CELLINE_CACHE_URL: 'postgresql://me@127.0.0.1:1/cache' };
  const bucket = { backend: 's3', bucket: 'my-bucket', endpoint: 'http://127.0.0.1:1' };
  expect((await open(folder, {})).shared).toBe(false);
  expect((await open(folder, { blob: bucket }, s3)).shared).toBe(true);
  expect((await open(folder, { metadata: { backend: 'postgresql' } }, address)).shared).toBe(true);
});

test('002-21: settings of a back end reach it from beside its name and from its options', async () => {
  const folder = await temporaryFolder();
  const warnings: string[] = [];
  await open(folder, { metadata: { backend: 'json', options: { pool_size: 10 } } }, {}, warnings);
  expect(warnings).toEqual([expect.stringContaining('knows no option \\"pool_size\\"')]);
  await expect(open(folder, { blob: { backend: 'filesystem', options: { bucket: 'b' } } })).rejects.toThrow(
    /"bucket" is of/,
  );
  await expect(open(folder, { blob: { backend: 'filesystem', prefix: 'p/' } })).rejects.toThrow(/"prefix" is of/);
});
