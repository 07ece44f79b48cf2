import type { Store } from '../ports/store.ts';
import type { FileRow } from '../records/file.ts';
import type { LinkRow } from '../records/link.ts';
import type { ProjectRow } from '../records/project.ts';
import type { RunRow } from '../records/run.ts';
import type { SampleRow } from '../records/sample.ts';
import type { RecordView } from './project.ts';
import { keysOfNames } from './stored-names.ts';

/** Everything stored about the records that have this name; empty when there is none. */
export async function showRecord(name: string, store: Store): Promise<RecordView[]> {
  const keys = [...new Set([...(await keysOfNames([name], store)).values()].flat())];
  const [samples, runs, projects] = await Promise.all([
    store.get('samples', keys),
    store.get('runs', keys),
    store.get('projects', keys),
  ]);
  return [
    ...(await Promise.all(projects.map((row) => viewProject(row as unknown as ProjectRow, store)))),
    ...(await Promise.all(samples.map((row) => viewSample(row as unknown as SampleRow, store)))),
    ...(await Promise.all(runs.map((row) => viewRun(row as unknown as RunRow, store)))),
  ];
}

async function viewSample(record: SampleRow, store: Store): Promise<RecordView> {
  const runs = byKey((await store.getByParent('runs', [record.key])) as unknown as RunRow[]);
  const files = await filesOf([record.key, ...runs.map((run) => run.key)], store);
  return { kind: 'sample', record, links: await linksOf(record.key, store), runs, files, samples: [] };
}

async function viewRun(record: RunRow, store: Store): Promise<RecordView> {
  const [links, files] = await Promise.all([linksOf(record.key, store), filesOf([record.key], store)]);
  return { kind: 'run', record, links, runs: [], files, samples: [] };
}

async function viewProject(record: ProjectRow, store: Store): Promise<RecordView> {
  const samples: { key: string; title: string | null }[] = [];
  const where = [{ column: 'parent', operator: '=' as const, value: record.key }];
  for await (const rows of store.select({ table: 'samples', where, columns: ['key', 'title'] })) {
    for (const row of rows) samples.push({ key: String(row.key), title: (row.title ?? null) as string | null });
  }
  const [links, files] = await Promise.all([linksOf(record.key, store), filesOf([record.key], store)]);
  return { kind: 'project', record, links, runs: [], files, samples };
}

async function linksOf(key: string, store: Store): Promise<{ alias: string; kind: string }[]> {
  const links = (await store.getByParent('links', [key])) as unknown as LinkRow[];
  const named = links.map(({ alias, kind }) => ({ alias, kind }));
  return named.toSorted((a, b) => a.kind.localeCompare(b.kind) || a.alias.localeCompare(b.alias));
}

async function filesOf(parents: readonly string[], store: Store): Promise<FileRow[]> {
  return byKey((await store.getByParent('files', parents)) as unknown as FileRow[]);
}

function byKey<T extends { key: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
