import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isThere } from '../../disk/is-there.ts';
import { makeFolders } from '../../disk/make-folders.ts';
import { CellineError } from '../../errors/celline-error.ts';
import type { PrintRow } from '../../formats/cell.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { printRows } from '../print-rows.ts';
import { schemaAddress } from '../schema-address.ts';

/** What `celline init` was asked. */
export interface InitOptions {
  /** Absent: `--project-dir`, else the working folder. */
  readonly folder?: string;
}

const CONFIG_FILE = 'celline.config.json';
/** Names under which a configuration may be there already. */
const CONFIG_FILES = [CONFIG_FILE, 'celline.config.yaml', 'celline.config.yml', 'celline.config.js'];
/** The two folders, as they are by default; everything else keeps the tool's defaults. */
const CONFIG = { dbDir: 'DB', cacheDir: '.cache' };

/** Flags to options. */
export function parse({ args }: CommandInput): InitOptions {
  return args[0] === undefined ? {} : { folder: args[0] };
}

/** Makes what is missing and prints one row per thing, with whether it was made or was there. */
export async function run(options: InitOptions, app: App): Promise<number> {
  const root = resolve(app.cwd, options.folder ?? app.globals.projectDir ?? '.');
  try {
    await makeFolders(root);
    const rows: PrintRow[] = [await makeConfig(root), await makeTables(root), await makeGitignore(root)];
    await printRows(app, { columns: [{ name: 'path' }, { name: 'state' }] }, [rows]);
  } catch (cause) {
    if (cause instanceof CellineError) throw cause;
    throw new CellineError('INIT', `No project could be made in ${root}.`, {
      hint: 'Check that the folder can be written.',
      cause,
    });
  }
  await app.say('next: celline add GSM5764259');
  return EXIT.ok;
}

async function makeConfig(root: string): Promise<PrintRow> {
  for (const name of CONFIG_FILES) {
    if (await isThere(join(root, name))) return { path: join(root, name), state: 'there' };
  }
  const path = join(root, CONFIG_FILE);
  const $schema = schemaAddress(root);
  const config = { ...($schema === null ? {} : { $schema }), ...CONFIG };
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx' });
  return { path, state: 'made' };
}

async function makeTables(root: string): Promise<PrintRow> {
  const path = join(root, CONFIG.dbDir);
  const state = (await isThere(path)) ? 'there' : 'made';
  await makeFolders(path);
  return { path, state };
}

/** Folders that no repository needs: the cache can be fetched again, backups are copies. Tables are worth keeping. */
const IGNORED = [CONFIG.cacheDir, 'backups'];

async function makeGitignore(root: string): Promise<PrintRow> {
  const path = join(root, '.gitignore');
  const before = (await isThere(path)) ? await readFile(path, 'utf8') : '';
  const present = new Set(before.split(/\r?\n/).map((line) => line.trim().replaceAll(/^\/|\/$/g, '')));
  const missing = IGNORED.filter((folder) => !present.has(folder));
  if (missing.length === 0) return { path, state: 'there' };
  const separator = before === '' || before.endsWith('\n') ? '' : '\n';
  await writeFile(path, `${before}${separator}${missing.map((folder) => `${folder}/\n`).join('')}`);
  if (before === '') return { path, state: 'made' };
  return { path, state: missing.length === 1 ? 'line added' : 'lines added' };
}
