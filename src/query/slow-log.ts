import { createLineLog } from '../disk/line-log.ts';
import type { SlowQuery } from '../ports/query.ts';

/** Characters of a statement that are kept. */
const MAX_SQL = 2000;

/** Full files that are kept beside the current one. */
const KEPT_FILES = 1;

/** Queries that took long, as JSON lines. */
export interface SlowLog {
  /** Adds a line. Never fails: a log that cannot be written takes nothing from the answer. */
  note(query: SlowQuery): Promise<void>;
  /** All that are kept, slowest first; lines that are cut or altered are passed by. */
  read(): Promise<SlowQuery[]>;
}

/** The log at a path; its folder is made when the first line comes. */
export function createSlowLog(path: string): SlowLog {
  const log = createLineLog(path, KEPT_FILES);
  return {
    note: async (query) => {
      await log.add(JSON.stringify({ ...query, sql: shortened(query.sql) }));
    },
    read: async () => (await log.lines()).flatMap(parseLine).sort((a, b) => b.ms - a.ms),
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
