import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readXlsx } from 'hucre/xlsx';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CELL_CHARACTERS, checkSheetRows, SHEET_ROWS } from '../../src/export/xlsx.ts';
import type { Selection } from '../../src/ports/store.ts';
import { geoSample, insdcRun, oneUnit } from '../../src/testing/contract/store-records.ts';
import { type ExchangeProject, openExchange } from '../import/exchange-project.ts';
import { removeFolders } from '../store/open-test-store.ts';

const SAMPLES = [
  geoSample('GSM1', { title: '=1+1', tissue: 'brain, left "lobe"', taxon_id: 9606, attributes: { a: ['x', 'y'] } }),
  geoSample('GSM2', { title: 'two\nlines', tissue: '', fetched_at: '2026-01-01T00:00:00.000Z' }),
  geoSample('GSM3', { title: 'Zellkern 🧬', tissue: 'liver' }),
];

let project: ExchangeProject;

beforeAll(async () => {
  project = await openExchange();
  const runs = [insdcRun('SRR1', 'GSM1', { spots: 9_007_199_254_740_993n, file_size: 12_000_000_000n })];
  await project.store.commit(oneUnit({ samples: SAMPLES, runs }));
});

afterAll(async () => {
  await project.close();
  await removeFolders();
});

async function exported(
  name: string,
  target: { format: 'csv' | 'tsv' | 'json' | 'ndjson' | 'markdown' },
  columns: string[],
) {
  const path = join(project.folder, name);
  const report = await project.write({ selection: { table: 'samples', columns } }, { path, ...target });
  return { report, text: await readFile(path, 'utf8') };
}

describe('text formats', () => {
  test('csv is RFC 4180; NULL is nothing, the empty text is quoted, a formula is left as it is', async () => {
    const { report, text } = await exported('a.csv', { format: 'csv' }, ['key', 'title', 'tissue']);
    expect(text).toBe(
      'key,title,tissue\r\nGSM1,=1+1,"brain, left ""lobe"""\r\nGSM2,"two\nlines",""\r\nGSM3,Zellkern 🧬,liver\r\n',
    );
    expect(report).toEqual({ rows: 3, bytes: Buffer.byteLength(text), cut: { count: 0, first: [] } });
  });

  test('ndjson and json hold the values themselves', async () => {
    const columns = ['key', 'taxon_id', 'attributes'];
    const { text } = await exported('a.ndjson', { format: 'ndjson' }, columns);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({ key: 'GSM1', taxon_id: 9606, attributes: { a: ['x', 'y'] } });
    expect(JSON.parse((await exported('a.json', { format: 'json' }, columns)).text)).toEqual(lines);
  });

  test('the conditions of a selection are bound, whatever their type', async () => {
    const where = [
      { column: 'spots', operator: '>=' as const, value: '9007199254740993' },
      { column: 'parent', operator: 'like' as const, value: 'gsm%' },
    ];
    let text = '';
    const write = async (more: string) => {
      text += more;
    };
    const selection = { table: 'runs' as const, where, columns: ['key', 'spots'], limit: 5 };
    await project.write({ selection }, { write, format: 'ndjson' });
    expect(text).toBe('{"key":"SRR1","spots":"9007199254740993"}\n');
    text = '';
    await project.write(
      { sql: 'SELECT key FROM samples WHERE title = $1', parameters: ['=1+1'] },
      { write, format: 'tsv' },
    );
    expect(text).toBe('key\nGSM1\n');
  });
});

describe('the place of a file', () => {
  test.each(['csv', 'xlsx', 'parquet'] as const)('a folder that is not there is named, for %s', async (format) => {
    const path = join(project.folder, 'nowhere', `a.${format}`);
    const failure = await project.write({ selection: { table: 'samples' } }, { path, format }).catch((error) => error);
    expect(failure).toMatchObject({ code: 'OUTPUT', message: `${path} cannot be written: its folder does not exist.` });
    expect(failure.hint).toBe('Make the folder, or choose another file.');
  });
});

describe('what a selection can say, an export can', () => {
  async function keysOf(lab: ExchangeProject, selection: Omit<Selection, 'table'>): Promise<string[]> {
    let text = '';
    const write = async (more: string) => {
      text += more;
    };
    const whole = { table: 'samples' as const, columns: ['key'], ...selection };
    await lab.write({ selection: whole }, { write, format: 'tsv' });
    return text.trim().split('\n').slice(1);
  }

  test('001-30 columns of plug-ins, numbers with a fraction, truth values, instants, chosen keys', async () => {
    const columns = (['float', 'decimal', 'boolean', 'timestamp'] as const).map((type) => {
      return { name: `a_${type}`, type, doc: 'Of a plug-in.' };
    });
    const lab = await openExchange([{ handler: 'lab', source: 'GEO', columns: { samples: columns } }]);
    const said = [
      { a_float: 1.25, a_decimal: '1.25', a_boolean: true, a_timestamp: '2026-01-01T00:00:00.000Z' },
      { a_float: 1.75, a_decimal: '1.75', a_boolean: false, a_timestamp: '2026-06-01T00:00:00.000Z' },
      {},
    ];
    await lab.store.commit(oneUnit({ samples: said.map((row, index) => ({ ...geoSample(`GSM${index}`), ...row })) }));
    const where = (column: string, operator: '>' | '<' | '=', value: string) => ({
      where: [{ column, operator, value }],
    });
    expect(await keysOf(lab, where('a_float', '>', '1.5'))).toEqual(['GSM1']);
    expect(await keysOf(lab, where('a_decimal', '<', '1.5'))).toEqual(['GSM0']);
    expect(await keysOf(lab, where('a_boolean', '=', 'false'))).toEqual(['GSM1']);
    expect(await keysOf(lab, where('a_timestamp', '>', '2026-03-01'))).toEqual(['GSM1']);
    expect(await keysOf(lab, { within: ['GSM0', "it's, GSM1", 'GSM2'] })).toEqual(['GSM0', 'GSM2']);
    expect(await keysOf(lab, { without: ['GSM0'], limit: 1 })).toEqual(['GSM1']);
    expect(await keysOf(lab, { within: [] })).toEqual([]);
    await expect(keysOf(lab, { columns: ['key', 'nope'] })).rejects.toThrow('The table samples has no column nope.');
    await lab.close();
  });
});

