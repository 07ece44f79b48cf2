import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Query, QueryParameters } from '../../src/ports/query.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { valuesInOrder } from '../../src/query/bind-parameters.ts';
import { parseNamedQuery } from '../../src/query/named-queries.ts';
import { openQuery, type QuerySettings } from '../../src/query/open-query.ts';
import { createSlowLog } from '../../src/query/slow-log.ts';
import type { Row } from '../../src/records/table.ts';
import { geoSample, insdcRun, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../store/open-test-store.ts';
import { celline, projectFolder } from '../support/celline-process.ts';

afterAll(removeFolders);

function open(dir: string, more: Partial<QuerySettings> = {}): Query {
  return openQuery({ dir, clock: createSystemClock(), randomId: randomUUID, ...more });
}

async function rowsOf(query: Query, sql: string, parameters: QueryParameters = []): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of (await query.run(sql, parameters)).rows()) rows.push(...batch);
  return rows;
}

describe('parameters', () => {
  test.each([
    [
      ['1', '2'],
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['2', '1'],
      ['a', 'b'],
      ['b', 'a'],
    ],
    [[], [], []],
    [['tissue', 'n'], { n: '3', tissue: 'brain' }, ['brain', '3']],
    [['tissue'], { tissue: '' }, ['']],
  ])('%j of %j are %j', (names, given, values) => {
    expect(valuesInOrder(names, given as QueryParameters)).toEqual(values);
  });

  test.each([
    [['1'], [], /1 parameters.*0 values/],
    [['tissue'], {}, /no value was given for \$tissue/],
    [['tissue'], [], /no value was given for \$tissue/],
    [['tissue'], { tissue: 'a', tisue: 'b' }, /it has no parameter \$tisue/],
    [[], { a: 'b' }, /it has no parameter \$a/],
    [['toString'], {}, /no value was given for \$toString/],
  ])('%j of %j are refused', (names, given, message) => {
    expect(() => valuesInOrder(names, given as QueryParameters)).toThrow(message);
  });

  test('001-07 named ones are bound, whatever they hold', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const store = openTestStore(dir);
    const odd = `x' OR 1=1 --"; \n🧬`;
    const samples = [geoSample('GSM1', { tissue: odd }), geoSample('GSM2', { tissue: 'brain' })];
    await store.commit(oneUnit({ samples, runs: [insdcRun('SRR1', 'GSM1', { spots: 9_007_199_254_740_993n })] }));
    await store.close();
    const query = open(dir);
    const sql = 'SELECT key FROM samples WHERE tissue = $tissue ORDER BY key LIMIT $limit';
    expect(await query.parametersOf(sql)).toEqual(expect.arrayContaining(['tissue', 'limit']));
    expect(await rowsOf(query, sql, { tissue: odd, limit: '5' })).toEqual([{ key: 'GSM1' }]);
    expect(await rowsOf(query, sql, { tissue: "x' or 1=1 --", limit: '5' })).toEqual([]);
    expect(await rowsOf(query, 'SELECT key FROM runs WHERE spots = $n', { n: '9007199254740993' })).toHaveLength(1);
    await expect(query.run('SELECT $1, $tissue', ['a'])).rejects.toMatchObject({ message: /both \$1 and \$name/ });
    await query.close();
  });
});

