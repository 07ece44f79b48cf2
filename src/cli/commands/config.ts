import { dirname, join, resolve } from 'node:path';
import { effectiveValues } from '../../config/effective.ts';
import { keysAt } from '../../config/json-schema.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { nearestKey } from '../../config/nearest-key.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { cellText, type PrintRow } from '../../formats/cell.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet } from '../flag-values.ts';
import { printRows, printText } from '../print-rows.ts';
import { setConfigValue } from '../set-config-value.ts';

/** What `celline config` was asked. */
export type ConfigOptions =
  | { readonly action: 'list' | 'files' | 'validate' }
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'set'; readonly key: string; readonly value: string };

const COLUMNS = [{ name: 'key' }, { name: 'value' }, { name: 'source' }];

/** Flags to options. */
export function parse({ args, flags }: CommandInput): ConfigOptions {
  const [action = 'list', key, value] = args;
  if (isSet(flags, 'files')) return { action: 'files' };
  if (action === 'get' && key !== undefined) return { action, key };
  if (action === 'set' && key !== undefined && value !== undefined) return { action, key, value };
  if (action === 'get' || action === 'set') {
    const form = action === 'get' ? 'celline config get cache.ttl' : 'celline config set cache.ttl 86400';
    throw new UsageError(`config ${action} needs a key${action === 'set' ? ' and a value' : ''}.`, { hint: form });
  }
  if (key !== undefined) throw new UsageError(`config ${action} takes no key.`, { hint: `celline config get ${key}` });
  return { action: action === 'validate' ? 'validate' : 'list' };
}

/** Shows, checks or changes the configuration. Secrets are masked. */
export async function run(options: ConfigOptions, app: App): Promise<number> {
  const loaded = await app.loadConfig();
  for (const warning of loaded.warnings) await app.say(`warning: ${warning}`);
  switch (options.action) {
    case 'list':
      await printRows(app, { columns: COLUMNS }, [configRows(loaded)]);
      return EXIT.ok;
    case 'files':
      await printText(app, loaded.files.map((file) => `${file}\n`).join(''));
      return EXIT.ok;
    case 'validate':
      // An invalid one has thrown by now.
      await app.say(`Valid: ${loaded.files.length === 0 ? 'no file, defaults only' : loaded.files.join(', ')}.`);
      return EXIT.ok;
    case 'get':
      return printValue(options.key, loaded, app);
    case 'set': {
      const file = fileToChange(loaded, app);
      await setConfigValue(file, options.key, options.value);
      await app.say(`${options.key} set in ${file}.`);
      return EXIT.ok;
    }
    default:
      return options satisfies never;
  }
}

function configRows(loaded: LoadedConfig): PrintRow[] {
  return effectiveValues(loaded).map(({ path, value, source }) => ({ key: path, value: asCell(value), source }));
}

/** One value as plain text, or all values below a key. A key that is known but not set is exit 1, without a word. */
async function printValue(key: string, loaded: LoadedConfig, app: App): Promise<number> {
  const rows = configRows(loaded);
  const own = rows.find((row) => row.key === key);
  if (own !== undefined) {
    await printText(app, `${cellText(own.value) ?? ''}\n`);
    return EXIT.ok;
  }
  const below = rows.filter((row) => String(row.key).startsWith(`${key}.`));
  if (below.length > 0) {
    await printRows(app, { columns: COLUMNS }, [below]);
    return EXIT.ok;
  }
  const parts = key.split('.');
  const known = keysAt(parts.slice(0, -1));
  if (known.includes(parts.at(-1) ?? '')) return EXIT.failed;
  const nearest = nearestKey(
    key,
    rows.map((row) => String(row.key)),
  );
  const hint = nearest === null ? 'celline config lists every key.' : `Did you mean ${nearest}?`;
  throw new UsageError(`There is no key ${key}.`, { hint });
}

/** The file of `--config`, else that of the project, else a new one in its folder; never the user's. */
function fileToChange({ files, root }: LoadedConfig, app: App): string {
  if (app.globals.config !== undefined) return resolve(app.cwd, app.globals.config);
  return files.find((file) => dirname(file) === root) ?? join(root, 'celline.config.json');
}

function asCell(value: unknown): PrintRow[string] {
  return typeof value === 'object' && value !== null ? value : (value as PrintRow[string]);
}
