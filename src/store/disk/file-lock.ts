import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../errors/store-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Processes } from '../../ports/processes.ts';
import { diskError, fileState, moveFile, readTextIfThere, removeIfThere, systemCode } from './disk.ts';

/** What a lock needs to know of the world. */
export interface LockContext {
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly processes?: Processes;
}

/** Milliseconds after which a writer that waits for the lock gives up and names the holder. */
export const LOCK_TIMEOUT_MS = 30_000;

const POLL_MS = 20;

interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly nonce: string;
}

/** Takes the lock file, waits while a living process holds it, and gives the function that frees it. */
export async function takeLock(folder: string, context: LockContext): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const { clock, processes } = context;
  const holder: Holder = { host: processes?.host ?? '', pid: processes?.pid ?? 0, nonce: context.randomId() };
  const deadline = clock.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    if (await createLock(path, holder)) return () => removeIfThere(path);
    const other = parseHolder(await readTextIfThere(path));
    if (other !== null && isDead(other, processes)) await breakLock(path, other, context);
    else if (clock.now() >= deadline) throw lockedBy(path, other);
    else await clock.sleep(POLL_MS);
  }
}

async function createLock(path: string, holder: Holder): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(JSON.stringify(holder));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw diskError(error, 'write', path);
  }
}

function parseHolder(text: string | null): Holder | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && 'pid' in value && 'nonce' in value ? (value as Holder) : null;
  } catch {
    // Being written just now, or gone again.
    return null;
  }
}

/** Only a process of the same machine can be known to be dead. */
function isDead(holder: Holder, processes: Processes | undefined): boolean {
  if (processes === undefined || holder.host !== processes.host) return false;
  return holder.pid !== processes.pid && !processes.isAlive(holder.pid);
}

/** Moves a dead process's lock away; whoever moves it looks whether it was that one. */
async function breakLock(path: string, dead: Holder, context: LockContext): Promise<void> {
  const aside = `${path}.${context.randomId()}`;
  if ((await fileState(path)) === null) return;
  await moveFile(path, aside).catch(() => undefined);
  const moved = parseHolder(await readTextIfThere(aside));
  // Somebody else broke it first and holds it now: put the lock back, unless yet another one took it meanwhile.
  if (moved !== null && moved.nonce !== dead.nonce) await createLock(path, moved);
  await removeIfThere(aside);
}

function lockedBy(path: string, holder: Holder | null): StoreError {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host || 'an unnamed machine'}`;
  return new StoreError('lock', `The tables are locked by ${who} (${path}).`, {
    hint: 'Wait until it ends. If that process is certainly gone, remove the lock file.',
    fields: { path, host: holder?.host ?? null, pid: holder?.pid ?? null },
  });
}
