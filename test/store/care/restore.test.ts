import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatRecord, formatSums, parseRecord } from '../../../src/store/care/backup/backup-record.ts';
import { restoredTables } from '../../../src/store/care/backup/plan-restore.ts';
import { fileDigest } from '../../../src/store/disk/disk.ts';
import { EMPTY_MANIFEST, emptyTable, FORMAT_VERSION, type Segment } from '../../../src/store/manifest/manifest.ts';
import { oneUnit } from '../../../src/testing/contract/store-records.ts';
import { openTestStore, removeFolders } from '../open-test-store.ts';
import { addSamples, allRows, newPlace, type Place, withCare } from './backed-up-store.ts';

afterAll(removeFolders);

const AT = '2026-01-02T00:00:00.000Z';

async function annotate({ dir }: Place, key: string, value: string): Promise<void> {
  const store = openTestStore(dir);
  const note = { key, name: 'condition', value, created_at: AT, updated_at: AT };
  await store.commit(oneUnit({}, { annotations: [note] }));
  await store.close();
}

async function values(place: Place): Promise<unknown[]> {
  return ((await allRows(place)).annotations ?? []).map((row) => row.value);
}

function storeOf({ dir }: Place, ...names: string[]): string {
  return join(dir, '.store', 'v1', ...names);
}

async function segmentOf(place: Place, table: string): Promise<string> {
  const [file = ''] = (await readdir(storeOf(place, 'segments'))).filter((name) => name.startsWith(table));
  return storeOf(place, 'segments', file);
}

async function newestManifest(place: Place): Promise<string> {
  const number = (await readFile(storeOf(place, 'manifest', 'newest'), 'utf8')).padStart(9, '0');
  return readFile(storeOf(place, 'manifest', `${number}.json`), 'utf8');
}

interface ChangedPlace {
  readonly place: Place;
  /** Of the backup. */
  readonly name: string;
  /** All rows at the time of the backup. */
  readonly rows: Awaited<ReturnType<typeof allRows>>;
}

/** Made once; the tests change copies of it. */
let original: ChangedPlace;
beforeAll(async () => {
  original = await makeChangedPlace();
});

/** A place with three samples, its backup, and what came after it. */
async function changedPlace(): Promise<ChangedPlace> {
  const place = await newPlace();
  await cp(dirname(original.place.dir), dirname(place.dir), { recursive: true });
  return { ...original, place };
}

async function makeChangedPlace(): Promise<ChangedPlace> {
  const place = await newPlace();
  await addSamples(place, [1, 2, 3]);
  await addSamples(place, [2], 'changed');
  await annotate(place, 'GSM1', 'treated');
  const rows = await allRows(place);
  const { name } = await withCare(place, ({ backups }) => backups.create());
  await addSamples(place, [4]);
  await addSamples(place, [1], 'spoiled');
  await annotate(place, 'GSM1', 'control');
  return { place, name, rows };
}

