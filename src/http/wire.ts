import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { Clock } from '../ports/clock.ts';
import type { Exchange, Reply } from './exchange.ts';
import { isLoopback } from './loopback.ts';
import type { ProxySettings } from './settings.ts';
import type { Spool } from './spool.ts';
import { createLines, isLineOpen, type LineParts, openAhead } from './wire-lines.ts';
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
  /** Milliseconds for a connection to open. */
  readonly connectTimeoutMs: number;
}

/** Milliseconds that an idle connection is kept, unless the server says less. */
const KEEP_ALIVE_MS = 30_000;

/** The undici parts of a stack, loaded with the first request (it costs 40 ms). */
interface Engine extends LineParts {
  /** The way through the proxy, or null. */
  readonly proxy: Dispatcher | null;
}

/** Creates the wire over undici. One `Client` is one connection, so that it is known to be open before its start time comes. */
export function createWire(settings: WireSettings): Wire {
  const lines = createLines();
  let engine: Promise<Engine> | null = null;
  return {
    open: async (exchange) => {
      engine ??= loadEngine(settings);
      const { proxy, ...parts } = await engine;
      const { origin, hostname } = new URL(exchange.url);
      if (proxy !== null && !isLoopback(hostname)) return proxyLane(proxy, settings);
      const line = lines.take(origin, parts);
      try {
        if (!isLineOpen(line)) await openAhead(line, exchange, parts.connect);
      } catch (error) {
        lines.giveBack(origin, line);
        throw error;
      }
      return {
        isOpen: () => isLineOpen(line),
        reopen: () => openAhead(line, exchange, parts.connect),
        send: (sent) => sendOver(line.client, sent, settings),
        release: () => lines.giveBack(origin, line),
      };
    },
    close: async () => {
      await lines.close();
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

async function loadEngine({ proxy, caFiles, connectTimeoutMs }: WireSettings): Promise<Engine> {
  const undici = await import('./undici-parts.ts');
  const ca = await authorities(caFiles);
  const options = { timeout: connectTimeoutMs, ...(ca === null ? {} : { ca }) };
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
