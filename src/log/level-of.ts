import type { CellineEvent, JobEvent, LogLevel } from '../ports/reporter.ts';
import { LOG_LEVELS } from '../ports/reporter.ts';
import { GOOD_OUTCOMES } from '../records/asked.ts';

/** What a job comes to that somebody should look at. */
const BAD_ENDS: ReadonlySet<JobEvent['change']> = new Set(['partial', 'failed', 'interrupted']);

/** How much an event matters. What the cache answered and what is counted elsewhere is for `debug`. Pure. */
export function levelOf(event: CellineEvent): LogLevel {
  switch (event.type) {
    case 'log':
      return event.level;
    case 'warning':
      return 'warn';
    case 'ended':
      return event.error === null ? 'info' : 'error';
    case 'answered':
      return GOOD_OUTCOMES.has(event.row.outcome) || event.row.outcome === 'not_tried' ? 'info' : 'warn';
    case 'exchange':
      if (event.error !== null) return 'warn';
      return event.sent > 0 ? 'info' : 'debug';
    case 'job':
      if (event.parent !== null || event.change === 'progress') return 'debug';
      return BAD_ENDS.has(event.change) ? 'warn' : 'info';
    case 'written':
      return event.kind === 'compaction' || Object.keys(event.tables).length === 0 ? 'debug' : 'info';
    case 'request':
    case 'answer':
    case 'committed':
    case 'staged':
      return 'debug';
    default:
      return 'info';
  }
}

/** True when a level is at least another one. Pure. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}
