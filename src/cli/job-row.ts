import type { PrintColumn, PrintRow } from '../formats/cell.ts';
import type { JobFilter, JobInfo } from '../ports/jobs.ts';
import type { App } from './app-type.ts';
import { isSet, optionalText } from './flag-values.ts';
import { readSince } from './read-amount.ts';

/** Columns of a job, all of them. */
export const JOB_COLUMNS: readonly PrintColumn[] = [
  ...['number', 'parent', 'task', 'title', 'state', 'outcome', 'key', 'reason', 'error_class'].map((name) => ({
    name,
  })),
  ...['started_at', 'ended_at', 'by', 'host', 'pid', 'command', 'options'].map((name) => ({ name })),
  ...['ids', 'done', 'requests', 'cache_hits', 'bytes', 'rows_added', 'rows_updated', 'rows_removed'].map((name) => ({
    name,
    numeric: true,
  })),
  { name: 'uuid' },
];

/** Columns of a list for people. */
export const LIST_COLUMNS: readonly PrintColumn[] = [
  { name: 'number' },
  { name: 'began' },
  { name: 'state' },
  { name: 'ids', numeric: true },
  { name: 'rows' },
  { name: 'requests', numeric: true },
  { name: 'what', wraps: true },
];

/** Columns of a tree for people. */
export const TREE_COLUMNS: readonly PrintColumn[] = [
  { name: 'number' },
  { name: 'task' },
  { name: 'state' },
  { name: 'outcome' },
  { name: 'key' },
  { name: 'reason', wraps: true },
];

/** A job as a row: its columns, and those for people. */
export function jobPrintRow(job: JobInfo, isTree = false): PrintRow {
  const depth = job.number.split('.').length - 1;
  return {
    ...job,
    number: isTree ? `${'  '.repeat(depth)}${job.number}` : job.number,
    ...(isTree ? { task: job.task === 'id' ? job.title : job.task } : {}),
    began: job.started_at?.slice(0, 16).replace('T', ' ') ?? null,
    rows: rowsText(job),
    what: job.command === null || job.command === '' ? job.title : job.command,
  } as PrintRow;
}

/** `+3 ~1`: rows added, changed and removed; null when it wrote none. */
function rowsText({ rows_added: added, rows_updated: updated, rows_removed: removed }: JobInfo): string | null {
  const parts = [
    [added, '+'],
    [updated, '~'],
    [removed, '-'],
  ] as const;
  const text = parts.flatMap(([count, sign]) => (count === null || Number(count) === 0 ? [] : [`${sign}${count}`]));
  return text.length === 0 ? null : text.join(' ');
}

/** Green for what is done, yellow for what may go on, red for what failed. */
export function jobColour({ stdout }: App): (column: string, row: PrintRow) => ((text: string) => string) | undefined {
  const { good, warning, bad } = stdout.paint;
  const paints: Readonly<Record<string, (text: string) => string>> = {
    finished: good,
    failed: bad,
    partial: warning,
    interrupted: warning,
  };
  return (column, row) => (column === 'state' ? paints[String(row.state)] : undefined);
}

/** `--failed` and `--since`, which is a date or an age. */
export function jobFilter(flags: Readonly<Record<string, unknown>>): { failed: boolean; since: string | null } {
  const { since = null } = optionalText(flags, 'since');
  // What it cannot be is said before anything is opened.
  if (since !== null) readSince(since, 0);
  return { failed: isSet(flags, 'failed'), since };
}

/** What to ask of the project at the time `now`. */
export function toFilter({ failed, since }: ReturnType<typeof jobFilter>, now: number, limit?: number): JobFilter {
  return {
    ...(failed ? { failed } : {}),
    ...(since === null ? {} : { since: readSince(since, now) }),
    ...(limit === undefined ? {} : { limit }),
  };
}
