import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { AddedColumns, PluginColumn } from '../../../../src/records/plugin-column.ts';
import type { Row } from '../../../../src/records/table.ts';
import { collect, geoSample, oneUnit } from '../../../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../../open-test-store.ts';
import { careOf, newestManifest } from '../care-of.ts';
import { digestOf, rowsNow } from './fixture-project.ts';

afterAll(removeFolders);

const SCORE: PluginColumn = { name: 'score', type: 'integer', doc: 'A score.' };
const AS_TEXT: PluginColumn = { ...SCORE, type: 'text' };
const MOOD: PluginColumn = { name: 'mood', type: 'text', doc: 'A mood.' };

function settings(samples: readonly PluginColumn[]) {
  const columns: AddedColumns = { samples };
  return { pluginColumns: [{ handler: 'lab', source: 'LAB', columns }] };
}

async function commit(dir: string, samples: readonly PluginColumn[], rows: Record<string, Row>): Promise<void> {
  const store = openTestStore(dir, settings(samples));
  try {
    const records = Object.entries(rows).map(([key, row]) => ({ ...geoSample(key, { source: 'LAB' }), ...row }));
    await store.commit(oneUnit({ samples: records }));
  } finally {
    await store.close();
  }
}

async function valuesOf(dir: string, column: string): Promise<unknown[]> {
  const store = openTestStore(dir);
  const rows = await collect(store.select({ table: 'samples', columns: ['key', column] }));
  await store.close();
  return rows.map((row) => row[column]);
}

async function newProject(): Promise<{ dir: string; migrationsDir: string }> {
  const root = await makeTestFolder();
  return { dir: join(root, 'DB'), migrationsDir: join(root, 'migrations') };
}