describe('named queries', () => {
  test('the comment lines at the top tell what they are for', () => {
    const text = [
      '\uFEFF-- Samples of a tissue,',
      "-- $tissue='T ''cell''' what is looked for",
      '-- newest first.',
      '-- $limit=5',
      '-- $from: earliest date',
      '',
      '-- not part of it',
      'SELECT 1',
    ].join('\r\n');
    expect(parseNamedQuery('a', '/p', text)).toMatchObject({
      doc: 'Samples of a tissue, newest first.',
      parameters: [
        { name: 'tissue', defaultValue: "T 'cell'", doc: 'what is looked for' },
        { name: 'limit', defaultValue: '5', doc: '' },
        { name: 'from', defaultValue: null, doc: 'earliest date' },
      ],
      sql: text.slice(1),
    });
    expect(parseNamedQuery('a', '/p', 'SELECT 1')).toMatchObject({ doc: '', parameters: [] });
  });

  test('are the sql files of the folder, and no name leads out of it', async () => {
    const folder = await makeTestFolder();
    const dir = join(folder, 'DB');
    expect(await open(dir, { queriesDir: join(folder, 'queries') }).named()).toEqual([]);
    await mkdir(join(folder, 'queries', 'deeper'), { recursive: true });
    for (const name of ['b.sql', 'a-1.sql', '.hidden.sql', 'note.txt', 'x y.sql']) {
      await writeFile(join(folder, 'queries', name), 'SELECT 1');
    }
    const names = (await open(dir, { queriesDir: join(folder, 'queries') }).named()).map(({ name }) => name);
    expect(names).toEqual(['a-1', 'b']);
  });

  test('run from the command with defaults and values; what is missing or unknown is named', async () => {
    const folder = projectFolder({});
    await mkdir(join(folder, 'queries'));
    await writeFile(
      join(folder, 'queries', 'word.sql'),
      '-- Says a word.\n-- $word=hello the word\nSELECT $word AS word, $times::INTEGER AS times;\n-- end\n',
    );
    await writeFile(join(folder, 'queries', 'bad.sql'), "COPY samples TO '/tmp/x'");
    const run = async (...args: string[]) => celline(['query', ...args], { folder });
    expect(await run('@word', 'times=2')).toMatchObject({ code: 0, stdout: 'word\ttimes\nhello\t2\n', stderr: '' });
    const odd = "it's; = 🧬";
    expect(await run('@word', `word=${odd}`, '--param', 'times=1')).toMatchObject({
      stdout: `word\ttimes\n${odd}\t1\n`,
    });
    expect(await run('@word')).toMatchObject({ code: 2, stderr: /@word needs \$times\.\nhint: Give times=…/ });
    expect(await run('@word', 'times=1', 'tims=2')).toMatchObject({ code: 2, stderr: /no parameter \$tims/ });
    expect(await run('@word', 'hello')).toMatchObject({ code: 2, stderr: /"hello" has no name/ });
    expect(await run('@wrod')).toMatchObject({ code: 2, stderr: /Did you mean @word\?/ });
    expect(await run('@../DB/x')).toMatchObject({ code: 2, stderr: /no query named/ });
    expect(await run('@bad')).toMatchObject({ code: 2, stderr: /read-only/ });
    const list = await run('--list', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject([
      { name: '@bad', description: expect.stringContaining('read-only') },
      { name: '@word', parameters: '$word=hello $times', description: 'Says a word.' },
    ]);
  });
});

describe('types', () => {
  test('001-05 001-06 --json gives values: JSON as objects, lists as arrays, large integers whole, instants in UTC', async () => {
    const folder = projectFolder({});
    const store = openTestStore(join(folder, 'DB'));
    const samples = [
      geoSample('GSM1', { attributes: { 'cell type': ['neuron', '"x"'] }, fetched_at: '2026-01-01T00:00:00.000Z' }),
    ];
    await store.commit(oneUnit({ samples, runs: [insdcRun('SRR1', 'GSM1', { spots: 9_007_199_254_740_993n })] }));
    await store.close();
    const sql = `SELECT s.attributes, s.attributes::VARCHAR AS text, r.spots, s.fetched_at, [1, NULL] AS list,
      {'a': {'b': 2}} AS struct, MAP {'k': 'v'} AS map, NULL AS nothing, '' AS empty, TRUE AS yes
      FROM samples s JOIN runs r ON r.parent = s.key`;
    const { stdout, code } = await celline(['query', sql, '--json'], { folder });
    expect(code).toBe(0);
    // Beyond what a number of JSON holds in most readers: as text, without loss.
    expect(stdout).toContain('"spots":"9007199254740993"');
    expect(JSON.parse(stdout)).toMatchObject([
      {
        attributes: { 'cell type': ['neuron', '"x"'] },
        text: '{"cell type":["neuron","\\"x\\""]}',
        fetched_at: '2026-01-01T00:00:00.000Z',
        list: [1, null],
        struct: { a: { b: 2 } },
        map: { k: 'v' },
        nothing: null,
        empty: '',
        yes: true,
      },
    ]);
    const none = await celline(['query', "SELECT key FROM samples WHERE key = 'no'"], { folder });
    expect(none).toMatchObject({ code: 0, stdout: 'key\n' });
  });
});

describe('slow queries', () => {
  test('003-20 are noted with their time, rows and end, never with values, and shown slowest first', async () => {
    const folder = projectFolder({ query: { slow: 0 } });
    const run = async (...args: string[]) => celline(args, { folder });
    await run('query', 'SELECT $1 AS secret', 'hush-hush');
    await run('query', 'SELECT count(*) FROM range(3000000) t(n) WHERE sqrt(n) > 3');
    await run('query', 'SELECT sum(a.range * b.range) FROM range(1000000000) a, range(100000) b', '--timeout', '0.2');
    const path = join(folder, '.cache', 'slow-queries.ndjson');
    expect(await readFile(path, 'utf8')).not.toContain('hush-hush');
    const { stdout, code } = await run('stats', '--queries', '--json');
    expect(code).toBe(0);
    const slow = JSON.parse(stdout) as { ms: number; sql: string; outcome: string; rows: number; at: string }[];
    expect(slow).toHaveLength(3);
    expect(slow.map(({ ms }) => ms)).toEqual(slow.map(({ ms }) => ms).sort((a, b) => b - a));
    const stopped = slow.find(({ outcome }) => outcome === 'stopped');
    expect(stopped?.sql).toContain('100000');
    expect(stopped?.ms).toBeGreaterThanOrEqual(200);
    expect(slow.find(({ sql }) => sql.includes('secret'))).toMatchObject({ outcome: 'answered', rows: 1 });
    expect(await run('stats', '--queries', '--by', 'year')).toMatchObject({ code: 2 });
  });

  test('quick ones are not noted, and none with false', async () => {
    for (const slow of [30, false]) {
      const folder = projectFolder({ query: { slow } });
      await celline(['query', 'SELECT 1'], { folder });
      const { stdout, stderr } = await celline(['stats', '--queries'], { folder });
      expect(stdout).toBe('ms\tat\trows\toutcome\tsql\n');
      expect(stderr).toContain('No query was slower');
    }
  });

  test('the log stays small, forgives what is altered, and never fails', async () => {
    const path = join(await makeTestFolder(), 'deep', 'slow.ndjson');
    const log = createSlowLog(path);
    const one = { at: '2026-01-01T00:00:00.000Z', rows: 1, outcome: 'answered' as const };
    for (let ms = 0; ms < 300; ms += 1) await log.note({ ...one, ms, sql: 'x'.repeat(3000) });
    expect((await stat(path)).size).toBeLessThan(270_000);
    await writeFile(path, `${await readFile(path, 'utf8')}{"cut\nnull\n{}\n`);
    const [slowest] = await log.read();
    expect(slowest).toMatchObject({ ms: 299, sql: `${'x'.repeat(2000)}…` });
    const nowhere = createSlowLog(join(path, 'below', 'a-file'));
    await nowhere.note({ ...one, ms: 1, sql: '' });
  });
});

describe('query.options', () => {
  test('001-23 reach DuckDB from the configuration; an unknown one is named', async () => {
    const folder = projectFolder({ query: { options: { threads: 1 } } });
    const sql = "SELECT current_setting('threads') AS threads";
    expect(await celline(['query', sql], { folder })).toMatchObject({ code: 0, stdout: 'threads\n1\n' });
    const wrong = projectFolder({ query: { options: { allowed_directories: '/' } } });
    expect(await celline(['query', sql], { folder: wrong })).toMatchObject({ code: 2, stderr: /allowed_directories/ });
    const odd = projectFolder({ query: { options: { memory_limit: 'much' } } });
    expect(await celline(['query', sql], { folder: odd })).toMatchObject({ code: 2, stderr: /query\.options/ });
  });
});
