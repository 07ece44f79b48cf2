import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { settle } from '../../src/config/validate.ts';
import { openCacheBackends } from '../../src/project/open-cache.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('objects of a service that closes each connection end no process', async () => {
  const object = randomBytes(10_000_000);
  const server = createServer(({ headers }, response) => {
    const [, from = '0', to = String(object.length)] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const part = object.subarray(Number(from), Number(to) + 1);
    response.writeHead(headers.range ? 206 : 200, { connection: 'close', 'content-length': String(part.length) });
    response.end(part);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await temporaryFolder();
  const config = settle({
    cache: { blob: { backend: 's3', bucket: 'any', endpoint }, metadata: { backend: 'memory' } },
  });
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const reporter = { emit: () => {} };
  const { blobs } = await openCacheBackends({
    config,
    root: folder,
    cacheDir: folder,
    clock: createFakeClock(),
    env,
    reporter,
  });
  const uncaught = new Promise<never>((_resolve, reject) => {
    process.on('uncaughtException', reject);
    onTestFinished(() => void process.off('uncaughtException', reject));
  });
  const read = async (key: string) => {
    const blob = await blobs.get(key);
    const chunks: Uint8Array[] = [];
    for await (const chunk of blob?.stream() ?? []) {
      chunks.push(chunk);
      for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    }
    return object.equals(Buffer.concat(chunks));
  };
  const readings = Array.from({ length: 20 }, (_, n) => read(`geo/${n}`));
  const areWhole = await Promise.race([Promise.all(readings), uncaught]);
  expect(areWhole).toEqual(Array(20).fill(true));
  await blobs.close();
});
