import type { LookupFunction } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { Clock } from '../../ports/clock.ts';
import type { Spool } from '../body/spool.ts';
import type { Exchange, Reply } from '../exchange.ts';
import { createProxyGate } from './proxy-gate.ts';
import type { ProxySettings } from './proxy-server.ts';
import { createWay, type Way, type WayParts } from './way.ts';
import { closedFault } from './wire-fault.ts';

/** A connection that is reserved for one request at a time. */
export interface Lane {
  /** True when a request that is sent now leaves at once. */
  isOpen(): boolean;
  /** Connects, on behalf of a request. */
  reopen(exchange: Exchange): Promise<void>;
  /**
   * Sends and collects the whole answer. When the lane is open the request leaves at once, on a connection from before after one
   * turn of the event loop, in which undici looks whether the server has closed it. `now`: milliseconds since 1970-01-01 UTC.
   */
  send(exchange: Exchange, now: number): Promise<Reply>;
  /** Gives the connection back. */
  release(): void;
}

/** Reserves an open connection to the host of the exchange. */
export type OpenLane = (exchange: Exchange) => Lane | Promise<Lane>;

/** The network. */
export interface Wire {
  readonly open: OpenLane;
  /** Breaks all connections; nothing is sent any more. */
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
type Engine = Pick<WayParts, 'connect' | 'newClient'>;

/** Creates the wire over undici. One `Client` is one connection, so that it is known to be open before its start time comes. */
export function createWire(settings: WireSettings): Wire {
  const ways = new Map<string, Way>();
  const gate = createProxyGate();
  let loading: Promise<Engine> | null = null;
  let engine: Engine | null = null;
  let last: { readonly start: string; readonly way: Way } | null = null;
  let isClosed = false;

  function wayTo(url: URL, loaded: Engine): Way {
    // The origin of an address is put together anew each time, and most requests go where the one before went.
    if (last !== null && url.href.startsWith(last.start)) return last.way;
    const { origin } = url;
    const way = ways.get(origin) ?? createWay(url, { ...loaded, gate, settings });
    ways.set(origin, way);
    last = { start: `${origin}/`, way };
    return way;
  }

  function laneTo(exchange: Exchange, loaded: Engine): Lane | Promise<Lane> {
    if (isClosed) throw closedFault();
    const way = wayTo(exchange.url, loaded);
    gate.check(way.proxy, exchange);
    const lane = way.take();
    return lane.isOpen() ? lane : opened(lane, exchange);
  }

  async function firstLaneTo(exchange: Exchange): Promise<Lane> {
    loading ??= loadEngine(settings);
    engine = await loading;
    return laneTo(exchange, engine);
  }

  return {
    open: (exchange) => (engine === null ? firstLaneTo(exchange) : laneTo(exchange, engine)),
    close: async () => {
      isClosed = true;
      await Promise.all([...ways.values()].map((way) => way.close()));
    },
  };
}

async function opened(lane: Lane, exchange: Exchange): Promise<Lane> {
  try {
    await lane.reopen(exchange);
    return lane;
  } catch (error) {
    lane.release();
    throw error;
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
