import { randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '../../disk/make-folders.ts';
import { StoreError } from '../../errors/store-error.ts';
import type { Clock } from '../../ports/clock.ts';
import { createHeldFiles, type HeldFiles } from './held-file.ts';

/** Start of the name of a process's folder. */
const PREFIX = 'celline-spool-';

/** Milliseconds after which another process's folder counts as left behind: a day. */
const STALE_MS = 86_400_000;

/** A file that a large body is written to. */
export interface SpoolFile {
  readonly path: string;
  write(chunk: Uint8Array): Promise<void>;
  /** Closes it; it stays until the spool is closed or somebody moves it away. */
  finish(): Promise<void>;
  /** Closes and removes it. */
  discard(): Promise<void>;
}

/** Where bodies that do not fit into memory go. */
export interface Spool {
  create(): Promise<SpoolFile>;
  /** Holds a file of a large body, in the spool or elsewhere, at most until the spool is closed; null when it is not there. */
  readonly hold: HeldFiles['hold'];
  /** Releases and removes whatever is left. */
  close(): Promise<void>;
}

/** Creates a spool in the first of the folders that can be written; nothing is made before the first large body. */
export function createSpool(folders: readonly string[], clock: Pick<Clock, 'now'>): Spool {
  const held = createHeldFiles();
  let folder: Promise<string> | null = null;
  return {
    create: async () => {
      folder ??= firstWritable(folders, clock.now());
      const path = join(await folder, randomUUID());
      try {
        return await openSpoolFile(path);
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    hold: held.hold,
    close: async () => {
      await held.close();
      const made = await folder?.catch(() => null);
      folder = null;
      if (made !== null && made !== undefined) await rm(made, { recursive: true, force: true });
    },
  };
}

async function firstWritable(folders: readonly string[], now: number): Promise<string> {
  let cause: unknown;
  for (const folder of folders) {
    try {
      await makeFolders(folder);
      await removeStale(folder, now);
      return await mkdtemp(join(folder, PREFIX));
    } catch (error) {
      cause = error;
    }
  }
  throw cannotWrite(folders.join(', '), cause);
}

/** Removes what killed processes left behind. What another user left, or another process removes at the same time, is passed by. */
async function removeStale(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(folder, name);
    const writtenAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    if (now - writtenAt > STALE_MS) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

async function openSpoolFile(path: string): Promise<SpoolFile> {
  const handle = await open(path, 'wx');
  return {
    path,
    write: async (chunk) => {
      try {
        await handle.writeFile(chunk);
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    finish: () => handle.close(),
    discard: async () => {
      await handle.close();
      await rm(path, { force: true });
    },
  };
}

function cannotWrite(path: string, cause: unknown): StoreError {
  return new StoreError('operational', `a large answer cannot be written to ${path}`, {
    hint: 'make room on the disk, or set cacheDir to a folder with room',
    fields: { path },
    cause,
  });
}
