import { randomUUID } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../../../src/project/system-clock.ts';
import { openQuery } from '../../../../src/query/open-query.ts';
import { readFooterFormat } from '../../../../src/store/disk/parquet-footer.ts';
import { FORMAT_VERSION } from '../../../../src/store/manifest/manifest.ts';
import { collect, geoSample, oneUnit } from '../../../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../../open-test-store.ts';
import { careOf } from '../care-of.ts';
import { digestOf } from './fixture-project.ts';

afterAll(removeFolders);

/** A copy of tables, as another process finds them: this one has not looked at them yet. */
async function storedFolder(): Promise<string> {
  const dir = join(await makeTestFolder(), 'DB');
  const store = openTestStore(dir);
  await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
  await store.publish();
  await store.close();
  const copy = join(await makeTestFolder(), 'DB');
  await cp(dir, copy, { recursive: true });
  return copy;
}

/** Makes a file say that it is of format 999, in place where it can be: a footer has its length written before it. */
async function makeNewer(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (!path.endsWith('.parquet')) {
    return writeFile(path, bytes.toString('utf8').replace(/"format":\d+/, '"format":999'));
  }
  const text = bytes.toString('latin1');
  const spaced = new RegExp(`\\{"format":${FORMAT_VERSION},"table":"([^"]+)"`).exec(text);
  // Two digits more in the number, two characters fewer in the name: the length stays.
  const [found = '', table = ''] = spaced ?? [];
  await writeFile(path, text.replace(found, `{"format":999,"table":"${table.slice(2)}"`), 'latin1');
}

async function firstIn(folder: string): Promise<string> {
  const [file = ''] = (await readdir(folder)).filter((name) => name.includes('GEO_SAMPLES') || name.endsWith('1.json'));
  return join(folder, file);
}

const PLACES: readonly (readonly [what: string, find: (dir: string) => Promise<string>])[] = [
  ['the manifest', (dir) => firstIn(join(dir, '.store/v1/manifest'))],
  ['format.json', async (dir) => join(dir, '.store/v1/format.json')],
  ['a segment', (dir) => firstIn(join(dir, '.store/v1/segments'))],
];

describe.each(PLACES)('003-16 %s of format 999', (_what, find) => {
  test('is refused by name, by whoever reads or writes, and nothing is touched', async () => {
    const dir = await storedFolder();
    const path = await find(dir);
    await makeNewer(path);
    const before = await digestOf(dir);
    const refusal = { failure: 'newer_format', code: 'STORE_NEWER_FORMAT', message: expect.stringContaining(path) };
    const query = openQuery({ dir, clock: createSystemClock(), randomId: randomUUID });
    const store = openTestStore(dir);
    const care = careOf(dir);
    await expect(collect(store.select({ table: 'samples' }))).rejects.toMatchObject(refusal);
    await expect(store.get('samples', ['GSM1'])).rejects.toMatchObject(refusal);
    await expect(store.commit(oneUnit({ samples: [geoSample('GSM1', { title: 'new' })] }))).rejects.toMatchObject(
      refusal,
    );
    await expect(query.run('SELECT * FROM samples')).rejects.toMatchObject(refusal);
    await query.close();
    await store.close();
    await care.close();
    expect(await digestOf(dir)).toEqual(before);
  });
});

describe('003-16 a plain table of format 999', () => {
  test('is not written over: the write is refused before anything is stored, reading goes on, db status names it', async () => {
    const dir = await storedFolder();
    const path = join(dir, 'GEO_SAMPLES.parquet');
    await makeNewer(path);
    expect(await readFooterFormat(path)).toBe(999);
    const before = await digestOf(dir);
    const store = openTestStore(dir);
    expect(await collect(store.select({ table: 'samples' }))).toHaveLength(1);
    await expect(store.commit(oneUnit({ samples: [geoSample('GSM2')] }))).rejects.toMatchObject({
      failure: 'newer_format',
      message: `${path} was made by a newer celline: it has format 999, this one knows up to ${FORMAT_VERSION}.`,
    });
    await store.close();
    const care = careOf(dir);
    expect((await care.migrations.status()).newer).toEqual([{ path, format: 999 }]);
    await care.close();
    expect(await digestOf(dir)).toEqual(before);
  });

  test('and `publish` does not write over it either', async () => {
    const dir = await storedFolder();
    const path = join(dir, 'GEO_SAMPLES.parquet');
    const store = openTestStore(dir);
    await store.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    await makeNewer(path);
    await expect(store.publish({ force: true })).rejects.toMatchObject({ failure: 'newer_format' });
    await store.close();
    expect(await readFooterFormat(path)).toBe(999);
  });
});

describe('the footer of a Parquet file', () => {
  test('is read from the end of the file; what is no Parquet, or not ours, has none', async () => {
    const dir = await storedFolder();
    expect(await readFooterFormat(join(dir, 'GEO_SAMPLES.parquet'))).toBe(FORMAT_VERSION);
    const other = join(dir, 'other.parquet');
    expect(await readFooterFormat(other)).toBeNull();
    await writeFile(other, '');
    expect(await readFooterFormat(other)).toBeNull();
    await writeFile(other, 'PAR1 celline PAR1');
    expect(await readFooterFormat(other)).toBeNull();
    expect(await readFooterFormat(dir)).toBeNull();
  });
});
