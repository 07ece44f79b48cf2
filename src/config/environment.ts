import { resolve } from 'node:path';
import { ConfigError } from '../errors/config-error.ts';
import type { HandlerFacts } from '../ports/handler.ts';
import type { Layer, Settings } from './layer.ts';

/** The environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A handler whose variables are read; the prefix is by default the name in capitals, other characters as `_`. */
export type EnvironmentHandler = Pick<HandlerFacts, 'name' | 'envPrefix' | 'auth' | 'credential'>;

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
  { name: 'CELLINE_RECORD', path: ['record'], read: absolute },
  { name: 'CELLINE_REPLAY', path: ['replay'], read: absolute },
  { name: 'CELLINE_TRACE', path: ['trace'], read: absolute },
  { name: 'CELLINE_LOG_LEVEL', path: ['log', 'level'], read: (text) => text.toLowerCase() },
  { name: 'CELLINE_LOG_FILE', path: ['log', 'file'], read: absolute },
  { name: 'CELLINE_LOG_FILE_LEVEL', path: ['log', 'fileLevel'], read: (text) => text.toLowerCase() },
  { name: 'NCBI_EMAIL', path: ['email'], read: (text) => text },
];

/** Names of all variables that do not depend on a handler, for help texts; the last ones are no settings. */
export const VARIABLE_NAMES: readonly string[] = [
  ...VARIABLES.map((variable) => variable.name),
  'CELLINE_CACHE_URL',
  'CELLINE_CONFIG_DIR',
  'CELLINE_DEBUG',
  'CELLINE_ENV',
  'CELLINE_RUNTIME_DIR',
  'NCBI_API_KEY',
];

/** The value of a variable; an empty one counts as not set. */
export function variable(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

/** True when `CELLINE_DEBUG` asks for what `--debug` does; a `ConfigError` when it says neither yes nor no. */
export function debugOf(env: Environment): boolean {
  const text = variable(env, 'CELLINE_DEBUG');
  return text !== undefined && yesOrNo(text, 'CELLINE_DEBUG');
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
