import { once } from 'node:events';
import { type AddressInfo, createServer, type LookupFunction, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freeLimit, startStack } from './stack-under-test.ts';
import { exchangeTo, happening, slowDisk, wireWith } from './wire-under-test.ts';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

test('a request that is stopped before its connection opens ends, and leaves its place to the next', async () => {
  const under = await startStack(() => ({ body: 'ok' }));
  cleanup.push(under.close);
  const hosts = [{ ...freeLimit(under.server.host), connections: 1 }];
  const stop = new AbortController();
  const stopped = under.stack.forHandler({ name: 'a', hosts, ttl: 0, signal: stop.signal });
  const other = under.stack.forHandler({ name: 'b', hosts, ttl: 0 });
  const first = stopped.text(under.request('/1'));
  // The network is still being loaded.
  stop.abort(new Error('stop'));
  await expect(first).rejects.toThrow('stop');
  await expect(other.text(under.request('/2'))).resolves.toBe('ok');
});

/** A server that says nothing, behind a name whose look-up is answered when the test says so. */
async function slowName() {
  const [asked, answer, opened] = [happening(), happening(), happening()];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}).resume());
    opened.resolve();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.push(() => new Promise((resolve) => server.close(resolve)));
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  const lookup: LookupFunction = (_host, options, callback) => {
    asked.resolve();
    answer.promise.then(() => {
      if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    });
  };
  const wire = wireWith(slowDisk(0).spool, { lookup });
  cleanup.push(wire.close);
  const exchange = exchangeTo(`http://archive.test:${(server.address() as AddressInfo).port}/x`);
  return { wire, exchange, sockets, asked: asked.promise, answer: answer.resolve, opened: opened.promise };
}

test.each(['closes the network', 'stops the request'])(
  'a connection that opens after one %s is closed',
  async (what) => {
    const { wire, exchange, sockets, asked, answer, opened } = await slowName();
    const lane = wire.open(exchange);
    await asked;
    if (what === 'closes the network') await wire.close();
    else exchange.stop.abort(new Error('stop'));
    answer();
    await expect(lane).rejects.toMatchObject(
      what === 'closes the network' ? { code: 'INTERRUPTED' } : { message: 'stop' },
    );
    await opened;
    await Promise.all(sockets.map((socket) => socket.destroyed || once(socket, 'close')));
  },
);

test('a network that was closed connects no more', async () => {
  const { wire, exchange, sockets } = await slowName();
  await wire.close();
  await expect(async () => wire.open(exchange)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(sockets).toEqual([]);
});
