import type { JobAnswer } from '../ports/jobs.ts';
import type { OutcomeRow } from '../ports/reporter.ts';
import type { Routed } from './route.ts';

/** Gives each id of a job its number below it: those that were given by their place, those that they lead to below them. */
export interface IdNumbers {
  /** The ids as given, each once, in the order of their numbers. */
  readonly given: readonly string[];
  /** An id that another one leads to. */
  found(of: string, id: string): void;
  /** What is kept of an answer. `id`: as it was understood, or, of one that was refused, as given. */
  answerOf(id: string, row: Pick<OutcomeRow, 'outcome' | 'key' | 'reason'>, errorClass?: string | null): JobAnswer;
}

/** Numbers the ids of a list; one that was given twice has one number. */
export function numberIds(routed: readonly Routed[]): IdNumbers {
  const given: string[] = [];
  const numbers = new Map<string, { below: string; text: string; last: number }>();
  for (const one of routed) {
    const name = one.id ?? one.given;
    if (numbers.has(name)) continue;
    given.push(one.given);
    numbers.set(name, { below: String(given.length), text: one.given, last: 0 });
  }
  return {
    given,
    found(of, id) {
      const above = numbers.get(of);
      if (above === undefined || numbers.has(id)) return;
      above.last += 1;
      numbers.set(id, { below: `${above.below}.${above.last}`, text: id, last: 0 });
    },
    answerOf(id, { outcome, key, reason }, errorClass = null) {
      const { below, text } = numbers.get(id) ?? { below: '', text: id };
      return { below, id: text, outcome, key, reason, errorClass };
    },
  };
}
