import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { openTables } from '../../src/project/open-tables.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { collect } from '../../src/testing/contract/store-records.ts';
import { sampleUnit, scriptedHandler } from '../dispatcher/scripted-handler.ts';
import { makeTestFolder, removeFolders } from '../store/open-test-store.ts';

afterAll(removeFolders);

test('columns that a registered handler declares are in its table, in the views and in what lists the columns', async () => {
  const root = await makeTestFolder();
  const { config } = await loadConfig({ cwd: root, env: {}, homeDir: root, handlers: [], flags: {} });
  const handler = scriptedHandler({
    columns: { samples: [{ name: 'score', type: 'decimal', precision: 6, scale: 3, doc: 'The score of the lab.' }] },
  });
  const tables = openTables({
    ...{ config, root, dbDir: join(root, 'DB'), cacheDir: join(root, '.cache'), clock: createSystemClock() },
    signal: new AbortController().signal,
    handlers: [{ name: handler.name, handler }],
    reporter: { emit: () => undefined },
    command: 'test',
    mask: (text) => text,
  });
  const query = await tables.query.open();
  const ask = async (sql: string) => collect((await query.run(sql)).rows());
  // Also before there is a row.
  expect(await ask('SELECT key, score FROM samples')).toEqual([]);
  expect((await tables.store.columns('samples')).at(-1)).toMatchObject({ name: 'score', type: 'decimal' });
  expect(
    query
      .views()
      .find(({ name }) => name === 'samples')
      ?.columns.at(-1),
  ).toMatchObject({ name: 'score' });
  const unit = sampleUnit('TEST1', { tissue: 'brain', ...{ score: '1.5' } });
  await tables.store.commit({ units: [unit], asked: [], at: '2026-01-01T00:00:00.000Z' });
  expect(await ask('SELECT key, score, typeof(score) AS type FROM samples')).toEqual([
    { key: 'TEST1', score: '1.500', type: 'DECIMAL(6,3)' },
  ]);
  await tables.store.publish({ force: true });
  const { migrations } = await (await tables.care.open()).migrations.status();
  expect(migrations.every(({ isApplied }) => isApplied)).toBe(true);
  expect((await (await tables.care.open()).migrations.status()).columns).toEqual([
    {
      table: 'TEST_SAMPLES',
      column: 'score',
      handler: 'test',
      stored: 'decimal(6,3)',
      declared: 'decimal(6,3)',
      state: 'current',
    },
  ]);
  await query.close();
  await tables.care.close();
  await tables.store.close();
});
