import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { geoSample, insdcRun, oneUnit } from '../../src/testing/contract/store-records.ts';
import { removeFolders } from '../store/open-test-store.ts';
import { type ExchangeProject, openExchange } from './exchange-project.ts';

let project: ExchangeProject;

beforeEach(async () => {
  project = await openExchange();
});

afterEach(() => project.close());
afterAll(removeFolders);

async function file(name: string, text: string): Promise<string> {
  const path = join(project.folder, name);
  await writeFile(path, text);
  return path;
}

describe('lists kept by hand', () => {
  test('known columns, attributes, quotes, byte-order mark and line ends are understood', async () => {
    const path = await file(
      'lab.csv',
      '\ufeff# our samples\r\nID,Title,tissue,batch,note\r\nL1,"a ""big"", one",brain,3,"two\r\nlines"\r\n\r\nL2,,liver,,\r\n',
    );
    const { reports, problems } = await project.read([path]);
    expect(problems).toEqual([]);
    expect(reports).toEqual([
      { file: path, table: 'samples', rows: 2, added: 2, updated: 0, unchanged: 0, refused: 0, kept: 0 },
    ]);
    const rows = await project.rows('samples');
    expect(rows[0]).toMatchObject({
      key: 'L1',
      title: 'a "big", one',
      tissue: 'brain',
      source: 'LOCAL',
      handler: 'import',
      attributes: { batch: ['3'], note: ['two\r\nlines'] },
    });
    expect(rows[1]).toMatchObject({ key: 'L2', title: null, attributes: null });
    const [plain] = await project.store.publish({ force: true });
    expect(plain?.name).toBe('LOCAL_SAMPLES');
  });

  test('bad rows are told by line with the reason, good ones are imported', async () => {
    const path = await file(
      'samples.tsv',
      'key\ttitle\ttaxon_id\nL1\tone\t9606\n\ttwo\t1\nL3\tthree\tmany\nGSM1\tfour\t1\nL5\tfive\nL1\tagain\t1\nL7\tseven\t10090\n',
    );
    const { reports, problems } = await project.read([path], { source: 'LAB' });
    expect(problems.map(({ line, key, reason }) => [line, key, reason])).toEqual([
      [3, null, 'it has no key'],
      [4, 'L3', 'taxon_id: "many" is no whole number'],
      [5, 'GSM1', 'GSM1 is a GEO sample: GEO says what it is, not LAB'],
      [6, null, '2 cells, the header has 3'],
      [7, 'L1', 'L1 was on line 2 already'],
    ]);
    expect(problems[2]?.hint).toContain('celline annotate --from');
    expect(reports[0]).toMatchObject({ rows: 7, added: 2, refused: 5 });
    expect((await project.rows('samples')).map(({ key, source }) => [key, source])).toEqual([
      ['L1', 'LAB'],
      ['L7', 'LAB'],
    ]);
  });

  test('again: equal rows are unchanged, others updated; a column that is not there takes nothing away', async () => {
    const path = await file('samples.csv', 'key,title,tissue\nL1,one,brain\nL2,two,liver\n');
    await project.read([path]);
    expect((await project.read([path])).reports[0]).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
    await file('samples.csv', 'key,title\nL1,uno\nL2,two\n');
    expect((await project.read([path])).reports[0]).toMatchObject({ updated: 1, unchanged: 1 });
    expect((await project.rows('samples'))[0]).toMatchObject({ title: 'uno', tissue: 'brain' });
  });

  test('runs belong to their sample, which names them; without a parent they are refused', async () => {
    await project.read([await file('samples.csv', 'key\nL1\n')]);
    const runs = await file('runs.csv', 'key;parent;file_size\nR1;L1;12000000000\nR2;;1\n');
    const { reports, problems } = await project.read([runs]);
    expect(reports[0]).toMatchObject({ table: 'runs', added: 1, refused: 1 });
    expect(problems[0]?.reason).toBe('it has no parent');
    expect((await project.rows('runs'))[0]).toMatchObject({ key: 'R1', file_size: 12_000_000_000n, source: 'LOCAL' });
    expect((await project.rows('samples'))[0]?.children).toBe('R1');
    const early = await file('runs.csv', 'key,parent\nR8,L2\nR9,L2\n');
    await project.read([early, await file('more.csv', 'key\nL2\n')]);
    expect((await project.rows('samples'))[1]).toMatchObject({ key: 'L2', children: 'R8,R9' });
    const missing = await project.read([await file('runs.csv', 'key,title\nR1,x\n')]);
    expect(missing.problems[0]).toMatchObject({ kind: 'file', reason: expect.stringContaining('no column parent') });
  });

  test('atomic: all rows or none; a dry run only counts', async () => {
    const good = await file('good.csv', 'key\nL1\n');
    const bad = await file('bad.csv', 'key\nL2\nGSM1\n');
    const dry = await project.read([good], { dryRun: true });
    expect(dry.reports[0]).toMatchObject({ added: 1 });
    const { reports } = await project.read([good, bad], { atomic: true });
    expect(reports.map(({ added, refused }) => [added, refused])).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(await project.rows('samples')).toEqual([]);
    expect((await project.read([good], { atomic: true })).reports[0]).toMatchObject({ added: 1 });
    expect(await project.rows('samples')).toHaveLength(1);
  });

  test('UTF-16 is read, what is no text at all is named with the next step', async () => {
    const path = join(project.folder, 'excel.csv');
    await writeFile(path, Buffer.from('\ufeffkey\ttitle\r\nL1\tZürich\r\n', 'utf16le'));
    expect((await project.read([path])).reports[0]).toMatchObject({ added: 1 });
    expect((await project.rows('samples'))[0]?.title).toBe('Zürich');
    await writeFile(path, Buffer.from('key,title\nL2,Z\u00fcrich\n', 'latin1'));
    const { problems, reports } = await project.read([path]);
    expect(reports[0]).toMatchObject({ table: null, added: 0 });
    expect(problems[0]).toMatchObject({ kind: 'file', hint: 'Save it as CSV UTF-8.' });
  });
});

