import { appendFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SlowQuery } from '../ports/query.ts';
import { makeFolder, readTextIfThere, replaceText } from '../store/disk/disk.ts';

/** Bytes at which the older half of the log goes. */
const MAX_BYTES = 262_144;

/** Characters of a statement that are kept. */
const MAX_SQL = 2000;

/** Queries that took long, as JSON lines in one file of bounded size. */
export interface SlowLog {
  /** Adds a line. Never fails: a log that cannot be written takes nothing from the answer. */
  note(query: SlowQuery): Promise<void>;
  /** All that are kept, slowest first; lines that are cut or altered are passed by. */
  read(): Promise<SlowQuery[]>;
}

/** The log at a path; its folder is made when the first line comes. */
export function createSlowLog(path: string, randomId: () => string): SlowLog {
  const add = async (query: SlowQuery): Promise<void> => {
    await makeFolder(dirname(path));
    const line = JSON.stringify({ ...query, sql: shortened(query.sql) });
    // One write per line: lines of several processes do not run into each other.
    await appendFile(path, `${line}\n`, { mode: 0o600 });
    if ((await stat(path)).size <= MAX_BYTES) return;
    const lines = (await readTextIfThere(path))?.split('\n') ?? [];
    await replaceText(path, lines.slice(Math.floor(lines.length / 2)).join('\n'), randomId());
  };
  return {
    note: (query) => add(query).catch(() => undefined),
    read: async () => {
      const lines = (await readTextIfThere(path))?.split('\n') ?? [];
      return lines.flatMap(parseLine).sort((a, b) => b.ms - a.ms);
    },
  };
}

function shortened(sql: string): string {
  return sql.length <= MAX_SQL ? sql : `${sql.slice(0, MAX_SQL)}…`;
}

function parseLine(line: string): SlowQuery[] {
  try {
    const value = JSON.parse(line) as Partial<SlowQuery> | null;
    const { at, ms, rows, outcome, sql } = value ?? {};
    const isWhole = typeof at === 'string' && typeof ms === 'number' && typeof sql === 'string';
    return isWhole ? [{ at, ms, rows: Number(rows ?? 0), outcome: outcome ?? 'answered', sql }] : [];
  } catch {
    return [];
  }
}
