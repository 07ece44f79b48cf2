import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors/config-error.ts';

/** Where a project and its configuration were found. */
export interface FoundProject {
  /** Folder of the project. */
  readonly root: string;
  /** Its configuration file, or null. */
  readonly file: string | null;
  /** Files that look like configuration and are not read, with the reason. */
  readonly warnings: readonly string[];
}

/** Where to look. */
export interface SearchPlaces {
  readonly cwd: string;
  /** The project's folder; nothing is looked for above it. */
  readonly projectDir?: string;
}

/** Names of configuration files, first found wins. */
const DATA_FILES = ['celline.config.json', 'celline.config.yaml', 'celline.config.yml'] as const;
const CODE_FILE = 'celline.config.js';

/**
 * Finds the project: the nearest folder upward that has a configuration file, else the working folder. A configuration
 * names folders to write and servers to ask, so one above counts only when it belongs to the same user (or root), and
 * `celline.config.js`, which is code itself, only in the working or the named folder.
 */
export async function findProject({ cwd, projectDir }: SearchPlaces): Promise<FoundProject> {
  const start = resolve(cwd, projectDir ?? '.');
  const owner = (await ownerOf(start)) ?? null;
  if (owner === null && projectDir !== undefined) {
    throw new ConfigError(`there is no folder ${start}`, {
      hint: 'Make it with celline init, or name another one with --project-dir.',
      fields: { path: start },
    });
  }
  const warnings: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    const file = await configFileIn(folder, { isStart: folder === start, warnings });
    if (file !== null && folder !== start && !(await isTrusted(file, owner))) {
      warnings.push(`${file} is not read: it belongs to another user; name it with --config if it is yours`);
    } else if (file !== null) return { root: folder, file, warnings };
    if (projectDir !== undefined || dirname(folder) === folder) return { root: start, file: null, warnings };
  }
}

/** The configuration of a user: `celline.config.json` or `.yaml` in `CELLINE_CONFIG_DIR`, else in `~/.config/celline`. */
export async function findUserFile(folder: string): Promise<string | null> {
  for (const name of DATA_FILES) if ((await ownerOf(join(folder, name))) !== undefined) return join(folder, name);
  return null;
}

async function configFileIn(
  folder: string,
  { isStart, warnings }: { readonly isStart: boolean; readonly warnings: string[] },
): Promise<string | null> {
  const there: string[] = [];
  for (const name of [...DATA_FILES, CODE_FILE]) {
    if ((await ownerOf(join(folder, name))) === undefined) continue;
    if (name === CODE_FILE && !isStart) {
      warnings.push(
        `${join(folder, name)} is not read: code counts only in the working folder, or named with --config`,
      );
    } else there.push(name);
  }
  if (there.length === 0 && (await hasCellineKey(join(folder, 'package.json')))) there.push('package.json');
  const [first, ...others] = there;
  if (first === undefined) return null;
  for (const other of others) warnings.push(`${join(folder, other)} is not read: ${first} is beside it`);
  return join(folder, first);
}

async function hasCellineKey(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!text.includes('"celline"')) return false;
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null && typeof Reflect.get(content, 'celline') === 'object';
  } catch {
    return false; // Somebody else's package.json, above the working folder perhaps: not ours to complain about.
  }
}

/** Number of the user who owns a file or folder; undefined when there is none. */
async function ownerOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.uid;
}

async function isTrusted(file: string, owner: number | null): Promise<boolean> {
  const uid = await ownerOf(file);
  return uid === owner || uid === 0;
}
