import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ConfigError } from '../errors/config-error.ts';
import { errorMessage } from '../errors/error-message.ts';
import { isSettings, type Settings } from './layer.ts';

/**
 * Reads a configuration file: JSON by itself, YAML and JavaScript through cosmiconfig, which is only loaded for these. `as` is the
 * name that counts when the file is not yet under it.
 */
export async function readConfigFile(path: string, as = path): Promise<Settings> {
  const isJson = extname(path) === '.json';
  const content = isJson ? await readJson(path) : await readOther(path);
  const settings = basename(as) === 'package.json' && isSettings(content) ? content.celline : content;
  // An empty YAML file is null: nothing is set.
  if (settings === null || settings === undefined) return {};
  if (!isSettings(settings)) {
    throw new ConfigError(`${path} holds no settings: it must be an object`, {
      hint: 'The shortest one is {}.',
      fields: { path },
    });
  }
  return settings;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new ConfigError(`${path} is no JSON: ${messageOf(cause)}`, {
      hint: 'JSON has no comments and no comma after the last value.',
      fields: { path },
      cause,
    });
  }
}

async function readOther(path: string): Promise<unknown> {
  // A CommonJS package: bundled, its names are on the default export only.
  const { default: module } = await import('cosmiconfig');
  const explorer = module.cosmiconfig('celline', { searchStrategy: 'none', cache: false });
  try {
    return (await explorer.load(path))?.config;
  } catch (cause) {
    throw isMissing(cause)
      ? unreadable(path, cause)
      : new ConfigError(`${path} cannot be used: ${messageOf(cause)}`, { fields: { path }, cause });
  }
}

function unreadable(path: string, cause: unknown): ConfigError {
  const reason = isMissing(cause) ? 'is not there' : `cannot be read: ${messageOf(cause)}`;
  return new ConfigError(`the configuration ${path} ${reason}`, {
    hint: 'Check the path given with --config.',
    fields: { path },
    cause,
  });
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT';
}

/** The first line; of YAML, whose first line only names the file, the second. */
function messageOf(cause: unknown): string {
  const [first = '', second] = errorMessage(cause).split('\n');
  return second !== undefined && first.endsWith(':') ? second : first;
}
