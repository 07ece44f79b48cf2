import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { holdEngine } from '../../src/store/parquet/engine-holder.ts';
import { makeTestFolder, removeFolders } from './open-test-store.ts';

afterAll(removeFolders);

it('an engine that was closed after it was asked for is opened anew for the next call', async () => {
  const holder = holdEngine({ memoryLimit: '64MB', spill: join(await makeTestFolder(), 'spill'), rows: async () => 0 });
  const engine = await holder.open();
  const texts = engine.texts("SELECT 'a'")[Symbol.asyncIterator]();
  await holder.close();
  expect(await texts.next()).toEqual({ done: false, value: ['a'] });
  await holder.close();
  expect(await engine.rows('SELECT 1')).toEqual([[1]]);
  // A call that has begun keeps its database, although the engine is closed meanwhile.
  const answers = Array.from({ length: 20 }, () => engine.rows('SELECT 2'));
  await holder.close();
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 20 }, () => [[2]]));
  await texts.return?.();
  await holder.close();
});

it.each([
  [19_999, 1n],
  [20_000, 2n],
])('for %i rows it has %i threads', async (rows, threads) => {
  const holder = holdEngine({
    memoryLimit: '64MB',
    spill: join(await makeTestFolder(), 'spill'),
    rows: async () => rows,
  });
  expect(await (await holder.open()).rows("SELECT current_setting('threads')")).toEqual([[threads]]);
  await holder.close();
});
