import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { Query } from '../../src/ports/query.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { openQuery } from '../../src/query/open-query.ts';
import type { Row } from '../../src/records/table.ts';
import { commitChange } from '../../src/store/parquet/commit.ts';
import { compactTable } from '../../src/store/parquet/compact.ts';
import { openContext } from '../../src/store/parquet/parquet-store.ts';
import { AT, geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, removeFolders, TEST_CLOCK } from '../store/open-test-store.ts';

afterAll(removeFolders);

async function rowsOf(query: Query, sql: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of (await query.run(sql)).rows()) rows.push(...batch);
  return rows;
}

test('many small deltas are merged once, and each commit shows', async () => {
  const dir = await makeTestFolder();
  const { context, door } = openContext({ dir, clock: TEST_CLOCK, randomId: randomUUID });
  const query = openQuery({ dir, clock: createSystemClock(), randomId: randomUUID });
  const keys = Array.from({ length: 30 }, (_, index) => `GSM${100 + index}`);
  await commitChange(context, oneUnit({ samples: keys.map((key) => geoSample(key)) }));
  await compactTable(context, 'GEO_SAMPLES', true);
  const expected = new Map(keys.map((key) => [key, `sample ${key}`]));
  for (let round = 0; round < 12; round += 1) {
    const changed = `GSM${100 + round * 2}`;
    const gone = `GSM${101 + (round % 4)}`;
    const samples = [geoSample(changed, { title: `round ${round}` }), geoSample(`GSM9${round}`)];
    await commitChange(context, oneUnit({ samples }));
    await commitChange(context, { units: [], asked: [], remove: [{ table: 'samples', key: gone }], at: AT });
    expected.set(changed, `round ${round}`).set(`GSM9${round}`, `sample GSM9${round}`).delete(gone);
    const rows = await rowsOf(query, 'SELECT key, title FROM samples');
    expect(new Map(rows.map((row) => [row.key, row.title]))).toEqual(expected);
    expect(rows).toHaveLength(expected.size);
  }
  await expect(rowsOf(query, 'SELECT * FROM merged_deltas."GEO_SAMPLES"')).rejects.toThrow(/merged_deltas|GEO_SAMPLES/);
  await query.close();
  await door.close();
});
