import type { Change, CommitReport } from '../../ports/store.ts';
import { emptyTable, followingManifest, type Manifest, type Segment, type TableState } from '../manifest/manifest.ts';
import { collectChange } from '../plan/collect-change.ts';
import { stagedToMerge } from '../plan/merge-staged.ts';
import { sumWritten } from '../plan/sum-written.ts';
import { type CommitContext, type Footprint, lastJobAfter, type Prepared, prepare } from './commit.ts';
import { mergeDeltas } from './compact.ts';
import { uniteColumns } from './plugin-columns.ts';

/** What is remembered of a staged change besides its rows. */
export interface StagedChange {
  readonly report: CommitReport;
  readonly footprint: Footprint;
}

/** The private state of a transaction: a chain of manifests that nobody else sees, of which only the last one is kept. */
export interface Chain {
  /** The published manifest that the chain begins with. */
  readonly began: Manifest;
  /** The private manifest: `began` with the staged segments. */
  current: Manifest;
  readonly changes: StagedChange[];
  /** Every segment that was written, also those that were merged into others since. */
  readonly written: Segment[];
}

/** A chain without changes. */
export function beginChain(began: Manifest): Chain {
  return { began, current: began, changes: [], written: [] };
}

/** Segments of a table that are in the private manifest only: they follow those of the published one. */
function stagedOf(chain: Chain, name: string): readonly Segment[] {
  const before = chain.began.tables[name]?.deltas.length ?? 0;
  return chain.current.tables[name]?.deltas.slice(before) ?? [];
}

function advance(chain: Chain, prepared: Prepared): void {
  const tables: Record<string, TableState> = { ...chain.current.tables };
  for (const edit of prepared.edits) {
    const segment = prepared.segments.get(edit.name);
    if (segment === undefined) continue;
    const state = tables[edit.name] ?? emptyTable(edit.table);
    tables[edit.name] = {
      ...state,
      extra: uniteColumns(state.extra, prepared.extra.get(edit.name) ?? []),
      rows: state.rows + edit.growth,
      edits: state.edits + segment.rows,
      ...lastJobAfter(edit, prepared),
      deltas: [...state.deltas, segment],
    };
    chain.written.push(segment);
  }
  chain.current = { ...chain.current, tables };
  const report = { sequence: chain.began.sequence, ...prepared.report };
  chain.changes.push({ report, footprint: prepared.footprint });
}

/** Merges a change with the rows of the private manifest, writes what differs and advances. After an error the chain is as before. */
export async function stageOn(context: CommitContext, chain: Chain, change: Change): Promise<CommitReport> {
  const prepared = await prepare(context, collectChange(change, context.pluginColumns), chain.current);
  advance(chain, prepared);
  await mergeStaged(context, chain).catch(() => undefined);
  return { sequence: chain.began.sequence, ...prepared.report };
}

/** Many small segments of a table become one. That it fails costs speed only: the segments are there as they were. */
async function mergeStaged(context: CommitContext, chain: Chain): Promise<void> {
  for (const [name, state] of Object.entries(chain.current.tables)) {
    const inputs = stagedToMerge(stagedOf(chain, name));
    if (inputs.length === 0) continue;
    const replacement = await mergeDeltas(context, name, state, inputs);
    // The inputs stay until the end: a savepoint may come back to them.
    chain.written.push(...replacement.deltas);
    const deltas = [...state.deltas.slice(0, -inputs.length), ...replacement.deltas];
    chain.current = { ...chain.current, tables: { ...chain.current.tables, [name]: { ...state, deltas } } };
  }
}

/** The manifest that shows `newest` with everything that was staged. */
export function manifestOn(context: CommitContext, newest: Manifest, chain: Chain, commit: string): Manifest {
  const sequence = newest.sequence + 1;
  const tables: Record<string, TableState> = { ...newest.tables };
  for (const [name, mine] of Object.entries(chain.current.tables)) {
    const staged = stagedOf(chain, name);
    if (staged.length === 0) continue;
    const began = chain.began.tables[name];
    const state = tables[name] ?? emptyTable(mine.table);
    tables[name] = {
      ...state,
      extra: uniteColumns(state.extra, mine.extra),
      rows: state.rows + mine.rows - (began?.rows ?? 0),
      edits: state.edits + mine.edits - (began?.edits ?? 0),
      ...(mine.lastJob === began?.lastJob || mine.lastJob === undefined ? {} : { lastJob: mine.lastJob }),
      deltas: [...state.deltas, ...staged.map((segment) => ({ ...segment, from: sequence, to: sequence }))],
    };
  }
  const reports = chain.changes.map(({ report }) => report);
  const job = reports.findLast((report) => report.job !== null)?.job ?? null;
  const made = {
    ...context.author,
    kind: 'commit' as const,
    job,
    tables: sumWritten(reports.map(({ written }) => written)),
  };
  return followingManifest(newest, { commit, at: new Date(context.clock.now()).toISOString(), made, tables });
}

/** The segments that a manifest names. */
export function liveFiles(manifest: Manifest): Set<string> {
  const states = Object.values(manifest.tables);
  return new Set(states.flatMap(({ base, deltas }) => [...base, ...deltas].map((segment) => segment.file)));
}

/** True when no change wrote anything. */
export function isSame(chain: Chain): boolean {
  return Object.keys(chain.current.tables).every((name) => stagedOf(chain, name).length === 0);
}
