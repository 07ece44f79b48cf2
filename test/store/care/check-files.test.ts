import { appendFile, copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/ports/store-care.ts';
import { type BackupFile, formatRecord } from '../../../src/store/care/backup/backup-record.ts';
import { checkStore } from '../../../src/store/care/check/check-store.ts';
import { createCopyFinder } from '../../../src/store/care/check/find-copy.ts';
import { repairStore } from '../../../src/store/care/repair.ts';
import { fileDigest } from '../../../src/store/disk/disk.ts';
import { openContext } from '../../../src/store/parquet/parquet-store.ts';
import { oneUnit } from '../../../src/testing/contract/store-records.ts';
import { aSample } from '../../../src/testing/factories.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../open-test-store.ts';
import { alter, findings, type Ground, mend, newGround, sound, withCare } from './damaged-store.ts';

afterAll(removeFolders);

const SEGMENTS = ['segment_missing', 'segment_altered', 'segment_unreadable'];

/** Changes one byte in the middle of a file. */
async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
}

async function segmentOf(ground: Ground, table: string): Promise<string> {
  const name = (await readdir(ground.segments)).find((file) => file.startsWith(`${table}-`));
  if (name === undefined) throw new Error(`no segment of ${table}`);
  return join(ground.segments, name);
}

const short = ({ check, severity, table }: Finding): string => `${severity} ${check} ${table}`;

test.each([
  { name: 'a flipped byte', damage: flipByte, check: 'segment_altered', quick: 0 },
  { name: 'a cut file', damage: (path: string) => truncate(path, 400), check: 'segment_altered', quick: 1 },
  { name: 'a longer file', damage: (path: string) => appendFile(path, 'x'), check: 'segment_altered', quick: 1 },
  { name: 'a file that is gone', damage: (path: string) => rm(path), check: 'segment_missing', quick: 1 },
])('$name of samples is found, and no run is called an orphan for it', async ({ damage, check, quick }) => {
  const ground = await newGround();
  await sound(ground);
  await damage(await segmentOf(ground, 'GEO_SAMPLES'));
  const list = await findings(ground);
  expect(list.map(short)).toEqual([`error ${check} GEO_SAMPLES`, 'warning not_checked null']);
  expect(list[0]).toMatchObject({ row: expect.stringMatching(/^GEO_SAMPLES-.*\.parquet$/), repair: null });
  expect(list[1]?.detail).toContain('orphan_run');
  expect((await findings(ground, true)).length, 'by sizes alone').toBe(quick);
  expect([...(await mend(ground)).values()][0]).toBe('left: no backup has these bytes');
  expect((await findings(ground)).map(short)).toEqual([`error ${check} GEO_SAMPLES`, 'warning not_checked null']);
});

test('a segment of format 1, which kept no checksum, is read value by value', async () => {
  const ground = await newGround();
  await sound(ground);
  await alter(ground, async ({ tables }) => {
    const state = tables.INSDC_RUNS;
    if (state === undefined) return tables;
    const deltas = state.deltas.map((segment) => ({ ...segment, sha256: null }));
    return { ...tables, INSDC_RUNS: { ...state, deltas } };
  });
  expect((await findings(ground)).filter(({ check }) => SEGMENTS.includes(check))).toEqual([]);
  const path = await segmentOf(ground, 'INSDC_RUNS');
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0xff, 4, bytes.length - 8));
  expect((await findings(ground)).map(short)[0]).toBe('error segment_unreadable INSDC_RUNS');
});

