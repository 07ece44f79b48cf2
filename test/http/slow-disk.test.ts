import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { MEMORY_LIMIT } from '../../src/http/body/body.ts';
import { createHttpStack } from '../../src/http/client.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { certificateFor, TEST_AUTHORITY } from '../support/tls-server.ts';
import { freeLimit } from './stack-under-test.ts';
import { exchangeTo, happening, serveRaw, slowDisk, turns, wireWith } from './wire-under-test.ts';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

/** Rejects with an error that nobody catches, which would end the process. */
function untilUncaught(): Promise<never> {
  return new Promise((_resolve, reject) => {
    process.on('uncaughtException', reject);
    cleanup.push(() => process.off('uncaughtException', reject));
  });
}

async function serve(onRequest: Parameters<typeof serveRaw>[0]): Promise<string> {
  const server = await serveRaw(onRequest);
  cleanup.push(server.close);
  return server.origin;
}

function wireOver(...given: Parameters<typeof wireWith>) {
  const wire = wireWith(...given);
  cleanup.push(wire.close);
  return wire;
}

const text = randomBytes(500_000).toString('hex');
const CLOSING = [
  ['compressed', gzipSync(text, { level: 1 }), { 'content-encoding': 'gzip' }],
  ['large', Buffer.from(text.repeat(10)), {}],
] as const;

test.each(CLOSING)(
  '%s answers of a server that closes each connection end no process',
  async (_what, body, headers) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { ...headers, connection: 'close', 'content-length': String(body.length) });
      response.end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.push(() => new Promise((resolve) => server.close(resolve)));
    cleanup.push(() => server.closeAllConnections());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const settings = { clock: createFakeClock(), random: () => 0, report: () => {}, userAgent: 'x', cache: null };
    const stack = createHttpStack({ ...settings, spoolFolders: [tmpdir()] });
    cleanup.push(() => stack.close());
    const http = stack.forHandler({ name: 'test', hosts: [{ ...freeLimit(host), connections: 4 }], ttl: 0 });
    const uncaught = untilUncaught();
    const requests = Array.from({ length: 60 }, (_, n) =>
      http.send({ url: `http://${host}/${n}`, expect: { kind: 'text' } }),
    );
    const sizes = (await Promise.race([Promise.all(requests), uncaught])).map((reply) => reply.body.size);
    expect(new Set(sizes)).toEqual(new Set([headers === CLOSING[0][2] ? text.length : text.length * 10]));
  },
);

