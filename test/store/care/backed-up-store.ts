import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { StoreCare } from '../../../src/ports/store-care.ts';
import type { Row, TableName } from '../../../src/records/table.ts';
import { TABLES } from '../../../src/records/tables.ts';
import { type CareSettings, openStoreCare } from '../../../src/store/care/open-care.ts';
import {
  askedRow,
  collect,
  geoSample,
  insdcRun,
  oneUnit,
  runFile,
} from '../../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, TEST_CLOCK } from '../open-test-store.ts';

/** A project folder with its tables and backups. */
export interface Place {
  readonly dir: string;
  readonly backups: string;
}

/** A new folder without tables. */
export async function newPlace(): Promise<Place> {
  const root = await makeTestFolder();
  return { dir: join(root, 'DB'), backups: join(root, 'backups') };
}

/** The care of its tables; the caller closes it. */
export function careOf({ dir }: Place, more: Partial<CareSettings> = {}): StoreCare {
  const author = { by: 'somebody@a-machine', command: 'db restore', run: randomUUID() };
  return openStoreCare({ dir, clock: TEST_CLOCK, randomId: randomUUID, author, version: '0.0.1', ...more });
}

/** Does something with the care of the tables. */
export async function withCare<T>(
  place: Place,
  work: (care: StoreCare) => Promise<T>,
  more: Partial<CareSettings> = {},
): Promise<T> {
  const care = careOf(place, more);
  try {
    return await work(care);
  } finally {
    await care.close();
  }
}

/** Adds samples by number, each with a run, a file and its answer. */
export async function addSamples({ dir }: Place, numbers: readonly number[], title = 'sample'): Promise<void> {
  const store = openTestStore(dir);
  for (const number of numbers) {
    const [sample, run] = [`GSM${number}`, `SRR${number}`];
    const samples = [geoSample(sample, { title: `${title} ${number}`, children: run })];
    const unit = { samples, runs: [insdcRun(run, sample)], files: [runFile(run, 'a.gz')] };
    await store.commit(oneUnit(unit, { asked: [askedRow(sample)] }));
  }
  await store.publish();
  await store.close();
}

/** Every row of every table. */
export async function allRows({ dir }: Place): Promise<Partial<Record<TableName, Row[]>>> {
  const store = openTestStore(dir);
  const rows: Partial<Record<TableName, Row[]>> = {};
  for (const table of Object.keys(TABLES) as TableName[]) rows[table] = await collect(store.select({ table }));
  await store.close();
  return rows;
}