describe('restoring', () => {
  test('003-31 all rows of all tables are those of the backup again, the annotations with --all, and it can be undone', async () => {
    const { place, name, rows } = await changedPlace();
    const changed = await allRows(place);
    const report = await withCare(place, ({ backups }) => backups.restore(name, { all: true }));
    expect(report).toMatchObject({ to: 5, sequence: 9, notes: [] });
    expect(report.tables).toMatchObject({ GEO_SAMPLES: { before: 4, after: 3 }, ANNOTATIONS: { before: 1, after: 1 } });
    expect(await allRows(place)).toEqual(rows);
    const [kept] = await withCare(place, ({ backups }) => backups.list());
    expect(kept).toMatchObject({ reason: 'before restore', path: report.kept, sequence: 8 });
    // Plain tables follow, and what is added afterwards counts.
    const store = openTestStore(place.dir);
    expect((await store.plainTables()).filter(({ behind }) => behind > 0)).toEqual([]);
    await store.close();
    await addSamples(place, [1], 'newer');
    const samples = (await allRows(place)).samples ?? [];
    expect(samples.map((row) => row.title)).toEqual(['newer 1', 'changed 2', 'sample 3']);
    await withCare(place, ({ backups }) => backups.restore(kept?.name ?? '', { all: true }));
    expect(await allRows(place)).toEqual(changed);
  });

  test('the annotations stay as they are, and it is said', async () => {
    const { place, name, rows } = await changedPlace();
    const report = await withCare(place, ({ backups }) => backups.restore(name));
    expect((await allRows(place)).samples).toEqual(rows.samples);
    expect(await values(place)).toEqual(['control']);
    expect(report.notes).toEqual(['The 1 present annotations stay; --all takes the 1 of the backup instead.']);
    expect(report.tables).not.toHaveProperty('ANNOTATIONS');
  });

  test('segments that are there already are not copied, and a restore of the present state changes nothing', async () => {
    const { place } = await changedPlace();
    const { name } = await withCare(place, ({ backups }) => backups.create());
    const before = await readdir(storeOf(place, 'segments'));
    const report = await withCare(place, ({ backups }) => backups.restore(name, { all: true }));
    expect(report).toMatchObject({ sequence: 8, tables: {} });
    expect(await readdir(storeOf(place, 'segments'))).toEqual(before);
  });

  test('a table that the backup does not have becomes empty, its plain file too', async () => {
    const place = await newPlace();
    const store = openTestStore(place.dir);
    await store.commit(oneUnit({ samples: [{ key: 'SAMN1', source: 'INSDC', title: 'one' }] }));
    await store.close();
    const { name } = await withCare(place, ({ backups }) => backups.create());
    await addSamples(place, [1]);
    const report = await withCare(place, ({ backups }) => backups.restore(name));
    expect(report.tables).toMatchObject({ GEO_SAMPLES: { before: 1, after: 0 } });
    expect((await allRows(place)).samples?.map((row) => row.key)).toEqual(['SAMN1']);
    const again = openTestStore(place.dir);
    const plain = await again.plainTables();
    expect(plain.find((table) => table.name === 'GEO_SAMPLES')).toMatchObject({ rows: 0, behind: 0 });
    await again.close();
  });

  test('003-31 the tables folder is empty or gone: everything is there again, deltas in their order', async () => {
    const { place, name, rows } = await changedPlace();
    for (const make of [async () => undefined, () => mkdir(place.dir)]) {
      await rm(place.dir, { recursive: true });
      await make();
      const report = await withCare(place, ({ backups }) => backups.restore(name));
      expect(report).toMatchObject({ kept: null, notes: [] });
      expect(await allRows(place)).toEqual(rows);
    }
    // 32 deltas are merged in the order of their numbers.
    const numbers = Array.from({ length: 34 }, () => 2);
    await addSamples(place, numbers, 'latest');
    expect((await allRows(place)).samples?.find((row) => row.key === 'GSM2')?.title).toBe('latest 2');
  });

  test('plain tables that outlived the store do not pass for the restored ones', async () => {
    const { place, name } = await changedPlace();
    await rm(join(place.dir, '.store'), { recursive: true });
    await withCare(place, ({ backups }) => backups.restore(name));
    const files = (await readdir(place.dir)).filter((file) => file.includes('aside'));
    expect(files).toEqual([]);
    const store = openTestStore(place.dir);
    const plain = await store.plainTables();
    expect(plain.find((table) => table.name === 'GEO_SAMPLES')).toMatchObject({ rows: 3, behind: 0 });
    await store.close();
    const file = await asyncBufferFromFile(join(place.dir, 'GEO_SAMPLES.parquet'));
    expect((await parquetMetadataAsync(file)).num_rows).toBe(3n);
  });

  test('deltas get the number of the new manifest, so that compaction keeps what comes later after them', () => {
    const segment = (file: string, from: number): Segment => {
      return { file, rows: 1, first: 'a', last: 'b', bytes: 1, sha256: '', columns: '', from, to: from };
    };
    const past = { ...emptyTable('samples'), rows: 2, edits: 3, deltas: [segment('x', 700), segment('y', 900)] };
    const choice = { keeps: new Set<never>(), shownEdits: 8 };
    const { GEO_SAMPLES } = restoredTables(EMPTY_MANIFEST, { GEO_SAMPLES: past }, choice) ?? {};
    expect(GEO_SAMPLES?.deltas.map(({ file, from, to }) => [file, from, to])).toEqual([
      ['x', 1, 1],
      ['y', 1, 1],
    ]);
    expect(GEO_SAMPLES?.edits).toBe(9);
  });

  test('a backup of another project is restored, and said', async () => {
    const { place, name, rows } = await changedPlace();
    const other = await newPlace();
    await addSamples(other, [9]);
    const path = join(place.backups, name);
    const report = await withCare(other, ({ backups }) => backups.restore(path, { all: true }));
    expect(report.notes).toEqual([expect.stringMatching(/backup of another project, made by somebody@a-machine/)]);
    expect(await allRows(other)).toEqual(rows);
  });

  test('automatic backups make room, but never the one that is being restored', async () => {
    const { place } = await changedPlace();
    const restore = (name: string) => withCare(place, ({ backups }) => backups.restore(name), { keepBackups: 1 });
    const { name } = await withCare(place, ({ backups }) => backups.create({ reason: 'before migration' }));
    await addSamples(place, [5]);
    await restore(name);
    const names = (await withCare(place, ({ backups }) => backups.list())).map((info) => info.reason);
    expect(names).toEqual(['before restore', 'before migration', 'manual']);
  });

  test('a running job is named, --force restores all the same', async () => {
    const { place, name } = await changedPlace();
    const { restoreBackup } = await import('../../../src/store/care/backup/restore.ts');
    const { openContext } = await import('../../../src/store/parquet/parquet-store.ts');
    const { TEST_CLOCK } = await import('../open-test-store.ts');
    const { context, door } = openContext({ dir: place.dir, clock: TEST_CLOCK, randomId: () => crypto.randomUUID() });
    const care = { context, renew: door.close, hasPlainTables: false, runningJobs: async () => ['7'] };
    const backups = { ...care, dir: place.backups, keep: 10, version: '' };
    const path = join(place.backups, name);
    await expect(restoreBackup(backups, path, { all: false, force: false })).rejects.toMatchObject({ failure: 'lock' });
    expect((await restoreBackup(backups, path, { all: false, force: true })).sequence).toBe(9);
    await door.close();
  });
});