describe('what an archive said', () => {
  const kept = { key: 'GSM1', title: 'of GEO', tissue: null, handler: 'geo', fetched_at: '2026-01-01T00:00:00.000Z' };

  beforeEach(async () => {
    await project.store.commit(oneUnit({ samples: [geoSample('GSM1', kept)] }));
  });

  test('is kept and counted; what it did not say is filled in, and the row stays the archive’s', async () => {
    const path = await file('samples.csv', 'key,source,title,tissue\nGSM1,GEO,of mine,brain\n');
    const { reports } = await project.read([path]);
    expect(reports[0]).toMatchObject({ updated: 1, kept: 1, refused: 0 });
    expect((await project.rows('samples'))[0]).toMatchObject({ ...kept, tissue: 'brain' });
    expect((await project.read([path])).reports[0]).toMatchObject({ unchanged: 1, kept: 1 });
  });

  test('gives way to --force', async () => {
    const path = await file('samples.csv', 'key,source,title\nGSM1,GEO,of mine\n');
    await project.read([path], { force: true });
    expect((await project.rows('samples'))[0]).toMatchObject({ title: 'of mine', handler: 'import' });
  });
});

describe('files that cannot be taken', () => {
  test('are named, and cost no other file', async () => {
    const torn = await file('torn.parquet', 'PAR1 and no more');
    const sheet = await file('a.xlsx', 'PK');
    const empty = await file('empty.csv', '');
    const open = await file('open.csv', 'key,title\nL1,"never closed\n');
    const bad = await file('bad.json', '[{"key": "L1",]');
    const good = await file('good.csv', 'key\nL9\n');
    const { reports, problems } = await project.read([torn, sheet, empty, open, bad, good]);
    expect(problems.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['file', expect.stringContaining('torn.parquet cannot be read as Parquet')],
      ['file', expect.stringContaining('a.xlsx is no table')],
      ['file', expect.stringContaining('empty.csv is empty')],
      ['file', expect.stringContaining('open.csv, line 2: a quoted cell is not closed')],
      ['file', expect.stringContaining('bad.json cannot be read as JSON')],
    ]);
    expect(reports.map(({ table }) => table)).toEqual([null, null, null, null, null, 'samples']);
    await expect(project.read([join(project.folder, 'nowhere')])).rejects.toThrow(/nowhere does not exist/);
  });
});

