import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { openQuery } from '../../src/query/open-query.ts';
import { addSamples, allRows, type Place, withCare } from './care/backed-up-store.ts';
import { makeTestFolder, removeFolders } from './open-test-store.ts';

afterAll(removeFolders);

/** A project in a folder of this name. */
async function placeIn(name: string): Promise<Place> {
  const root = join(await makeTestFolder(), name);
  return { dir: join(root, 'DB'), backups: join(root, 'backups') };
}

async function list<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function queryKeys({ dir }: Place): Promise<unknown[]> {
  const query = openQuery({ dir, clock: createSystemClock(), randomId: randomUUID });
  try {
    const answer = await query.run('SELECT key, title FROM samples ORDER BY key');
    const rows = [];
    for await (const batch of answer.rows()) rows.push(...batch);
    return rows.map((row) => `${row.key} ${row.title}`);
  } finally {
    await query.close();
  }
}

describe('001-17 a project in a folder that DuckDB would read as a pattern', () => {
  test.each([
    ['key=value: a partition', 'key=GSM9'],
    ['title=value: a partition of another column', 'title=nothing'],
    ['brackets', 'lab[1]'],
    ['a star', 'lab*'],
    ['a question mark', 'lab?'],
    ['a quote', "lab's"],
  ])('%s', async (_, name) => {
    const place = await placeIn(name);
    await addSamples(place, [1, 2, 3]);
    const before = await allRows(place);
    // What the pattern would match: a copy of the project that went its own way.
    const twin = { ...place, dir: join(dirname(dirname(place.dir)), name === 'lab[1]' ? 'lab1' : 'labX', 'DB') };
    await cp(place.dir, twin.dir, { recursive: true });
    await addSamples(twin, [2], 'changed');
    await withCare(place, async (care) => {
      await list(care.checkpoint());
      expect((await list(care.integrity.check())).filter(({ severity }) => severity === 'error')).toEqual([]);
      const { name: backup } = await care.backups.create();
      await care.backups.restore(backup);
    });
    await addSamples(place, [4]);
    expect((await allRows(place)).samples?.map(({ key, title }) => `${key} ${title}`)).toEqual([
      'GSM1 sample 1',
      'GSM2 sample 2',
      'GSM3 sample 3',
      'GSM4 sample 4',
    ]);
    expect((await allRows(place)).samples?.slice(0, 3)).toEqual(before.samples);
    expect(await queryKeys(place)).toEqual(['GSM1 sample 1', 'GSM2 sample 2', 'GSM3 sample 3', 'GSM4 sample 4']);
  });
});
