import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, StoreCare } from '../../../src/ports/store-care.ts';
import type { AskedRow } from '../../../src/records/asked.ts';
import { EMPTY_UNIT, type RecordUnit } from '../../../src/records/record-unit.ts';
import type { Row, TableName } from '../../../src/records/table.ts';
import { TABLES } from '../../../src/records/tables.ts';
import { openStoreCare } from '../../../src/store/care/open-care.ts';
import { replaceTables } from '../../../src/store/care/replace-tables.ts';
import { emptyTable, type Manifest, type TableState } from '../../../src/store/manifest/manifest.ts';
import { openContext, type ParquetStoreSettings } from '../../../src/store/parquet/parquet-store.ts';
import { writeDelta } from '../../../src/store/segments/segments.ts';
import { AT } from '../../../src/testing/contract/store-records.ts';
import { aFile, aProject, aRun, aSample } from '../../../src/testing/factories.ts';
import { makeTestFolder, openTestStore, TEST_CLOCK } from '../open-test-store.ts';

/** A tables folder with its settings. */
export interface Ground extends ParquetStoreSettings {
  readonly segments: string;
  readonly manifests: string;
}

/** A new folder that holds nothing. */
export async function newGround(more: Partial<ParquetStoreSettings> = {}): Promise<Ground> {
  const dir = join(await makeTestFolder(), 'DB');
  const root = join(dir, '.store', 'v1');
  const places = { segments: join(root, 'segments'), manifests: join(root, 'manifest') };
  return { dir, clock: TEST_CLOCK, randomId: randomUUID, ...places, ...more };
}

/** An answer that says that an id is stored. */
export function anAnswer(id: string, given: Partial<AskedRow> = {}): AskedRow {
  return { id, outcome: 'added', key: id, reason: null, plan: 'standard', job: null, answered_at: AT, ...given };
}

/** Tables that the first test of a file made; the others copy them. The next file of the worker makes its own. */
let model: Promise<Ground> | null = null;

async function makeModel(): Promise<Ground> {
  const ground = await newGround();
  await makeSound(ground, {}, []);
  return ground;
}

/** A series of two samples with a run and a file each, as `add GSE1` leaves it: nothing is wrong with it. */
export async function sound(
  ground: Ground,
  more: Partial<RecordUnit> = {},
  asked: readonly AskedRow[] = [],
): Promise<void> {
  const isPlain = Object.keys(more).length === 0 && asked.length === 0 && ground.plainTables === undefined;
  if (!isPlain) return makeSound(ground, more, asked);
  if (model !== null && !existsSync((await model).dir)) model = null;
  model ??= makeModel();
  await cp((await model).dir, ground.dir, { recursive: true, preserveTimestamps: true });
}

async function makeSound(ground: Ground, more: Partial<RecordUnit>, asked: readonly AskedRow[]): Promise<void> {
  const store = openTestStore(ground.dir, ground);
  const unit: RecordUnit = {
    ...EMPTY_UNIT,
    projects: [aProject({ children: 'GSM1,GSM2', date: '2024-02-29' })],
    samples: [
      aSample({ parent: 'GSE1', children: 'SRR100001', library_strategy: 'RNA-Seq,ATAC-seq' }),
      aSample({ key: 'GSM2', parent: 'GSE1', children: 'SRR100002' }),
    ],
    runs: [aRun(), aRun({ key: 'SRR100002', parent: 'GSM2', raw_link: 'https://a.example/x,ftp://b.example/y' })],
    files: [aFile({ md5: 'd41d8cd98f00b204e9800998ecf8427e', bytes: 12n }), aFile({ parent: 'SRR100002' })],
    links: [
      { key: 'GSM1', alias: 'SAMN1', kind: 'biosample' },
      { key: 'GSM2', alias: 'GSE1', kind: 'series' },
    ],
  };
  await store.commit({
    units: [unit, { ...EMPTY_UNIT, ...more }],
    asked: [anAnswer('GSE1'), anAnswer('SAMN1', { key: 'GSM1' }), ...asked],
    at: AT,
  });
  await store.publish({ force: true });
  await store.close();
}

/** A row of a table with the columns that are not given left out. */
export function rawRow(table: TableName, given: Row): Row {
  return { ...Object.fromEntries(TABLES[table].columns.map(({ name }) => [name, null])), ...given };
}

/** Writes rows past every validation, as their own segment of a physical table; `asBase`: beside what the base holds. */
export async function smuggle(
  ground: Ground,
  name: string,
  table: TableName,
  rows: readonly Row[],
  asBase = false,
): Promise<void> {
  await alter(ground, async (newest, write) => {
    const segment = await write(name, table, rows);
    const state = newest.tables[name] ?? emptyTable(table);
    const place = asBase
      ? { base: [...state.base, segment] }
      : { deltas: [...state.deltas, { ...segment, from: newest.sequence + 1, to: newest.sequence + 1 }] };
    return { ...newest.tables, [name]: { ...state, ...place, rows: state.rows + rows.length } };
  });
}

type Write = (name: string, table: TableName, rows: readonly Row[]) => Promise<TableState['deltas'][number]>;

/** Publishes other tables by hand. */
export async function alter(
  ground: Ground,
  change: (newest: Manifest, write: Write) => Promise<Manifest['tables']>,
): Promise<void> {
  const { context, door } = openContext(ground);
  const write: Write = (name, table, rows) =>
    writeDelta(
      context,
      { name, table, rows: rows.map((row) => rawRow(table, row)), removed: [], growth: rows.length },
      TABLES[table],
    );
  await replaceTables(context, { kind: 'commit', decide: (newest) => change(newest, write) });
  await door.close();
}

/** Runs work with the care of the tables. */
export async function withCare<T>(ground: Ground, work: (care: StoreCare) => Promise<T>): Promise<T> {
  const care = openStoreCare(ground);
  try {
    return await work(care);
  } finally {
    await care.close();
  }
}

/** Everything that a check finds. */
export function findings(ground: Ground, isQuick = false): Promise<Finding[]> {
  return withCare(ground, async (care) => {
    const found: Finding[] = [];
    for await (const finding of care.integrity.check({ isQuick })) found.push(finding);
    return found;
  });
}

/** What was found as `check row column`, plain files that are merely behind aside. */
export async function found(ground: Ground): Promise<string[]> {
  return shownOf(await findings(ground));
}

function shownOf(all: readonly Finding[]): string[] {
  return all
    .filter(({ check }) => check !== 'plain_table_older' && check !== 'plain_table_missing')
    .map(({ check, row, column }) => [check, row, column].filter((part) => part !== null).join(' '));
}

/** Checks, mends what was found, and gives what was done by check and row. */
export async function mend(ground: Ground): Promise<Map<string, string>> {
  return (await mendFound(ground)).done;
}

/** Checks once and mends: what was found (as `found` says it), and what was done (as `mend` does). */
export async function mendFound(ground: Ground): Promise<{ found: string[]; done: Map<string, string> }> {
  const all = await findings(ground);
  const repaired = await withCare(ground, (care) => care.integrity.repair(all));
  const done = new Map(repaired.map(({ finding, done: text }) => [`${finding.check} ${finding.row}`, text]));
  return { found: shownOf(all), done };
}
