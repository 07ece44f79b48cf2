import { type ProxyServer, proxyName } from './proxy-server.ts';
import { AUTHORITY_SETTINGS } from './wire-words.ts';

/** Codes of faults between us and a proxy; none of them is one that undici takes for a reason to connect again. */
export type ProxyFaultCode = 'PROXY_UNREACHED' | 'PROXY_REFUSED' | 'PROXY_AUTH' | 'PROXY_TIMEOUT' | 'PROXY_CLOSED';

/** The proxy on the way did not let a connection through. */
export class ProxyFault extends Error {
  readonly code: ProxyFaultCode;
  /** The next step. */
  readonly hint: string;
  /** True when the same may work a moment later. */
  readonly passes: boolean;

  constructor(code: ProxyFaultCode, message: string, more: { hint: string; passes: boolean; cause?: unknown }) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'ProxyFault';
    this.code = code;
    this.hint = more.hint;
    this.passes = more.passes;
  }
}

/** No connection to the proxy itself. `why`: in words. */
export function proxyUnreached(proxy: ProxyServer, why: string, passes: boolean, cause: unknown): ProxyFault {
  const hint = passes
    ? `check the network and the address in ${proxy.variable}; NO_PROXY names what is reached without a proxy`
    : `set ${AUTHORITY_SETTINGS} to the certificate authority (PEM) of your network`;
  return new ProxyFault('PROXY_UNREACHED', `${proxyName(proxy)}: ${why}`, { hint, passes, cause });
}

/** The proxy answered, and not with a way through. */
export function proxyRefused(proxy: ProxyServer, status: number, target: string): ProxyFault {
  const { variable, url } = proxy;
  if (status === 407) {
    const hasSent = url.username !== '' || url.password !== '';
    const message = `${proxyName(proxy)} ${hasSent ? 'does not accept the user and password' : 'wants credentials'} (407)`;
    return new ProxyFault('PROXY_AUTH', message, {
      hint: `put them into ${variable}: http://user:password@${url.host}`,
      passes: false,
    });
  }
  const passes = status >= 500;
  return new ProxyFault('PROXY_REFUSED', `${proxyName(proxy)} answered ${status} to the connection to ${target}`, {
    hint: passes
      ? 'the proxy does not reach the archive: try again later, or ask who runs it'
      : `the proxy does not let this through: ask who runs it, or name ${target.replace(/:\d+$/, '')} in NO_PROXY`,
    passes,
  });
}

/** The proxy took the connection and gave no answer. */
export function proxySilent(proxy: ProxyServer, target: string): ProxyFault {
  const message = `${proxyName(proxy)} timed out: no answer about the connection to ${target}`;
  const hint = `check the address in ${proxy.variable}, or try again later`;
  return new ProxyFault('PROXY_TIMEOUT', message, { hint, passes: true });
}

/** The proxy closed the connection instead of an answer. */
export function proxyClosed(proxy: ProxyServer, target: string, cause: unknown): ProxyFault {
  const message = `${proxyName(proxy)} closed the connection instead of connecting to ${target}`;
  const hint = `check that ${proxy.variable} names an HTTP proxy, and its port`;
  return new ProxyFault('PROXY_CLOSED', message, { hint, passes: true, cause });
}
