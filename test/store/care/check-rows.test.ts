import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EMPTY_UNIT, type RecordUnit } from '../../../src/records/record-unit.ts';
import type { Row, TableName } from '../../../src/records/table.ts';
import { AT, LATER } from '../../../src/testing/contract/store-records.ts';
import { aFile, aProject, aRun, aSample } from '../../../src/testing/factories.ts';
import { openTestStore, removeFolders } from '../open-test-store.ts';
import {
  alter,
  anAnswer,
  findings,
  found,
  type Ground,
  mend,
  mendFound,
  newGround,
  smuggle,
  sound,
  withCare,
} from './damaged-store.ts';

afterAll(removeFolders);

/** Rows in their own segment, past every validation, and what is found of them; no two cases have a key in common. */
interface Case {
  readonly name: string;
  readonly table: TableName;
  readonly physical: string;
  readonly rows: readonly object[];
  readonly found: readonly string[];
}

const fileOf = (given: Parameters<typeof aFile>[0]) => aFile({ parent: 'SRR100001', ...given });
const CASES: readonly Case[] = [
  {
    name: 'a run whose sample is not stored, or that names none',
    table: 'runs',
    physical: 'INSDC_RUNS',
    rows: [aRun({ key: 'SRR11', parent: 'GSM11' }), aRun({ key: 'SRR12', parent: null })],
    found: ['orphan_run SRR11 parent', 'orphan_run SRR12 parent'],
  },
  {
    name: 'a sample whose project is not stored; one without a project is fine',
    table: 'samples',
    physical: 'GEO_SAMPLES',
    rows: [aSample({ key: 'GSM21', parent: 'GSE21' }), aSample({ key: 'GSM22', parent: null })],
    found: ['orphan_sample GSM21 parent'],
  },
  {
    name: 'a file of nothing',
    table: 'files',
    physical: 'INSDC_FILES',
    rows: [aFile({ parent: 'SRR31', name: 'a' }), aFile({ parent: 'GSM1', name: 'b' })],
    found: ['orphan_file SRR31/generated/a parent'],
  },
  {
    name: 'a note about nothing',
    table: 'annotations',
    physical: 'ANNOTATIONS',
    rows: [
      { key: 'GSM41', name: 'batch', value: '1' },
      { key: 'GSM1', name: 'batch', value: '1' },
    ],
    found: ['orphan_annotation GSM41 batch key'],
  },
  {
    name: 'required columns that are NULL',
    table: 'files',
    physical: 'INSDC_FILES',
    rows: [{ ...fileOf({ name: 'n' }), origin: null, source: null }],
    found: ['missing_value SRR100001/generated/n origin', 'missing_value SRR100001/generated/n source'],
  },
  {
    name: 'an empty key',
    table: 'samples',
    physical: 'GEO_SAMPLES',
    rows: [aSample({ key: '' })],
    found: ['empty_key  key'],
  },
  {
    name: '003-13 links that no tool can fetch',
    table: 'runs',
    physical: 'INSDC_RUNS',
    rows: [
      aRun({ key: 'SRR71', parent: null, raw_link: 'https://a.example/x,javascript:alert(1)' }),
      aRun({ key: 'SRR72', parent: null, raw_link: 's3://bucket/x,gs://bucket/y,FTP://b.example/z' }),
    ],
    found: ['orphan_run SRR71 parent', 'orphan_run SRR72 parent', 'malformed_url SRR71 raw_link'],
  },
  {
    name: '003-13 addresses of files, sizes below zero, checksums',
    table: 'files',
    physical: 'INSDC_FILES',
    rows: [
      fileOf({ name: 'u', urls: ['https://a.example/u', 'file:///etc/passwd'] }),
      fileOf({ name: 'v', urls: [], bytes: -1n, md5: 'D41D8CD98F00B204E9800998ECF8427E' }),
    ],
    found: [
      'malformed_md5 SRR100001/generated/v md5',
      'malformed_url SRR100001/generated/u urls',
      'negative_number SRR100001/generated/v bytes',
    ],
  },
  {
    name: '003-13 control characters in texts, lists and JSON; tabs and line ends are none',
    table: 'samples',
    physical: 'GEO_SAMPLES',
    rows: [
      aSample({ key: 'GSM91', title: 'a\u001b[31mred', description: 'one\ttwo\r\nthree' }),
      aSample({ key: 'GSM92', attributes: { tissue: ['\u0007'] } }),
      aSample({ key: 'GSM93', attributes: { note: ['line\nnext', '\\u0007 written out'] } }),
      aSample({ key: 'GSM94', title: 'C1 \u009b' }),
    ],
    found: ['control_character GSM91 title', 'control_character GSM92 attributes', 'control_character GSM94 title'],
  },
  {
    name: 'dates that are none',
    table: 'projects',
    physical: 'GEO_PROJECTS',
    rows: [
      aProject({ key: 'GSE101', date: '2023-02-29' }),
      aProject({ key: 'GSE102', date: '2024' }),
      aProject({ key: 'GSE103', date: '2024-02-29' }),
    ],
    found: ['malformed_date GSE101 date', 'malformed_date GSE102 date'],
  },
  {
    name: '003-11 words that the INSDC does not have, in GEO and INSDC tables',
    table: 'samples',
    physical: 'GEO_SAMPLES',
    rows: [
      aSample({ key: 'GSM111', library_strategy: 'RNA-Seq,rna-seq' }),
      aSample({
        key: 'GSM112',
        platform: 'SEQUENOM',
        library_source: 'GENOMIC',
        library_selection: 'size fractionation',
      }),
    ],
    found: ['unknown_word GSM111 library_strategy', 'unknown_word GSM112 platform'],
  },
  {
    name: '003-11 words of a plug-in are its own, those of celline are not',
    table: 'samples',
    physical: 'LAB_SAMPLES',
    rows: [
      aSample({ key: 'LAB1', source: 'LAB', library_strategy: 'our own' }),
      { ...aSample({ key: 'LAB2', source: 'LAB' }), access: 'perhaps' },
    ],
    found: ['unknown_word LAB2 access'],
  },
];

