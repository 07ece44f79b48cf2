import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../errors/config-error.ts';
import type { Layer, Settings } from './layer.ts';

/** The environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A handler whose variables are read. */
export interface EnvironmentHandler {
  readonly name: string;
  /** Default: the name in capitals, other characters as `_`. */
  readonly envPrefix?: string;
}

/** Keys, from the environment or a key file only; never printed, logged or stored. */
export interface Secrets {
  /** `NCBI_API_KEY`, or the content of the file that `NCBI_API_KEY_FILE` names: 10 requests per second instead of 3. */
  readonly ncbiKey?: string;
  /** `<PREFIX>_API_KEY` by handler name. */
  readonly handlerKeys: Readonly<Record<string, string>>;
}

/** A variable of the tool itself: which setting it is, and how its text is read. */
interface Variable {
  readonly name: string;
  readonly path: readonly string[];
  readonly read: (text: string, name: string, cwd: string) => unknown;
}

const VARIABLES: readonly Variable[] = [
  { name: 'CELLINE_DB_DIR', path: ['dbDir'], read: absolute },
  { name: 'CELLINE_CACHE_DIR', path: ['cacheDir'], read: absolute },
  { name: 'CELLINE_OFFLINE', path: ['offline'], read: yesOrNo },
  { name: 'CELLINE_LOG_LEVEL', path: ['log', 'level'], read: (text) => text.toLowerCase() },
  { name: 'CELLINE_LOG_FILE', path: ['log', 'file'], read: absolute },
  { name: 'NCBI_EMAIL', path: ['email'], read: (text) => text },
];

/** Names of all variables that do not depend on a handler, for help texts; `CELLINE_CONFIG_DIR` and `CELLINE_ENV` choose files. */
export const VARIABLE_NAMES: readonly string[] = [
  ...VARIABLES.map((variable) => variable.name),
  'CELLINE_CONFIG_DIR',
  'CELLINE_ENV',
  'NCBI_API_KEY',
];

/** The value of a variable; an empty one counts as not set. */
export function variable(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

/** The settings that the environment gives. Paths are relative to the working folder. */
export function environmentLayer(env: Environment, cwd: string, handlers: readonly EnvironmentHandler[]): Layer {
  const names = new Map<string, string>();
  let settings: Settings = {};
  for (const { name, path, read } of [...VARIABLES, ...handlers.flatMap(variablesOf)]) {
    const text = variable(env, name);
    if (text === undefined) continue;
    names.set(path.join('.'), name);
    settings = withValue(settings, path, read(text, name, cwd));
  }
  return { source: (path) => `environment ${names.get(path) ?? ''}`.trimEnd(), settings };
}

/** Prefix of a handler's variables: `custom-db` → `CUSTOM_DB`. */
export function environmentPrefix(handler: EnvironmentHandler): string {
  return handler.envPrefix ?? handler.name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

/** Reads the keys; a `…_FILE` that cannot be read is a `ConfigError` that names the variable. */
export async function readSecrets(
  env: Environment,
  cwd: string,
  handlers: readonly EnvironmentHandler[],
): Promise<Secrets> {
  const handlerKeys: Record<string, string> = {};
  for (const handler of handlers) {
    const key = await readKey(env, cwd, `${environmentPrefix(handler)}_API_KEY`);
    if (key !== undefined) handlerKeys[handler.name] = key;
  }
  const ncbiKey = await readKey(env, cwd, 'NCBI_API_KEY');
  return { ...(ncbiKey === undefined ? {} : { ncbiKey }), handlerKeys };
}

/** The variable that a key comes from, or null when there is no key. */
export function keySource(env: Environment, name: string): string | null {
  if (variable(env, name) !== undefined) return `environment ${name}`;
  return variable(env, `${name}_FILE`) === undefined ? null : `environment ${name}_FILE`;
}

function variablesOf(handler: EnvironmentHandler): readonly Variable[] {
  const prefix = environmentPrefix(handler);
  const path = ['handlers', handler.name];
  return [
    { name: `${prefix}_API_URL`, path: [...path, 'apiUrl'], read: (text) => text },
    {
      name: `${prefix}_RATE_LIMIT`,
      path: [...path, 'rateLimit'],
      read: (text, name) => number(text, name, 'above 0, e.g. 2.0', (n) => n > 0),
    },
    {
      name: `${prefix}_CACHE_TTL`,
      path: [...path, 'cacheTtl'],
      read: (text, name) => number(text, name, 'of seconds, e.g. 3600', (n) => n >= 0),
    },
  ];
}

async function readKey(env: Environment, cwd: string, name: string): Promise<string | undefined> {
  const key = variable(env, name);
  const file = variable(env, `${name}_FILE`);
  if (key !== undefined || file === undefined) return key;
  const path = resolve(cwd, file);
  try {
    const text = (await readFile(path, 'utf8')).trim();
    if (text !== '') return text;
  } catch (cause) {
    throw new ConfigError(`${name}_FILE names ${path}, which cannot be read`, {
      hint: 'Check the path and its permissions.',
      fields: { variable: `${name}_FILE`, path },
      cause,
    });
  }
  throw new ConfigError(`${name}_FILE names ${path}, which is empty`, {
    hint: 'Put the key into the file, or unset the variable.',
    fields: { variable: `${name}_FILE`, path },
  });
}

function withValue(settings: Settings, path: readonly string[], value: unknown): Settings {
  const [key, ...rest] = path;
  if (key === undefined) return settings;
  if (rest.length === 0) return { ...settings, [key]: value };
  return { ...settings, [key]: withValue((settings[key] ?? {}) as Settings, rest, value) };
}

function absolute(text: string, _name: string, cwd: string): string {
  return resolve(cwd, text);
}

function yesOrNo(text: string, name: string): boolean {
  const lower = text.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(lower)) return true;
  if (['0', 'false', 'no', 'off'].includes(lower)) return false;
  throw badValue(name, text, 'must be 1 or 0');
}

function number(text: string, name: string, what: string, isGood: (value: number) => boolean): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && isGood(value)) return value;
  throw badValue(name, text, `must be a number ${what}`);
}

function badValue(name: string, text: string, rule: string): ConfigError {
  return new ConfigError(`${name} is "${text}": it ${rule}`, {
    hint: `Correct the variable ${name}, or unset it.`,
    fields: { variable: name, value: text },
  });
}
