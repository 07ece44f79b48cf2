import type { CellineEvent, LogLevel, SavedRecord, WrittenEvent } from '../ports/reporter.ts';
import { isAtLeast, levelOf } from './level-of.ts';

/** What every line of one command says. */
export interface LogContext {
  /** The command line without the program and without secrets; empty for the library. */
  readonly command: string;
  /** `user@machine`. */
  readonly by: string;
  /** Id of the process, which tells the lines of several commands in one file apart. */
  readonly pid: number;
}

/** One line of the log: what is always there, then what the event knows more. */
export interface LogLine extends LogContext {
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly level: LogLevel;
  /** Type of the event: `written`, `exchange`, … */
  readonly event: string;
  readonly message: string;
  /** Number of the job; null without one. */
  readonly job: string | null;
  readonly handler: string | null;
  readonly operator: string | null;
  readonly [field: string]: unknown;
}

/** Makes lines of events. */
export interface LineMaker {
  /** The lines of an event, none when it matters less than the least level; `now` in milliseconds. */
  linesOf(event: CellineEvent, now: number): readonly LogLine[];
}

/** A maker for one command: it remembers the job that the command is, so that every line names it. */
export function createLineMaker(context: LogContext, least: LogLevel): LineMaker {
  const jobs = createJobMemory();
  return {
    linesOf(event, now) {
      const job = jobs.jobOf(event);
      const level = levelOf(event);
      if (!isAtLeast(level, least)) return [];
      const common = {
        time: new Date(now).toISOString(),
        level,
        event: event.type,
        ...context,
        job,
        handler: textField(event, 'handler'),
        operator: textField(event, 'operator'),
      };
      return partsOf(event).map(({ message, ...fields }) => ({ ...common, message, ...fields }));
    },
  };
}

/** Knows which job an event belongs to: the one it names, that of the id which it answers, or the command's own. */
function createJobMemory(): { jobOf(event: CellineEvent): string | null } {
  let whole: string | null = null;
  const children = new Map<string, string>();
  return {
    jobOf(event) {
      const own = textField(event, 'job');
      // A child (7.2) is the job of what is said about its id; the command is the whole of it (7).
      if (own !== null) whole = own.split('.')[0] ?? own;
      if (event.type === 'job' && event.parent !== null) children.set(event.task, event.job);
      if (event.type !== 'answered') return own ?? whole;
      const child = children.get(event.row.id);
      children.delete(event.row.id);
      return child ?? whole;
    },
  };
}

/** What a line says beyond that which all lines say. */
interface Part {
  readonly message: string;
  readonly [field: string]: unknown;
}

function partsOf(event: CellineEvent): readonly Part[] {
  switch (event.type) {
    case 'written':
      return writtenParts(event);
    case 'committed':
      return event.records.filter(isNew).map((record) => ({ message: savedText(record), ...record }));
    case 'staged':
      return [];
    default: {
      const {
        type: _type,
        level: _level,
        message: _message,
        job: _job,
        handler: _handler,
        operator: _operator,
        ...rest
      } = event as Readonly<Record<string, unknown>>;
      return [{ message: messageOf(event), ...rest }];
    }
  }
}

/** One line per table, so that `table` and `rows` can be filtered by; one for a change without rows. */
function writtenParts({ kind, sequence, by, tables }: WrittenEvent): readonly Part[] {
  const changed = Object.entries(tables);
  if (changed.length === 0) return [{ message: `${kind} ${sequence}`, kind, sequence, by, table: null, rows: 0 }];
  return changed.map(([table, { added, updated, removed }]) => ({
    message: `${kind} ${sequence}: ${table} +${added} ~${updated} -${removed}`,
    kind,
    sequence,
    by,
    table,
    rows: added + updated + removed,
    added,
    updated,
    removed,
  }));
}

/** True for a record that a commit changed. */
export function isNew({ change }: SavedRecord): boolean {
  return change !== 'unchanged';
}

/** `run SRR1 added`. */
export function savedText({ table, key, change }: SavedRecord): string {
  return `${table.slice(0, -1)} ${key} ${change}`;
}

function messageOf(event: CellineEvent): string {
  switch (event.type) {
    case 'log':
    case 'warning':
      return event.message;
    case 'waiting':
      return event.reason;
    case 'began':
      return event.command === '' ? 'library' : `celline ${event.command}`;
    case 'ended':
      return event.error === null ? `ended with ${event.exitCode}` : event.error.message;
    case 'started':
      return `${event.ids} ids`;
    case 'answered':
      return [`${event.row.id}: ${event.row.outcome}`, event.row.reason].filter(Boolean).join(', ');
    case 'exchange':
      return `${event.method} ${event.url}: ${event.error ?? event.status} (${event.bytes} B, cache ${event.cache})`;
    case 'job':
      return [`job ${event.job} (${event.task}) ${event.change}`, event.reason].filter(Boolean).join(': ');
    case 'request':
      return `attempt ${event.attempt}: ${event.url}`;
    case 'answer':
      return `${event.status} ${event.url}`;
    default:
      return event.type;
  }
}

function textField(event: CellineEvent, name: string): string | null {
  const value: unknown = Reflect.get(event, name);
  return typeof value === 'string' ? value : null;
}
