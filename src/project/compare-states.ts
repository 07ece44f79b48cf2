import type { Comparison, Difference, StateChoice, StatePoint } from '../ports/comparison.ts';
import type { Store } from '../ports/store.ts';
import type { TableName } from '../records/table.ts';
import { keysOfNames, storedName } from './stored-names.ts';

/** Which states to compare, and what of them. */
export interface DiffOptions {
  /** Default: before the last command that changed what archives said. */
  readonly from?: StateChoice;
  /** Default: the newest. */
  readonly to?: StateChoice;
  /** Any names of records: only these, with what is below them; default everything. */
  readonly ids?: readonly string[];
  /** Default: those that archives fill. */
  readonly tables?: readonly TableName[];
}

/** What differs between two states. */
export interface StateDiff {
  readonly from: StatePoint;
  readonly to: StatePoint;
  /** By table, key and column; read as they are asked for. */
  readonly differences: AsyncIterable<Difference>;
  /** Ids that no record has in either state. */
  readonly unknown: readonly string[];
}

/** Finds both states and compares them. A record that is gone is found by its key. */
export async function compareStates(options: DiffOptions, store: Store, comparison: Comparison): Promise<StateDiff> {
  const from = await comparison.find(options.from ?? 'before-last');
  const to = await comparison.find(options.to ?? 'newest');
  const tables = options.tables === undefined ? {} : { tables: options.tables };
  if (options.ids === undefined) {
    return { from, to, unknown: [], differences: comparison.diff(from.sequence, to.sequence, tables) };
  }
  const named = await keysOfNames(options.ids, store);
  const others = options.ids.filter((id) => !named.has(id));
  const known = await comparison.knows(from.sequence, to.sequence, others.map(storedName));
  const keys = [...new Set([...[...named.values()].flat(), ...known])];
  return {
    from,
    to,
    unknown: others.filter((id) => !known.has(storedName(id))),
    differences: comparison.diff(from.sequence, to.sequence, { ...tables, keys }),
  };
}
