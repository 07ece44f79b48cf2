import { readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, describe, expect, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { RUNS } from '../../src/records/run.ts';
import { SAMPLES } from '../../src/records/sample.ts';
import { askedRow, geoSample, insdcRun, oneUnit, runFile } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from './open-test-store.ts';

afterAll(removeFolders);

const AT = '2026-01-01T00:00:00.000Z';

async function newDir(): Promise<string> {
  return join(await makeTestFolder(), 'DB');
}

async function readPlain(dir: string, name: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(join(dir, `${name}.parquet`)), compressors });
}

/** Columns of a Parquet file, by a reader that is not DuckDB. */
async function plainColumns(dir: string, name: string): Promise<string[]> {
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(join(dir, `${name}.parquet`)));
  return metadata.schema
    .slice(1)
    .filter((node) => node.name !== 'list' && node.name !== 'element')
    .map((node) => node.name);
}

async function fillTwo(store: Store): Promise<void> {
  const samples = [
    geoSample('GSM2', { attributes: { tissue: ['brain'] }, description: '', fetched_at: AT }),
    geoSample('GSM10', { taxon_id: 9606 }),
    { key: 'SAMN1', source: 'INSDC', title: 'µ漢' },
  ];
  const runs = [insdcRun('SRR1', 'GSM2', { file_size: 12_000_000_000n })];
  const links = [{ key: 'GSM2', alias: 'GSE1', kind: 'series' as const }];
  const files = [runFile('SRR1', 'a.gz', { urls: ['https://a', 'https://b'] })];
  await store.commit(oneUnit({ samples, runs, files, links }, { asked: [askedRow('GSM2')] }));
}

describe('plain tables', () => {
  test('000-08 000-09 000-43 open in a second reader: one per source, sorted, keys unique, the first columns in order', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    await fillTwo(store);
    await store.commit(oneUnit({ samples: [geoSample('GSM2', { title: 'changed' })] }));
    const plain = await store.publish();
    expect(plain.map(({ name, rows, behind }) => [name, rows, behind])).toEqual([
      ['ASKED', 1, 0],
      ['GEO_SAMPLES', 2, 0],
      ['INSDC_FILES', 1, 0],
      ['INSDC_RUNS', 1, 0],
      ['INSDC_SAMPLES', 1, 0],
      ['LINKS', 1, 0],
    ]);
    await store.close();
    const columns = await plainColumns(dir, 'GEO_SAMPLES');
    expect(columns.slice(0, 14).join(' ')).toBe(
      'key title organism tissue cell_type library_strategy library_source library_selection platform instrument parent children species date',
    );
    expect(columns).toEqual(SAMPLES.columns.map(({ name }) => name));
    expect((await plainColumns(dir, 'INSDC_RUNS')).slice(0, 7)).toEqual(
      RUNS.columns.slice(0, 7).map(({ name }) => name),
    );
    const samples = await readPlain(dir, 'GEO_SAMPLES');
    expect(samples.map(({ key, title }) => [key, title])).toEqual([
      ['GSM10', 'sample GSM10'],
      ['GSM2', 'changed'],
    ]);
    expect(samples[1]).toMatchObject({
      attributes: { tissue: ['brain'] },
      description: '',
      tissue: null,
      fetched_at: new Date(AT),
    });
    expect((await readPlain(dir, 'INSDC_RUNS'))[0]).toMatchObject({
      key: 'SRR1',
      file_size: 12_000_000_000n,
      spots: null,
    });
    expect((await readPlain(dir, 'INSDC_FILES'))[0]).toMatchObject({ urls: ['https://a', 'https://b'] });
    expect((await readPlain(dir, 'INSDC_SAMPLES'))[0]).toMatchObject({ title: 'µ漢' });
    expect((await readPlain(dir, 'LINKS'))[0]).toEqual({ key: 'GSM2', alias: 'GSE1', kind: 'series' });
  });

  test('say how far they are behind, and are written again only then', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    await fillTwo(store);
    await store.publish();
    const before = await readFile(join(dir, 'GEO_SAMPLES.parquet'));
    await store.publish({ force: true });
    expect(await readFile(join(dir, 'GEO_SAMPLES.parquet'))).toEqual(before);
    await store.commit(oneUnit({ samples: [geoSample('GSM3'), geoSample('GSM2', { tissue: 'x' })] }));
    const behind = (await store.plainTables()).filter((table) => table.behind > 0);
    expect(behind.map(({ name, behind: rows }) => [name, rows])).toEqual([['GEO_SAMPLES', 2]]);
    await store.publish();
    expect((await readPlain(dir, 'GEO_SAMPLES')).map(({ key }) => key)).toEqual(['GSM10', 'GSM2', 'GSM3']);
    await store.close();
  });

  test('a table whose last row went has no rows, and a missing file is made again', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    await fillTwo(store);
    await store.publish();
    await rm(join(dir, 'LINKS.parquet'));
    await store.commit(oneUnit({}, { remove: [{ table: 'runs', key: 'SRR1' }] }));
    await store.publish();
    expect(await readPlain(dir, 'INSDC_RUNS')).toEqual([]);
    expect(await readPlain(dir, 'LINKS')).toHaveLength(1);
    await store.close();
  });

  test('a file of somebody else, or of another store, is moved aside and never overwritten', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    await fillTwo(store);
    await writeFile(join(dir, 'LINKS.parquet'), 'my own notes');
    const other = await newDir();
    const second = openTestStore(other);
    await second.commit(oneUnit({ samples: [geoSample('GSM77')] }));
    await second.publish();
    await second.close();
    await writeFile(join(dir, 'GEO_SAMPLES.parquet'), await readFile(join(other, 'GEO_SAMPLES.parquet')));
    const plain = await store.publish();
    const moved = plain.filter((table) => table.movedAside !== undefined);
    expect(moved.map(({ name }) => name)).toEqual(['GEO_SAMPLES', 'LINKS']);
    expect(await readFile(moved[1]?.movedAside ?? '', 'utf8')).toBe('my own notes');
    expect((await readPlain(dir, 'GEO_SAMPLES')).map(({ key }) => key)).toEqual(['GSM10', 'GSM2']);
    await store.close();
  });

  test('are off by settings', async () => {
    const dir = await newDir();
    const store = openTestStore(dir, { plainTables: false });
    await fillTwo(store);
    expect(await store.publish({ force: true })).toEqual([]);
    await store.close();
    expect(await readdir(dir)).toEqual(['.store']);
  });
});