describe('the hands of others', () => {
  test('the same import twice, with a run of an archive between, loses nothing', async () => {
    const path = await file('samples.csv', 'key,title\nL1,one\n');
    await project.read([path]);
    await project.store.commit(oneUnit({ runs: [insdcRun('SRR1', 'L1')] }));
    expect((await project.read([path])).reports[0]).toMatchObject({ unchanged: 1 });
    expect(await project.rows('runs')).toHaveLength(1);
  });
});

describe('001-17 a path is a path', () => {
  test('a file name with brackets or stars is that file, whatever lies beside it', async () => {
    const wanted = await file('wanted.csv', 'key,title\nL1,wanted\n');
    await project.read([wanted]);
    const source = { selection: { table: 'samples' } } as const;
    const paths = ['a[1].parquet', 'a*.parquet', 'a[1].json'].map((name) => join(project.folder, name));
    for (const path of paths) {
      await project.write(source, { path, format: path.endsWith('json') ? 'json' : 'parquet' });
    }
    await project.read([await file('other.csv', 'key,title\nL2,other\n')]);
    await project.write(source, { path: join(project.folder, 'a1.parquet'), format: 'parquet' });
    await project.write(source, { path: join(project.folder, 'a1.json'), format: 'json' });
    for (const path of paths) expect((await project.read([path])).reports[0]).toMatchObject({ rows: 1, unchanged: 1 });
  });

  test('a folder called key=value says nothing of the rows in it', async () => {
    const folder = join(project.folder, 'title=LAB', 'batch=2');
    await mkdir(folder, { recursive: true });
    await project.read([await file('samples.csv', 'key,title\nL1,one\n')]);
    const path = join(folder, 'samples.parquet');
    await project.write({ selection: { table: 'samples' } }, { path, format: 'parquet' });
    const { reports, problems } = await project.read([path]);
    expect(problems).toEqual([]);
    expect(reports[0]).toMatchObject({ rows: 1, unchanged: 1 });
    expect((await project.rows('samples'))[0]).toMatchObject({ title: 'one', attributes: null });
  });
});

describe('001-17 a value is the value that the file says', () => {
  test('numbers of JSON are rounded nowhere, however long', async () => {
    const path = await file(
      'samples.json',
      '[{"key": "L1", "barcode": 12345678901234567890, "dose": 1.50, "text": "a \\"1.50\\" 12345678901234567890"}]',
    );
    await project.read([path]);
    const [row] = await project.rows('samples');
    expect(row?.attributes).toEqual({
      barcode: ['12345678901234567890'],
      dose: ['1.50'],
      text: ['a "1.50" 12345678901234567890'],
    });
    const runs = await file('runs.json', '[{"key": "R1", "parent": "L1", "spots": 9007199254740993}]');
    await project.read([runs]);
    expect((await project.rows('runs'))[0]).toMatchObject({ spots: 9_007_199_254_740_993n });
  });

  test('a time without a zone is UTC on every machine, and a number is no time', async () => {
    const answers = ['2026-01-01 10:00:00', '2026-01-01T10:00+09:00', '5', '2026-02-30', '2026-01-02'];
    const lines = answers.map((answer, index) => `X${index},not_found,${answer}\n`);
    const path = await file('asked.csv', `id,outcome,answered_at\n${lines.join('')}`);
    const { problems } = await withZone('Asia/Tokyo', () => project.read([path]));
    expect(problems.map(({ reason }) => reason)).toEqual([
      'answered_at: "5" is no time (ISO 8601)',
      'answered_at: "2026-02-30" is no time (ISO 8601)',
    ]);
    expect((await project.rows('asked')).map((row) => row.answered_at)).toEqual([
      '2026-01-01T10:00:00.000Z',
      '2026-01-01T01:00:00.000Z',
      '2026-01-02T00:00:00.000Z',
    ]);
  });
});

/** Does something as on a machine of another time zone. */
async function withZone<T>(zone: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}
