import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupInfo } from '../../../src/ports/store-care.ts';
import { RECORD_FILE, SUMS_FILE } from '../../../src/store/care/backup/backup-record.ts';
import { FORMAT_VERSION } from '../../../src/store/manifest/manifest.ts';
import { oneUnit } from '../../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from '../open-test-store.ts';
import { addSamples, allRows, newPlace, type Place, withCare } from './backed-up-store.ts';

afterAll(removeFolders);

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function segmentsOf({ dir }: Place, table: string): Promise<string[]> {
  const folder = join(dir, '.store', 'v1', 'segments');
  return (await readdir(folder)).filter((file) => file.startsWith(table)).map((file) => join(folder, file));
}

describe('making a backup', () => {
  test('003-31 it holds the live segments, says what it is, and any tool can check and read it', async () => {
    const place = await newPlace();
    await addSamples(place, [1, 2, 3]);
    await addSamples(place, [2], 'changed');
    const store = openTestStore(place.dir);
    await store.commit(oneUnit({}, { remove: [{ table: 'samples', key: 'GSM3' }] }));
    await store.close();
    const info = await withCare(place, (care) => care.backups.create());
    expect(info).toMatchObject({
      reason: 'manual',
      sequence: 5,
      version: FORMAT_VERSION,
      path: join(place.backups, info.name),
    });
    expect(info.name).toMatch(/^\d{8}T\d{6}Z-1$/);
    expect(await withCare(place, (care) => care.backups.list())).toEqual([info]);
    expect(await withCare(place, (care) => care.backups.verify(info.name))).toEqual([]);
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: info.path });
    // As docs/store.md tells it.
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const answer = await connection.runAndReadAll(
      `SELECT key, title FROM (SELECT * FROM read_parquet('${info.path}/GEO_SAMPLES/*.parquet', filename = true, union_by_name = true)
       QUALIFY row_number() OVER (PARTITION BY key ORDER BY filename DESC) = 1) WHERE NOT _deleted ORDER BY key`,
    );
    expect(answer.getRows()).toEqual([
      ['GSM1', 'sample 1'],
      ['GSM2', 'changed 2'],
    ]);
    connection.disconnectSync();
    instance.closeSync();
  });

  test('no tables: it is said, and no folder is left', async () => {
    const place = await newPlace();
    await expect(withCare(place, (care) => care.backups.create())).rejects.toThrow(/nothing to back up/);
    expect(await readdir(dirname(place.backups))).toEqual([]);
  });

  test('a damaged or missing segment refuses the backup by name and leaves nothing behind', async () => {
    for (const harm of ['flip', 'cut', 'remove'] as const) {
      const place = await newPlace();
      await addSamples(place, [1]);
      const [segment = ''] = await segmentsOf(place, 'INSDC_RUNS');
      if (harm === 'remove') await rm(segment);
      if (harm === 'cut') await truncate(segment, 100);
      if (harm === 'flip') await flip(segment, 20);
      const refused = withCare(place, (care) => care.backups.create());
      await expect(refused).rejects.toMatchObject({ failure: 'integrity', message: expect.stringContaining(segment) });
      expect(await readdir(place.backups)).toEqual([]);
    }
  });

  test('two backups of one second differ by their number; the newest come first', async () => {
    const place = await newPlace();
    await addSamples(place, [1]);
    const clock = { ...TEST_CLOCK, now: () => Date.UTC(2026, 10, 21, 9, 30) };
    const names = await withCare(
      place,
      async ({ backups }) => {
        for (let count = 1; count <= 10; count += 1) await backups.create();
        return (await backups.list()).map(({ name }) => name);
      },
      { clock },
    );
    expect(names).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((count) => `20261121T093000Z-${count}`));
  });

  test('a backup that does not say of which folder it is, as the first ones did not, is whole and restored', async () => {
    const place = await newPlace();
    await addSamples(place, [1]);
    const { path, name } = await withCare(place, ({ backups }) => backups.create());
    const text = await readFile(join(path, RECORD_FILE), 'utf8');
    const old = text.replace(/"tables":"[^"]*",/, '');
    expect(old).not.toBe(text);
    await writeFile(join(path, RECORD_FILE), old);
    const sums = await readFile(join(path, SUMS_FILE), 'utf8');
    const sum = createHash('sha256').update(old).digest('hex');
    await writeFile(join(path, SUMS_FILE), sums.replace(/\w+ {2}backup\.json\n$/, `${sum}  backup.json\n`));
    expect(await withCare(place, ({ backups }) => backups.verify(name))).toEqual([]);
    await addSamples(place, [2]);
    await withCare(place, ({ backups }) => backups.restore(name));
    expect((await allRows(place)).samples).toHaveLength(1);
  });

  test('003-31 --keep N of a copied or restored project leaves the backups of the first one', async () => {
    const [first, restored, copied] = [await newPlace(), await newPlace(), await newPlace()];
    const shared = join(dirname(first.dir), 'shared');
    await addSamples(first, [1]);
    const kept = await withCare(first, ({ backups }) => backups.create({ to: shared }));
    await withCare(restored, ({ backups }) => backups.restore(kept.path));
    await cp(first.dir, copied.dir, { recursive: true });
    const names = [kept.name];
    for (const place of [restored, copied]) {
      await withCare(place, ({ backups }) => backups.create({ to: shared, keep: 1 }));
      names.unshift((await withCare(place, ({ backups }) => backups.create({ to: shared, keep: 1 }))).name);
    }
    expect((await withCare(first, ({ backups }) => backups.list({ from: shared }))).map(({ name }) => name)).toEqual(
      names,
    );
  });

  test('003-31 --keep N leaves the newest N of this project; automatic ones make room by themselves', async () => {
    const [place, other] = [await newPlace(), await newPlace()];
    const shared = await makeTestFolder();
    for (const one of [place, other]) await addSamples(one, [1]);
    await withCare(other, ({ backups }) => backups.create({ to: shared }));
    const reasons = await withCare(
      place,
      async ({ backups }) => {
        for (let count = 0; count < 3; count += 1) await backups.create({ to: shared });
        expect(await backups.list({ from: shared })).toHaveLength(4);
        const last = await backups.create({ to: shared, keep: 2 });
        const left = await backups.list({ from: shared });
        expect(left).toHaveLength(3);
        expect(left[0]).toEqual(last);
        await backups.create();
        for (let count = 0; count < 4; count += 1) await backups.create({ reason: 'before migration' });
        return (await backups.list()).map(({ reason }) => reason);
      },
      { keepBackups: 2 },
    );
    expect(reasons).toEqual(['before migration', 'before migration', 'manual']);
  });

  test('001-22 one consistent state, while two writers commit', async () => {
    const place = await newPlace();
    await addSamples(place, [1]);
    let isWriting = true;
    const numbers = Array.from({ length: 25 }, (_, index) => index);
    const writers = [100, 200].map((first) =>
      addSamples(
        place,
        numbers.map((number) => first + number),
      ),
    );
    const writing = Promise.all(writers).finally(() => {
      isWriting = false;
    });
    const made: BackupInfo[] = [];
    while (isWriting) made.push(await withCare(place, ({ backups }) => backups.create()));
    await writing;
    expect(made.length).toBeGreaterThan(2);
    for (const { path } of [made[0], made[made.length >> 1], made.at(-1)].filter((info) => info !== undefined)) {
      const copy = await newPlace();
      await withCare(copy, ({ backups }) => backups.restore(path));
      const { samples = [], runs = [], files = [], asked = [] } = await allRows(copy);
      const keys = samples.map((row) => row.key).sort();
      expect(runs.map((row) => row.parent).sort()).toEqual(keys);
      expect(files.map((row) => String(row.parent).replace('SRR', 'GSM')).sort()).toEqual(keys);
      expect(asked.map((row) => row.id).sort()).toEqual(keys);
    }
  });

  test('what a killed backup left goes with the next one; that of a living process stays', async () => {
    const place = await newPlace();
    await addSamples(place, [1]);
    const processes = { host: 'here', pid: 7, isAlive: (pid: number) => pid !== 6 };
    for (const name of ['.tmp-6@here@a', '.tmp-8@here@b', '.tmp-6@there@c']) {
      await mkdir(join(place.backups, name), { recursive: true });
      await writeFile(join(place.backups, name, 'backup.json'), '{}');
    }
    const info = await withCare(place, ({ backups }) => backups.create(), { processes });
    expect((await readdir(place.backups)).sort()).toEqual(['.tmp-6@there@c', '.tmp-8@here@b', info.name]);
    expect(await withCare(place, ({ backups }) => backups.list())).toEqual([info]);
  });
});