describe('large tables', () => {
  test('a base of several segments takes updates, removals and new keys, and is published in order', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    const total = 24_000;
    const links = Array.from({ length: total }, (_, index) => ({
      key: `GSM${100_000 + index}`,
      alias: 'GSE1',
      kind: 'series' as const,
    }));
    await store.commit(oneUnit({ links }));
    await store.compact();
    const manifests = (await readdir(join(dir, '.store/v1/manifest')))
      .filter((name) => /^\d+\.json$/.test(name))
      .sort();
    const newest = JSON.parse(await readFile(join(dir, '.store/v1/manifest', manifests.at(-1) ?? ''), 'utf8'));
    expect(newest.tables.LINKS.base.length).toBeGreaterThan(1);
    expect(newest.tables.LINKS.deltas).toEqual([]);
    const remove = [{ table: 'links' as const, key: 'GSM100003' }];
    const added = [
      { key: 'GSM1', alias: 'GSE1', kind: 'series' as const },
      { key: 'GSM112000', alias: 'GSE2', kind: 'series' as const },
    ];
    await store.commit(oneUnit({ links: added }, { remove }));
    expect(await store.count({ table: 'links' })).toBe(total + 1);
    expect((await store.plainTables())[0]).toMatchObject({ name: 'LINKS', rows: total + 1 });
    // Beyond 20,000 rows only when forced.
    expect((await store.publish())[0]?.behind).toBeGreaterThan(0);
    expect((await store.publish({ force: true }))[0]?.behind).toBe(0);
    const rows = await readPlain(dir, 'LINKS');
    expect(rows).toHaveLength(total + 1);
    const keys = rows.map(({ key, alias }) => `${key} ${alias}`);
    expect(keys).toEqual([...keys].sort());
    expect(keys).toContain('GSM112000 GSE2');
    expect(keys).not.toContain('GSM100003 GSE1');
    await store.close();
  });
});