describe('restoring over damage', () => {
  test('a damaged segment: what is there is kept as it is, the rows are whole again, the annotations stay', async () => {
    const { place, name, rows } = await changedPlace();
    const segment = await segmentOf(place, 'GEO_SAMPLES');
    await truncate(segment, 50);
    const report = await withCare(place, ({ backups }) => backups.restore(name));
    expect((await allRows(place)).samples).toEqual(rows.samples);
    expect(await values(place)).toEqual(['control']);
    expect(report.notes[0]).toContain(segment);
    const kept = report.kept ?? '';
    expect(await withCare(place, ({ backups }) => backups.verify(kept))).toEqual([
      expect.objectContaining({ path: expect.stringMatching(/^GEO_SAMPLES/) }),
    ]);
    await expect(withCare(place, ({ backups }) => backups.restore(kept))).rejects.toMatchObject({
      failure: 'integrity',
    });
  });

  test('damaged annotations: those of the backup take their place, and it is said', async () => {
    const { place, name, rows } = await changedPlace();
    const folder = storeOf(place, 'segments');
    for (const file of await readdir(folder)) if (file.startsWith('ANNOTATIONS')) await rm(join(folder, file));
    const report = await withCare(place, ({ backups }) => backups.restore(name));
    expect(await allRows(place)).toEqual(rows);
    expect(report.notes.join(' ')).toContain('The present annotations are damaged');
  });

  const harms: Readonly<Record<string, (place: Place) => Promise<unknown>>> = {
    'the newest manifest is damaged': (place) => truncate(storeOf(place, 'manifest', '000000008.json'), 40),
    'format.json is missing': (place) => rm(storeOf(place, 'format.json')),
    'format.json is damaged': (place) => writeFile(storeOf(place, 'format.json'), '{"form'),
    'all manifests are gone': (place) => rm(storeOf(place, 'manifest'), { recursive: true }),
  };
  for (const [what, harm] of Object.entries(harms)) {
    test(`${what}: the store is moved aside and built anew`, async () => {
      const { place, name, rows } = await changedPlace();
      const segments = await readdir(storeOf(place, 'segments'));
      await harm(place);
      const report = await withCare(place, ({ backups }) => backups.restore(name));
      expect(report.kept).toMatch(/\.store\.aside-\d{8}T\d{6}Z$/);
      expect(report.notes[0]).toContain('could not be read');
      expect(await readdir(join(report.kept ?? '', 'v1', 'segments'))).toEqual(segments);
      expect(await allRows(place)).toEqual(rows);
      expect((await readdir(place.dir)).filter((file) => /tmp|\.aside-.*parquet/.test(file))).toEqual([]);
      // No number is given twice.
      expect(report.sequence).toBeGreaterThan(what === 'all manifests are gone' ? 5 : 8);
      await addSamples(place, [77]);
      expect((await allRows(place)).samples).toHaveLength(4);
    });
  }

  test('tables of a newer celline are never touched', async () => {
    const { place, name } = await changedPlace();
    await writeFile(storeOf(place, 'format.json'), `{"format":${FORMAT_VERSION + 1},"protocol":"link","store":"x"}`);
    const before = await readdir(place.dir, { recursive: true });
    const restoring = withCare(place, ({ backups }) => backups.restore(name));
    await expect(restoring).rejects.toMatchObject({ failure: 'newer_format' });
    expect(await readdir(place.dir, { recursive: true })).toEqual(before);
  });

  test('a backup whose tables are of a newer celline is refused, one of format 1 is restored', async () => {
    const { place, name, rows } = await changedPlace();
    const folder = join(place.backups, name);
    const manifestPath = join(folder, 'manifest.json');
    const original = await readFile(manifestPath, 'utf8');
    const reformat = async (format: number): Promise<void> => {
      const text = original.replace(/^\{"format":\d+/, `{"format":${format}`);
      await writeFile(manifestPath, format === 1 ? text.replaceAll(/,?"sha256":"\w+"/g, '') : text);
      const record = parseRecord(await readFile(join(folder, 'backup.json'), 'utf8'), folder);
      if (record === null) throw new Error('no record');
      const digest = await fileDigest(manifestPath);
      const files = record.files.map((file) => (file.path === 'manifest.json' ? { ...file, ...digest } : file));
      await writeFile(join(folder, 'backup.json'), formatRecord({ ...record, storeFormat: format, files }));
      const { sha256 } = await fileDigest(join(folder, 'backup.json'));
      await writeFile(join(folder, 'SHA256SUMS'), formatSums(files, sha256));
    };
    await reformat(FORMAT_VERSION + 1);
    const restoring = withCare(place, ({ backups }) => backups.restore(name));
    await expect(restoring).rejects.toMatchObject({ failure: 'newer_format' });
    await reformat(1);
    await withCare(place, ({ backups }) => backups.restore(name, { all: true }));
    expect(await allRows(place)).toEqual(rows);
    expect(await newestManifest(place)).toMatch(/^\{"format":3,(?!.*"sha256":null)/s);
  });

  test('tables of an older version are migrated by a restore, and kept as they were', async () => {
    const { place, name, rows } = await changedPlace();
    const path = storeOf(place, 'manifest', '000000008.json');
    const text = (await readFile(path, 'utf8'))
      .replace(/^\{"format":3/, '{"format":1')
      .replaceAll(/,"sha256":"\w+"/g, '');
    await writeFile(path, text);
    const format = storeOf(place, 'format.json');
    await writeFile(format, (await readFile(format, 'utf8')).replace('"format":3', '"format":1'));
    const { kept } = await withCare(place, ({ backups }) => backups.restore(name));
    expect((await allRows(place)).samples).toEqual(rows.samples);
    expect(await values(place)).toEqual(['control']);
    expect(await newestManifest(place)).toMatch(/^\{"format":3,(?!.*"sha256":null)/s);
    expect(await readFile(format, 'utf8')).toContain('"format":3');
    expect(await readFile(join(kept ?? '', 'manifest.json'), 'utf8')).toMatch(/^\{"format":1,/);
    await addSamples(place, [55]);
  });
});
