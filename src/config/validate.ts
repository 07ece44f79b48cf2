import type * as z from 'zod';
import type { ZodError } from 'zod';
import { ConfigError } from '../errors/config-error.ts';
import { keysAt } from './json-schema.ts';
import { isSettings, type Layer, type Settings } from './layer.ts';
import { nearestKey } from './nearest-key.ts';
import { findSecrets } from './refuse-secrets.ts';
import { type Config, configSchema } from './schema.ts';

/** Settles merged settings: defaults filled in. Throws a `ConfigError` for what the schema does not allow. */
export function settle(settings: Settings): Config {
  const parsed = configSchema.safeParse(settings);
  if (!parsed.success) throw configError(parsed.error, () => 'the configuration');
  return parsed.data;
}

/** Checks one source by itself, so that an error names it even where another source wins. Throws what is wrong first. */
export function checkLayer(layer: Layer): void {
  const [first] = problemsOf(layer);
  if (first !== undefined) throw first;
}

/** Everything that is wrong with one source, its profiles included. */
export function problemsOf(layer: Layer): readonly ConfigError[] {
  // Most sources say nothing.
  if (Object.keys(layer.settings).length === 0) return [];
  const secrets = findSecrets(layer);
  const parsed = configSchema.safeParse(layer.settings);
  const others = parsed.success ? [] : parsed.error.issues.flatMap((issue) => issueErrors(issue, layer.source));
  const told = new Set(secrets.map(({ fields }) => fields.key));
  const own = [...secrets, ...others.filter(({ fields }) => !told.has(fields.key ?? null))];
  const blocks = layer.settings.env;
  if (!isSettings(blocks)) return own;
  return [...own, ...Object.entries(blocks).flatMap(([name, block]) => blockProblems(name, block, layer))];
}

function blockProblems(name: string, block: unknown, layer: Layer): readonly ConfigError[] {
  if (!isSettings(block)) return [];
  const source = (path: string) => `${layer.source(path)} (env.${name})`;
  const { env, ...settings } = block;
  const nested = new ConfigError(`the profile "${name}" holds an env block of its own`, {
    hint: 'Profiles cannot be nested.',
    fields: { key: `env.${name}.env`, source: source('env') },
  });
  return [...(env === undefined ? [] : [nested]), ...problemsOf({ source, settings })];
}

function configError(error: ZodError, source: (path: string) => string): ConfigError {
  const [first] = error.issues.flatMap((issue) => issueErrors(issue, source));
  return first ?? new ConfigError('the configuration cannot be read', { cause: error });
}

function issueErrors(issue: ZodError['issues'][number], source: (path: string) => string): readonly ConfigError[] {
  const inside = issue.code === 'invalid_union' ? issuesOfUnion(issue) : [];
  if (inside.length > 0) return inside.flatMap((one) => issueErrors(one, source));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key, source));
  const path = issue.path.map(String).join('.');
  const where = source(path);
  return [
    new ConfigError(`${path === '' ? 'the configuration' : path} in ${where}: ${issue.message}`, {
      hint: 'celline config lists every key with its value.',
      fields: { key: path, source: where },
    }),
  ];
}

/** What is wrong by the form that was meant: the one whose kind the value has. Empty when it has that of none. */
function issuesOfUnion({ path, errors }: z.core.$ZodIssueInvalidUnion): ZodError['issues'] {
  const isOtherKind = ({ code, path: below }: z.core.$ZodIssue) =>
    below.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const meant = errors.find((issues) => !issues.some(isOtherKind)) ?? [];
  return meant.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
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