/** A folder of backups with one, which holds the bytes of these files. */
async function backUp(paths: readonly string[]): Promise<string> {
  const dir = await makeTestFolder();
  const backup = join(dir, '20261121T093000Z-1', 'GEO_SAMPLES');
  await mkdir(backup, { recursive: true });
  const files: BackupFile[] = [];
  for (const [index, path] of paths.entries()) {
    const name = `00000${index}.parquet`;
    await copyFile(path, join(backup, name));
    files.push({ path: `GEO_SAMPLES/${name}`, ...(await fileDigest(path)) });
  }
  const about = { celline: '1.0.0', at: '2026-11-21T09:30:00.000Z', reason: 'manual', by: '', store: 'a', tables: dir };
  const record = { format: 1, ...about, storeFormat: 2, sequence: 1, rows: 1, damaged: [], files };
  await writeFile(join(dir, '20261121T093000Z-1', 'backup.json'), formatRecord(record));
  await mkdir(join(dir, 'not-a-backup'));
  await writeFile(join(dir, 'a-file'), '');
  return dir;
}

async function repairFrom(ground: Ground, backups: string): Promise<string[]> {
  const { context, door } = openContext(ground);
  const care = { context, renew: door.close, hasPlainTables: true };
  const find = createCopyFinder(backups);
  const list: Finding[] = [];
  for await (const finding of checkStore(care, find)) list.push(finding);
  const done = await repairStore(care, find, list);
  await door.close();
  return done.map((one) => `${one.finding.check}: ${one.done}`);
}

test('a damaged segment gets its bytes back from a backup that has them', async () => {
  const ground = await newGround();
  await sound(ground);
  const path = await segmentOf(ground, 'GEO_SAMPLES');
  const backups = await backUp([path]);
  const before = await readFile(path);
  await rm(path);
  expect(await repairFrom(ground, backups)).toEqual([
    'segment_missing: taken from the backup 20261121T093000Z-1',
    'not_checked: left as it is',
  ]);
  expect((await readFile(path)).equals(before)).toBe(true);
  expect(await findings(ground)).toEqual([]);
});

test("celline's own backups are where a segment is looked for", async () => {
  const ground = await newGround();
  await sound(ground);
  await withCare(ground, (care) => care.backups.create());
  await flipByte(await segmentOf(ground, 'INSDC_RUNS'));
  const [finding] = await findings(ground);
  expect(finding).toMatchObject({ check: 'segment_altered', repair: expect.stringContaining('the backup 2') });
  await mend(ground);
  expect(await findings(ground)).toEqual([]);
});

