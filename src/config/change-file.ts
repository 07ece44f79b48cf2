import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ConfigError } from '../errors/config-error.ts';
import { errorMessage } from '../errors/error-message.ts';
import { removeFromJson, setInJson } from './edit-json.ts';
import { readConfigFile } from './read-config-file.ts';
import { checkLayer } from './validate.ts';

/** One change of a configuration file. */
export interface FileChange {
  /** `['cache', 'ttl']`. */
  readonly path: readonly string[];
  /** The new value; undefined takes the value out. */
  readonly value: unknown;
}

/**
 * Changes one value in a configuration file (JSON, YAML, `package.json`), which is made when it is not there. The rest stays as
 * it is written, comments included. What the schema refuses, a key or a password is a `ConfigError`; nothing is written then.
 * False when there was nothing to take out.
 */
export async function changeConfigFile(file: string, change: FileChange): Promise<boolean> {
  const before = await textOf(file);
  // Says what is wrong with a file that cannot be read as what it is.
  if (before !== null) await readConfigFile(file);
  const after = await changedText(file, before ?? '', change);
  if (change.value === undefined && (before === null || after === before)) return false;
  const target = await realpath(file).catch(() => file);
  const mode = (await stat(target).catch(() => null))?.mode;
  // Beside it first, and read from there: the next start finds the old file or the whole new one.
  const temporary = `${target.slice(0, target.length - basename(target).length)}.${randomUUID()}.${basename(target)}`;
  try {
    await writeFile(temporary, after, mode === undefined ? {} : { mode });
    checkLayer({ source: () => file, settings: await readConfigFile(temporary, file) });
    await rename(temporary, target);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${file} cannot be written: ${errorMessage(error)}`, {
      hint: 'Check that its folder is there and that you may write to it.',
      fields: { path: file },
      cause: error,
    });
  } finally {
    await rm(temporary, { force: true });
  }
  return true;
}

async function changedText(file: string, text: string, { path, value }: FileChange): Promise<string> {
  switch (extname(file)) {
    case '.json': {
      // Of package.json only what is below `celline` is ours.
      const base = basename(file) === 'package.json' ? ['celline'] : [];
      const whole = text.trim() === '' ? '{}\n' : text;
      if (value === undefined) return removeFromJson(whole, [...base, ...path], base.length);
      return setInJson(whole, [...base, ...path], value);
    }
    case '.yaml':
    case '.yml': {
      const { removeFromYaml, setInYaml } = await import('./edit-yaml.ts');
      return value === undefined ? removeFromYaml(text, path) : setInYaml(text, path, value);
    }
    case '.js':
    case '.mjs':
    case '.cjs':
      throw new ConfigError(`${file} is code and can only be changed by hand`, {
        hint: `Set ${path.join('.')} there with an editor.`,
        fields: { path: file },
      });
    default:
      throw new ConfigError(`${file} has no form of a configuration`, {
        hint: 'It must end with .json, .yaml or .yml.',
        fields: { path: file },
      });
  }
}

async function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new ConfigError(`the configuration ${file} cannot be read: ${error.message}`, {
      hint: 'Check its permissions.',
      fields: { path: file },
      cause: error,
    });
  });
}