test('nothing is said of tables as commands leave them', async () => {
  const ground = await newGround();
  await sound(ground);
  expect(await findings(ground)).toEqual([]);
});

describe('rows of all kinds beside each other', () => {
  let all: string[];

  beforeAll(async () => {
    const ground = await newGround();
    await sound(ground);
    for (const { physical, table, rows } of CASES) await smuggle(ground, physical, table, rows as readonly Row[]);
    all = await found(ground);
  });

  test.each(CASES)('$name', ({ found: expected }) => {
    expect(all.filter((line) => expected.includes(line))).toEqual(expected);
  });

  test('nothing else is found', () => {
    expect(all.toSorted()).toEqual(CASES.flatMap(({ found: expected }) => expected).toSorted());
  });
});

test('003-11 a word of another case is told with the right one, and the row is kept by a repair', async () => {
  const ground = await newGround();
  await sound(ground);
  await smuggle(ground, 'INSDC_RUNS', 'runs', [aRun({ strategy: 'Rna-Seq' }) as unknown as Row]);
  const [finding] = (await findings(ground)).filter(({ check }) => check === 'unknown_word');
  expect(finding).toMatchObject({
    severity: 'warning',
    table: 'INSDC_RUNS',
    row: 'SRR100001',
    column: 'strategy',
    repair: null,
  });
  expect(finding?.detail).toBe('"Rna-Seq" is no INSDC library strategy; it differs from RNA-Seq only in case');
  expect((await mend(ground)).get('unknown_word SRR100001')).toBe('left as it is');
  expect(await found(ground)).toEqual(['unknown_word SRR100001 strategy']);
});

test('a run that pools samples and a sample of several series are no contradiction', async () => {
  const ground = await newGround();
  const more: Partial<RecordUnit> = {
    projects: [aProject({ key: 'GSE2', children: 'GSM2,GSM3' }), aProject({ key: 'GSE3', children: null })],
    samples: [
      aSample({ key: 'GSM3', parent: 'GSE2', children: 'SRR9,SRR10' }),
      aSample({ key: 'GSM4', parent: 'GSE3', children: 'SRR9' }),
    ],
    runs: [aRun({ key: 'SRR9', parent: 'GSM3' }), aRun({ key: 'SRR10', parent: 'GSM3' })],
    links: [
      { key: 'GSM2', alias: 'GSE2', kind: 'series' },
      { key: 'SRR9', alias: 'GSM3', kind: 'sample' },
      { key: 'SRR9', alias: 'GSM4', kind: 'sample' },
    ],
  };
  await sound(ground, more);
  expect(await found(ground)).toEqual([]);
});

async function childrenOf(ground: Ground, key: string): Promise<unknown> {
  const store = openTestStore(ground.dir, ground);
  const [row] = await store.get('samples', [key]);
  await store.close();
  return row?.children;
}