describe('001-04 errors say what, where and what to do', () => {
  test('DB is a file', async () => {
    const dir = await newDir();
    await writeFile(dir, 'not a folder');
    const store = openTestStore(dir);
    const failure = {
      name: 'StoreError',
      failure: 'connection',
      message: /DB.*file stands where a folder/,
      hint: /Move that file/,
    };
    await expect(store.commit(oneUnit({ samples: [geoSample('GSM1')] }))).rejects.toMatchObject(failure);
    await expect(store.count({ table: 'samples' })).rejects.toMatchObject(failure);
    await store.close();
  });

  test('a newer format is refused, and not touched', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    await fillTwo(store);
    await store.close();
    const path = join(dir, '.store/v1/format.json');
    await writeFile(path, JSON.stringify({ format: 999, protocol: 'link', store: 'x' }));
    const again = openTestStore(dir);
    await expect(again.commit(oneUnit({ samples: [geoSample('GSM1')] }))).rejects.toMatchObject({
      failure: 'newer_format',
      hint: /Update celline/,
    });
    await again.close();
    expect(await readFile(path, 'utf8')).toContain('"format":999');
  });

  test('a damaged manifest, a cut and a missing segment are named, never skipped', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    await fillTwo(store);
    await store.close();
    const segments = join(dir, '.store/v1/segments');
    const name = (await readdir(segments)).find((file) => file.startsWith('GEO_SAMPLES')) ?? '';
    const whole = await readFile(join(segments, name));
    await truncate(join(segments, name), whole.length - 10);
    const cut = openTestStore(dir);
    const named = { failure: 'integrity', message: new RegExp(name) };
    await expect(cut.get('samples', ['GSM2'])).rejects.toMatchObject(named);
    await expect(cut.commit(oneUnit({ samples: [geoSample('GSM2')] }))).rejects.toMatchObject(named);
    await cut.close();
    await rm(join(segments, name));
    const missing = openTestStore(dir);
    await expect(missing.select({ table: 'samples' })[Symbol.asyncIterator]().next()).rejects.toMatchObject(named);
    expect(await missing.count({ table: 'runs' })).toBe(1);
    await missing.close();
    const manifests = join(dir, '.store/v1/manifest');
    await writeFile(join(manifests, '000000001.json'), '{"format":1,');
    const damaged = openTestStore(dir);
    await expect(damaged.get('runs', ['SRR1'])).rejects.toMatchObject({
      failure: 'integrity',
      message: /000000001\.json/,
    });
    await damaged.close();
  });

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be written', async () => {
    const parent = await makeTestFolder();
    const { chmod } = await import('node:fs/promises');
    await chmod(parent, 0o500);
    const store = openTestStore(join(parent, 'DB'));
    await expect(store.commit(oneUnit({ samples: [geoSample('GSM1')] }))).rejects.toMatchObject({
      failure: 'operational',
      message: /permission denied/,
    });
    await chmod(parent, 0o700);
    await store.close();
  });
});

describe('columns that came later', () => {
  test('a segment without a column gives NULL, one with a column that is gone leaves it out', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    await fillTwo(store);
    await store.close();
    const segments = join(dir, '.store/v1/segments');
    const name = (await readdir(segments)).find((file) => file.startsWith('GEO_SAMPLES')) ?? '';
    const path = join(segments, name);
    const { openEngine } = await import('../../src/store/segments/duckdb.ts');
    const engine = await openEngine({ memoryLimit: '64MB', spill: join(dir, 'spill'), threads: 2 });
    await engine.run(
      `COPY (SELECT * EXCLUDE (url), 'x' AS colour FROM read_parquet('${path}')) TO '${path}.old' (FORMAT parquet)`,
    );
    await engine.close();
    await writeFile(path, await readFile(`${path}.old`));
    const manifest = join(dir, '.store/v1/manifest/000000001.json');
    const state = JSON.parse(await readFile(manifest, 'utf8'));
    Object.assign(state.tables.GEO_SAMPLES.deltas[0], { columns: 'other', bytes: (await readFile(path)).length });
    await writeFile(manifest, JSON.stringify(state));
    const again = openTestStore(dir);
    const [row] = await again.get('samples', ['GSM10']);
    expect(row).toMatchObject({ key: 'GSM10', taxon_id: 9606, url: null });
    expect(row).not.toHaveProperty('colour');
    await again.commit(oneUnit({ samples: [geoSample('GSM10', { url: 'https://a' })] }));
    await again.publish();
    expect((await readPlain(dir, 'GEO_SAMPLES')).map(({ key, url }) => [key, url])).toEqual([
      ['GSM10', 'https://a'],
      ['GSM2', null],
    ]);
    await again.close();
  });
});

