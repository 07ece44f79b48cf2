import type { Condition, Store } from '../ports/store.ts';
import type { FileRow } from '../records/file.ts';
import type { ProjectRow } from '../records/project.ts';
import { keysOfNames } from './stored-names.ts';

/** Keys of one look-up; a few thousand is what the store takes at once. */
const KEYS_AT_A_TIME = 1000;

/** Files of records, and the names that no record has. */
export interface NamedFiles {
  readonly files: readonly FileRow[];
  readonly unknown: readonly string[];
}

/**
 * The files of the records that have these names, in the order of the names. A sample stands for its runs, a project for
 * the runs of its samples. By default the best links of each run: generated FASTQ, else submitted files, else the SRA object.
 */
export async function listFiles(
  names: readonly string[],
  options: { readonly all?: boolean; readonly where?: readonly Condition[] },
  store: Store,
): Promise<NamedFiles> {
  const keys = await keysOfNames(names, store);
  const files: FileRow[] = [];
  const parents = new Set<string>();
  for (const name of names)
    for (const key of keys.get(name) ?? []) for (const parent of await parentsOf(key, store)) parents.add(parent);
  for (const piece of pieces([...parents])) {
    const found = (await store.getByParent('files', piece)) as unknown as FileRow[];
    const byParent = new Map<string, FileRow[]>(piece.map((parent) => [parent, []]));
    for (const file of found) byParent.get(file.parent)?.push(file);
    for (const own of byParent.values()) files.push(...(options.all ? own.toSorted(inReadOrder) : bestFiles(own)));
  }
  const wanted = files.filter((file) => (options.where ?? []).every((condition) => holds(file, condition)));
  return { files: wanted, unknown: names.filter((name) => !keys.has(name)) };
}

/** The records whose files belong to a key: itself, the runs of a sample, the samples and runs of a project. */
async function parentsOf(key: string, store: Store): Promise<string[]> {
  const [project] = (await store.get('projects', [key])) as unknown as ProjectRow[];
  const samples = project === undefined ? [key] : await samplesOf(project, store);
  const parents = project === undefined ? [] : [key];
  for (const piece of pieces(samples)) {
    const runs = await store.getByParent('runs', piece);
    const bySample = new Map<string, string[]>(piece.map((sample) => [sample, []]));
    for (const run of runs) bySample.get(String(run.parent))?.push(String(run.key));
    for (const [sample, own] of bySample) parents.push(sample, ...own.toSorted());
  }
  return parents;
}

async function samplesOf(project: ProjectRow, store: Store): Promise<string[]> {
  const listed = project.children?.split(',').filter(Boolean) ?? [];
  if (listed.length > 0) return listed;
  const keys: string[] = [];
  const where = [{ column: 'parent', operator: '=' as const, value: project.key }];
  for await (const rows of store.select({ table: 'samples', where, columns: ['key'] }))
    keys.push(...rows.map((row) => String(row.key)));
  return keys;
}

/** The best links of one run, never mixed; empty for a run without an address that anybody may read. */
export function bestFiles(files: readonly FileRow[]): FileRow[] {
  const open = files.filter((file) => file.urls.length > 0).toSorted(inReadOrder);
  const generated = open.filter((file) => file.origin === 'generated' && file.format === 'fastq');
  if (generated.length > 0) return generated;
  const submitted = open.filter((file) => file.origin === 'submitted');
  if (submitted.length > 0) return submitted;
  return open.filter((file) => file.role === 'sra').slice(0, 1);
}

/** The unpaired file first, then mates by number, then by name: the order in which ENA lists them. */
function inReadOrder(a: FileRow, b: FileRow): number {
  return (a.read_number ?? 0) - (b.read_number ?? 0) || (a.name < b.name ? -1 : 1);
}

function holds(file: FileRow, condition: Condition): boolean {
  const value = (file as unknown as Record<string, unknown>)[condition.column];
  return condition.operator === '=' && value !== null && String(value) === condition.value;
}

function pieces(keys: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(keys.length / KEYS_AT_A_TIME) }, (_, index) =>
    keys.slice(index * KEYS_AT_A_TIME, (index + 1) * KEYS_AT_A_TIME),
  );
}
