import { valuesByPath } from './layer.ts';
import type { LoadedConfig } from './load.ts';

/** One value of the effective configuration. */
export interface EffectiveValue {
  /** `cache.ttl`; keys of archives are `secrets.…`. */
  readonly path: string;
  /** The value; `********` for what is secret. */
  readonly value: unknown;
  /** `flag`, `environment NAME`, `profile ci`, `file PATH`, `default`. */
  readonly source: string;
}

const MASK = '********';

/** Names of a handler's own options under which people keep keys. */
const SECRET_NAME = /key|token|secret|passw|credential/i;

/** Every value and where it comes from, in the order of the schema; secrets masked. */
export function effectiveValues({ config, sources }: LoadedConfig): readonly EffectiveValue[] {
  const { env: _blocks, $schema: _schema, ...shown } = config;
  const values = [...valuesByPath(shown)].map(([path, value]) => ({
    path,
    value: maskedValue(path, value),
    source: sources[path] ?? 'default',
  }));
  const secrets = Object.keys(sources).filter((path) => path.startsWith('secrets.'));
  return [...values, ...secrets.map((path) => ({ path, value: MASK, source: sources[path] ?? '' }))];
}

function maskedValue(path: string, value: unknown): unknown {
  const option = /^handlers\.[^.]+\.options\.(.+)$/.exec(path)?.[1];
  if (option !== undefined && SECRET_NAME.test(option)) return MASK;
  // A password inside an address: https://user:password@host/
  return typeof value === 'string' ? value.replace(/(:\/\/[^/\s:@]*:)[^/\s@]+@/, `$1${MASK}@`) : value;
}
