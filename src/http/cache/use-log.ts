import { join } from 'node:path';
import { createLineLog } from '../../disk/line-log.ts';
import type { CacheUse, CacheUseRecord } from '../../ports/cache-care.ts';

/** Full files that are kept: each has the lines of about 1,500 commands. */
const KEPT_FILES = 3;

/** No use at all. */
export const NO_USE: CacheUse = { hits: 0, misses: 0, damaged: 0, stale: 0, revalidated: 0, bytesStored: 0 };

/** What one process made of the cache since its line before. */
interface UseLine extends CacheUse {
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Lines of one command have the same. */
  readonly run: string;
  /** A look at the size of all bodies: when it began (ISO 8601 UTC), and the bytes that it found or left. */
  readonly look?: { readonly at: string; readonly bytes: number };
}

/** What is known of the size of the cache. */
export interface KnownSize {
  /** The last look; null when none is on record. `at` in milliseconds since 1970-01-01 UTC. */
  readonly look: { readonly at: number; readonly bytes: number } | null;
  /** Bytes stored since, by whichever process. */
  readonly storedSince: number;
}

/** How the cache was used, by all processes: lines that are only added, so that none loses what another wrote. */
export interface UseLog {
  /** Adds a line. Never fails: what cannot be written is remembered by this process alone. */
  note(line: UseLine): Promise<void>;
  read(): Promise<{ readonly last: CacheUseRecord | null; readonly all: CacheUseRecord | null }>;
  size(): Promise<KnownSize>;
}

/** The log in a folder, made at the first line; null: it lives as long as the process. */
export function createUseLog(folder: string | null): UseLog {
  const own: UseLine[] = [];
  const log = folder === null ? null : createLineLog(join(folder, 'now.ndjson'), KEPT_FILES);
  const lines = async () => [...((await log?.lines()) ?? []).flatMap(parseLine), ...own];
  return {
    note: async (line) => {
      const isKept = await log?.add(JSON.stringify(line));
      if (isKept !== true) own.push(line);
    },
    read: async () => {
      const all = await lines();
      const last = all.at(-1)?.run;
      return { last: sumUp(all.filter(({ run }) => run === last)), all: sumUp(all) };
    },
    size: async () => sizeOf(await lines()),
  };
}

const NUMBERS = Object.keys(NO_USE) as readonly (keyof CacheUse)[];

/** What is cut or altered is passed by. */
function parseLine(text: string): UseLine[] {
  try {
    const line = JSON.parse(text) as UseLine;
    const isWhole = NUMBERS.every((name) => Number.isFinite(line[name])) && !Number.isNaN(Date.parse(line.at));
    return isWhole && typeof line.run === 'string' ? [line] : [];
  } catch {
    return [];
  }
}

function sumUp(lines: readonly UseLine[]): CacheUseRecord | null {
  const [first] = lines;
  if (first === undefined) return null;
  const sum: Record<keyof CacheUse, number> = { ...NO_USE };
  for (const line of lines) for (const name of NUMBERS) sum[name] += line[name];
  return { ...sum, since: first.at, commands: new Set(lines.map(({ run }) => run)).size };
}

/** What was stored while the look went on counts as stored since: rather once too often than not at all. */
function sizeOf(lines: readonly UseLine[]): KnownSize {
  const look = lines.findLast((line) => line.look !== undefined)?.look;
  const since = look === undefined ? lines : lines.filter(({ at }) => at >= look.at);
  const storedSince = since.reduce((sum, { bytesStored }) => sum + bytesStored, 0);
  return { look: look === undefined ? null : { at: Date.parse(look.at), bytes: look.bytes }, storedSince };
}
