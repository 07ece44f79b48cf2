import { open, rename, rm, stat } from 'node:fs/promises';
import { isAbsent, systemCode } from '../disk/system-code.ts';
import type { Rotation } from './log-file.ts';

/** Milliseconds after which a lock is that of a process that was killed: moving files aside takes one. */
const STALE_MS = 10_000;

/**
 * Moves a log aside: `log` → `log.1` → `log.2`, the oldest goes. Several processes find a log too large at once: one of them
 * does it, under a lock file; the others go on and see later that the file is another one.
 */
export async function rotate(path: string, { maxBytes, keep, now }: Rotation): Promise<void> {
  const lock = `${path}.lock`;
  if (!(await takeLock(lock, now))) return;
  try {
    // Another process may have been first, before the lock was taken.
    const size = (await stat(path).catch(() => null))?.size ?? 0;
    if (size < maxBytes) return;
    for (let number = keep; number >= 1; number -= 1) {
      const from = number === 1 ? path : `${path}.${number - 1}`;
      await rename(from, `${path}.${number}`).catch(ignoreMissing);
    }
    if (keep === 0) await rm(path, { force: true });
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string, now: () => number): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    const age = now() - ((await stat(lock).catch(() => null))?.mtimeMs ?? now());
    // The next writer finds it free.
    if (age > STALE_MS) await rm(lock, { force: true });
    return false;
  }
}

function ignoreMissing(error: unknown): void {
  if (!isAbsent(error)) throw error;
}
