import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHttpStack, type HttpStack } from '../../src/http/client.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { freeLimit } from './stack-under-test.ts';

let close: () => Promise<void> = async () => {};
afterEach(() => close());

/** A stack before a server that answers as HTTP has it, not as a script. */
async function start(listener: RequestListener, signal?: AbortSignal) {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = { clock: createFakeClock(), random: () => 0, report: () => {}, userAgent: 'x', cache: null };
  const stack: HttpStack = createHttpStack({ ...settings, spoolFolders: [] });
  close = async () => {
    await stack.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const host = `127.0.0.1:${port}`;
  const http = stack.forHandler({ name: 'test', hosts: [freeLimit(host)], ttl: 0, ...(signal && { signal }) });
  return { send: (path: string) => http.send({ url: `http://${host}${path}`, expect: { kind: 'text' } }) };
}

test('word that the answer will come is not the answer', async () => {
  const { send } = await start((_request, response) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('ok');
  });
  const { status, body } = await send('/');
  expect([status, await body.text()]).toEqual([200, 'ok']);
});

test('a header that comes more than once is a list', async () => {
  const { send } = await start((_request, response) => {
    response.setHeader('X-Part', ['a', 'b']);
    response.end('ok');
  });
  expect((await send('/')).headers['x-part']).toBe('a, b');
});

test.each([
  ['whose length is known', { 'content-length': '100' }],
  ['whose length is not', {}],
])('a body %s that comes in pieces is whole', async (_what, headers) => {
  const { send } = await start((_request, response) => {
    response.writeHead(200, headers);
    response.write('a'.repeat(40));
    setImmediate(() => response.end('b'.repeat(60)));
  });
  const { body } = await send('/');
  expect(await body.text()).toBe('a'.repeat(40) + 'b'.repeat(60));
});

test.each([
  ['whose length is known', { 'content-length': '100' }],
  ['whose length is not', {}],
])('an abort ends a body %s, and its connection', async (_what, headers) => {
  const controller = new AbortController();
  let broken = () => {};
  const isBroken = new Promise<void>((resolve) => {
    broken = resolve;
  });
  const { send } = await start((_request, response) => {
    response.on('close', broken);
    response.writeHead(200, headers);
    response.write('a');
    setImmediate(() => controller.abort(new Error('stop')));
  }, controller.signal);
  await expect(send('/')).rejects.toThrow('stop');
  await isBroken;
});