test('003-11 runs that a list kept by hand names may come later: no finding, and a repair of the list keeps them', async () => {
  const ground = await newGround();
  const imported = { source: 'LAB', handler: 'import' };
  const samples = [aSample({ key: 'L1', children: 'R1,R2', ...imported })];
  await sound(ground, { samples, runs: [aRun({ key: 'R1', parent: 'L1', ...imported })] });
  expect(await found(ground)).toEqual([]);
  await smuggle(ground, 'LAB_RUNS', 'runs', [aRun({ key: 'R3', parent: 'L1', ...imported }) as unknown as Row]);
  expect((await mendFound(ground)).found).toEqual(['children_differ L1 children']);
  expect(await found(ground)).toEqual([]);
  expect(await childrenOf(ground, 'L1')).toBe('R1,R2,R3');
});

test('children and parents that disagree: told, and the lists are rebuilt from what the children say', async () => {
  const ground = await newGround();
  const more: Partial<RecordUnit> = {
    projects: [aProject({ key: 'GSE2', children: 'GSM9' })],
    samples: [
      aSample({ key: 'GSM3', parent: 'GSE2', children: 'SRR100001,SRR77', created_at: AT }),
      aSample({ key: 'GSM4', parent: 'GSE2', children: null }),
    ],
    runs: [aRun({ key: 'SRR10', parent: 'GSM4' }), aRun({ key: 'SRR9', parent: 'GSM4' })],
  };
  await sound(ground, more);
  const list = await findings(ground);
  expect(list.map(({ check, row, detail }) => `${check} ${row} ${detail}`)).toEqual([
    'children_differ GSM3 lists SRR100001, which belongs to GSM1',
    'children_differ GSM3 lists SRR77, which is not stored',
    'children_differ GSM4 does not list its run SRR10',
    'children_differ GSM4 does not list its run SRR9',
    'children_differ GSE2 does not list its sample GSM3',
    'children_differ GSE2 does not list its sample GSM4',
  ]);
  await mend(ground);
  expect(await found(ground)).toEqual([]);
  const store = openTestStore(ground.dir, ground);
  const children = async (table: 'samples' | 'projects', key: string) => (await store.get(table, [key]))[0]?.children;
  expect(await children('samples', 'GSM3')).toBe(null);
  expect(await children('samples', 'GSM4')).toBe('SRR9,SRR10');
  expect(await children('projects', 'GSE2')).toBe('GSM3,GSM4,GSM9');
  expect(await children('samples', 'GSM1'), 'what was right stays').toBe('SRR100001');
  expect((await store.get('samples', ['GSM1']))[0]?.updated_at).toBe(AT);
  await store.close();
});

test('answers whose records are gone, and links of nothing, are removed; a bad answer is none', async () => {
  const ground = await newGround();
  await sound(ground, {}, [
    anAnswer('GSM7'),
    anAnswer('SRX7', { key: 'GSM1,GSM7' }),
    anAnswer('GSM8', { outcome: 'not_found' }),
    anAnswer('SRS1', { key: 'SAMN1' }),
  ]);
  await smuggle(ground, 'LINKS', 'links', [{ key: 'GSM7', alias: 'SAMN7', kind: 'biosample' }]);
  const { found: before, done } = await mendFound(ground);
  expect(before).toEqual(['orphan_link GSM7 SAMN7 biosample key', 'stale_answer GSM7 key', 'stale_answer SRX7 key']);
  expect(done.get('stale_answer GSM7')).toBe('the answer is removed, so that it is asked again');
  expect(await found(ground)).toEqual([]);
  const store = openTestStore(ground.dir, ground);
  expect([...(await store.asked(['GSE1', 'GSM7', 'GSM8', 'SAMN1', 'SRS1', 'SRX7'])).keys()].sort()).toEqual([
    'GSE1',
    'GSM8',
    'SAMN1',
    'SRS1',
  ]);
  expect((await store.getByParent('links', ['GSM1', 'GSM2', 'GSM7'])).length).toBe(2);
  await store.close();
});

