import { type FileOrigin, type FileRow, fileKey } from '../records/file.ts';
import type { ProjectRow } from '../records/project.ts';
import type { RunRow } from '../records/run.ts';
import type { SampleRow } from '../records/sample.ts';
import type { CellValue, Table } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';

/** A row in which nothing is said. */
function silentRow({ columns }: Table): Record<string, CellValue> {
  return Object.fromEntries(columns.map(({ name }) => [name, null]));
}

/** A whole sample of GEO, `GSM1` unless it is named; what is given counts, the rest is plain or not said. */
export function aSample(given: Partial<SampleRow> = {}): SampleRow {
  const key = given.key ?? 'GSM1';
  const plain = { source: 'GEO', title: `sample ${key}`, organism: 'Mus musculus', taxon_id: 10_090 };
  return { ...silentRow(TABLES.samples), ...plain, ...given, key } as unknown as SampleRow;
}

/** A whole run of the INSDC, `SRR100001` of the sample `GSM1` unless it is named. */
export function aRun(given: Partial<RunRow> = {}): RunRow {
  const plain = { key: 'SRR100001', source: 'INSDC', parent: 'GSM1', strategy: 'RNA-Seq', layout: 'PAIRED' };
  return { ...silentRow(TABLES.runs), ...plain, ...given } as unknown as RunRow;
}

/** A whole series of GEO, `GSE1` unless it is named. */
export function aProject(given: Partial<ProjectRow> = {}): ProjectRow {
  const key = given.key ?? 'GSE1';
  return {
    ...silentRow(TABLES.projects),
    source: 'GEO',
    title: `series ${key}`,
    ...given,
    key,
  } as unknown as ProjectRow;
}

/** A whole generated FASTQ file of the run `SRR100001` unless it is named; its key follows from run, origin and name. */
export function aFile(given: Partial<FileRow> = {}): FileRow {
  const parent = given.parent ?? 'SRR100001';
  const origin: FileOrigin = given.origin ?? 'generated';
  const name = given.name ?? `${parent}_1.fastq.gz`;
  const key = fileKey(parent, origin, name);
  const urls = [`https://archive.example/${parent}/${name}`];
  const plain = { key, parent, origin, name, source: 'INSDC', format: 'fastq', urls };
  return { ...silentRow(TABLES.files), ...plain, ...given } as unknown as FileRow;
}