test('a backup whose copy is damaged too gives nothing, and nothing is replaced by it', async () => {
  const ground = await newGround();
  await sound(ground);
  const path = await segmentOf(ground, 'GEO_SAMPLES');
  const backups = await backUp([path]);
  await flipByte(join(backups, '20261121T093000Z-1', 'GEO_SAMPLES', '000000.parquet'));
  await flipByte(path);
  const before = await readFile(path);
  expect(await repairFrom(ground, backups)).toContain(
    'segment_altered: left: the copy in the backup 20261121T093000Z-1 is damaged too',
  );
  expect((await readFile(path)).equals(before)).toBe(true);
  expect((await readdir(ground.segments)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('plain files: missing, older, unreadable, foreign, altered, newer, stray; all are mended, nothing of anybody is lost', async () => {
  const ground = await newGround();
  await sound(ground);
  const plain = (name: string): string => join(ground.dir, `${name}.parquet`);
  await copyFile(plain('GEO_SAMPLES'), plain('GEO_RUNS'));
  const newer = await readFile(plain('GEO_PROJECTS'));
  await rm(plain('INSDC_RUNS'));
  await truncate(plain('INSDC_FILES'), 100);
  const { context, door } = openContext(ground);
  const engine = await context.engine();
  const footer = `SELECT decode(value) FROM parquet_kv_metadata('${plain('ASKED')}') WHERE decode(key) = 'celline'`;
  const [[kept] = []] = await engine.rows(footer);
  await engine.run(`COPY (SELECT 1 AS one) TO '${plain('LINKS')}' (FORMAT parquet)`);
  await engine.run(
    `COPY (SELECT * REPLACE ('edited' AS outcome) FROM '${plain('ASKED')}') TO '${plain('ASKED')}.new' (FORMAT parquet, KV_METADATA {celline: '${String(kept)}'})`,
  );
  await copyFile(`${plain('ASKED')}.new`, plain('ASKED'));
  await rm(`${plain('ASKED')}.new`);
  await door.close();
  const store = openTestStore(ground.dir, ground);
  await store.commit(oneUnit({ samples: [aSample({ key: 'GSM3' })] }));
  await store.close();
  const list = await findings(ground);
  expect(list.map(short).toSorted()).toEqual([
    'error plain_table_differs ASKED',
    'error plain_table_unreadable INSDC_FILES',
    'warning plain_table_foreign LINKS',
    'warning plain_table_missing INSDC_RUNS',
    'warning plain_table_older GEO_SAMPLES',
    'warning plain_table_stray GEO_RUNS',
  ]);
  await mend(ground);
  expect(await findings(ground)).toEqual([]);
  const aside = (await readdir(ground.dir))
    .filter((name) => name.includes('.aside-'))
    .map((name) => name.split('.')[0]);
  expect(aside.toSorted()).toEqual(['ASKED', 'GEO_RUNS', 'INSDC_FILES', 'LINKS']);
  expect(newer.length).toBeGreaterThan(0);
});

test('a plain file that shows more than the tables have is told: the folder below was put back by hand', async () => {
  const ground = await newGround();
  await sound(ground);
  const store = openTestStore(ground.dir, ground);
  const { sequence } = await store.commit(oneUnit({ samples: [aSample({ key: 'GSM3' })] }));
  await store.publish();
  await store.close();
  for (const name of await readdir(ground.manifests)) {
    if (name === 'newest' || Number.parseInt(name, 10) >= sequence) await rm(join(ground.manifests, name));
  }
  expect((await findings(ground)).map(short)).toEqual(['error plain_table_newer GEO_SAMPLES']);
  await mend(ground);
  expect(await findings(ground)).toEqual([]);
});

test('nothing is said of plain files where they are turned off', async () => {
  const ground = await newGround({ plainTables: false });
  await sound(ground);
  expect(await findings(ground)).toEqual([]);
});

test('manifests: a damaged newest one is an error, a damaged or missing older one a warning', async () => {
  const ground = await newGround();
  await sound(ground);
  for (const key of ['GSM3', 'GSM4', 'GSM5']) {
    const store = openTestStore(ground.dir, ground);
    await store.commit(oneUnit({ samples: [aSample({ key })] }));
    await store.publish();
    await store.close();
  }
  const names = (await readdir(ground.manifests)).filter((name) => name.endsWith('.json')).toSorted();
  const [first = '', second = '', , newest = ''] = names;
  await writeFile(join(ground.manifests, first), '{');
  await rm(join(ground.manifests, second));
  const manifests = (list: readonly Finding[]) => list.filter(({ check }) => check.startsWith('manifest_')).map(short);
  expect(manifests(await findings(ground))).toEqual(['warning manifest_damaged null', 'warning manifest_missing null']);
  await truncate(join(ground.manifests, newest), 50);
  const list = await findings(ground);
  expect(manifests(list)).toEqual([
    'warning manifest_damaged null',
    'warning manifest_missing null',
    'error manifest_damaged null',
  ]);
  expect(list.at(-1)?.detail).toContain('celline db restore');
  await rm(join(ground.manifests, newest));
  expect(manifests(await findings(ground)).at(-1)).toBe('error manifest_missing null');
});

test('format.json: a missing one is written anew, a damaged one is told', async () => {
  const ground = await newGround();
  await sound(ground);
  const path = join(ground.dir, '.store', 'v1', 'format.json');
  await rm(path);
  expect((await findings(ground)).map(short)).toEqual(['error format_missing null']);
  await mend(ground);
  expect((await findings(ground)).filter(({ severity }) => severity === 'error')).toEqual([]);
  await writeFile(path, 'x');
  expect((await findings(ground)).map(short)).toEqual(['error format_damaged null']);
});

test('an empty folder has nothing wrong with it, and a check writes nothing', async () => {
  const ground = await newGround();
  expect(await findings(ground)).toEqual([]);
  await expect(readdir(ground.dir)).rejects.toThrow('ENOENT');
});
