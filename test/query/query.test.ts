import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InterruptedError } from '../../src/errors/interrupted-error.ts';
import type { Query } from '../../src/ports/query.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { openQuery } from '../../src/query/open-query.ts';
import type { Row } from '../../src/records/table.ts';
import { geoSample, insdcRun, oneUnit, runFile } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../store/open-test-store.ts';

const AT = '2026-01-01T00:00:00.000Z';

function queryAt(dir: string, timeoutMs = 20_000): Query {
  return openQuery({ dir, clock: createSystemClock(), randomId: randomUUID, timeoutMs });
}

async function rowsOf(query: Query, sql: string, parameters: string[] = []): Promise<Row[]> {
  const answer = await query.run(sql, parameters);
  const rows: Row[] = [];
  for await (const batch of answer.rows()) rows.push(...batch);
  return rows;
}

describe('an empty project', () => {
  test('has all views, with their columns and no rows', async () => {
    const query = queryAt(join(await makeTestFolder(), 'DB'));
    for (const view of query.views()) {
      const answer = await query.run(`SELECT * FROM ${view.name}`);
      expect(answer.columns.map(({ name }) => name)).toEqual(view.columns.map(({ name }) => name));
      for await (const batch of answer.rows()) expect(batch).toEqual([]);
    }
    const typed = 'SELECT r.spots, s.attributes, s.taxon_id, f.urls, f.fetched_at FROM runs r, samples s, files f';
    const types = (await query.run(typed)).columns.map(({ type }) => type);
    expect(types).toEqual(['BIGINT', 'JSON', 'INTEGER', 'VARCHAR[]', 'TIMESTAMP WITH TIME ZONE']);
    await query.close();
  });
});