describe('003-17 a plug-in changes its columns', () => {
  test('added: the rows that are there have NULL, without ceremony', async () => {
    const { dir } = await newProject();
    await commit(dir, [SCORE], { LAB1: { score: 7 } });
    await commit(dir, [SCORE, MOOD], { LAB2: { score: 8, mood: 'calm' } });
    expect(await valuesOf(dir, 'mood')).toEqual([null, 'calm']);
    expect((await rowsNow(dir, 'samples')).map((row) => (row as Row).mood)).toEqual([null, 'calm']);
  });

  test('retyped: the write is refused by name, a migration is drafted, and runs once when it was looked at', async () => {
    const { dir, migrationsDir } = await newProject();
    await commit(dir, [SCORE], { LAB1: { score: 7 }, LAB2: {} });
    await commit(dir, [SCORE], { LAB1: { score: 70 } });
    const before = await digestOf(dir);
    await expect(commit(dir, [AS_TEXT], { LAB3: { score: 'high' } })).rejects.toMatchObject({
      failure: 'integrity',
      message:
        'The column score of LAB_SAMPLES is stored as integer; the plug-in lab declares it as text. Nothing was written.',
      fields: { handler: 'lab', table: 'LAB_SAMPLES', column: 'score', stored: 'integer', declared: 'text' },
      hint: expect.stringContaining('celline db migrate --draft'),
    });
    expect(await digestOf(dir)).toEqual(before);
    const care = careOf(dir, { migrationsDir, ...settings([AS_TEXT]) });
    expect((await care.migrations.status()).columns).toMatchObject([
      { table: 'LAB_SAMPLES', column: 'score', stored: 'integer', declared: 'text', state: 'retyped' },
    ]);
    const path = join(migrationsDir, '0001-lab-score.json');
    expect(await care.migrations.draft()).toEqual([path]);
    expect(await care.migrations.draft()).toEqual([]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      source: 'LAB',
      steps: [{ step: 'retype_column', table: 'samples', column: { name: 'score', type: 'text' } }],
    });
    const report = await care.migrations.migrate();
    expect(report).toMatchObject({ rows: { LAB_SAMPLES: 2 }, steps: [{ name: '0001-lab-score', direction: 'up' }] });
    expect((await care.backups.list()).map(({ name }) => name)).toEqual([report.backup]);
    expect(await valuesOf(dir, 'score')).toEqual(['70', null]);
    await commit(dir, [AS_TEXT], { LAB3: { score: 'high' } });
    expect(await valuesOf(dir, 'score')).toEqual(['70', null, 'high']);
    expect(await care.migrations.migrate()).toMatchObject({ steps: [], backup: null });
    expect(await care.migrations.status()).toMatchObject({
      project: [{ name: '0001-lab-score', state: 'done' }],
      columns: [{ state: 'current' }],
    });
    await care.close();
  });

  test('removed: refused and drafted too; the others stay', async () => {
    const { dir, migrationsDir } = await newProject();
    await commit(dir, [SCORE, MOOD], { LAB1: { score: 7, mood: 'calm' } });
    await expect(commit(dir, [MOOD], { LAB2: { mood: 'wild' } })).rejects.toMatchObject({
      message: expect.stringContaining('the plug-in lab does not declare it any more'),
    });
    const care = careOf(dir, { migrationsDir, ...settings([MOOD]) });
    await care.migrations.draft();
    await care.migrations.migrate();
    await care.close();
    await commit(dir, [MOOD], { LAB2: { mood: 'wild' } });
    expect(await valuesOf(dir, 'mood')).toEqual(['calm', 'wild']);
    await expect(valuesOf(dir, 'score')).rejects.toThrow('no column score');
  });

  test('a plug-in that is not registered now: its columns and values stay, whoever writes', async () => {
    const { dir } = await newProject();
    await commit(dir, [SCORE], { LAB1: { score: 7 } });
    const store = openTestStore(dir);
    await store.commit(oneUnit({ samples: [geoSample('LAB1', { source: 'LAB', title: 'new' }), geoSample('GSM1')] }));
    await store.compact();
    await store.close();
    expect(await valuesOf(dir, 'score')).toEqual([null, 7]);
  });

  test('a table of many segments is rewritten range by range, with what is in its deltas', async () => {
    const { dir, migrationsDir } = await newProject();
    const rows = Object.fromEntries(
      Array.from({ length: 26_000 }, (_, index) => [`LAB${10_000 + index}`, { score: index }]),
    );
    await commit(dir, [SCORE], rows);
    const care = careOf(dir, { migrationsDir, plainTables: false, ...settings([AS_TEXT]) });
    for await (const table of care.checkpoint()) expect(table.segments.after).toBeGreaterThan(1);
    await commit(dir, [SCORE], { LAB10000: { score: -1 }, LAB99999: { score: -2 }, LAB0: { score: -3 } });
    await care.migrations.draft();
    expect(await care.migrations.migrate()).toMatchObject({ rows: { LAB_SAMPLES: 26_002 } });
    await care.close();
    const stored = await rowsNow(dir, 'samples');
    expect(stored).toHaveLength(26_002);
    const scores = new Map((stored as Row[]).map((row) => [row.key, row.score]));
    expect(['LAB0', 'LAB10000', 'LAB10001', 'LAB35999', 'LAB99999'].map((key) => scores.get(key))).toEqual([
      '-3',
      '-1',
      '1',
      '25999',
      '-2',
    ]);
    expect((await newestManifest(dir)).tables.LAB_SAMPLES?.base.length).toBeGreaterThan(1);
  });

  test('a value that does not fit, and a step that means nothing, change nothing', async () => {
    const { dir, migrationsDir } = await newProject();
    await commit(dir, [AS_TEXT], { LAB1: { score: 'high' } });
    await mkdir(migrationsDir);
    const before = await newestManifest(dir);
    const files = await readdir(join(dir, '.store/v1/segments'));
    const care = careOf(dir, { migrationsDir, ...settings([SCORE]) });
    const run = async (value: string): Promise<unknown> => {
      const steps = [{ step: 'retype_column', table: 'samples', column: { name: 'score', type: 'integer' }, value }];
      await writeFile(join(migrationsDir, '0001-lab-score.json'), JSON.stringify({ says: '', source: 'LAB', steps }));
      return care.migrations.migrate();
    };
    await expect(run('CAST(score AS INTEGER)')).rejects.toMatchObject({
      failure: 'type_conversion',
      message: expect.stringMatching(/LAB_SAMPLES: score cannot be migrated: .*high/),
    });
    await expect(run('nothing + 1')).rejects.toMatchObject({ failure: 'type_conversion' });
    expect(await newestManifest(dir)).toEqual(before);
    expect(await readdir(join(dir, '.store/v1/segments'))).toEqual(files);
    await care.close();
  });
});

describe('003-15 columns up and down', () => {
  test('any rows come back equal, whatever their deltas', async () => {
    const value = fc.record({
      score: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      mood: fc.option(fc.string()),
    });
    const keys = fc.constantFrom('LAB1', 'LAB2', 'LAB3', "it's", '🧬');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(keys, value, { minKeys: 1 }), { minLength: 1, maxLength: 4 }),
        async (commits) => {
          const { dir, migrationsDir } = await newProject();
          for (const rows of commits) await commit(dir, [SCORE, MOOD], rows);
          const before = await rowsNow(dir, 'samples');
          const care = careOf(dir, { migrationsDir });
          await mkdir(migrationsDir, { recursive: true });
          const [up, down] = [
            { name: 'score', type: 'text' },
            { name: 'score', type: 'integer' },
          ].map((column) => [{ step: 'retype_column', table: 'samples', column }]);
          const there = [{ step: 'rename_column', table: 'samples', column: 'mood', to: 'humour' }];
          const back = [{ step: 'rename_column', table: 'samples', column: 'humour', to: 'mood' }];
          for (const [index, steps] of [
            [...(up ?? []), ...there],
            [...back, ...(down ?? [])],
          ].entries()) {
            const file = join(migrationsDir, `000${index}-lab.json`);
            await writeFile(file, JSON.stringify({ says: '', source: 'LAB', steps }));
            await care.migrations.migrate();
            if (index === 0)
              expect((await rowsNow(dir, 'samples')).every((row) => 'humour' in (row as Row))).toBe(true);
          }
          await care.close();
          expect(await rowsNow(dir, 'samples')).toEqual(before);
        },
      ),
      { numRuns: 6 },
    );
  });
});
