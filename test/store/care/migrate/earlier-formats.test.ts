import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../../../../src/migrations/migrations.ts';
import { FORMAT_VERSION, segmentsOf } from '../../../../src/store/manifest/manifest.ts';
import { geoSample, oneUnit } from '../../../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../../open-test-store.ts';
import { careOf, newestManifest } from '../care-of.ts';
import {
  allRowsNow,
  copyProject,
  digestOf,
  fixtureTables,
  PROJECTS,
  recordedRows,
  rowsNow,
} from './fixture-project.ts';

afterAll(removeFolders);

test('there is a project of every earlier format, and a migration for every format', async () => {
  const folders = await readdir(PROJECTS);
  const earlier = Array.from({ length: FORMAT_VERSION - 1 }, (_, index) => `format-${index + 1}`);
  expect(folders.sort()).toEqual(earlier);
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(earlier.map((_, index) => index + 1).concat(FORMAT_VERSION));
});

describe.each(Array.from({ length: FORMAT_VERSION - 1 }, (_, index) => index + 1))(
  'a project of format %i',
  (format) => {
    test('003-14 opens and is read row by row as before, and nothing in it changes', async () => {
      const dir = await copyProject(format);
      const before = await digestOf(dir);
      for (const table of fixtureTables(format))
        expect(await rowsNow(dir, table), table).toEqual(await recordedRows(format, table));
      const store = openTestStore(dir);
      expect(await store.count({ table: 'samples' })).toBe((await recordedRows(format, 'samples')).length);
      expect((await store.get('samples', ['GSM9900001']))[0]?.source).toBe('GEO');
      await store.compact();
      await store.close();
      expect(await digestOf(dir)).toEqual(before);
    });

    test('003-14 the first write migrates it after a backup, and no row is lost', async () => {
      const dir = await copyProject(format);
      const recorded = await allRowsNow(dir, format);
      const care = careOf(dir);
      const store = openTestStore(dir, {
        upgrade: async (version) => {
          expect(version).toBe(format);
          const report = await care.migrations.migrate();
          expect(report).toMatchObject({ from: format, to: FORMAT_VERSION });
          const backup = (await care.backups.list()).find(({ name }) => name === report.backup);
          expect(backup).toMatchObject({ version: format, rows: Object.values(recorded).flat().length });
        },
      });
      await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
      await store.close();
      await care.close();
      const now = await allRowsNow(dir, format);
      expect(now.samples?.filter((row) => (row as { key: string }).key !== 'GSM1')).toEqual(recorded.samples);
      expect({ ...now, samples: recorded.samples }).toEqual(recorded);
      const newest = await newestManifest(dir);
      expect(newest.format).toBe(FORMAT_VERSION);
      expect(
        Object.values(newest.tables)
          .flatMap(segmentsOf)
          .every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256 ?? '')),
      ).toBe(true);
      expect(JSON.parse(await readFile(join(dir, '.store/v1/format.json'), 'utf8')).format).toBe(FORMAT_VERSION);
    });

    test('without a way to migrate it is not written, and says how to', async () => {
      const dir = await copyProject(format);
      const before = await digestOf(dir);
      const store = openTestStore(dir);
      await expect(store.commit(oneUnit({ samples: [geoSample('GSM1')] }))).rejects.toMatchObject({
        failure: 'operational',
        hint: 'celline db migrate',
      });
      await expect(store.begin()).rejects.toMatchObject({ hint: 'celline db migrate' });
      await store.close();
      expect(await digestOf(dir)).toEqual(before);
    });
  },
);