describe('garbage', () => {
  test('goes after a day, when no manifest of the newest 20 names it; the numbers stay taken', async () => {
    const dir = await newDir();
    const manifests = join(dir, '.store/v1/manifest');
    const segments = join(dir, '.store/v1/segments');
    const store = openTestStore(dir);
    for (let round = 0; round < 60; round += 1) {
      await store.commit(oneUnit({ samples: [geoSample('GSM1', { title: `round ${round}` })] }));
    }
    await writeFile(join(segments, '.tmp-dead'), 'half');
    await store.close();
    const before = (await readdir(segments)).length;
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    for (const folder of [manifests, segments]) {
      for (const name of await readdir(folder)) await utimes(join(folder, name), yesterday, yesterday);
    }
    await utimes(join(dir, '.store/v1/collected'), yesterday, yesterday);
    const again = openTestStore(dir);
    await again.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    await again.close();
    const after = await readdir(segments);
    // The 32 segments that were merged into one, and the file of a killed writer.
    expect(after.length).toBe(before + 1 - 33);
    expect(after).not.toContain('.tmp-dead');
    expect(await readFile(join(manifests, '000000001.json'), 'utf8')).toContain('stub');
    const reader = openTestStore(dir);
    expect(await reader.count({ table: 'samples', grep: 'round 59' })).toBe(1);
    expect(await reader.count({ table: 'samples' })).toBe(2);
    await reader.close();
    // A hint that was lost, or points into history, is no loss.
    for (const hint of ['1', 'rubbish', '999']) {
      await writeFile(join(manifests, 'newest'), hint);
      const lost = openTestStore(dir);
      expect(await lost.count({ table: 'samples' }), hint).toBe(2);
      await lost.close();
    }
  });
});

describe('two writers of one folder', () => {
  test('a writer whose number was taken merges again what the other changed', async () => {
    const dir = await newDir();
    const [one, two] = [openTestStore(dir), openTestStore(dir)];
    await one.commit(oneUnit({ samples: [geoSample('GSM1', { tissue: 'brain' })] }));
    await two.count({ table: 'samples' });
    const reports = await Promise.all(
      Array.from({ length: 12 }, (_, round) => {
        const samples = [
          geoSample('GSM1', round % 2 === 0 ? { title: `t${round}` } : { description: `d${round}` }),
          geoSample(`GSM${round + 10}`),
        ];
        return (round % 2 === 0 ? one : two).commit(oneUnit({ samples }));
      }),
    );
    expect(new Set(reports.map(({ sequence }) => sequence)).size).toBe(12);
    const [row] = await two.get('samples', ['GSM1']);
    // Titles of one writer, descriptions of the other: neither lost the other's columns.
    expect(row).toMatchObject({ tissue: 'brain', description: 'd11' });
    expect(await one.count({ table: 'samples' })).toBe(13);
    await Promise.all([one.close(), two.close()]);
  });

  test('001-22 the lock of a dead process is taken over, that of a living one is waited for and named', async () => {
    const dir = await newDir();
    const processes = { host: 'here', pid: 1, isAlive: (pid: number) => pid === 2 };
    let now = 0;
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const store = openTestStore(dir, { protocol: 'lock', processes, clock });
    await fillTwo(store);
    const lock = join(dir, '.store/v1/lock');
    await writeFile(lock, JSON.stringify({ host: 'here', pid: 3, nonce: 'dead' }));
    await store.commit(oneUnit({ samples: [geoSample('GSM4')] }));
    await writeFile(lock, JSON.stringify({ host: 'here', pid: 2, nonce: 'alive' }));
    await expect(store.commit(oneUnit({ samples: [geoSample('GSM5')] }))).rejects.toMatchObject({
      failure: 'lock',
      message: /process 2 on here/,
    });
    await rm(lock);
    await store.commit(oneUnit({ samples: [geoSample('GSM6')] }));
    expect(await store.count({ table: 'samples' })).toBe(5);
    await store.close();
  });
});
