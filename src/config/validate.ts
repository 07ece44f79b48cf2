import type { ZodError } from 'zod';
import { ConfigError } from '../errors/config-error.ts';
import { keysAt } from './json-schema.ts';
import { isSettings, type Layer, type Settings } from './layer.ts';
import { nearestKey } from './nearest-key.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import { type Config, configSchema } from './schema.ts';

/** Settles merged settings: defaults filled in. Throws a `ConfigError` for what the schema does not allow. */
export function settle(settings: Settings): Config {
  const parsed = configSchema.safeParse(settings);
  if (!parsed.success) throw configError(parsed.error, () => 'the configuration');
  return parsed.data;
}

/** Checks one source by itself, so that an error names it even where another source wins. */
export function checkLayer(layer: Layer): void {
  // Most sources say nothing.
  if (Object.keys(layer.settings).length === 0) return;
  refuseSecrets(layer);
  const parsed = configSchema.safeParse(layer.settings);
  if (!parsed.success) throw configError(parsed.error, layer.source);
  const blocks = layer.settings.env;
  if (!isSettings(blocks)) return;
  for (const [name, block] of Object.entries(blocks)) {
    if (isSettings(block))
      checkLayer({ source: (path) => `${layer.source(path)} (env.${name})`, settings: withoutEnv(block, name) });
  }
}

function withoutEnv(block: Settings, name: string): Settings {
  if (!('env' in block)) return block;
  throw new ConfigError(`the profile "${name}" holds an env block of its own`, { hint: 'Profiles cannot be nested.' });
}

function configError(error: ZodError, source: (path: string) => string): ConfigError {
  const issue = error.issues[0];
  if (issue === undefined) return new ConfigError('the configuration cannot be read', { cause: error });
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return unknownKey(issue.path, issue.keys[0] ?? '', source);
  const where = source(path);
  return new ConfigError(`${path === '' ? 'the configuration' : path} in ${where}: ${issue.message}`, {
    hint: 'celline config lists every key with its value.',
    fields: { key: path, source: where },
  });
}

function unknownKey(parent: readonly PropertyKey[], key: string, source: (path: string) => string): ConfigError {
  const known = keysAt(parent);
  const path = [...parent.map(String), key].join('.');
  const nearest = nearestKey(key, known);
  return new ConfigError(`unknown key "${path}" in ${source(path)}`, {
    hint:
      nearest === null
        ? `Known keys there: ${known.join(', ')}.`
        : `Did you mean "${[...parent.map(String), nearest].join('.')}"?`,
    fields: { key: path, nearest, source: source(path) },
  });
}
