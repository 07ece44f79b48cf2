import assert from 'node:assert/strict';
import type { Change, Selection, StoreReader } from '../../ports/store.ts';
import type { AskedRow } from '../../records/asked.ts';
import type { FilePatch } from '../../records/file.ts';
import { EMPTY_UNIT, type RecordUnit } from '../../records/record-unit.ts';
import type { RunPatch } from '../../records/run.ts';
import type { SamplePatch } from '../../records/sample.ts';
import type { Row } from '../../records/table.ts';

/** When the records of the tests are made. */
export const AT = '2026-01-01T00:00:00.000Z';

/** When they change. */
export const LATER = '2026-02-02T00:00:00.000Z';

/** A change of one unit. */
export function oneUnit(unit: Partial<RecordUnit>, more: Partial<Change> = {}): Change {
  return { units: [{ ...EMPTY_UNIT, ...unit }], asked: [], at: AT, ...more };
}

/** An answered id. */
export function askedRow(id: string, outcome: AskedRow['outcome'] = 'added'): AskedRow {
  return { id, outcome, key: id, reason: null, plan: 'standard', job: null, answered_at: AT };
}

/** A sample of GEO. */
export function geoSample(key: string, more: Partial<SamplePatch> = {}): SamplePatch {
  return { key, source: 'GEO', title: `sample ${key}`, ...more };
}

/** A run of the INSDC. */
export function insdcRun(key: string, parent: string, more: Partial<RunPatch> = {}): RunPatch {
  return { key, source: 'INSDC', parent, ...more };
}

/** A FASTQ file of a run. */
export function runFile(run: string, name: string, more: Partial<FilePatch> = {}): FilePatch {
  return { key: `${run}/generated/${name}`, source: 'INSDC', parent: run, name, origin: 'generated', ...more };
}

/** All rows of a selection. */
export async function collect(rows: AsyncIterable<Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const batch of rows) all.push(...batch);
  return all;
}

/** The keys of a selection, in its order. */
export async function keysOf(store: StoreReader, selection: Selection): Promise<unknown[]> {
  return (await collect(store.select(selection))).map((row) => row.key);
}

/** The one row that has this key. */
export async function only(
  store: StoreReader,
  table: 'samples' | 'runs' | 'projects' | 'files',
  key: string,
): Promise<Row> {
  const rows = await store.get(table, [key]);
  assert.equal(rows.length, 1, `${table} ${key}`);
  return rows[0] ?? {};
}
