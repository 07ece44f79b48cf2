import { effectiveValues } from '../../config/effective.ts';
import { keysAt } from '../../config/json-schema.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { nearestKey } from '../../config/nearest-key.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { cellText, type PrintRow } from '../../formats/cell.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { fileToChange } from '../file-to-change.ts';
import { isSet } from '../flag-values.ts';
import { printRows, printText } from '../print-rows.ts';
import { plural } from '../render/plural.ts';
import { setConfigValue, unsetConfigValue } from '../set-config-value.ts';

/** What is to be shown. */
type Look = { readonly action: 'list' | 'files' } | { readonly action: 'get'; readonly key: string };

/** What `celline config` was asked. */
export type ConfigOptions =
  | Look
  | { readonly action: 'validate' }
  | { readonly action: 'unset'; readonly key: string }
  | { readonly action: 'set'; readonly key: string; readonly value: string };

const COLUMNS = [{ name: 'key' }, { name: 'value' }, { name: 'source' }];
const PROBLEM_COLUMNS = [
  { name: 'key' },
  { name: 'problem', wraps: true },
  { name: 'hint', wraps: true },
  { name: 'source', wraps: true },
];

/** What an action needs besides its name, as an example. */
const FORMS: Readonly<Record<string, string>> = {
  get: 'celline config get cache.ttl',
  unset: 'celline config unset cache.ttl',
  set: 'celline config set cache.ttl 86400',
};

/** Flags to options. */
export function parse({ args, flags }: CommandInput): ConfigOptions {
  const [action = 'list', key, value] = args;
  if (isSet(flags, 'files')) return { action: 'files' };
  if (action === 'set' && key !== undefined && value !== undefined) return { action, key, value };
  if ((action === 'get' || action === 'unset') && key !== undefined) {
    if (value === undefined) return { action, key };
    throw new UsageError(`config ${action} takes no value.`, { hint: `celline config set ${key} ${value}` });
  }
  const form = FORMS[action];
  if (form !== undefined) {
    throw new UsageError(`config ${action} needs a key${action === 'set' ? ' and a value' : ''}.`, { hint: form });
  }
  if (key !== undefined) throw new UsageError(`config ${action} takes no key.`, { hint: `celline config get ${key}` });
  return { action: action === 'validate' ? 'validate' : 'list' };
}

/** Shows, checks or changes the configuration. Secrets are masked. */
export async function run(options: ConfigOptions, app: App): Promise<number> {
  switch (options.action) {
    // These work on a configuration that is wrong, too: they are how it is mended.
    case 'validate':
      return validate(app);
    case 'set': {
      const file = await fileToChange(app);
      await setConfigValue(file, options.key, options.value);
      await app.say(`${options.key} set in ${file}.`);
      return EXIT.ok;
    }
    case 'unset': {
      const file = await fileToChange(app);
      const was = await unsetConfigValue(file, options.key);
      await app.say(was ? `${options.key} taken out of ${file}.` : `${options.key} is not set in ${file}.`);
      return was ? EXIT.ok : EXIT.failed;
    }
    default:
      return look(options, app);
  }
}

/** The actions that show what is in force. */
async function look(options: Look, app: App): Promise<number> {
  const loaded = await loadAndWarn(app);
  if (options.action === 'get') return printValue(options.key, loaded, app);
  if (options.action === 'list') await printRows(app, { columns: COLUMNS }, [configRows(loaded)]);
  else if (app.globals.format === undefined) await printText(app, loaded.files.map((file) => `${file}\n`).join(''));
  else await printRows(app, { columns: [{ name: 'file' }] }, [loaded.files.map((file) => ({ file }))]);
  return EXIT.ok;
}

async function loadAndWarn(app: App): Promise<LoadedConfig> {
  const loaded = await app.loadConfig();
  for (const warning of loaded.warnings) await app.say(`warning: ${warning}`);
  return loaded;
}

/** Every problem as a row; exit 2 when there is one. */
async function validate(app: App): Promise<number> {
  const problems = await app.configProblems();
  if (problems.length === 0) {
    const { files } = await loadAndWarn(app);
    if (app.globals.format !== undefined) await printRows(app, { columns: PROBLEM_COLUMNS }, []);
    await app.say(`Valid: ${files.length === 0 ? 'no file, defaults only' : files.join(', ')}.`);
    return EXIT.ok;
  }
  const rows = problems.map(({ message, hint = null, fields }) => ({
    key: fields.key ?? fields.variable ?? null,
    problem: message,
    hint,
    source: fields.source ?? fields.path ?? null,
  }));
  await printRows(app, { columns: PROBLEM_COLUMNS }, [rows]);
  await app.say(`Not valid: ${plural(problems.length, 'problem')}.`);
  return EXIT.usage;
}

function configRows(loaded: LoadedConfig): PrintRow[] {
  return effectiveValues(loaded).map(({ path, value, source }) => ({ key: path, value: asCell(value), source }));
}

/** One value as plain text, or all values below a key. A key that is known but not set is exit 1, and nothing on stdout. */
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
  const [, profile, ...rest] = parts;
  if (parts[0] === 'env' && rest.length > 0) {
    throw new UsageError(`${key} is a value of the profile ${profile}.`, {
      hint: `celline --profile ${profile} config get ${rest.join('.')}`,
    });
  }
  const known = keysAt(parts.slice(0, -1));
  if (known.includes(parts.at(-1) ?? '')) {
    await app.say(`${key} is not set.`);
    return EXIT.failed;
  }
  const nearest = nearestKey(
    key,
    rows.map((row) => String(row.key)),
  );
  const hint = nearest === null ? 'celline config lists every key.' : `Did you mean ${nearest}?`;
  throw new UsageError(`There is no key ${key}.`, { hint });
}

function asCell(value: unknown): PrintRow[string] {
  return typeof value === 'object' && value !== null ? value : (value as PrintRow[string]);
}
