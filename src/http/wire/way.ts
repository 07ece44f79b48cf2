import type { buildConnector } from 'undici';
import type { ProxyGate } from './proxy-gate.ts';
import { type ProxyServer, proxyFor } from './proxy-server.ts';
import type { Lane, WireSettings } from './wire.ts';
import { closeLine, isLineOpen, type Line, type LineParts, newLine, openAhead } from './wire-lines.ts';
import { connectThroughProxy, connectToProxy } from './wire-proxy.ts';
import { sendOver } from './wire-send.ts';

/** What a way is made with. */
export interface WayParts {
  readonly connect: buildConnector.connector;
  readonly newClient: LineParts['newClient'];
  readonly gate: ProxyGate;
  readonly settings: WireSettings;
}

/** The way to one origin, with its lanes. */
export interface Way {
  /** The proxy on it, or null. */
  readonly proxy: ProxyServer | null;
  /** A free lane, else a new one that is not open. */
  take(): Lane;
  /** Breaks all connections. */
  close(): Promise<void>;
}

/** Creates the way to the origin of an address: settled once, since requests to it differ in nothing. */
export function createWay(address: URL, parts: WayParts): Way {
  const { origin, protocol } = address;
  const proxy = proxyFor(address, parts.settings.proxy);
  const connect = connectorTo(protocol, proxy, parts);
  const forwardedBy = protocol === 'http:' ? proxy : null;
  const lines: Line[] = [];
  const free: Lane[] = [];

  function create(): Lane {
    const line = newLine({ origin, connect, newClient: parts.newClient });
    lines.push(line);
    const noted = (error: unknown) => parts.gate.noted(proxy, error);
    const lane: Lane = {
      isOpen: () => isLineOpen(line),
      reopen: (exchange) => openAhead(line, exchange, connect).catch((error) => Promise.reject(noted(error))),
      send: (exchange, now) => sendOver({ line, forwardedBy, noted, began: now }, exchange, parts.settings),
      release: () => void free.push(lane),
    };
    return lane;
  }
  return {
    proxy,
    // The one used last is the one that is most likely still open.
    take: () => free.pop() ?? create(),
    close: async () => void (await Promise.all(lines.map(closeLine))),
  };
}

/** How connections are made: directly, to the proxy that is asked for an address, or by a tunnel through the proxy. */
function connectorTo(protocol: string, proxy: ProxyServer | null, { connect, settings }: WayParts) {
  if (proxy === null) return connect;
  const way = { proxy, connect, timeoutMs: settings.connectTimeoutMs };
  return protocol === 'http:' ? connectToProxy(way) : connectThroughProxy(way);
}
