import type { Condition, Store } from '../ports/store.ts';
import type { FileRow } from '../records/file.ts';
import type { ProjectRow } from '../records/project.ts';
import { inKeyPieces } from './key-pieces.ts';
import { keysOfNames } from './stored-names.ts';

/** Files of records, and the names that no record has. */
export interface NamedFiles {
  readonly files: readonly FileRow[];
  readonly unknown: readonly string[];
}

/**
 * The files of the records that have these names, in the order of the names. A sample stands for its runs, a project for
 * the runs of its samples. By default the best links of each run: generated FASTQ, else submitted files, else the SRA object.
 * With conditions the best of those that hold, so that index reads, which only submitted files have, are found by their role.
 * Look-ups are by the thousand, so that a list of 20,000 ids costs no more than a few of them.
 */
export async function listFiles(
  names: readonly string[],
  options: { readonly all?: boolean; readonly where?: readonly Condition[] },
  store: Store,
): Promise<NamedFiles> {
  const conditions = options.where ?? [];
  const keys = await keysOfNames(names, store);
  const parents = await parentsOf([...new Set(names.flatMap((name) => keys.get(name) ?? []))], store);
  const found = await inKeyPieces(parents, (piece) => store.getByParent('files', piece));
  const byParent = groupBy(found as unknown as FileRow[], (file) => file.parent);
  const files = parents.flatMap((parent) => {
    const own = (byParent.get(parent) ?? []).filter((file) => conditions.every((condition) => holds(file, condition)));
    if (options.all) return own.toSorted(inReadOrder);
    const best = bestFiles(own);
    return best.length > 0 || conditions.length === 0 ? best : openFiles(own);
  });
  return { files, unknown: names.filter((name) => !keys.has(name)) };
}

/** The records whose files belong to keys: themselves, the runs of samples, the samples and runs of projects; in order. */
async function parentsOf(keys: readonly string[], store: Store): Promise<string[]> {
  const projects = (await inKeyPieces(keys, (piece) => store.get('projects', piece))) as unknown as ProjectRow[];
  const members = new Map<string, readonly string[]>();
  for (const project of projects) members.set(project.key, await samplesOf(project, store));
  const samples = keys.flatMap((key) => members.get(key) ?? [key]);
  const runs = await inKeyPieces([...new Set(samples)], (piece) => store.getByParent('runs', piece));
  const bySample = groupBy(runs, (run) => String(run.parent));
  const ofSample = (sample: string) => [
    sample,
    ...(bySample.get(sample) ?? []).map((run) => String(run.key)).toSorted(),
  ];
  const parents = keys.flatMap((key) => {
    const own = members.get(key);
    return own === undefined ? ofSample(key) : [key, ...own.flatMap(ofSample)];
  });
  return [...new Set(parents)];
}

async function samplesOf(project: ProjectRow, store: Store): Promise<string[]> {
  const listed = project.children?.split(',').filter(Boolean) ?? [];
  if (listed.length > 0) return listed;
  const keys: string[] = [];
  const where = [{ column: 'parent', operator: '=' as const, value: project.key }];
  for await (const rows of store.select({ table: 'samples', where, columns: ['key'] })) {
    keys.push(...rows.map((row) => String(row.key)));
  }
  return keys;
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

/** The best links of one run, never mixed; empty for a run without an address that anybody may read. */
export function bestFiles(files: readonly FileRow[]): FileRow[] {
  const open = openFiles(files);
  const generated = open.filter((file) => file.origin === 'generated' && file.format === 'fastq');
  if (generated.length > 0) return generated;
  const submitted = open.filter((file) => file.origin === 'submitted');
  if (submitted.length > 0) return submitted;
  return open.filter((file) => file.role === 'sra').slice(0, 1);
}

function openFiles(files: readonly FileRow[]): FileRow[] {
  return files.filter((file) => file.urls.length > 0).toSorted(inReadOrder);
}

/** The unpaired file first, then mates by number, then by name: the order in which ENA lists them. */
function inReadOrder(a: FileRow, b: FileRow): number {
  return (a.read_number ?? 0) - (b.read_number ?? 0) || (a.name < b.name ? -1 : 1);
}

function holds(file: FileRow, condition: Condition): boolean {
  const value = (file as unknown as Record<string, unknown>)[condition.column];
  return condition.operator === '=' && value !== null && String(value) === condition.value;
}