/** Sends the head and as much as the disk takes, then more, and closes: by FIN or RST. */
const ENDS: readonly [string, string, (socket: Socket) => void][] = [
  ['HTTP/1.0, ends', 'HTTP/1.0 200 OK\r\n\r\n', (socket) => socket.end()],
  ['no length, ends', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', (socket) => socket.end()],
  ['no length, is reset', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', (socket) => socket.resetAndDestroy()],
  [
    'a length, ends early',
    `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n`,
    (socket) => socket.end(),
  ],
  [
    'a length, is reset',
    `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n`,
    (socket) => socket.resetAndDestroy(),
  ],
  ['kept alive, is reset', `HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n`, (socket) => socket.resetAndDestroy()],
];
const REST = [1000, 80_000, 1000];
const WHOLE = MEMORY_LIMIT + 1 + REST.reduce((sum, size) => sum + size, 0);

describe('a body that waits for the disk while the server closes the connection', () => {
  test.each(ENDS)('%s', async (what, head, end) => {
    const disk = slowDisk(MEMORY_LIMIT);
    const closed = happening();
    const origin = await serve(async (socket) => {
      socket.setNoDelay(true).on('close', closed.resolve).on('finish', closed.resolve);
      socket.write(head);
      socket.write(Buffer.alloc(MEMORY_LIMIT + 1, 97));
      await disk.isFull;
      for (const size of REST) {
        await new Promise((resolve) => socket.write(Buffer.alloc(size, 98), resolve));
        await turns(5);
      }
      end(socket);
    });
    const exchange = exchangeTo(`${origin}/x`);
    const lane = await wireOver(disk.spool).open(exchange);
    const answer = lane.send(exchange, 0).then(
      ({ body }) => body.size,
      (error) => error.fields.kind,
    );
    const uncaught = untilUncaught();
    await Promise.race([closed.promise.then(() => turns()), uncaught]);
    disk.mend();
    expect(await Promise.race([answer, uncaught])).toBe(what.endsWith(', ends') ? WHOLE : 'cut');
  });
});

describe('a body that waits for the disk', () => {
  test('is not read on: what lies in the process stays small; then the rest comes, and the connection is used again', async () => {
    const connections: Socket[] = [];
    const note = (message: unknown) => void connections.push((message as { socket: Socket }).socket);
    subscribe('net.client.socket', note);
    cleanup.push(() => unsubscribe('net.client.socket', note));
    const size = 64 * 1024 * 1024;
    const disk = slowDisk(MEMORY_LIMIT);
    const origin = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      socket.write(Buffer.alloc(size, 97));
    });
    const exchange = exchangeTo(`${origin}/x`);
    const lane = await wireOver(disk.spool).open(exchange);
    const answer = lane.send(exchange, 0);
    await disk.isFull;
    await turns();
    const [connection] = connections;
    expect(connections).toHaveLength(1);
    // 8 MiB that were held in memory before go to the disk one by one.
    expect((connection?.bytesRead ?? size) - MEMORY_LIMIT).toBeLessThan(1024 * 1024);
    disk.mend();
    expect((await answer).body.size).toBe(size);
    expect((await lane.send(exchange, 0)).body.size).toBe(size);
    expect(connections).toHaveLength(1);
  });

  test('is not read on through TLS either', async () => {
    const size = 128 * 1024 * 1024;
    const disk = slowDisk(MEMORY_LIMIT);
    let given = 0;
    const server = createTlsServer(certificateFor('127.0.0.1'), async (_request, response) => {
      response.writeHead(200, { 'content-length': String(size) });
      const piece = Buffer.alloc(1024 * 1024, 97);
      for (; given < size; given += piece.length) if (!response.write(piece)) await once(response, 'drain');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.push(() => new Promise((resolve) => server.close(resolve)));
    cleanup.push(() => server.closeAllConnections());
    const exchange = exchangeTo(`https://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
    const lane = await wireOver(disk.spool, { authorities: [TEST_AUTHORITY.cert] }).open(exchange);
    const answer = lane.send(exchange, 0);
    await disk.isFull;
    await turns(1000);
    // The system holds some MB of it on both sides.
    expect(given).toBeLessThan(size / 2);
    disk.mend();
    expect((await answer).body.size).toBe(size);
  });

  test('may wait longer than a server may be silent; a server that is silent then is told as such', async () => {
    const disk = slowDisk(MEMORY_LIMIT);
    const whole = 2 * MEMORY_LIMIT;
    const origin = await serve((socket, path) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${whole}\r\n\r\n`);
      socket.write(Buffer.alloc(path === '/silent' ? 10 : path === '/whole' ? whole : whole - 1, 97));
    });
    const wire = wireOver(disk.spool);
    const ask = async (path: string, idleTimeoutMs: number) => {
      const exchange = exchangeTo(`${origin}${path}`, { idleTimeoutMs });
      const lane = await wire.open(exchange);
      return lane.send(exchange, 0).then(
        ({ body }) => body.size,
        (error) => error.fields.kind,
      );
    };
    const waiting = [ask('/whole', 200), ask('/cut', 200)];
    await disk.isFull;
    await turns();
    expect(await ask('/silent', 1000)).toBe('idle_timeout');
    disk.mend();
    expect(await Promise.all(waiting)).toEqual([whole, 'idle_timeout']);
  });
});

test('a server that sends a byte now and then is as silent as one that sends none', async () => {
  const origin = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
    const drip = () => {
      if (!socket.destroyed) socket.write('x', () => setTimeout(drip, 5));
    };
    drip();
  });
  const exchange = exchangeTo(`${origin}/x`, { idleTimeoutMs: 200 });
  const lane = await wireOver(slowDisk(MEMORY_LIMIT).spool).open(exchange);
  await expect(lane.send(exchange, 0)).rejects.toMatchObject({
    message: expect.stringContaining('less than 1 kB of the answer came within 0.2 s'),
    fields: { kind: 'idle_timeout' },
  });
});

test('a body of no length whose connection is reset is cut, never whole', async () => {
  const origin = await serve(async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nfirst line\n');
    // With the last bytes in the same moment Node takes it for the end.
    await turns();
    socket.resetAndDestroy();
  });
  const exchange = exchangeTo(`${origin}/x`);
  const lane = await wireOver(slowDisk(0).spool).open(exchange);
  await expect(lane.send(exchange, 0)).rejects.toMatchObject({ code: 'BAD_RESPONSE', fields: { kind: 'cut' } });
});