describe('read-only SQL', () => {
  let dir: string;
  let query: Query;

  beforeAll(async () => {
    dir = join(await makeTestFolder(), "it's [a] folder", 'DB');
    const store = openTestStore(dir);
    const samples = [
      geoSample('GSM1', { tissue: 'brain', attributes: { 'cell type': ['neuron'] }, taxon_id: 9606, fetched_at: AT }),
      geoSample('GSM2', { tissue: 'liver' }),
    ];
    const runs = [insdcRun('SRR1', 'GSM1', { spots: 9_007_199_254_740_993n, file_size: 12_000_000_000n })];
    await store.commit(
      oneUnit({ samples, runs, files: [runFile('SRR1', 'a.gz', { urls: ['https://a', 'https://b'] })] }),
    );
    await store.close();
    query = queryAt(dir);
  });

  afterAll(async () => {
    await query.close();
    await removeFolders();
  });

  test('a value of another type is a mistake of who asks, not of the tables', async () => {
    const failure = await query.run('SELECT key FROM samples LIMIT $n', { n: 'abc' }).catch((error) => error);
    expect(failure).toMatchObject({ failure: 'query', hint: expect.stringContaining('TRY_CAST') });
  });

  test('000-10 joins runs to samples; values have their JavaScript types', async () => {
    const sql = `SELECT s.key, s.attributes, s.taxon_id, s.fetched_at, r.spots, f.urls, count(*) OVER () AS n, 1.5 AS d,
      DATE '2026-02-03' AS day, {'a': [1, 2]} AS struct, TIMESTAMP '2026-01-01 01:02:03' AS naive
      FROM samples s JOIN runs r ON r.parent = s.key JOIN files f ON f.parent = r.key`;
    expect(await rowsOf(query, sql)).toEqual([
      {
        key: 'GSM1',
        attributes: { 'cell type': ['neuron'] },
        taxon_id: 9606,
        fetched_at: AT,
        spots: 9_007_199_254_740_993n,
        urls: ['https://a', 'https://b'],
        n: 1n,
        d: '1.5',
        day: '2026-02-03',
        struct: { a: [1, 2] },
        naive: '2026-01-01T01:02:03.000',
      },
    ]);
  });

  test('001-07 parameters are bound and take the type of what they are compared with', async () => {
    expect(await rowsOf(query, 'SELECT key FROM samples WHERE key = $1', ["x' or 1=1 --"])).toEqual([]);
    expect(await rowsOf(query, 'SELECT key FROM runs WHERE spots > $1', ['5'])).toEqual([{ key: 'SRR1' }]);
    await expect(query.run('SELECT $1, $2', ['a'])).rejects.toMatchObject({
      failure: 'query',
      message: /2 parameters/,
    });
  });

  test('what is like SELECT is allowed', async () => {
    const statements = [
      'FROM samples',
      'WITH s AS (SELECT * FROM samples) SELECT count(*) FROM s',
      'VALUES (1)',
      'DESCRIBE samples',
      'SUMMARIZE samples',
      'SHOW TABLES',
      'EXPLAIN SELECT * FROM samples',
      'EXPLAIN ANALYZE SELECT * FROM samples',
      'EXPLAIN (FORMAT json) SELECT 1',
      'SELECT * FROM range(3)',
      "SELECT unnest(string_split('a,b', ','))",
      'SELECT key FROM samples; -- the end',
      'PIVOT samples ON tissue IN (brain, liver) USING count(*)',
      'SELECT * FROM samples, json_each(attributes)',
    ];
    for (const sql of statements) expect((await rowsOf(query, sql)).length, sql).toBeGreaterThan(0);
  });

  test('003-28 what writes, reads files or changes settings is refused', async () => {
    await writeFile(join(dir, 'secret.csv'), 'a,b\n1,2\n');
    const segments = join(dir, '.store', 'v1', 'segments').replaceAll("'", "''");
    const statements = [
      '',
      '-- nothing',
      'SELECT 1; SELECT 2',
      `COPY samples TO '${segments}/evil.parquet'`,
      `COPY (SELECT 1) TO '/tmp/evil.csv'`,
      `EXPLAIN ANALYZE COPY samples TO '${segments}/evil.parquet'`,
      `EXPLAIN (ANALYZE) COPY samples TO '${segments}/evil.parquet'`,
      `EXPORT DATABASE '${segments}'`,
      "ATTACH '/tmp/x.db'",
      'DETACH memory',
      'INSTALL httpfs',
      'LOAD httpfs',
      'PRAGMA threads=1',
      'SET threads = 1',
      'SET enable_external_access = true',
      'RESET lock_configuration',
      'CREATE TABLE t (a INT)',
      'CREATE OR REPLACE VIEW samples AS SELECT 1',
      'DROP VIEW samples',
      "INSERT INTO samples (key) VALUES ('x')",
      'DELETE FROM samples',
      "UPDATE samples SET key = 'x'",
      'BEGIN',
      'CHECKPOINT',
      'VACUUM',
      'CALL pragma_version()',
      'PREPARE p AS SELECT 1',
      "SELECT * FROM read_text('/etc/passwd')",
      "SELECT * FROM read_csv('/etc/passwd')",
      "SELECT * FROM '/etc/passwd.csv'",
      `SELECT * FROM '${dir.replaceAll("'", "''")}/secret.csv'`,
      "SELECT * FROM glob('/*')",
      "SELECT * FROM sniff_csv('/etc/passwd')",
      "SELECT * FROM parquet_metadata('/etc/passwd')",
      "SELECT * FROM read_parquet('https://example.org/x.parquet')",
      `SELECT * FROM enable_logging(storage = 'file', storage_path = '${segments}')`,
      "SELECT (SELECT count(*) FROM enable_logging('QueryLog'))",
      "DESCRIBE SELECT * FROM enable_logging('QueryLog')",
      "SELECT * FROM query('SELECT 1')",
      "SELECT write_log('x')",
      "SELECT getenv('HOME')",
      'SELECT * FROM duckdb_secrets()',
      'SELEC 1',
      'SELECT nothing FROM samples',
    ];
    for (const sql of statements) {
      const outcome = await rowsOf(query, sql).then(
        () => 'answered',
        (error: { name?: string; failure?: string }) => `${error.name} ${error.failure}`,
      );
      expect([sql, outcome]).toEqual([sql, 'StoreError query']);
    }
    expect(await rowsOf(query, 'SELECT count(*)::INTEGER AS n FROM samples')).toEqual([{ n: 2 }]);
    expect((await readdir(join(dir, '.store', 'v1', 'segments'))).filter((name) => name.includes('evil'))).toEqual([]);
  });

  test('001-23 an endless query stops at its time, and the next one runs', async () => {
    const endless = 'SELECT sum(a.range * b.range % 7) FROM range(1000000000) a, range(1000000) b';
    const answer = query.run(endless, [], { timeoutMs: 300 }).then(async (running) => {
      for await (const batch of running.rows()) expect(batch).toEqual([]);
    });
    await expect(answer).rejects.toMatchObject({ failure: 'operational', message: /stopped after 0.3 s/ });
    expect(await rowsOf(query, 'SELECT 1::INTEGER AS one')).toEqual([{ one: 1 }]);
  });

  test('stops a running query when the command is stopped, and says that it was', async () => {
    const stop = new AbortController();
    const stopped = openQuery({ dir, clock: createSystemClock(), randomId: randomUUID, signal: stop.signal });
    const endless = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 7';
    const answer = stopped.run(endless).then(async (running) => {
      for await (const _rows of running.rows()) expect.unreachable('it never ends');
    });
    setImmediate(() => stop.abort(new InterruptedError('Stopped by the user.')));
    await expect(answer).rejects.toBeInstanceOf(InterruptedError);
    await stopped.close();
  });

  test('a large answer is streamed, and may be left in the middle', async () => {
    const answer = await query.run('SELECT range AS n FROM range(10000000)');
    let rows = 0;
    for await (const batch of answer.rows()) {
      expect(batch.length).toBeLessThanOrEqual(2048);
      rows += batch.length;
      if (rows > 5000) break;
    }
    expect(rows).toBeGreaterThan(5000);
    expect(await rowsOf(query, 'SELECT 1::INTEGER AS one')).toEqual([{ one: 1 }]);
  });

  test('a new commit is seen by the next query', async () => {
    const store = openTestStore(dir);
    await store.commit(oneUnit({ samples: [geoSample('GSM9')] }));
    await store.commit(oneUnit({}, { remove: [{ table: 'samples', key: 'GSM9' }] }));
    await store.commit(oneUnit({ samples: [geoSample('GSM3', { tissue: 'skin' })] }));
    await store.close();
    const sql = 'SELECT key FROM samples ORDER BY key';
    expect((await rowsOf(query, sql)).map(({ key }) => key)).toEqual(['GSM1', 'GSM2', 'GSM3']);
  });

  test('an answer is written as Parquet for another reader, and nothing else can be', async () => {
    const out = join(await makeTestFolder(), "o'ut.parquet");
    await query.writeParquet('SELECT key, file_size FROM runs WHERE key = $1; -- all', ['SRR1'], out);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out), compressors });
    expect(rows).toEqual([{ key: 'SRR1', file_size: 12_000_000_000n }]);
    await writeFile(out, 'kept');
    await expect(query.writeParquet("COPY samples TO '/tmp/x'", [], out)).rejects.toMatchObject({ failure: 'query' });
    await expect(query.writeParquet('SELECT nothing FROM runs', [], out)).rejects.toMatchObject({ failure: 'query' });
    expect(await readFile(out, 'utf8')).toBe('kept');
    const folder = join(out, '..');
    expect(await readdir(folder)).toEqual(["o'ut.parquet"]);
  });

  test('a damaged segment is named', async () => {
    const broken = join(await makeTestFolder(), 'DB');
    const store = openTestStore(broken);
    await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    await store.close();
    const segments = join(broken, '.store', 'v1', 'segments');
    const [name] = await readdir(segments);
    await writeFile(join(segments, name ?? ''), 'rubbish');
    const damaged = queryAt(broken);
    await expect(rowsOf(damaged, 'SELECT * FROM samples')).rejects.toMatchObject({
      failure: 'integrity',
      message: new RegExp(name ?? '-'),
    });
    await damaged.close();
  });

  test('a file where the tables folder should be is told', async () => {
    const file = join(await makeTestFolder(), 'DB');
    await writeFile(file, '');
    await expect(queryAt(file).run('SELECT 1')).rejects.toMatchObject({ failure: 'connection', message: /DB/ });
    await mkdir(`${file}2`);
    expect(await rowsOf(queryAt(`${file}2`), 'SELECT 1::INTEGER AS a')).toEqual([{ a: 1 }]);
  });
});
