import { type ClientRequest, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { proxyClosed, proxyRefused, proxySilent, proxyUnreached } from './proxy-fault.ts';
import { type ProxyServer, proxyHeaders } from './proxy-server.ts';
import { connectionText, isCertificateFault } from './wire-words.ts';

type Connector = buildConnector.connector;

/** What a way through a proxy is made of. */
export interface ProxyWay {
  readonly proxy: ProxyServer;
  /** Connects to a host, or begins TLS over a connection that is there. */
  readonly connect: Connector;
  /** Milliseconds for the proxy to answer. */
  readonly timeoutMs: number;
}

/** Connects to the proxy itself: it is asked for whole addresses (`http:`). */
export function connectToProxy({ proxy, connect }: Omit<ProxyWay, 'timeoutMs'>): Connector {
  const { protocol, hostname, host, port } = proxy.url;
  return (_options, callback) => {
    connect({ protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port }, (error, socket) => {
      if (error === null) callback(null, socket);
      else callback(proxyUnreached(proxy, connectionText(error), !isCertificateFault(error), error), null);
    });
  };
}

/** Connects to a host by a tunnel through the proxy (`https:`); what the proxy says is a `ProxyFault`. */
export function connectThroughProxy(way: ProxyWay): Connector {
  const toProxy = connectToProxy(way);
  return (options, callback) => {
    toProxy(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      openTunnel(way, socket, targetOf(options), (fault) => {
        if (fault !== null) callback(fault, null);
        else way.connect({ ...options, httpSocket: socket }, callback);
      });
    });
  };
}

function targetOf({ hostname, port }: buildConnector.Options): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port === '' ? '443' : port}`;
}

/** Asks the proxy for a tunnel over a connection to it. `done` gets null when the connection now leads to the target. */
function openTunnel(way: ProxyWay, socket: Socket, target: string, done: (fault: Error | null) => void): void {
  const { proxy, timeoutMs } = way;
  let isSettled = false;
  const settle = (fault: Error | null) => {
    if (isSettled) return;
    isSettled = true;
    socket.setTimeout(0);
    if (fault !== null) socket.destroy();
    done(fault);
  };
  const asked = askForTunnel(way, socket, target);
  asked.setTimeout(timeoutMs, () => settle(proxySilent(proxy, target)));
  asked.on('error', (error) => settle(proxyClosed(proxy, target, error)));
  asked.on('connect', ({ statusCode = 0 }) => {
    settle(statusCode >= 200 && statusCode < 300 ? null : proxyRefused(proxy, statusCode, target));
  });
  asked.end();
}

function askForTunnel({ proxy }: ProxyWay, socket: Socket, target: string): ClientRequest {
  return httpRequest({
    method: 'CONNECT',
    path: target,
    // Without these Node asks for the connection to be closed.
    headers: { host: target, connection: 'keep-alive', 'proxy-connection': 'keep-alive', ...proxyHeaders(proxy) },
    createConnection: () => socket,
  });
}
