import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { buildConnector, Client, Dispatcher } from 'undici';
import type { Clock } from '../ports/clock.ts';
import type { Exchange, Reply } from './exchange.ts';
import { isLoopback } from './loopback.ts';
import type { ProxySettings } from './settings.ts';
import type { Spool } from './spool.ts';
import { networkFault } from './wire-fault.ts';
import { createProxyDispatcher } from './wire-proxy.ts';
import { sendOver } from './wire-send.ts';

/** A connection that is reserved for one request at a time. */
export interface Lane {
  /** True when a request that is sent now leaves at once. */
  isOpen(): boolean;
  /** Connects again. */
  reopen(): Promise<void>;
  /** Sends, before the event loop turns when the lane is open, and collects the whole answer. */
  send(exchange: Exchange): Promise<Reply>;
  /** Gives the connection back. */
  release(): void;
}

/** Reserves an open connection to the host of the exchange. */
export type OpenLane = (exchange: Exchange) => Promise<Lane>;

/** The network. */
export interface Wire {
  readonly open: OpenLane;
  close(): Promise<void>;
}

/** What the wire needs. */
export interface WireSettings {
  readonly clock: Clock;
  readonly spool: Spool;
  readonly userAgent: string;
  readonly proxy: ProxySettings;
  readonly caFiles: readonly string[];
}

/** Milliseconds that an idle connection is kept, unless the server says less. */
const KEEP_ALIVE_MS = 30_000;

/** Milliseconds for a connection to open; less when the first byte is due earlier. */
const CONNECT_MS = 10_000;

/** The undici parts of a stack, loaded with the first request (it costs 40 ms). */
interface Engine {
  readonly connect: buildConnector.connector;
  readonly newClient: (origin: string, connect: buildConnector.connector) => Client;
  /** The way through the proxy, or null. */
  readonly proxy: Dispatcher | null;
}

/** A connection of our own with the socket that was opened ahead for it. */
interface Line {
  readonly client: Client;
  /** Opened, not yet taken over by the client. */
  waiting: Socket | null;
}

/** Creates the wire over undici. One `Client` is one connection, so that it is known to be open before its start time comes. */
export function createWire(settings: WireSettings): Wire {
  const idle = new Map<string, Line[]>();
  const all = new Set<Line>();
  let engine: Promise<Engine> | null = null;

  function newLine(origin: string, { newClient, connect }: Engine): Line {
    const line: Line = {
      waiting: null,
      client: newClient(origin, (options, callback) => {
        const socket = line.waiting;
        line.waiting = null;
        // In a microtask: the client does not hear a callback from within its own call.
        if (socket !== null && isUsable(socket)) queueMicrotask(() => callback(null, socket));
        else connect(options, callback);
      }),
    };
    all.add(line);
    return line;
  }

  async function openLine(exchange: Exchange, parts: Engine): Promise<Lane> {
    const { origin } = new URL(exchange.url);
    const free = idle.get(origin) ?? [];
    idle.set(origin, free);
    // The one used last is the one that is most likely still open.
    const line = free.pop() ?? newLine(origin, parts);
    const release = () => void free.push(line);
    try {
      if (!isLineOpen(line)) await openAhead(line, exchange, parts.connect);
    } catch (error) {
      release();
      throw error;
    }
    return {
      isOpen: () => isLineOpen(line),
      reopen: () => openAhead(line, exchange, parts.connect),
      send: (sent) => sendOver(line.client, sent, settings),
      release,
    };
  }

  return {
    open: async (exchange) => {
      engine ??= loadEngine(settings);
      const parts = await engine;
      const { proxy } = parts;
      if (proxy === null || isLoopback(new URL(exchange.url).hostname)) return openLine(exchange, parts);
      return proxyLane(proxy, settings);
    },
    close: async () => {
      const lines = [...all];
      all.clear();
      idle.clear();
      for (const { waiting } of lines) waiting?.destroy();
      await Promise.all(lines.map(({ client }) => client.destroy()));
      await (await engine?.catch(() => null))?.proxy?.destroy();
    },
  };
}

/** A proxy's tunnel opens with the request itself: it cannot be opened ahead. */
function proxyLane(proxy: Dispatcher, settings: WireSettings): Lane {
  return {
    isOpen: () => true,
    reopen: async () => {},
    send: (exchange) => sendOver(proxy, exchange, settings),
    release: () => {},
  };
}

async function loadEngine({ proxy, caFiles }: WireSettings): Promise<Engine> {
  const undici = await import('undici');
  const ca = await authorities(caFiles);
  const options = { timeout: CONNECT_MS, ...(ca === null ? {} : { ca }) };
  return {
    connect: undici.buildConnector(options),
    newClient: (origin, connect) => new undici.Client(origin, { keepAliveTimeout: KEEP_ALIVE_MS, connect }),
    proxy: createProxyDispatcher(undici, proxy, options),
  };
}

/** The certificates that are trusted, or null for those of Node alone (which hold NODE_EXTRA_CA_CERTS by themselves). */
async function authorities(files: readonly string[]): Promise<string[] | null> {
  if (files.length === 0) return null;
  return [...rootCertificates, ...(await Promise.all(files.map((file) => readFile(file, 'utf8'))))];
}

function isLineOpen({ client, waiting }: Line): boolean {
  return client.stats.connected || (waiting !== null && isUsable(waiting));
}

function isUsable(socket: Socket): boolean {
  return !socket.destroyed && socket.readable && socket.writable;
}

function openAhead(line: Line, exchange: Exchange, connect: buildConnector.connector): Promise<void> {
  const { protocol, hostname, host, port } = new URL(exchange.url);
  const { signal } = exchange;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    connect({ protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port }, (error, socket) => {
      signal.removeEventListener('abort', onAbort);
      if (error !== null) {
        reject(networkFault(error, exchange, false));
      } else if (signal.aborted) {
        socket.destroy();
      } else {
        line.waiting = socket;
        resolve();
      }
    });
  });
}
