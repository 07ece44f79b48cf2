import type { SlowQuery } from '../ports/query.ts';
import { createBoundedLog } from '../store/disk/bounded-log.ts';

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
  const log = createBoundedLog(path, randomId);
  return {
    note: (query) => log.add(JSON.stringify({ ...query, sql: shortened(query.sql) })),
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