describe('003-15 down and up again', () => {
  test('contents are equal at every stop, annotations among them once the version knows them', async () => {
    const dir = await copyProject(1);
    const before = await allRowsNow(dir);
    const care = careOf(dir);
    await care.migrations.migrate();
    const store = openTestStore(dir);
    const note = { key: 'GSM9900001', name: 'condition', value: 'treated', created_at: null, updated_at: null };
    await store.commit({ units: [], asked: [], annotations: [note], at: '2026-01-01T00:00:00.000Z' });
    await store.close();
    const notes = await rowsNow(dir, 'annotations');
    expect(notes).toHaveLength(1);
    for (const version of [1, FORMAT_VERSION, 1, FORMAT_VERSION]) {
      const report = await care.migrations.migrate({ to: version });
      expect(report).toMatchObject({ to: version });
      expect(report.steps).toHaveLength(FORMAT_VERSION - 1);
      expect(await allRowsNow(dir), `version ${version}`).toEqual(before);
      expect(await rowsNow(dir, 'annotations')).toEqual(version === 1 ? [] : notes);
      expect((await newestManifest(dir)).format).toBe(version);
      expect(await care.migrations.status()).toMatchObject({ version });
    }
    await care.close();
  });

  test('dry run and a version that is there already change nothing; one that there is not is refused by number', async () => {
    const dir = await copyProject(1);
    const before = await digestOf(dir);
    const care = careOf(dir);
    const plan = await care.migrations.migrate({ dryRun: true });
    expect(plan).toMatchObject({ from: 1, to: FORMAT_VERSION, backup: null });
    expect(plan.steps.map(({ name, direction }) => [name, direction])).toEqual([
      ['2', 'up'],
      ['3', 'up'],
    ]);
    expect(await care.migrations.migrate({ to: 1 })).toMatchObject({ steps: [], backup: null });
    await expect(care.migrations.migrate({ to: 99 })).rejects.toMatchObject({
      message: 'There is no version 99 of the tables.',
      hint: 'This celline knows: 1, 2, 3.',
    });
    await care.close();
    expect(await digestOf(dir)).toEqual(before);
  });

  test('a migration that was killed between its manifest and format.json is finished by the next one', async () => {
    const dir = await copyProject(1);
    const care = careOf(dir);
    const format = join(dir, '.store/v1/format.json');
    const old = await readFile(format, 'utf8');
    await care.migrations.migrate();
    const { writeFile } = await import('node:fs/promises');
    await writeFile(format, old);
    expect(await care.migrations.migrate()).toMatchObject({ steps: [], backup: null });
    expect(JSON.parse(await readFile(format, 'utf8')).format).toBe(FORMAT_VERSION);
    await care.close();
  });

  test('several processes migrate at once, up and down: one does it, none fails, nothing is lost', async () => {
    const dir = await copyProject(1);
    const before = await allRowsNow(dir);
    const cares = [careOf(dir), careOf(dir), careOf(dir)];
    await Promise.all(cares.map((care) => care.migrations.migrate()));
    const store = openTestStore(dir);
    const note = { key: 'GSM9900001', name: 'condition', value: 'treated', created_at: null, updated_at: null };
    await store.commit({ units: [], asked: [], annotations: [note], at: '2026-01-01T00:00:00.000Z' });
    await store.close();
    const notes = await rowsNow(dir, 'annotations');
    for (const to of [1, FORMAT_VERSION, 1, FORMAT_VERSION]) {
      const { sequence } = await newestManifest(dir);
      await Promise.all(cares.map((care) => care.migrations.migrate({ to })));
      const newest = await newestManifest(dir);
      expect([newest.format, newest.sequence]).toEqual([to, sequence + 1]);
      expect(await allRowsNow(dir)).toEqual(before);
    }
    expect(await rowsNow(dir, 'annotations')).toEqual(notes);
    for (const care of cares) await care.close();
  });

  test('nothing stored: there is nothing to migrate, and no folder is made', async () => {
    const root = await makeTestFolder();
    const care = careOf(join(root, 'DB'));
    expect(await care.migrations.status()).toMatchObject({ version: null, current: FORMAT_VERSION });
    expect(await care.migrations.migrate()).toMatchObject({ steps: [], backup: null });
    await care.close();
    expect(await readdir(root)).toEqual([]);
  });
});
