import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { decompress } from '../../src/http/body/decompress.ts';
import { memoryCache, type StackUnderTest, startStack } from './stack-under-test.ts';

let under: StackUnderTest | null = null;
afterEach(async () => {
  await under?.close();
  under = null;
});

const TEXT = 'µ data of an archive\n'.repeat(1000);
const GZIP = gzipSync(TEXT);

/** A server that says this encoding and sends these bytes. */
async function serve(encoding: string, body: Uint8Array, status = 200): Promise<StackUnderTest> {
  under = await startStack(() => ({ status, headers: { 'content-encoding': encoding }, body }));
  return under;
}

describe('is undone', () => {
  test.each([
    ['gzip', 'gzip', GZIP],
    ['x-gzip', 'X-GZip', GZIP],
    ['gzip of several members', 'gzip', Buffer.concat([gzipSync(TEXT.slice(0, 99)), gzipSync(TEXT.slice(99))])],
    ['gzip that is filled up with zeros', 'gzip', Buffer.concat([GZIP, Buffer.alloc(512)])],
    ['deflate with a zlib header', 'deflate', deflateSync(TEXT)],
    ['deflate without one', 'deflate', deflateRawSync(TEXT)],
    ['Brotli', 'br', brotliCompressSync(TEXT)],
    ['gzip of gzip', 'gzip, gzip', gzipSync(GZIP)],
    ['Brotli of deflate', 'deflate, br', brotliCompressSync(deflateSync(TEXT))],
    ['identity', 'identity', Buffer.from(TEXT)],
    ['gzip and identity', 'identity,gzip', GZIP],
  ])('%s', async (_what, encoding, body) => {
    const { http, request, server } = await serve(encoding, body);
    await expect(http.text(request('/x'))).resolves.toBe(TEXT);
    expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
  });
});

describe('is a bad answer by name, asked for three times', () => {
  test.each([
    ['gzip that is cut', 'gzip', GZIP.subarray(0, -6), 'is cut (Z_BUF_ERROR)'],
    ['gzip with another checksum', 'gzip', Buffer.concat([GZIP.subarray(0, -8), Buffer.alloc(8, 1)]), 'not inflate'],
    ['gzip with a text behind it', 'gzip', Buffer.concat([GZIP, Buffer.from('<html>')]), 'not inflate'],
    ['text that says it is gzip', 'gzip', Buffer.from(TEXT), 'does not inflate (Z_DATA_ERROR)'],
    ['text that says it is Brotli', 'br', Buffer.from(TEXT), 'not inflate'],
    ['Brotli that is cut', 'br', brotliCompressSync(TEXT).subarray(0, -4), 'is cut'],
    ['deflate that is cut', 'deflate', deflateSync(TEXT).subarray(0, -6), 'is cut'],
    ['gzip that says it is gzip twice', 'gzip, gzip', GZIP, 'not inflate'],
  ])('%s', async (_what, encoding, body, message) => {
    const { http, request, server } = await serve(encoding, body);
    await expect(http.text(request('/x'))).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      fields: { kind: 'cut' },
      message: expect.stringContaining(message),
    });
    expect(server.requests).toHaveLength(3);
  });
});

test.each([
  ['zstd', 'zstd'],
  ['gzip, gzip, gzip, gzip', '4 encodings'],
])('an answer in %s is refused, and its connection is not left waiting', async (encoding, named) => {
  const { http, request, server } = await serve(encoding, GZIP);
  for (const path of ['/1', '/2']) {
    await expect(http.text(request(path))).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      message: expect.stringContaining(`compressed in an unknown way: ${named}`),
    });
  }
  expect(server.requests).toHaveLength(2);
});

test('a gzip body that nobody calls so is no text', async () => {
  under = await startStack(() => ({ body: GZIP }));
  const asked = under.http.text(under.request('/x', { attempts: 1 }));
  await expect(asked).rejects.toMatchObject({ code: 'BAD_RESPONSE', fields: { kind: 'garbage' } });
});

test.each([
  ['compressed', 'gzip', gzipSync('no such record')],
  ['badly compressed', 'gzip', Buffer.from('no such record')],
  ['compressed otherwise', 'zstd', Buffer.from('no such record')],
])('a 404 whose body is %s is a 404', async (_what, encoding, body) => {
  const { http, request } = await serve(encoding, body, 404);
  await expect(http.text(request('/x'))).rejects.toMatchObject({ code: 'HTTP_STATUS', status: 404 });
});

test('an answer without a body may name an encoding: HEAD, 304, and an empty one', async () => {
  under = await startStack(
    ({ method, headers }) => {
      const encoding = { 'content-encoding': 'gzip', etag: '"1"' };
      if (headers['if-none-match'] !== undefined) return { status: 304, headers: encoding };
      return { headers: encoding, body: method === 'HEAD' ? '' : GZIP };
    },
    { cache: memoryCache({ now: () => under?.clock.now() ?? 0 }) },
    { ttl: 1 },
  );
  const { http, request, server, clock } = under;
  await expect(http.send(request('/x', { method: 'HEAD' }))).resolves.toMatchObject({ status: 200 });
  await expect(http.text(request('/x'))).resolves.toBe(TEXT);
  await clock.sleep(5000);
  await expect(http.text(request('/x'))).resolves.toBe(TEXT);
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, '"1"']);
  await under.close();
  const empty = await serve('gzip', Buffer.alloc(0));
  const error = empty.http.json({ url: empty.request('/x').url, attempts: 1 });
  await expect(error).rejects.toMatchObject({ fields: { kind: 'empty' } });
});

test('only what is read is inflated, and whoever stops ends the source', async () => {
  const bomb = Buffer.concat(Array(8).fill(gzipSync(Buffer.alloc(50_000_000))));
  let sent = 0;
  let isEnded = false;
  async function* source() {
    try {
      for (; sent < bomb.length; sent += 1000) yield bomb.subarray(sent, sent + 1000);
    } finally {
      isEnded = true;
    }
  }
  let read = 0;
  for await (const chunk of decompress(source(), ['gzip'])) {
    read += chunk.byteLength;
    if (read > 1_000_000) break;
  }
  await new Promise(setImmediate);
  expect(isEnded).toBe(true);
  expect(read).toBeLessThan(1_100_000);
  // Streams read ahead by their buffers, 64 KiB in newer Nodes.
  expect(sent).toBeLessThan(bomb.length / 2);
});
