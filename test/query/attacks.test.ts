import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Query } from '../../src/ports/query.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import {
  FUNCTIONS,
  INTERNAL_FUNCTION,
  REFUSED_FUNCTIONS,
  REFUSED_TABLE_FUNCTIONS,
  TABLE_FUNCTIONS,
} from '../../src/query/allowed-functions.ts';
import { openQuery } from '../../src/query/open-query.ts';
import type { Row } from '../../src/records/table.ts';
import { geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../store/open-test-store.ts';
import { celline, projectFolder } from '../support/celline-process.ts';
import { type Attack, attacksOn, type Targets } from './attacks.ts';

/** What the canary holds; it may turn up in no answer and no message. */
const SECRET = 'tweet-4711';

/** A project, and beside it what no query may reach. */
async function fieldOfAttack(root: string): Promise<Targets> {
  const place = await makeTestFolder();
  const canary = join(place, 'canary.csv');
  await writeFile(canary, `word\n${SECRET}\n`);
  const loot = join(place, 'loot');
  await mkdir(loot);
  const dir = join(root, 'DB');
  const store = openTestStore(dir);
  await store.commit(oneUnit({ samples: [geoSample('GSM1', { tissue: 'brain' })] }));
  await store.close();
  const config = join(root, 'celline.config.json');
  await writeFile(config, JSON.stringify({ email: `${SECRET}@example.org` }));
  const segments = join(dir, '.store', 'v1', 'segments');
  const [segment = ''] = await readdir(segments);
  const links = [join(dir, 'link.csv'), join(segments, 'link.csv')];
  for (const link of links) await symlink(canary, link);
  return { canary, loot, config, segments, segment: join(segments, segment), links };
}

/** Every file below a folder with its content. */
async function stateOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.sort((a, b) => (join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    hash.update(`${path}\n`);
    if (entry.isSymbolicLink()) hash.update(await readlink(path));
    else if (entry.isFile()) hash.update(await readFile(path));
  }
  return hash.digest('hex');
}

async function rowsOf(query: Query, sql: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of (await query.run(sql)).rows()) rows.push(...batch);
  return rows;
}

/** How an attempt ended: `StoreError query`, or what it got. */
async function endOf(attempt: Promise<unknown>): Promise<string> {
  try {
    return `answered ${JSON.stringify(await attempt, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`;
  } catch (error) {
    const { name, message, failure } = error as Error & { failure?: string };
    return message.includes(SECRET) ? `told ${message}` : `${name} ${failure}`;
  }
}

afterAll(removeFolders);

describe('attacks', () => {
  let root: string;
  let targets: Targets;
  let attacks: Attack[];
  let query: Query;

  beforeAll(async () => {
    root = await makeTestFolder();
    targets = await fieldOfAttack(root);
    attacks = attacksOn(targets);
    query = openQuery({ dir: join(root, 'DB'), clock: createSystemClock(), randomId: randomUUID, timeoutMs: 20_000 });
    await rowsOf(query, 'FROM samples');
  });
  afterAll(() => query.close());

  test('003-28 there are many, of every kind, and all are different', () => {
    expect(new Set(attacks.map(({ sql }) => sql)).size).toBeGreaterThan(150);
    expect(new Set(attacks.map(({ aim }) => aim)).size).toBe(6);
  });

  test('003-28 each is refused; nothing is read, nothing is written', async () => {
    const before = await stateOf(root);
    const failed: string[] = [];
    for (const { aim, sql } of attacks) {
      const end = await endOf(rowsOf(query, sql));
      if (end !== 'StoreError query') failed.push(`${aim}: ${sql} => ${end}`);
    }
    expect(failed).toEqual([]);
    expect(await stateOf(root)).toBe(before);
    expect(await readdir(targets.loot)).toEqual([]);
    expect(await rowsOf(query, 'SELECT key FROM samples')).toEqual([{ key: 'GSM1' }]);
  });

  test('003-28 each is refused where the answer becomes a file, which is then not there', async () => {
    const before = await stateOf(root);
    const out = join(targets.loot, 'out.parquet');
    const failed: string[] = [];
    // A session each: a third of them is enough here, the checks are the same.
    for (const { aim, sql } of attacks.filter((_, index) => index % 3 === 0)) {
      const end = await endOf(query.writeParquet(sql, [], out));
      if (end !== 'StoreError query') failed.push(`${aim}: ${sql} => ${end}`);
    }
    expect(failed).toEqual([]);
    expect(await stateOf(root)).toBe(before);
    expect(await readdir(targets.loot)).toEqual([]);
  });

  test('what is asked of the engine about itself is answered, and reads nothing', async () => {
    for (const sql of [
      'SHOW TABLES',
      'SHOW ALL TABLES',
      'SELECT table_name FROM information_schema.tables',
      'SELECT view_name FROM duckdb_views() WHERE NOT internal',
      'SELECT name FROM sqlite_master',
      "SELECT current_setting('threads')",
    ]) {
      expect([sql, (await rowsOf(query, sql)).length > 0]).toEqual([sql, true]);
    }
    expect((await rowsOf(query, 'SHOW TABLES')).length).toBe(query.views().length);
  });

  test('001-23 what would take all memory, or all time, is stopped', async () => {
    const hungry = 'SELECT list(a.range || b.range ORDER BY b.range DESC) FROM range(1000000) a, range(1000) b';
    const small = openQuery({
      dir: join(root, 'DB'),
      clock: createSystemClock(),
      randomId: randomUUID,
      timeoutMs: 1500,
      options: { memory_limit: '64MB', max_temp_directory_size: '1MB' },
    });
    const endless = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t';
    for (const sql of [hungry, endless]) {
      expect([sql, await endOf(rowsOf(small, sql))]).toEqual([sql, 'StoreError operational']);
    }
    await small.close();
  });
});

