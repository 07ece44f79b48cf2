import { StoreError } from '../../errors/store-error.ts';
import {
  followingManifest,
  type Manifest,
  type ManifestKind,
  type Segment,
  segmentsOf,
  type TableState,
} from '../manifest/manifest.ts';
import { refuseOlder } from '../manifest/older-version.ts';
import { areThere, type CommitContext } from '../parquet/commit.ts';

/** Tables that are to be the newest, and what they are for. */
export interface Replacement {
  readonly kind: ManifestKind;
  /** Version of the new manifest, of a migration; default the newest. Without it, tables of an older version are refused. */
  readonly format?: number;
  /** The tables, given the newest manifest; asked again after each lost race. Null: there is nothing to do (any more). */
  decide(newest: Manifest): Promise<Manifest['tables'] | null>;
}

const MAX_ATTEMPTS = 200;

/**
 * Makes other tables the newest with one manifest, against concurrent writers. The epoch grows, so that commits under way
 * merge anew. Gives the new manifest, or null when there was nothing to do.
 */
export async function replaceTables(
  context: CommitContext,
  { kind, format, decide }: Replacement,
): Promise<Manifest | null> {
  const commit = context.randomId();
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const newest = await context.log.newest();
    if (format === undefined) refuseOlder(newest, context.layout.tables);
    const decided = await decide(newest);
    if (decided === null) return null;
    const tables = withGrowingEdits(newest, decided);
    const at = new Date(context.clock.now()).toISOString();
    const made = { ...context.author, kind, job: null, tables: countDifferences(newest, tables) };
    const next = followingManifest(
      newest,
      { commit, at, made, tables, ...(format === undefined ? {} : { format }) },
      true,
    );
    if (await context.log.append(next)) return next;
    await refuseMissing(context, newest, next);
  }
  throw new StoreError('lock', `Other writers were faster ${MAX_ATTEMPTS} times in a row.`, {
    hint: 'Run it again when fewer commands write to these tables.',
  });
}

/** A process that stood still for an hour may find that garbage collection took what it made. */
async function refuseMissing(context: CommitContext, newest: Manifest, next: Manifest): Promise<void> {
  const known = new Set(allSegments(newest).map(({ file }) => file));
  const made = allSegments(next).filter(({ file }) => !known.has(file));
  if (await areThere(context, made)) return;
  throw new StoreError(
    'operational',
    'What was made for this is not there any more: the command stood still too long.',
    {
      hint: 'Nothing was changed. Run it again.',
    },
  );
}

function allSegments({ tables }: Manifest): readonly Segment[] {
  return Object.values(tables).flatMap(segmentsOf);
}

/** Tables that differ from the newest get more edits than they ever had: their plain tables are behind. */
function withGrowingEdits(newest: Manifest, tables: Manifest['tables']): Manifest['tables'] {
  const edits = Math.max(0, ...Object.values(newest.tables).map((state) => state.edits));
  const grown = Object.entries(tables).map(([name, state]): [string, TableState] => {
    const before = newest.tables[name];
    const isSame = before !== undefined && hasSameRows(before, state);
    return [name, isSame ? state : { ...state, edits: Math.max(edits, state.edits) + 1 }];
  });
  return Object.fromEntries(grown);
}

/** True when the plain table of both is the same: the same segments with the same columns. */
function hasSameRows(a: TableState, b: TableState): boolean {
  const files = (state: TableState): string => JSON.stringify([state.extra, segmentsOf(state).map(({ file }) => file)]);
  return a === b || files(a) === files(b);
}

/** A replacement does not know single rows: the history shows by how many a table grew or shrank. */
function countDifferences(newest: Manifest, tables: Manifest['tables']) {
  const names = new Set([...Object.keys(newest.tables), ...Object.keys(tables)]);
  const counts: Record<string, { added: number; updated: number; removed: number }> = {};
  for (const name of names) {
    const growth = (tables[name]?.rows ?? 0) - (newest.tables[name]?.rows ?? 0);
    if (growth !== 0) counts[name] = { added: Math.max(0, growth), updated: 0, removed: Math.max(0, -growth) };
  }
  return counts;
}