describe('parquet', () => {
  test('002-08 is snappy by default, with versions and the time in its footer; zstd when asked', async () => {
    const path = join(project.folder, 'runs.parquet');
    const report = await project.write({ selection: { table: 'runs' } }, { path, format: 'parquet' });
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const texts = Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value]));
    expect(texts).toMatchObject({ celline_version: '1.2.3', celline_schema: '3', celline_table: 'runs' });
    expect(Date.parse(texts.celline_written_at ?? '')).toBeGreaterThan(Date.parse('2026-01-01'));
    expect(metadata.row_groups[0]?.columns[0]?.meta_data?.codec).toBe('SNAPPY');
    const [row] = await parquetReadObjects({ file });
    expect(row).toMatchObject({ key: 'SRR1', spots: 9_007_199_254_740_993n, file_size: 12_000_000_000n });
    expect(report).toEqual({ rows: 1, bytes: file.byteLength, cut: { count: 0, first: [] } });

    await project.write({ sql: 'SELECT key FROM runs; -- all' }, { path, format: 'parquet', compression: 'zstd' });
    const again = await parquetMetadataAsync(await asyncBufferFromFile(path));
    expect(again.row_groups[0]?.columns[0]?.meta_data?.codec).toBe('ZSTD');
  });
});

describe('xlsx', () => {
  test('cells are typed: no formula, no rounded number, no eaten escape', async () => {
    const path = join(project.folder, 'a.xlsx');
    const sql = `SELECT '=1+1' AS formula, 9007199254740993::BIGINT AS long, 9007199254740991::BIGINT AS exact, true AS yes,
      '_x000D_' AS escape, 'a' || chr(7) || 'b' AS bell, NULL AS nothing, TIMESTAMPTZ '2026-01-01T00:00:00Z' AS at, '007' AS zeros`;
    await project.write({ sql }, { path, format: 'xlsx' });
    const { sheets } = await readXlsx(await readFile(path));
    expect(sheets[0]?.name).toBe('query');
    expect(sheets[0]?.rows[1]).toEqual([
      '=1+1',
      '9007199254740993',
      9_007_199_254_740_991,
      true,
      '_x000D_',
      'a\u0007b',
      null,
      '2026-01-01T00:00:00.000Z',
      '007',
    ]);
  });

  test('a text that no cell can hold is cut and told', async () => {
    const path = join(project.folder, 'long.xlsx');
    const sql = "SELECT 'GSE1' AS key, repeat('GSM1,', 10000) AS children";
    const { cut } = await project.write({ sql }, { path, format: 'xlsx' });
    expect(cut).toEqual({ count: 1, first: [{ row: 'GSE1', column: 'children', length: 50_000 }] });
    const { sheets } = await readXlsx(await readFile(path));
    const text = String(sheets[0]?.rows[1]?.[1]);
    expect(text).toHaveLength(CELL_CHARACTERS);
    expect(text.endsWith('… (cut, 50000 characters)')).toBe(true);
  });

  test('more rows than a sheet holds are refused, and leave nothing', async () => {
    expect(() => checkSheetRows(SHEET_ROWS - 1)).not.toThrow();
    expect(() => checkSheetRows(SHEET_ROWS)).toThrow(/do not fit: a sheet holds 1048575 rows/);
    const path = join(project.folder, 'wide.xlsx');
    const columns = Array.from({ length: 16_385 }, (_, index) => `1 AS c${index}`).join(', ');
    await expect(project.write({ sql: `SELECT ${columns}` }, { path, format: 'xlsx' })).rejects.toThrow(/do not fit/);
    expect(
      (await readdir(project.folder)).filter((name) => name.startsWith('wide') || name.startsWith('.tmp')),
    ).toEqual([]);
  });
});

describe('files', () => {
  test('what stood there stays when the export fails', async () => {
    const path = join(project.folder, 'kept.csv');
    await writeFile(path, 'before');
    const failing = { sql: "SELECT CASE WHEN key = 'GSM3' THEN error('no') ELSE key END FROM samples" };
    await expect(project.write(failing, { path, format: 'csv' })).rejects.toThrow(/no/);
    await expect(project.write(failing, { path, format: 'parquet' })).rejects.toThrow(/no/);
    expect(await readFile(path, 'utf8')).toBe('before');
    expect((await readdir(project.folder)).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });

  test('a folder is no file, and a missing folder is named', async () => {
    const folder = join(project.folder, 'out');
    await mkdir(folder);
    const source = { selection: { table: 'samples' as const } };
    await expect(project.write(source, { path: folder, format: 'csv' })).rejects.toThrow(/is a folder/);
    const path = join(project.folder, 'nowhere', 'a.csv');
    await expect(project.write(source, { path, format: 'csv' })).rejects.toThrow(/nowhere/);
  });
});
