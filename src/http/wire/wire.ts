import type { LookupFunction } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Clock } from '../../ports/clock.ts';
import type { Spool } from '../body/spool.ts';
import type { Exchange, Reply } from '../exchange.ts';
import { createProxyGate } from './proxy-gate.ts';
import { type ProxyServer, type ProxySettings, proxyFor } from './proxy-server.ts';
import { asStale } from './stale-connection.ts';
import { createLines, isLineOpen, type Line, type LineParts, openAhead } from './wire-lines.ts';
import { connectThroughProxy, connectToProxy } from './wire-proxy.ts';
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
  /** Certificate authorities (PEM) beside those of Node. */
  readonly authorities: readonly string[];
  /** Milliseconds for a connection to open. */
  readonly connectTimeoutMs: number;
  /** Looks up the addresses of a host; default the operating system. */
  readonly lookup?: LookupFunction;
}

/** Milliseconds that an idle connection is kept, unless the server says less. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Milliseconds after which the next address of a host is tried. Node gives up on the one before (nodejs/node#54359), and its own 250
 * are less than a journey around the world; these let one packet be lost.
 */
const NEXT_ADDRESS_MS = 2500;

/** The undici parts of a stack, loaded with the first request (it costs 40 ms). */
interface Engine {
  readonly connect: buildConnector.connector;
  readonly newClient: LineParts['newClient'];
}

/** Creates the wire over undici. One `Client` is one connection, so that it is known to be open before its start time comes. */
export function createWire(settings: WireSettings): Wire {
  const lines = createLines();
  const gate = createProxyGate();
  let engine: Promise<Engine> | null = null;
  return {
    open: async (exchange) => {
      engine ??= loadEngine(settings);
      const url = new URL(exchange.url);
      const proxy = proxyFor(url, settings.proxy);
      gate.check(proxy, exchange);
      const parts = partsOf(await engine, url, proxy, settings.connectTimeoutMs);
      const line = lines.take(url.origin, parts);
      try {
        if (!isLineOpen(line)) await openAhead(line, exchange, parts.connect);
      } catch (error) {
        lines.giveBack(url.origin, line);
        throw gate.noted(proxy, error);
      }
      const forwardedBy = url.protocol === 'http:' ? proxy : null;
      return {
        isOpen: () => isLineOpen(line),
        reopen: () => openAhead(line, exchange, parts.connect),
        send: (sent) => {
          const answer = sendOnLine(line, forwardedBy, sent, settings);
          return proxy === null ? answer : answer.catch((error) => Promise.reject(gate.noted(proxy, error)));
        },
        release: () => lines.giveBack(url.origin, line),
      };
    },
    close: () => lines.close(),
  };
}

/** How connections to an address are made: directly, to the proxy that is asked for it, or by a tunnel through the proxy. */
function partsOf(engine: Engine, { protocol }: URL, proxy: ProxyServer | null, timeoutMs: number): LineParts {
  if (proxy === null) return engine;
  const way = { proxy, connect: engine.connect, timeoutMs };
  return { ...engine, connect: protocol === 'http:' ? connectToProxy(way) : connectThroughProxy(way) };
}

async function sendOnLine(
  line: Line,
  forwardedBy: ProxyServer | null,
  exchange: Exchange,
  settings: WireSettings,
): Promise<Reply> {
  line.uses += 1;
  const began = settings.clock.now();
  const answer = sendOver({ client: line.client, forwardedBy }, exchange, settings);
  // A connection that is made with the request begins to count anew.
  const isUsedAgain = line.uses > 1;
  try {
    return await answer;
  } catch (error) {
    throw isUsedAgain ? asStale(error, settings.clock.now() - began) : error;
  }
}

async function loadEngine({ authorities, connectTimeoutMs, lookup }: WireSettings): Promise<Engine> {
  const undici = await import('./undici-parts.ts');
  const connect = undici.buildConnector({
    timeout: connectTimeoutMs,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    ...(lookup === undefined ? {} : { lookup }),
    // Made once: reading all authorities takes longer than a connection.
    ...(authorities.length === 0
      ? {}
      : { secureContext: createSecureContext({ ca: [...rootCertificates, ...authorities] }) }),
  });
  return {
    connect,
    newClient: (origin, connectLine) =>
      new undici.Client(origin, { keepAliveTimeout: KEEP_ALIVE_MS, connect: connectLine }),
  };
}
