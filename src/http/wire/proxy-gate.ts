import { NetworkError } from '../../errors/network-error.ts';
import type { Exchange } from '../exchange.ts';
import { proxyRefused } from './proxy-fault.ts';
import type { ProxyServer } from './proxy-server.ts';
import { networkFault } from './wire-fault.ts';

/** Remembers the proxies that do not accept who asks: another try of a wrong password may lock an account. */
export interface ProxyGate {
  /** Throws when the proxy on the way has refused the user before; it is not asked again then. */
  check(proxy: ProxyServer | null, exchange: Exchange): void;
  /** Takes note of an error of the wire, and gives it back. */
  noted(proxy: ProxyServer | null, error: unknown): unknown;
}

/** Creates the gate of a wire, through which everything may go at first. */
export function createProxyGate(): ProxyGate {
  const refusing = new Set<ProxyServer>();
  return {
    check: (proxy, exchange) => {
      if (proxy === null || !refusing.has(proxy)) return;
      throw networkFault(proxyRefused(proxy, 407, exchange.url.host), exchange, false);
    },
    noted: (proxy, error) => {
      if (proxy !== null && error instanceof NetworkError && error.fields.code === 'PROXY_AUTH') refusing.add(proxy);
      return error;
    },
  };
}
