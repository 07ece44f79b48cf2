import { printable } from '../formats/printable.ts';
import type { CellineEvent } from '../ports/reporter.ts';
import { displayWidth, truncate } from './render/display-width.ts';
import { duration, plural } from './render/plural.ts';

/** What the progress bar knows. */
export interface ProgressState {
  /** What is counted: `ids`. */
  readonly noun: string;
  readonly total: number;
  readonly done: number;
  /** Of these: answers that wait for the end of a transaction, to be told then. */
  readonly stagedIds: number;
  /** Of the samples: those that wait for it. */
  readonly stagedSamples: number;
  /** Samples in the tables: they come before the ids that bring them are answered. */
  readonly samples: number;
  /** Attempts sent to archives. */
  readonly requests: number;
  /** Milliseconds: when it began. */
  readonly startedAt: number;
  /** Why nothing moves, until `until` (milliseconds). */
  readonly waiting: { readonly reason: string; readonly until: number } | null;
}

/** Milliseconds after which a rate says something. */
const SETTLED_MS = 1500;
/** Cells of the bar itself. */
const BAR = 20;

/** The state before anything happened. */
export function initialProgress(total: number, now: number, noun = 'ids'): ProgressState {
  return {
    noun,
    total,
    done: 0,
    stagedIds: 0,
    stagedSamples: 0,
    samples: 0,
    requests: 0,
    startedAt: now,
    waiting: null,
  };
}

/** The state after one more is done. */
export function afterStep(state: ProgressState): ProgressState {
  return { ...state, done: state.done + 1 };
}

/** The state after an event. Pure. */
export function afterEvent(state: ProgressState, event: CellineEvent, now: number): ProgressState {
  switch (event.type) {
    case 'started':
      // Ranges are counted by their members, which only the project knows.
      return { ...state, total: Math.max(event.ids, state.done) };
    case 'answered':
      if (state.stagedIds > 0) return { ...state, stagedIds: state.stagedIds - 1 };
      return { ...state, done: state.done + 1, total: Math.max(state.total, state.done + 1) };
    case 'staged':
      return afterStaging(state, event);
    case 'committed':
      return { ...state, samples: state.samples + event.samples - state.stagedSamples, stagedSamples: 0 };
    case 'request':
      return { ...state, requests: state.requests + 1 };
    case 'waiting':
      return { ...state, waiting: { reason: event.reason, until: now + event.ms } };
    default:
      return state;
  }
}

function afterStaging(state: ProgressState, staged: { readonly ids: number; readonly samples: number }): ProgressState {
  return {
    ...state,
    done: state.done + staged.ids,
    stagedIds: state.stagedIds + staged.ids,
    samples: state.samples + staged.samples,
    stagedSamples: state.stagedSamples + staged.samples,
  };
}

/** The line that shows the state: bar, ids done, samples, requests, rate, time left, reason for waiting; at most `columns` cells. Pure. */
export function progressLine(state: ProgressState, now: number, columns: number): string {
  const share = state.total === 0 ? 0 : Math.min(1, state.done / state.total);
  const filled = Math.floor(share * BAR);
  const seconds = (now - state.startedAt) / 1000;
  const parts: Parts = {
    bar: `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`,
    ids: `${state.done.toLocaleString('en-US')}/${state.total.toLocaleString('en-US')} ${state.noun}`,
    ...(state.samples === 0 ? {} : { samples: plural(state.samples, 'sample') }),
    requests: plural(state.requests, 'request'),
  };
  if (now - state.startedAt >= SETTLED_MS) {
    parts.rate = `${(state.requests / seconds).toFixed(1)}/s`;
    const left = secondsLeft(state, seconds);
    if (left !== null) parts.left = `${duration(left)} left`;
  }
  if (state.waiting !== null && state.waiting.until > now) parts.waiting = printable(state.waiting.reason);
  return joinToFit(parts, columns);
}

/** Share of the ids from which on the time that is left can be told; refused ids are answered at once and tell nothing. */
const TELLING_SHARE = 0.05;

function secondsLeft(state: ProgressState, seconds: number): number | null {
  const done = Math.max(state.done, Math.min(state.samples, state.total));
  // All samples may be there while ids still wait for their last commit.
  if (done >= state.total || done < state.total * TELLING_SHARE || done === 0) return null;
  return ((state.total - done) * seconds) / done;
}

/** What gives way, in this order, when a reason for waiting needs the room: bar, rate, requests, samples, time left. */
const GIVES_WAY: readonly (keyof Parts)[] = ['bar', 'rate', 'requests', 'samples', 'left'];

interface Parts {
  bar?: string;
  ids?: string;
  samples?: string;
  requests?: string;
  rate?: string;
  left?: string;
  waiting?: string;
}

function joinToFit(parts: Parts, columns: number): string {
  const shown = { ...parts };
  const line = () =>
    [shown.bar, shown.ids, shown.samples, shown.requests, shown.rate, shown.left, shown.waiting]
      .filter((part) => part !== undefined)
      .join('  ');
  for (const part of parts.waiting === undefined ? [] : GIVES_WAY) {
    if (displayWidth(line()) <= columns) break;
    delete shown[part];
  }
  return truncate(line(), columns);
}
