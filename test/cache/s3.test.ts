import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createBlobRegistry } from '../../src/cache/blob/registry.ts';
import { parseListing } from '../../src/cache/blob/s3/list-objects.ts';
import { readS3Settings } from '../../src/cache/blob/s3/settings.ts';
import { createMemoryMetadata } from '../../src/cache/metadata/memory.ts';
import { settle } from '../../src/config/validate.ts';
import type { BlobBackend } from '../../src/ports/cache.ts';
import { openCacheBackends } from '../../src/project/open-cache.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { startStack } from '../http/stack-under-test.ts';
import { startS3 } from '../support/s3-server.ts';
import { startSmallProxy } from '../support/small-proxy.ts';
import { certificateFor, startTlsServer, TEST_AUTHORITY } from '../support/tls-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const server = await startS3();
afterAll(() => server.remove());

let prefix = '';
let now = 0;
beforeEach(() => {
  prefix = `${Math.random().toString(36).slice(2)}/`;
  now = Date.UTC(2026, 0, 1);
});

function openS3(options: Record<string, unknown> = {}, env: Record<string, string> = server.env): Promise<BlobBackend> {
  const { bucket, endpoint } = server;
  const context = { folder: '', now: () => now, env, options: { bucket, endpoint, prefix, ...options } };
  return createBlobRegistry().open('s3', context);
}

/** The cache of a project whose configuration names a service. */
async function openConfigured(endpoint: string, env: Record<string, string>, more: { caFile?: string } = {}) {
  const folder = await temporaryFolder();
  const blob = { backend: 's3', bucket: server.bucket, endpoint, prefix };
  const config = settle({ cache: { blob, metadata: { backend: 'memory' } }, ...more });
  const reporter = { emit: () => {} };
  return openCacheBackends({ config, root: folder, cacheDir: folder, clock: createFakeClock(), env, reporter });
}

const BODY = new TextEncoder().encode('a body');