describe('attacks through the command', () => {
  test('003-28 exit 2, no answer, the message names what is refused', async () => {
    const folder = projectFolder({});
    const targets = await fieldOfAttack(folder);
    const before = await stateOf(join(folder, 'DB'));
    const chosen = [
      `COPY samples TO '${targets.segments}/evil.parquet'`,
      `SELECT * FROM read_text('${targets.canary}')`,
      `FROM '${targets.segment}'`,
      'INSTALL httpfs',
      "SELECT getenv('HOME')",
    ];
    for (const sql of chosen) {
      const { code, stdout, stderr } = await celline(['query', sql], { folder });
      expect([sql, code, stdout]).toEqual([sql, 2, '']);
      expect(stderr).not.toContain(SECRET);
      expect(stderr).toMatch(/read-only|no view/);
    }
    const out = join(folder, 'x.parquet');
    const written = await celline(['query', `FROM '${targets.segment}'`, '--output', out], { folder });
    expect([written.code, written.stdout]).toEqual([2, '']);
    expect(await readdir(folder)).not.toContain('x.parquet');
    expect(await stateOf(join(folder, 'DB'))).toBe(before);
  });
});

describe('the functions of the installed DuckDB', () => {
  test('each is either allowed or refused on purpose', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const names = async (types: string): Promise<string[]> => {
      const answer = await connection.runAndReadAll(
        `SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type IN (${types})`,
      );
      return answer.getRows().map(([name]) => String(name));
    };
    const tables = await names("'table', 'table_macro'");
    const values = await names("'scalar', 'aggregate', 'macro'");
    connection.disconnectSync();
    instance.closeSync();
    expect(tables.length).toBeGreaterThan(80);
    expect(values.length).toBeGreaterThan(700);
    const tableUnknown = tables.filter((name) => TABLE_FUNCTIONS.has(name) === REFUSED_TABLE_FUNCTIONS.has(name));
    const valueUnknown = values
      .filter((name) => !INTERNAL_FUNCTION.test(name))
      .filter((name) => FUNCTIONS.has(name) === REFUSED_FUNCTIONS.has(name));
    expect({ tableUnknown, valueUnknown }).toEqual({ tableUnknown: [], valueUnknown: [] });
  });
});

describe('one DuckDB', () => {
  test('001-25 003-02 any number of queries at once opens it once', async () => {
    const create = vi.spyOn(DuckDBInstance, 'create');
    const query = openQuery({ dir: await makeTestFolder(), clock: createSystemClock(), randomId: randomUUID });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => rowsOf(query, `SELECT ${n} AS n`)));
    expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(create).toHaveBeenCalledTimes(1);
    await query.close();
    create.mockRestore();
  });

  test('001-23 001-24 query.options reach it and win over the defaults', async () => {
    const settings = { dir: await makeTestFolder(), clock: createSystemClock(), randomId: randomUUID };
    const sql = `SELECT current_setting('threads') AS threads, current_setting('TimeZone') AS zone,
      current_setting('memory_limit') AS memory`;
    const plain = openQuery(settings);
    expect(await rowsOf(plain, sql)).toMatchObject([{ zone: 'UTC', memory: '488.2 MiB' }]);
    await plain.close();
    const chosen = openQuery({ ...settings, options: { threads: 1, TimeZone: 'Asia/Tokyo', memory_limit: '1GB' } });
    expect(await rowsOf(chosen, sql)).toEqual([{ threads: 1n, zone: 'Asia/Tokyo', memory: '953.6 MiB' }]);
    await chosen.close();
    const wrong = openQuery({ ...settings, options: { memory_limit: 'much' } });
    await expect(wrong.run('SELECT 1')).rejects.toMatchObject({ code: 'CONFIG', message: /query\.options/ });
  });
});