test('a series that was answered as whole and lacks a sample is asked again; one that was answered in part is not told', async () => {
  const ground = await newGround();
  const more: Partial<RecordUnit> = {
    projects: [
      aProject({ key: 'GSE2', children: 'GSM1,GSM70' }),
      aProject({ key: 'GSE3', children: 'GSM71' }),
      aProject({ key: 'GSE4', children: 'SAMN1' }),
    ],
  };
  await sound(ground, more, [anAnswer('GSE2'), anAnswer('GSE3', { outcome: 'partial' }), anAnswer('GSE4')]);
  expect((await mendFound(ground)).found).toEqual(['missing_child GSE2 children']);
  expect(await found(ground)).toEqual([]);
  const store = openTestStore(ground.dir, ground);
  expect([...(await store.asked(['GSE1', 'GSE2', 'GSE3', 'GSE4'])).keys()].sort()).toEqual(['GSE1', 'GSE3', 'GSE4']);
  await store.close();
});

test('keys that are there twice, within a base, within a delta and in two sources: the newest row stays', async () => {
  const ground = await newGround();
  await sound(ground);
  const twice = (key: string) =>
    [
      aSample({ key, title: 'old', updated_at: AT }),
      aSample({ key, title: 'new', updated_at: LATER }),
    ] as unknown as Row[];
  await smuggle(ground, 'GEO_SAMPLES', 'samples', [...twice('GSM7'), ...twice('GSM70')], true);
  await smuggle(ground, 'LAB_SAMPLES', 'samples', [
    aSample({ key: 'GSM2', source: 'LAB', updated_at: '2020-01-01T00:00:00.000Z' }) as unknown as Row,
  ]);
  await smuggle(ground, 'LINKS', 'links', [
    { key: 'GSM1', alias: 'SRS1', kind: 'sra_sample' },
    { key: 'GSM1', alias: 'SRS1', kind: 'sra_sample' },
  ]);
  // A key that a newer commit holds once is right, whatever lies below it.
  await smuggle(ground, 'GEO_SAMPLES', 'samples', [aSample({ key: 'GSM70', title: 'newest' }) as unknown as Row]);
  expect((await mendFound(ground)).found).toEqual([
    'row_count',
    'row_count',
    'duplicate_key GSM7 key',
    'duplicate_key GSM1 SRS1 sra_sample key',
    'key_of_two_sources GSM2 key',
  ]);
  expect(await found(ground)).toEqual([]);
  const store = openTestStore(ground.dir, ground);
  const titles = (await store.get('samples', ['GSM2', 'GSM7', 'GSM70'])).map(
    (row) => `${row.key} ${row.source} ${row.title}`,
  );
  expect(titles.sort()).toEqual(['GSM2 GEO sample GSM2', 'GSM7 GEO new', 'GSM70 GEO newest']);
  expect(await store.count({ table: 'samples' })).toBe(4);
  await store.close();
});

test('numbers of rows that the manifest has wrong are counted anew', async () => {
  const ground = await newGround();
  await sound(ground);
  await alter(ground, async ({ tables }) => {
    const state = tables.INSDC_RUNS;
    return state === undefined ? tables : { ...tables, INSDC_RUNS: { ...state, rows: 5 } };
  });
  expect((await mendFound(ground)).found).toEqual(['row_count']);
  expect(await found(ground)).toEqual([]);
});

test('a repair is in the history, and undone by going back', async () => {
  const ground = await newGround();
  await sound(ground);
  await smuggle(ground, 'LINKS', 'links', [{ key: 'GSM7', alias: 'SAMN7', kind: 'biosample' }]);
  await mend(ground);
  expect(await found(ground)).toEqual([]);
  await withCare(ground, async ({ history }) => {
    const entries: { kind: string | null; sequence: number }[] = [];
    for await (const { kind, sequence } of history.log()) entries.push({ kind, sequence });
    expect(entries[0]?.kind).toBe('repair');
    await history.rollback(entries[1]?.sequence ?? 0);
  });
  expect(await found(ground)).toEqual(['orphan_link GSM7 SAMN7 biosample key']);
});

test('what others commit while a repair is at it stays, and is mended too', async () => {
  const ground = await newGround();
  await sound(ground);
  await smuggle(ground, 'LINKS', 'links', [{ key: 'GSM7', alias: 'SAMN7', kind: 'biosample' }]);
  const all = await findings(ground);
  const store = openTestStore(ground.dir, ground);
  await store.commit({
    units: [
      {
        ...EMPTY_UNIT,
        samples: [aSample({ key: 'GSM9' })],
        links: [{ key: 'GSM8', alias: 'SAMN8', kind: 'biosample' }],
      },
    ],
    asked: [],
    at: LATER,
  });
  await withCare(ground, (care) => care.integrity.repair(all));
  expect(await found(ground)).toEqual([]);
  expect((await store.get('samples', ['GSM9'])).length).toBe(1);
  await store.close();
});
