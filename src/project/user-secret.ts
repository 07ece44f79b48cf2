import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from '../disk/make-folders.ts';
import { systemCode } from '../disk/system-code.ts';

/** 32 random bytes in hexadecimal digits. */
const SECRET = /^[0-9a-f]{64}$/;

/** Folder of what celline keeps for a user beside the projects: `$XDG_STATE_HOME/celline`, else `~/.local/state/celline`. */
export function userStateFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'celline');
}

/**
 * The random secret of this user that cache keys of answers to a credential are mixed with, made at the first call. All processes
 * get the same one, whoever makes it. One that others can read, or that is damaged, is replaced: the answers stored under it
 * are then asked for again. Rejects when the folder can neither be read nor written.
 */
export async function userSecret(folder: string): Promise<string> {
  const path = join(folder, 'cache-secret');
  const known = await readSecret(path);
  if (known !== null && known !== 'unfit') return known;
  await makeFolders(folder, 0o700);
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    if (known === 'unfit') await rename(draft, path);
    else await linkOrRename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  // Whoever was first has it.
  const made = await readSecret(path);
  if (made === null || made === 'unfit') throw new Error(`${path} cannot be kept private`);
  return made;
}

/** A link appears whole or fails because another process was first; where there are no links, the last one wins. */
async function linkOrRename(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') await rename(draft, path);
  }
}

async function readSecret(path: string): Promise<string | 'unfit' | null> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const text = await file.readFile('utf8');
    const isOpenToOthers = ((await file.stat()).mode & 0o077) !== 0 && platform() !== 'win32';
    return SECRET.test(text) && !isOpenToOthers ? text : 'unfit';
  } finally {
    await file.close();
  }
}
