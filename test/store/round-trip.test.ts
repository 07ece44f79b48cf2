import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from './open-test-store.ts';

afterAll(removeFolders);

const text = fc.string({ unit: 'binary' });
const sample = fc.record({
  key: fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  source: fc.constantFrom('GEO', 'INSDC'),
  title: fc.option(text),
  taxon_id: fc.option(fc.integer()),
  attributes: fc.option(
    fc.dictionary(fc.string(), fc.array(text, { maxLength: 3 }), { maxKeys: 4, noNullPrototype: true }),
  ),
  fetched_at: fc.option(
    fc
      .date({ min: new Date('1970-01-01'), max: new Date('2262-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  ),
});
const project = fc.record({
  key: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
  source: fc.constant('GEO'),
  publications: fc.option(fc.array(text, { maxLength: 3 })),
});

test('any text, number, list and JSON comes back from Parquet as from memory, in the same order', async () => {
  const parquet = openTestStore(join(await makeTestFolder(), 'DB'));
  const memory = createMemoryStore();
  await fc.assert(
    fc.asyncProperty(
      fc.array(sample, { maxLength: 8 }),
      fc.array(project, { maxLength: 4 }),
      async (samples, projects) => {
        const change = oneUnit({ samples, projects });
        const [first, second] = [await parquet.commit(change), await memory.commit(change)];
        expect(first.tables).toEqual(second.tables);
        for (const table of ['samples', 'projects'] as const) {
          const rows = [];
          for await (const batch of parquet.select({ table })) rows.push(...batch);
          const expected = [];
          for await (const batch of memory.select({ table })) expected.push(...batch);
          expect(rows).toEqual(expected);
          const keys = expected.map((row) => String(row.key));
          expect((await parquet.get(table, keys)).length).toBe(keys.length);
        }
      },
    ),
    { numRuns: 40 },
  );
  await parquet.close();
});
