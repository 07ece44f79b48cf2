import type { Config } from '../config/schema.ts';
import type { ProxySettings } from '../http/wire/proxy-server.ts';
import { readAuthorities } from './read-authorities.ts';
import { readProxies } from './read-proxies.ts';

/** How the network is reached, by archives and services of the cache alike. */
export interface Network {
  readonly proxy: ProxySettings;
  /** Certificate authorities (PEM) beside those of Node. */
  readonly authorities: readonly string[];
}

/** The proxies of the environment and the authorities of `caFile`; what cannot be used is a `ConfigError` that names it. */
export async function readNetwork(
  { caFile }: Pick<Config, 'caFile'>,
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Network> {
  return { proxy: readProxies(env), authorities: await readAuthorities(caFile, root, env) };
}
