import { errorMessage } from '../../errors/error-message.ts';
import type { CacheBackends } from '../../ports/cache.ts';
import type { CacheUse } from '../../ports/cache-care.ts';
import type { Clock } from '../../ports/clock.ts';
import { trimCache } from './trim.ts';
import { type KnownSize, NO_USE, type UseLog } from './use-log.ts';

/** Share of the cap at which entries go: below the whole, so that what is stored while they go does not pass it. */
const HIGH_SHARE = 0.95;

/** Share of the cap that is left then. */
const KEPT_SHARE = 0.8;

/** Share of the cap that a process stores between two notes in the log. */
const NOTE_SHARE = 0.01;

/** Share of the cap that is stored before a look when nothing is known of the size. */
const UNKNOWN_SHARE = 0.02;

/** Milliseconds after which a look is not believed any more: killed processes and other machines note nothing here. */
const LOOK_VALID_MS = 86_400_000;

/**
 * True when it is time to look at the size of all bodies. A look walks through them (1 s for 100,000), so the sum of what was
 * stored since the last one says whether it is needed. Pure; `now` in milliseconds.
 */
export function isLookDue({ look, storedSince }: KnownSize, maxBytes: number, now: number): boolean {
  if (look === null || now - look.at > LOOK_VALID_MS) return storedSince >= maxBytes * UNKNOWN_SHARE;
  return look.bytes + storedSince > maxBytes * HIGH_SHARE;
}

/** Keeps the cache below its cap, during a command too, together with all other processes that use it. */
export interface CapKeeper {
  /** Something was stored. Returns at once; entries go beside the requests. */
  stored(): void;
  /** Waits for what is under way, and notes the rest. */
  close(): Promise<void>;
}

/** What the keeper needs. */
export interface CapKeeperSettings {
  readonly backends: CacheBackends;
  readonly maxBytes: number;
  readonly useLog: UseLog;
  readonly clock: Pick<Clock, 'now'>;
  /** What this process made of the cache so far. */
  readonly use: () => CacheUse;
  /** Names the command in the log. */
  readonly run: string;
  /** A line for the user; comes once. */
  readonly warn: (message: string) => void;
}

/** Creates the keeper; it does nothing before something is stored. */
export function createCapKeeper(settings: CapKeeperSettings): CapKeeper {
  const { maxBytes, use, warn } = settings;
  let noted = NO_USE;
  let underWay: Promise<void> | null = null;
  const note = async (): Promise<void> => {
    const now = use();
    const since = difference(now, noted);
    noted = now;
    await noteUse(since, settings);
  };
  // One failure is enough: a cache that cannot be trimmed would be told at every note.
  let isBroken = false;
  const guarded = async (): Promise<void> => {
    if (isBroken) return;
    try {
      await note();
    } catch (error) {
      isBroken = true;
      const why = errorMessage(error);
      warn(`the cache could not be kept below its cap: ${why}`);
    }
  };
  return {
    stored: () => {
      if (underWay !== null || use().bytesStored - noted.bytesStored < maxBytes * NOTE_SHARE) return;
      underWay = guarded().finally(() => {
        underWay = null;
      });
    },
    close: async () => {
      await underWay;
      await guarded();
    },
  };
}

function difference(now: CacheUse, before: CacheUse): CacheUse {
  return {
    hits: now.hits - before.hits,
    misses: now.misses - before.misses,
    damaged: now.damaged - before.damaged,
    stale: now.stale - before.stale,
    revalidated: now.revalidated - before.revalidated,
    bytesStored: now.bytesStored - before.bytesStored,
  };
}

async function noteUse(use: CacheUse, settings: CapKeeperSettings): Promise<void> {
  const { useLog, run, clock, maxBytes, backends } = settings;
  if (Object.values(use).every((number) => number === 0)) return;
  const at = () => new Date(clock.now()).toISOString();
  await useLog.note({ at: at(), run, ...use });
  if (use.bytesStored === 0 || !isLookDue(await useLog.size(), maxBytes, clock.now())) return;
  const began = at();
  const { left } = await trimCache(backends, {
    above: maxBytes * HIGH_SHARE,
    to: maxBytes * KEPT_SHARE,
    now: clock.now(),
  });
  await useLog.note({ at: at(), run, ...NO_USE, look: { at: began, bytes: left } });
}
