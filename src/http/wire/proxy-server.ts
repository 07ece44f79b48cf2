import { isLoopback } from './loopback.ts';
import { isInNoProxy } from './no-proxy.ts';

/** A proxy and where its address stands. */
export interface ProxyServer {
  /** Variable that names it, for messages: `HTTPS_PROXY`. */
  readonly variable: string;
  /** `http:` or `https:`, perhaps with user and password. */
  readonly url: URL;
}

/** Proxies by scheme of what is asked. Loopback hosts are always reached directly. */
export interface ProxySettings {
  readonly http?: ProxyServer;
  readonly https?: ProxyServer;
  /** List of what is reached directly, as in `NO_PROXY`. */
  readonly no?: string;
}

/** The proxy on the way to an address; null when there is none. */
export function proxyFor(url: URL, { http, https, no = '' }: ProxySettings): ProxyServer | null {
  const proxy = url.protocol === 'https:' ? https : http;
  if (proxy === undefined || isLoopback(url.hostname) || isInNoProxy(url, no)) return null;
  return proxy;
}

/** A proxy as messages name it: without user and password. */
export function proxyName({ variable, url }: ProxyServer): string {
  return `the proxy ${url.host} (${variable})`;
}

/** Headers that a proxy is told who asks with. */
export function proxyHeaders({ url }: ProxyServer): Readonly<Record<string, string>> {
  const { username, password } = url;
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