describe('s3', () => {
  test('002-17: the prefix is cache/v1/ unless another is set, and a missing key is null', async () => {
    const blobs = await openS3({ prefix: undefined });
    const key = `geo/${'ab'.repeat(32)}`;
    expect(await blobs.put(key, BODY)).toBe(`s3://${server.bucket}/cache/v1/${key}`);
    expect(await blobs.get('geo/none')).toBeNull();
    await blobs.delete(key);
    await blobs.close();
  });

  test('a listing goes on beyond one page', async () => {
    const blobs = await openS3();
    const keys = Array.from({ length: 1050 }, (_, i) => `geo/${String(i).padStart(4, '0')}`);
    await server.fill(
      keys.map((key) => prefix + key),
      Buffer.from(BODY),
    );
    const before = server.requests.length;
    const listed = [];
    for await (const { key, size } of blobs.listKeys('geo/')) listed.push([key, size]);
    expect(listed).toEqual(keys.map((key) => [key, 6]));
    expect(server.requests.length - before).toBe(2);
    await blobs.close();
  });

  test.each([500, 503, 429])('an answer %i is tried again a little', async (status) => {
    const blobs = await openS3();
    server.fail(status, 2);
    await blobs.put('geo/aa', BODY);
    expect((await blobs.get('geo/aa'))?.size).toBe(6);
    server.fail(status, 3);
    await expect(blobs.get('geo/aa')).rejects.toThrow(`with ${status} SlowDown`);
    server.fail(0, 0);
    await blobs.close();
  });

  test('a file is sent again from its beginning when the service was in trouble', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'celline-test-'));
    const file = join(folder, 'large');
    const handle = await open(file, 'w');
    await handle.truncate(10_000_000);
    await handle.close();
    const blobs = await openS3();
    server.fail(503, 1);
    await blobs.put('geo/large', { file, size: 10_000_000 });
    expect((await blobs.get('geo/large'))?.size).toBe(10_000_000);
    await rm(folder, { recursive: true });
    await blobs.close();
  });

  test('a wrong secret is not tried again, rests, and is in no message', async () => {
    const secret = 'hush-hush';
    const blobs = await openS3({}, { ...server.env, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: secret });
    const before = server.requests.length;
    const ask = () => blobs.put('geo/aa', BODY).catch((error: unknown) => error as Error);
    const error = await ask();
    expect(String((error as Error).message)).toMatch(/answered PUT \S+ with 403 SignatureDoesNotMatch$/);
    expect(JSON.stringify([(error as Error).message, (error as Error).stack])).not.toContain(secret);
    await ask();
    expect(server.requests.length - before).toBe(1);
    now += 30_000;
    await ask();
    expect(server.requests.length - before).toBe(2);
    await blobs.close();
  });

  test.each([
    ['small', 1000],
    ['large', 9_000_000],
  ])('a %s object whose length is not stated is read whole', async (_, size) => {
    const blobs = await openS3();
    await blobs.put('geo/aa', randomBytes(size));
    server.hideLengths(true);
    onTestFinished(() => server.hideLengths(false));
    const blob = await blobs.get('geo/aa');
    let read = 0;
    for await (const chunk of blob?.stream() ?? []) read += chunk.byteLength;
    expect([blob?.size, read]).toEqual([size, size]);
    await blobs.close();
  });

  test('a proxy before the service is asked, with its password', async () => {
    const proxy = await startSmallProxy({ target: Number(new URL(server.endpoint).port), credentials: 'me:p@ss' });
    onTestFinished(() => proxy.close());
    const env = { ...server.env, ALL_PROXY: `http://me:p%40ss@${proxy.host}`, NO_PROXY: '10.0.0.0/8' };
    const { blobs } = await openConfigured('http://192.0.2.1', env);
    await blobs.put('geo/aa', BODY);
    expect(await blobs.exists('geo/aa')).toBe(true);
    const path = `http://192.0.2.1/${server.bucket}/${prefix}geo/aa`;
    expect(proxy.asked).toEqual([`PUT ${path}`, `HEAD ${path}`]);
    await blobs.close();
  });

  // Windows knows no 0.0.0.0 to connect to.
  test.skipIf(process.platform === 'win32')(
    'what NO_PROXY names, a range too, and this machine are reached directly',
    async () => {
      const proxy = await startSmallProxy({ target: 1 });
      onTestFinished(() => proxy.close());
      const env = { ...server.env, http_proxy: proxy.url, NO_PROXY: '127.0.0.0/8, 0.0.0.0/31' };
      for (const endpoint of [server.endpoint, server.endpoint.replace('127.0.0.1', '0.0.0.0')]) {
        const { blobs } = await openConfigured(endpoint, env);
        await blobs.put('geo/aa', BODY);
        await blobs.close();
      }
      expect(proxy.asked).toEqual([]);
    },
  );

  test('the authorities of caFile count for the service too', async () => {
    const service = await startTlsServer(certificateFor('localhost'));
    onTestFinished(() => service.close());
    const caFile = join(await temporaryFolder(), 'authority.pem');
    await writeFile(caFile, TEST_AUTHORITY.cert);
    const endpoint = `https://localhost:${service.port}`;
    const { blobs } = await openConfigured(endpoint, server.env, { caFile });
    expect((await blobs.get('geo/aa'))?.size).toBe(2);
    await blobs.close();
    const { blobs: others } = await openConfigured(endpoint, server.env);
    await expect(others.get('geo/aa')).rejects.toMatchObject({ code: 'CACHE' });
    await others.close();
  });

  test('a proxy variable that cannot be used is named', async () => {
    const opened = openConfigured(server.endpoint, { ...server.env, HTTPS_PROXY: 'socks5://127.0.0.1:1' });
    await expect(opened).rejects.toMatchObject({ code: 'CONFIG', fields: { variable: 'HTTPS_PROXY' } });
  });

  test('a bucket that is not there is named', async () => {
    const blobs = await openS3({ bucket: 'no-such-bucket' });
    await expect(blobs.put('geo/aa', BODY)).rejects.toThrow('no bucket no-such-bucket');
    await blobs.close();
  });

  test('a service that is away is one warning and misses, and the command goes on', async () => {
    const clock = createFakeClock();
    const blobs = await openS3({ endpoint: 'http://127.0.0.1:1' });
    const cache = { metadata: createMemoryMetadata(() => clock.now()), blobs, maxBytes: 1e9 };
    const under = await startStack(({ path, index }) => ({ body: `${path} ${index}` }), { cache, clock });
    const ask = () => under.http.text(under.request('/x'));
    expect([await ask(), await ask()]).toEqual(['/x 0', '/x 1']);
    const warnings = under.events.filter(({ type }) => type === 'warning');
    expect(warnings).toEqual([
      { type: 'warning', message: expect.stringContaining('the cache cannot be used and is passed by') },
    ]);
    await under.close();
  });
});

