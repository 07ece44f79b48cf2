import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Spool } from '../../src/http/body/spool.ts';
import type { Exchange } from '../../src/http/exchange.ts';
import { newNotes } from '../../src/http/observe/notes.ts';
import { Stop } from '../../src/http/stop.ts';
import { createWire, type Wire, type WireSettings } from '../../src/http/wire/wire.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';

/** Lets this process read and write what is ready, many times over. */
export async function turns(count = 200): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

/** A disk that takes `most` bytes and then nothing until it is mended. */
export interface SlowDisk {
  readonly spool: Spool;
  /** Done when somebody waits for it. */
  readonly isFull: Promise<void>;
  mend(): void;
}

/** Something that happens once. */
export interface Happening {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

/** Something that has not happened yet. */
export function happening(): Happening {
  let resolve = () => {};
  const promise = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}

/** A disk that stops after so many bytes. */
export function slowDisk(most: number): SlowDisk {
  let taken = 0;
  const [full, mended] = [happening(), happening()];
  const write = async (chunk: Uint8Array) => {
    taken += chunk.byteLength;
    if (taken <= most) return;
    full.resolve();
    await mended.promise;
  };
  const file = { path: 'nowhere', write, finish: async () => {}, discard: async () => {} };
  return {
    spool: { create: async () => file, hold: async () => null, close: async () => {} },
    isFull: full.promise,
    mend: mended.resolve,
  };
}

/** A server that is written out. */
export interface RawServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a server that does this with each request, in whichever connection it comes. */
export async function serveRaw(onRequest: (socket: Socket, path: string) => unknown): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => void onRequest(socket, bytes.toString('latin1').split(' ')[1] ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A wire without the layers above. */
export function wireWith(spool: Spool, settings: Partial<WireSettings> = {}): Wire {
  const clock = createFakeClock();
  return createWire({
    clock,
    spool,
    userAgent: 'x',
    proxy: {},
    authorities: [],
    connectTimeoutMs: 60_000,
    ...settings,
  });
}

/** A request of the wire. */
export function exchangeTo(url: string, more: Partial<Exchange> = {}): Exchange {
  const known = {
    url: new URL(url),
    shownUrl: url,
    operator: { name: 'Test archive' },
    identity: { parameters: {}, headers: {}, credential: null },
    method: 'GET',
    headers: {},
    payload: null,
    expect: { kind: 'text' },
    stop: new Stop(),
    notes: newNotes(),
    firstByteTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    maxBytes: 1e9,
    mirror: null,
    ...more,
  };
  return known as unknown as Exchange;
}
