import type { HandlerOutcome } from '../ports/handler.ts';
import type { OutcomeRow } from '../ports/reporter.ts';
import type { CommitReport, RecordChange } from '../ports/store.ts';
import type { RecordUnit } from '../records/record-unit.ts';

/** Counts what each asked id brought, and knows what became of each record. */
export interface Tally {
  /** A unit is on its way that these ids bring. */
  count(unit: RecordUnit, of: readonly string[]): void;
  /** What an id brought counts for another one too (SubSeries for their SuperSeries). */
  inherit(parent: string, child: string): void;
  committed(report: CommitReport): void;
  /** The printed form of an answer: good ones say added, updated or unchanged, as the tables saw it. */
  rowOf(outcome: HandlerOutcome): Omit<OutcomeRow, 'id'>;
}

interface Brought {
  runs: number;
  files: number;
  /** Keys of the records; shared by reference with nobody. */
  keys: Set<string>;
}

/** An empty tally. `naming`: say which columns changed. */
export function createTally(naming: boolean): Tally {
  const brought = new Map<string, Brought>();
  const changes = new Map<string, RecordChange>();
  const columns = new Map<string, readonly string[]>();
  const entry = (id: string): Brought => {
    const known = brought.get(id) ?? { runs: 0, files: 0, keys: new Set<string>() };
    brought.set(id, known);
    return known;
  };
  return {
    count(unit, of) {
      for (const id of of) {
        const own = entry(id);
        own.runs += unit.runs.length;
        own.files += unit.files.length;
        for (const record of [...unit.samples, ...unit.runs, ...unit.projects]) own.keys.add(record.key);
      }
    },
    inherit(parent, child) {
      const from = brought.get(child);
      if (from === undefined) return;
      const own = entry(parent);
      own.runs += from.runs;
      own.files += from.files;
      for (const key of from.keys) own.keys.add(key);
    },
    committed(report) {
      for (const [key, change] of report.changes) if (isMore(change, changes.get(key))) changes.set(key, change);
      for (const [key, names] of report.changedColumns) columns.set(key, names);
    },
    rowOf(outcome) {
      const own = brought.get(outcome.id);
      const row = { key: outcome.key, runs: own?.runs ?? 0, files: own?.files ?? 0 };
      if (outcome.outcome !== 'added') return { ...row, outcome: outcome.outcome, reason: outcome.reason };
      const keys = new Set([...(own?.keys ?? []), ...(outcome.key?.split(',') ?? [])]);
      const change = changeOf(outcome.key, keys, changes);
      return { ...row, outcome: change, reason: outcome.reason ?? changedText(change, naming, keys, columns) };
    },
  };
}

/** Added beats updated beats unchanged, when a record is met in several commits. */
function isMore(change: RecordChange, known: RecordChange | undefined): boolean {
  const rank = { unchanged: 0, updated: 1, added: 2 };
  return known === undefined || rank[change] > rank[known];
}

/** `added` when the record that answers is new, `updated` when it or anything below it is new or changed. */
function changeOf(
  key: string | null,
  keys: ReadonlySet<string>,
  changes: ReadonlyMap<string, RecordChange>,
): RecordChange {
  if (key?.split(',').some((one) => changes.get(one) === 'added')) return 'added';
  for (const one of keys) if ((changes.get(one) ?? 'unchanged') !== 'unchanged') return 'updated';
  return 'unchanged';
}

function changedText(
  change: RecordChange,
  naming: boolean,
  keys: ReadonlySet<string>,
  columns: ReadonlyMap<string, readonly string[]>,
): string | null {
  if (!naming || change !== 'updated') return null;
  const names = new Set([...keys].flatMap((key) => columns.get(key) ?? []));
  return names.size === 0 ? null : `changed: ${[...names].join(', ')}`;
}
