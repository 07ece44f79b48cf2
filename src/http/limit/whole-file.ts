import { chmodSync, linkSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../../disk/system-code.ts';

/** Gives a file a second name; fails when that name is taken. Tests hand in file systems that behave otherwise. */
export type MakeLink = (existing: string, made: string) => void;

/** Begins the name of every file that is being written. */
export const TEMPORARY_PREFIX = '.tmp-';

/** How whole files are made. */
export interface WholeFileSettings {
  readonly randomId: () => string;
  /** Default the link of the operating system. */
  readonly makeLink?: MakeLink;
}

/**
 * Makes a file with this text, or gives false when there is one. It appears whole: a temporary file gets its name by a hard link.
 * On a file system without them it is written in place, and a reader may find the beginning of it.
 */
export function createWhole(path: string, text: string, settings: WholeFileSettings): boolean {
  const { randomId, makeLink = linkSync } = settings;
  const temporary = join(dirname(path), `${TEMPORARY_PREFIX}${randomId()}`);
  writeNew(temporary, text);
  try {
    makeLink(temporary, path);
    return true;
  } catch (error) {
    // Over NFS an error may follow a success: then the file has two names.
    if (systemCode(error) === 'EEXIST') return statSync(temporary).nlink === 2;
    return writeUnlessThere(path, text);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The folder of this name; made when there is none, with the rights of the one above it. */
export function makeFolderIn(above: string, name: string): string {
  const folder = join(above, name);
  try {
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(folder, statSync(above).mode & 0o7777);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  return folder;
}

/** Removes a file or folder. What cannot be removed (in a folder of several users: another's) is left to whoever can. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

function writeUnlessThere(path: string, text: string): boolean {
  try {
    writeNew(path, text);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function writeNew(path: string, text: string): void {
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  // In a folder that several users share, so are its files.
  const others = statSync(dirname(path)).mode & 0o066;
  if (others !== 0) chmodSync(path, 0o600 | others);
}
