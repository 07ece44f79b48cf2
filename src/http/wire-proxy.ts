import type { Dispatcher } from 'undici';
import type { ProxySettings } from './settings.ts';

/** undici, as it is imported with the first request. */
export type Undici = typeof import('./undici-parts.ts');

/** What every connection of a stack has in common. */
export interface ConnectionOptions {
  /** Milliseconds for a connection to open. */
  readonly timeout: number;
  /** Trusted certificates (PEM); absent: those of Node. */
  readonly ca?: string[];
}

/** The way through the proxies that the environment names, or null when it names none. */
export function createProxyDispatcher(
  undici: Undici,
  { http, https, no }: ProxySettings,
  connect: ConnectionOptions,
): Dispatcher | null {
  if (http === undefined && https === undefined) return null;
  const { ca } = connect;
  return new undici.EnvHttpProxyAgent({
    ...(ca === undefined ? {} : { requestTls: { ca }, proxyTls: { ca } }),
    // Empty text, not undefined: undici would look into the environment itself.
    httpProxy: http ?? '',
    httpsProxy: https ?? http ?? '',
    noProxy: no ?? '',
    connect,
    clientFactory: (origin: URL, options: object) => createTunnelPool(undici, origin, options),
  });
}

/**
 * Connections to the proxy itself. undici 7.30 opens a tunnel anew for ever when the proxy closes the connection on CONNECT
 * (10,348 times in 3 s were seen), since a request that waits for its tunnel outlives an error of code UND_ERR_SOCKET.
 * The same error under another code ends the request.
 */
function createTunnelPool(undici: Undici, origin: URL, options: object): Dispatcher {
  const pool = new undici.Pool(origin, options);
  const connect = pool.connect.bind(pool);
  pool.connect = (async (parameters: Dispatcher.ConnectOptions) => {
    try {
      return await connect(parameters);
    } catch (error) {
      throw Object.assign(new Error('the proxy closed the connection', { cause: error }), { code: 'ECONNRESET' });
    }
  }) as typeof pool.connect;
  return pool;
}
