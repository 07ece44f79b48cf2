import { ConfigError } from '../errors/config-error.ts';
import type { ProxyServer, ProxySettings } from '../http/wire/proxy-server.ts';

/** Environment variables. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxies that the usual variables name, as curl reads them: the lower-case form of a name wins, `ALL_PROXY` stands for those
 * that are not set. One that cannot be used is a `ConfigError` that names the variable and shows no password.
 */
export function readProxies(env: Environment): ProxySettings {
  const http = readProxy(env, 'HTTP_PROXY') ?? readProxy(env, 'ALL_PROXY');
  const https = readProxy(env, 'HTTPS_PROXY') ?? readProxy(env, 'ALL_PROXY');
  const no = nameOf(env, 'NO_PROXY');
  return {
    ...(http === null ? {} : { http }),
    ...(https === null ? {} : { https }),
    ...(no === null ? {} : { no: env[no] ?? '' }),
  };
}

/** The form of a variable's name that is set: lower case before upper. */
function nameOf(env: Environment, name: string): string | null {
  return [name.toLowerCase(), name].find((form) => (env[form] ?? '').trim() !== '') ?? null;
}

function readProxy(env: Environment, name: string): ProxyServer | null {
  const variable = nameOf(env, name);
  if (variable === null) return null;
  const text = (env[variable] ?? '').trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
  if (scheme?.startsWith('socks')) {
    const hint = `Name an HTTP proxy in ${variable}, or unset it and name what is to be reached without one in NO_PROXY.`;
    throw badProxy(variable, `a SOCKS proxy (${scheme}://), which celline does not speak`, hint);
  }
  const address = scheme === null ? `http://${text}` : text;
  if (!URL.canParse(address) || !isReadable(new URL(address))) {
    throw badProxy(
      variable,
      'no address of a proxy',
      `It is like http://user:password@proxy.example.org:3128; @, # and % in a password are written %40, %23 and %25.`,
    );
  }
  return { variable, url: new URL(address) };
}

/** True for an HTTP address whose user and password can be read. */
function isReadable({ protocol, username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}:${password}`);
  } catch {
    return false;
  }
  return protocol === 'http:' || protocol === 'https:';
}

function badProxy(variable: string, what: string, hint: string): ConfigError {
  return new ConfigError(`${variable} holds ${what}`, { hint, fields: { variable } });
}
