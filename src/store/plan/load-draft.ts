import type { Row, TableName } from '../../records/table.ts';
import type { CollectedChange } from './collect-change.ts';
import { createDraft, type Draft, draftRow, draftRows, takeStored } from './draft.ts';
import { jobNumber } from './plan-job.ts';
import { findRenames, type Rename, referencesTo } from './rekey.ts';

/** Reads stored rows; each back end has one. `columns` names those that are needed, the primary key among them; default all. */
export interface StoredRows {
  /** Rows whose first primary-key column is one of these values. */
  byKey(table: TableName, keys: readonly string[], columns?: readonly string[]): Promise<Row[]>;
  /** Rows whose column, one of `columns`, holds one of these values; may look at the whole column. */
  byColumn(table: TableName, column: string, values: readonly string[], columns?: readonly string[]): Promise<Row[]>;
  /** Files of these parents. */
  filesOf(parents: readonly string[], columns?: readonly string[]): Promise<Row[]>;
}

/** What a change needs to see of the store before it can be planned, and the re-keyings that it means. */
export interface LoadedDraft {
  readonly draft: Draft;
  readonly renames: readonly Rename[];
}

async function look(draft: Draft, stored: StoredRows, table: TableName, keys: Iterable<string>): Promise<void> {
  const looked = draft.looked[table];
  const wanted = [...new Set(keys)].filter((key) => !looked.has(key));
  for (const key of wanted) looked.add(key);
  if (wanted.length > 0) takeStored(draft, table, await stored.byKey(table, wanted));
}

async function lookFiles(draft: Draft, stored: StoredRows, parents: Iterable<string>): Promise<void> {
  const wanted = [...new Set(parents)].filter((parent) => !draft.fileParents.has(parent));
  for (const parent of wanted) draft.fileParents.add(parent);
  if (wanted.length > 0) takeStored(draft, 'files', await stored.filesOf(wanted));
}

async function scan(
  draft: Draft,
  stored: StoredRows,
  table: TableName,
  column: string,
  values: readonly string[],
): Promise<void> {
  if (values.length === 0) return;
  draft.scanned.add(table);
  takeStored(draft, table, await stored.byColumn(table, column, values));
}

function* removedKeys(change: CollectedChange, table: TableName): Iterable<string> {
  for (const entry of change.remove) if (entry.table === table) yield entry.key;
}

function* fileParents(change: CollectedChange): Iterable<string> {
  for (const patch of change.patches.files.values()) yield String(patch.parent);
  for (const set of change.complete) if (set.table === 'files') yield set.parent;
}

function runParents(change: CollectedChange): string[] {
  return change.complete.flatMap((set) => (set.table === 'runs' ? [set.parent] : []));
}

/** Jobs whose rows the change writes; of a job that has no number yet there is none. */
function namedJobs({ job }: CollectedChange): string[] {
  const others = job?.others?.map(({ number }) => number) ?? [];
  const { number = null, rows = [] } = job ?? {};
  return number === null ? others : [...others, ...rows.map(({ below }) => jobNumber(number, below))];
}

function jobWithFiles({ job }: CollectedChange): string[] {
  if (job === null || job.number === null) return [];
  return job.files.length > 0 || job.wrote !== undefined ? [jobNumber(job.number, job.self)] : [];
}

/** The first look: every record that the change names. */
async function lookAtNamed(draft: Draft, stored: StoredRows, change: CollectedChange): Promise<void> {
  const { patches, aliases } = change;
  const linkKeys = [...change.links.values()].map((link) => link.key);
  const records = (['samples', 'projects'] as const).map((table) =>
    look(draft, stored, table, [
      ...patches[table].keys(),
      ...aliases[table].keys(),
      ...removedKeys(change, table),
      ...(table === 'samples' ? runParents(change) : []),
    ]),
  );
  await Promise.all([
    ...records,
    look(draft, stored, 'runs', [...patches.runs.keys(), ...removedKeys(change, 'runs')]),
    look(draft, stored, 'links', [...linkKeys, ...removedKeys(change, 'links')]),
    look(draft, stored, 'files', removedKeys(change, 'files')),
    look(draft, stored, 'annotations', [
      ...change.annotations.map((row) => row.key),
      ...removedKeys(change, 'annotations'),
    ]),
    look(draft, stored, 'jobs', [...namedJobs(change), ...removedKeys(change, 'jobs')]),
    look(draft, stored, 'job_files', [...jobWithFiles(change), ...removedKeys(change, 'job_files')]),
    look(draft, stored, 'asked', [...change.asked.map((row) => row.id), ...removedKeys(change, 'asked')]),
    lookFiles(draft, stored, fileParents(change)),
  ]);
  await lookAtRunsOf(draft, stored, runParents(change));
}

/**
 * Stored runs of samples whose runs a change holds completely. A sample names its runs, so that nothing is searched; one
 * that is not stored has none, one without names of runs is searched for.
 */
async function lookAtRunsOf(draft: Draft, stored: StoredRows, parents: readonly string[]): Promise<void> {
  const named: string[] = [];
  const searched: string[] = [];
  for (const parent of parents) {
    const sample = draftRow(draft, 'samples', parent);
    if (typeof sample?.children === 'string') named.push(...sample.children.split(','));
    else if (sample !== null) searched.push(parent);
  }
  await look(draft, stored, 'runs', named);
  await scan(draft, stored, 'runs', 'parent', searched);
}

/** The second look: what hangs on records that get a new key. */
async function lookAtRenamed(draft: Draft, stored: StoredRows, renames: readonly Rename[]): Promise<void> {
  for (const table of ['samples', 'projects'] as const) {
    const keys = renames.filter((rename) => rename.table === table).map((rename) => rename.from);
    if (keys.length === 0) continue;
    for (const reference of referencesTo(table)) await scan(draft, stored, reference.table, reference.column, keys);
    const renamed = renames.filter((rename) => rename.table === table).map((rename) => rename.to);
    // Files and notes that are there under the new key already count.
    await lookFiles(draft, stored, [...keys, ...renamed]);
    await look(draft, stored, 'links', keys);
    await look(draft, stored, 'annotations', [...keys, ...renamed]);
    if (table === 'projects') continue;
    const parents = keys.map((key) => draftRow(draft, 'samples', key)?.parent);
    await look(
      draft,
      stored,
      'projects',
      parents.filter((parent) => typeof parent === 'string'),
    );
  }
}

/** The third look: files and links of runs that a complete set of runs will remove. */
async function lookAtVanishing(
  draft: Draft,
  stored: StoredRows,
  change: CollectedChange,
  renames: readonly Rename[],
): Promise<void> {
  const parents = new Set(runParents(change));
  if (parents.size === 0) return;
  // Runs that are stored under the old key of their sample are a part of its set, too.
  for (const { from, to } of renames) if (parents.has(to)) parents.add(from);
  const vanishing = draftRows(draft, 'runs', (run) => parents.has(String(run.parent)))
    .map((run) => String(run.key))
    .filter((key) => !change.patches.runs.has(key));
  await lookFiles(draft, stored, vanishing);
  await look(draft, stored, 'links', vanishing);
}

/** Reads what a change needs to see of the store. */
export async function loadDraft(stored: StoredRows, change: CollectedChange): Promise<LoadedDraft> {
  const draft = createDraft();
  await lookAtNamed(draft, stored, change);
  const renames = findRenames(draft, change);
  await lookAtRenamed(draft, stored, renames);
  await lookAtVanishing(draft, stored, change, renames);
  return { draft, renames };
}