describe('settings', () => {
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'hush-hush' };

  test.each([
    [{ bucket: 'my-bucket' }, 'https://my-bucket.s3.us-east-1.amazonaws.com/'],
    [{ bucket: 'my-bucket', region: 'eu-west-2' }, 'https://my-bucket.s3.eu-west-2.amazonaws.com/'],
    [{ bucket: 'my-bucket', pathStyle: true }, 'https://s3.us-east-1.amazonaws.com/my-bucket/'],
    [{ bucket: 'my-bucket', endpoint: 'http://127.0.0.1:9000/' }, 'http://127.0.0.1:9000/my-bucket/'],
    [{ bucket: 'my-bucket', endpoint: 'https://s3.lab.org', pathStyle: false }, 'https://my-bucket.s3.lab.org/'],
  ])('%j is asked at %s', (options, bucketUrl) => {
    expect(readS3Settings({ options, env })).toMatchObject({ bucketUrl, prefix: 'cache/v1/' });
  });

  test('the region comes from the configuration, then from the environment', () => {
    const options = { bucket: 'my-bucket' };
    expect(readS3Settings({ options, env: { ...env, AWS_REGION: 'eu-west-1' } }).region).toBe('eu-west-1');
    expect(readS3Settings({ options: { ...options, region: 'a' }, env: { ...env, AWS_REGION: 'b' } }).region).toBe('a');
  });

  test.each([
    [{}, env, 'needs a bucket'],
    [{ bucket: '../x' }, env, 'cannot have a bucket named "../x"'],
    [{ bucket: 'my-bucket', prefix: 'a?b' }, env, 'cannot have the prefix "a?b"'],
    [{ bucket: 'my-bucket', endpoint: 's3.lab.org' }, env, 'http:// or https://'],
    [
      { bucket: 'my-bucket', endpoint: 'https://id:hush-hush@s3.lab.org' },
      env,
      'cannot have credentials in its endpoint',
    ],
    [{ bucket: 'my-bucket' }, { AWS_ACCESS_KEY_ID: 'id' }, 'needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
  ])('%j is refused by name', (options, given, message) => {
    const read = () => readS3Settings({ options, env: given });
    expect(read).toThrow(message);
    expect(read).not.toThrow('hush-hush');
  });
});

describe('a listing', () => {
  const object = (key: string) =>
    `<Contents><Key>${key}</Key><Size>3</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`;

  test('is read with its entities, and says where it goes on', () => {
    const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b&#x3D;</NextContinuationToken>';
    expect(parseListing(`<ListBucketResult>${more}${object('a&#39;b')}</ListBucketResult>\n`)).toEqual({
      objects: [{ key: "a'b", size: 3, storedAt: Date.UTC(2026, 0, 1) }],
      next: 'a&b=',
    });
    expect(parseListing('<ListBucketResult></ListBucketResult>')).toEqual({ objects: [], next: null });
  });

  test.each(['', '<html></html>', `<ListBucketResult>${object('a')}`])('%j is none', (text) => {
    expect(() => parseListing(text)).toThrow(SyntaxError);
  });
});
