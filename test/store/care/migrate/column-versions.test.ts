import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Migration } from '../../../../src/migrations/migration.ts';
import { openMigrations } from '../../../../src/store/care/migrate/migrate.ts';
import { openContext } from '../../../../src/store/parquet/parquet-store.ts';
import { geoSample, oneUnit } from '../../../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from '../../open-test-store.ts';
import { newestManifest } from '../care-of.ts';
import { rowsNow } from './fixture-project.ts';

afterAll(removeFolders);

/** A version whose samples had a heading, their taxon as text, and no tissue. */
const VERSIONS: readonly Migration[] = [
  { version: 1, name: 'first', says: 'The first.', up: [], down: [] },
  {
    version: 2,
    name: 'second',
    says: 'Heading becomes title, taxon_id a number; tissue comes.',
    up: [
      { step: 'rename_column', table: 'samples', column: 'heading', to: 'title' },
      { step: 'retype_column', table: 'samples', column: { name: 'taxon_id', type: 'integer' } },
      { step: 'add_column', table: 'samples', column: { name: 'tissue', type: 'text' }, value: "'from ' || title" },
    ],
    down: [
      { step: 'drop_column', table: 'samples', column: 'tissue' },
      { step: 'retype_column', table: 'samples', column: { name: 'taxon_id', type: 'text' } },
      { step: 'rename_column', table: 'samples', column: 'title', to: 'heading' },
    ],
  },
  { version: 3, name: 'third', says: 'The third.', up: [], down: [] },
];

const sample = fc.record({
  key: fc.constantFrom('GSM1', 'GSM2', 'GSM3', 'GSM4', '🧬'),
  title: fc.option(fc.string()),
  taxon_id: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
});

test('003-15 columns of the tables of every source go down and up again with random rows, and contents are equal', async () => {
  const commits = fc.array(fc.array(sample, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(commits, async (changes) => {
      const dir = join(await makeTestFolder(), 'DB');
      const store = openTestStore(dir);
      for (const samples of changes) {
        const units = samples.map(({ key, title, ...more }) => {
          return geoSample(key, { ...more, title, tissue: title === null ? null : `from ${title}` });
        });
        await store.commit(oneUnit({ samples: units }));
      }
      await store.commit({
        units: [],
        asked: [],
        remove: [{ table: 'samples', key: 'GSM4' }],
        at: '2026-03-03T00:00:00.000Z',
      });
      await store.close();
      const before = await rowsNow(dir, 'samples');
      const { context, door } = openContext({ dir, clock: TEST_CLOCK, randomId: randomUUID });
      const care = { context, renew: door.close, hasPlainTables: true };
      const reasons: string[] = [];
      const backup = async (reason: string): Promise<string> => `copy ${reasons.push(reason)}`;
      const migrations = openMigrations(care, { backup, folder: null, migrations: VERSIONS });
      expect(await migrations.migrate({ to: 1 })).toMatchObject({
        backup: 'copy 1',
        rows: { GEO_SAMPLES: before.length },
      });
      const [down] = (await rowsNow(dir, 'samples')) as Record<string, unknown>[];
      const [first] = before as Record<string, unknown>[];
      expect([down?.heading, down?.title, down?.tissue]).toEqual([
        first?.title,
        before.length === 0 ? undefined : null,
        before.length === 0 ? undefined : null,
      ]);
      expect(await migrations.migrate()).toMatchObject({ backup: 'copy 2', from: 1, to: 3 });
      await door.close();
      expect(await rowsNow(dir, 'samples')).toEqual(before);
      const state = (await newestManifest(dir)).tables.GEO_SAMPLES;
      expect(state).toMatchObject({ extra: [], rows: before.length, deltas: [] });
    }),
    { numRuns: 8 },
  );
});
