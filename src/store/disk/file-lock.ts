import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../errors/store-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Processes } from '../../ports/processes.ts';
import { diskError, fileState, readTextIfThere, removeIfThere, systemCode } from './disk.ts';

/** What a lock needs to know of the world. */
export interface LockContext {
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly processes?: Processes;
}

/** Milliseconds after which a writer that waits for the lock gives up and names the holder. */
export const LOCK_TIMEOUT_MS = 30_000;

/** Milliseconds after which a lock without a holder is that of a process that was killed before it wrote its name. */
export const NAMELESS_MS = 20_000;

const POLL_MS = 20;

/** Who holds a lock. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, as `Processes` tells it. */
  readonly started?: string;
  /** When the lock was taken (ms since 1970). */
  readonly since?: number;
  readonly nonce: string;
}

/** Takes the lock file, waits while a living process holds it, and gives the function that frees it. */
export async function takeLock(folder: string, context: LockContext): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const { clock } = context;
  const deadline = clock.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    const own = holderOf(context);
    if (await createLock(path, own)) return () => freeLock(path, own);
    const other = await readLock(path);
    if (other !== null && isVoid(other, context)) await breakLock(path, other, context);
    else if (clock.now() >= deadline) throw lockedBy(path, other?.holder ?? null);
    else await clock.sleep(POLL_MS);
  }
}

/** Only one's own: a process that was held up for long may have lost its lock to another. */
async function freeLock(path: string, own: Holder): Promise<void> {
  if ((await readLock(path))?.holder?.nonce === own.nonce) await removeIfThere(path);
}

function holderOf({ clock, randomId, processes }: LockContext): Holder {
  const started = processes?.started === undefined ? {} : { started: processes.started };
  const [host, pid] = [processes?.host ?? '', processes?.pid ?? 0];
  return { host, pid, ...started, since: clock.now(), nonce: randomId() };
}

/** A lock that was found. */
interface FoundLock {
  /** Null: its name is not written yet, or never will be. */
  readonly holder: Holder | null;
  /** When the file was last changed (ms since 1970). */
  readonly changedAt: number;
}

async function createLock(path: string, holder: Holder): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw diskError(error, 'write', path);
  }
  try {
    await handle.writeFile(JSON.stringify(holder));
    await handle.sync();
  } catch (error) {
    // On a full disk a lock without a name would hold up everybody.
    await removeIfThere(path);
    throw diskError(error, 'write', path);
  } finally {
    await handle.close();
  }
  // Who stood still before its name was written may have lost it to another.
  return (await readLock(path))?.holder?.nonce === holder.nonce;
}

async function readLock(path: string): Promise<FoundLock | null> {
  const state = await fileState(path);
  return state === null ? null : { holder: parseHolder(await readTextIfThere(path)), changedAt: state.changedAt };
}

function parseHolder(text: string | null): Holder | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && 'pid' in value && 'nonce' in value ? (value as Holder) : null;
  } catch {
    return null;
  }
}

/** Only a process of the same machine can be known to be dead. */
function isVoid({ holder, changedAt }: FoundLock, { processes, clock }: LockContext): boolean {
  if (holder === null) return clock.now() - changedAt >= NAMELESS_MS;
  if (processes === undefined || holder.host !== processes.host) return false;
  if (holder.pid === processes.pid && holder.started === processes.started) return false;
  return !processes.isAlive(holder.pid, holder.started);
}

/**
 * Removes a dead process's lock. Only one process at a time may: else the second could remove the lock that a third took
 * after the first had removed the dead one's.
 */
async function breakLock(path: string, dead: FoundLock, context: LockContext): Promise<void> {
  const turn = `${path}.breaking`;
  if (!(await createLock(turn, holderOf(context)))) {
    const other = await readLock(turn);
    // Killed while it broke a lock: some milliseconds that are hardly ever met.
    if (other !== null && isVoid(other, context)) await removeIfThere(turn);
    else await context.clock.sleep(POLL_MS);
    return;
  }
  try {
    const now = await readLock(path);
    const isSame = now?.holder?.nonce === dead.holder?.nonce && now?.changedAt === dead.changedAt;
    if (isSame) await removeIfThere(path);
  } finally {
    await removeIfThere(turn);
  }
}

function lockedBy(path: string, holder: Holder | null): StoreError {
  const host = holder?.host || 'an unnamed machine';
  const since = holder?.since === undefined ? '' : ` since ${new Date(holder.since).toISOString()}`;
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${host}${since}`;
  return new StoreError('lock', `The tables are locked by ${who} (${path}).`, {
    hint: 'Wait until it ends. If that process is certainly gone, remove the lock file.',
    fields: { path, host: holder?.host ?? null, pid: holder?.pid ?? null },
  });
}