async function flip(path: string, position: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[position] = (bytes[position] ?? 0) ^ 0x41;
  await writeFile(path, bytes);
}

describe('damage of a backup', () => {
  let place: Place;
  let info: BackupInfo;

  beforeAll(async () => {
    place = await newPlace();
    await addSamples(place, [1, 2, 3]);
    info = await withCare(place, ({ backups }) => backups.create());
  });

  const verify = () => withCare(place, ({ backups }) => backups.verify(info.name));

  test('003-31 each of 200 single-byte changes, and the loss of each of the files, is noticed and refused', async () => {
    const files = await filesOf(info.path);
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    // The same positions every time: multiples of a step that shares no factor with the sum of the sizes.
    const step = Math.floor(total / 200) | 1;
    let noticed = 0;
    for (let index = 0; index < 200; index += 1) {
      let position = (index * step) % total;
      const at = sizes.findIndex((size) => {
        if (position < size) return true;
        position -= size;
        return false;
      });
      const file = files[at] ?? '';
      const before = await readFile(file);
      const changed = Buffer.from(before);
      changed[position] = (before[position] ?? 0) ^ (1 << (index % 8));
      await writeFile(file, changed);
      if ((await verify()).length > 0) noticed += 1;
      await writeFile(file, before);
    }
    expect(noticed).toBe(200);
    for (const file of files) {
      const before = await readFile(file);
      await rm(file);
      expect(await verify(), file).not.toEqual([]);
      await writeFile(file, before);
    }
    expect(await verify()).toEqual([]);
  });

  test('a file that does not belong to it, and one that was cut, are named', async () => {
    const [file = ''] = (await filesOf(info.path)).filter((path) => path.includes('GEO_SAMPLES'));
    const before = await readFile(file);
    await writeFile(join(info.path, 'GEO_SAMPLES', '000009.parquet'), before);
    await truncate(file, before.length - 1);
    expect(await verify()).toEqual([
      { path: 'GEO_SAMPLES/000009.parquet', reason: 'does not belong to the backup' },
      { path: 'GEO_SAMPLES/000001.parquet', reason: `has ${before.length - 1} bytes, written as ${before.length}` },
    ]);
    const restoring = withCare(place, ({ backups }) => backups.restore(info.name));
    await expect(restoring).rejects.toThrow(/GEO_SAMPLES\/000009.parquet .*GEO_SAMPLES\/000001.parquet/);
    await rm(join(info.path, 'GEO_SAMPLES', '000009.parquet'));
    await writeFile(file, before);
    expect(await verify()).toEqual([]);
  });

  test('a backup of a newer celline is refused by name, and listed', async () => {
    const name = '20991231T235959Z-1';
    const folder = join(place.backups, name);
    await mkdir(folder);
    for (const file of ['manifest.json', 'SHA256SUMS']) await copyFile(join(info.path, file), join(folder, file));
    const text = await readFile(join(info.path, 'backup.json'), 'utf8');
    await writeFile(join(folder, 'backup.json'), text.replace('"format":1', '"format":2'));
    for (const work of [
      () => withCare(place, ({ backups }) => backups.verify(name)),
      () => withCare(place, ({ backups }) => backups.restore(name)),
    ]) {
      await expect(work()).rejects.toMatchObject({ failure: 'newer_format' });
    }
    const [listed] = await withCare(place, ({ backups }) => backups.list());
    expect(listed).toMatchObject({ name, at: '2099-12-31T23:59:59.000Z' });
    await rm(folder, { recursive: true });
  });

  test('an unknown name is told with those that there are', async () => {
    for (const name of ['nothing', '20200101T000000Z-1', join(place.backups, randomUUID())]) {
      const asking = withCare(place, ({ backups }) => backups.restore(name));
      await expect(asking).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining(info.name) });
    }
  });
});
