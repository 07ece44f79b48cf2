import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ComparisonOptions, Difference } from '../../../src/ports/comparison.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { StoreCare } from '../../../src/ports/store-care.ts';
import type { Row, TableName } from '../../../src/records/table.ts';
import { TABLES } from '../../../src/records/tables.ts';
import { openStoreCare } from '../../../src/store/care/open-care.ts';
import { STUB_TEXT } from '../../../src/store/manifest/manifest.ts';
import { createParquetStore, type ParquetStoreSettings } from '../../../src/store/parquet/parquet-store.ts';
import { compareRows, isSameCell } from '../../../src/store/plan/compare-rows.ts';
import {
  AT,
  askedRow,
  collect,
  geoSample,
  insdcRun,
  LATER,
  oneUnit,
  runFile,
} from '../../../src/testing/contract/store-records.ts';
import { makeTestFolder, removeFolders, TEST_CLOCK } from '../open-test-store.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await removeFolders();
});

const settingsOf = (dir: string, run: string = randomUUID(), command = 'add'): ParquetStoreSettings => ({
  dir,
  clock: TEST_CLOCK,
  randomId: randomUUID,
  author: { by: 'me@here', command, run },
});

function open(dir: string, run?: string, command?: string): { store: Store; care: StoreCare } {
  const store = createParquetStore(settingsOf(dir, run, command));
  const care = openStoreCare(settingsOf(dir));
  closers.push(async () => {
    await store.close();
    await care.close();
  });
  return { store, care };
}

async function differences(care: StoreCare, from: number, to: number, options?: ComparisonOptions) {
  const all: Difference[] = [];
  for await (const difference of care.comparison.diff(from, to, options)) all.push(difference);
  return all;
}

const short = ({ table, key, change, column, before, after }: Difference) => [
  table,
  key,
  change,
  column,
  before,
  after,
];

describe('comparison of two states', () => {
  it('names what came, went and changed, by table, key and column, and no provenance', async () => {
    const { store, care } = open(await makeTestFolder());
    const first = await store.commit(
      oneUnit({
        samples: [geoSample('GSM1', { attributes: { age: ['1'], sex: ['f'] } }), geoSample('GSM2')],
        runs: [insdcRun('SRR1', 'GSM1', { spots: 7n })],
        files: [runFile('SRR1', 'a.fastq.gz', { urls: ['https://x/a'] })],
      }),
    );
    const second = await store.commit(
      oneUnit(
        {
          samples: [
            geoSample('GSM1', {
              title: 'new',
              attributes: { sex: ['f'], age: ['1'] },
              handler: 'other',
              fetched_at: LATER,
            }),
            geoSample('GSM3'),
          ],
          runs: [insdcRun('SRR1', 'GSM1', { spots: null, layout: 'PAIRED' })],
          files: [runFile('SRR1', 'a.fastq.gz', { urls: ['https://x/a', 'https://y/a'] })],
          links: [{ key: 'GSM1', alias: 'SAMN00000001', kind: 'biosample' }],
        },
        { at: LATER, remove: [{ table: 'samples', key: 'GSM2' }], asked: [askedRow('GSM1')] },
      ),
    );
    expect((await differences(care, first.sequence, second.sequence)).map(short)).toEqual([
      ['samples', 'GSM1', 'changed', 'title', 'sample GSM1', 'new'],
      ['samples', 'GSM2', 'removed', null, 'sample GSM2', null],
      ['samples', 'GSM3', 'added', null, null, 'sample GSM3'],
      ['runs', 'SRR1', 'changed', 'layout', null, 'PAIRED'],
      ['runs', 'SRR1', 'changed', 'spots', 7n, null],
      ['files', 'SRR1/generated/a.fastq.gz', 'changed', 'urls', ['https://x/a'], ['https://x/a', 'https://y/a']],
      ['links', 'GSM1', 'added', null, null, 'biosample SAMN00000001'],
    ]);
    expect(await differences(care, second.sequence, second.sequence)).toEqual([]);
    // The other way round everything is reversed.
    expect((await differences(care, second.sequence, first.sequence)).map(({ change }) => change)).toEqual([
      'changed',
      'added',
      'removed',
      'changed',
      'changed',
      'changed',
      'removed',
    ]);
    const asked = await differences(care, first.sequence, second.sequence, { tables: ['asked'] });
    expect(asked.map(short)).toEqual([['asked', 'GSM1', 'added', null, null, 'added']]);
  });

  it('of some records: their samples, runs and files with them, and nothing else', async () => {
    const { store, care } = open(await makeTestFolder());
    const make = (title: string, at: string) =>
      oneUnit(
        {
          projects: [{ key: 'GSE1', source: 'GEO', title }],
          samples: [geoSample('GSM1', { parent: 'GSE1', title }), geoSample('GSM2', { parent: 'GSE2', title })],
          runs: [insdcRun('SRR1', 'GSM1', { title }), insdcRun('SRR2', 'GSM2', { title })],
          files: [runFile('SRR1', 'a', { md5: title }), runFile('SRR2', 'b', { md5: title })],
        },
        { at },
      );
    const one = await store.commit(make('one', AT));
    const two = await store.commit(make('two', LATER));
    const keysOf = async (...keys: string[]) =>
      (await differences(care, one.sequence, two.sequence, { keys })).map(({ key }) => key);
    expect(await keysOf('GSE1')).toEqual(['GSM1', 'SRR1', 'GSE1', 'SRR1/generated/a']);
    expect(await keysOf('GSM2')).toEqual(['GSM2', 'SRR2', 'SRR2/generated/b']);
    expect(await keysOf('SRR1')).toEqual(['SRR1', 'SRR1/generated/a']);
    const known = await care.comparison.knows(one.sequence, two.sequence, ['GSM1', 'GSM9', 'GSE1']);
    expect([...known].sort()).toEqual(['GSE1', 'GSM1']);
  });

  it('finds by the segments that differ what a comparison of all rows finds, compactions and source changes included', async () => {
    const { store, care } = open(await makeTestFolder());
    const random = seeded(7);
    const pick = (count: number): number => Math.floor(random() * count);
    const states = new Map<number, Map<TableName, Row[]>>();
    for (let step = 0; step < 36; step += 1) {
      const keys = Array.from({ length: 1 + pick(6) }, () => `GSM${1 + pick(40)}`);
      const samples = [...new Set(keys)].map((key) =>
        geoSample(key, {
          title: `t${pick(3)}`,
          source: pick(9) === 0 ? 'CUSTOM' : 'GEO',
          attributes: { a: [`${pick(2)}`] },
        }),
      );
      const links = samples.map(({ key }) => ({ key, alias: `SAMN${pick(50)}`, kind: 'series' as const }));
      const remove = pick(3) === 0 ? [{ table: 'samples' as const, key: `GSM${1 + pick(40)}` }] : [];
      const { sequence } = await store.commit(oneUnit({ samples, links }, { remove }));
      if (step % 12 === 11) for await (const _ of care.checkpoint()) void _;
      if (step % 5 !== 0) continue;
      const tables = new Map<TableName, Row[]>();
      for (const table of ['samples', 'links'] as const) tables.set(table, await collect(store.select({ table })));
      states.set(sequence, tables);
    }
    const numbers = [...states.keys()];
    let found = 0;
    for (const from of numbers) {
      for (const to of [numbers[0], numbers.at(-1), numbers[pick(numbers.length)]]) {
        if (to === undefined) continue;
        const expected = (['samples', 'links'] as const).flatMap((table) =>
          compareRows(
            table,
            TABLES[table].columns,
            states.get(from)?.get(table) ?? [],
            states.get(to)?.get(table) ?? [],
          ),
        );
        expect(await differences(care, from, to), `${from} to ${to}`).toEqual(expected);
        found += expected.length;
      }
    }
    expect(found).toBeGreaterThan(100);
  });
});

/** A generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe('which state is meant', () => {
  const commitAs = async (dir: string, run: string, title: string, at: string): Promise<number> => {
    const { store } = open(dir, run, run);
    const { sequence } = await store.commit(oneUnit({ samples: [geoSample('GSM1', { title })] }, { at }));
    await store.close();
    return sequence;
  };

  it('by number, by time, and before the last command that changed what archives said', async () => {
    const dir = await makeTestFolder();
    const one = await commitAs(dir, 'add GSM1', 'one', '2026-01-01T00:00:00.000Z');
    await commitAs(dir, 'refresh', 'two', '2026-02-01T00:00:00.000Z');
    const three = await commitAs(dir, 'refresh', 'three', '2026-02-01T00:00:01.000Z');
    const { store, care } = open(dir, 'annotate');
    const notes = [{ key: 'GSM1', name: 'a', value: 'b', created_at: null, updated_at: null }];
    const { sequence } = await store.commit({
      units: [],
      asked: [],
      annotations: notes,
      at: '2026-03-01T00:00:00.000Z',
    });
    const { comparison } = care;
    expect(await comparison.find('before-last')).toMatchObject({ sequence: one, command: 'add GSM1' });
    expect((await comparison.find('newest')).sequence).toBe(sequence);
    const at = async (text: string) => (await comparison.find({ at: Date.parse(text) })).sequence;
    expect([await at('2025-12-31'), await at('2026-01-01'), await at('2026-02-15')]).toEqual([0, one, three]);
    expect(await differences(care, 0, one)).toHaveLength(1);
  });

  it('is nothing before the first command, and names the oldest state when it is not kept any more', async () => {
    const dir = await makeTestFolder();
    const one = await commitAs(dir, 'add', 'one', '2026-01-01T00:00:00.000Z');
    const two = await commitAs(dir, 'refresh', 'two', '2026-02-01T00:00:00.000Z');
    const { care } = open(dir);
    expect((await care.comparison.find('before-last')).sequence).toBe(one);
    writeFileSync(join(dir, '.store/v1/manifest', `${String(one).padStart(9, '0')}.json`), STUB_TEXT);
    const hint = expect.objectContaining({
      hint: expect.stringContaining(`oldest that is kept is ${two} of 2026-02-01`),
    });
    await expect(care.comparison.find({ sequence: one })).rejects.toEqual(hint);
    await expect(care.comparison.find({ sequence: 99 })).rejects.toEqual(hint);
    await expect(care.comparison.find({ at: Date.parse('2026-01-15') })).rejects.toEqual(hint);
    await expect(differences(care, one, two)).rejects.toEqual(hint);
    rmSync(join(dir, '.store'), { recursive: true });
    const empty = open(await makeTestFolder()).care.comparison;
    expect((await empty.find('before-last')).sequence).toBe(0);
  });
});

describe('cells', () => {
  it.each([
    [{ a: ['1'], b: ['2'] }, { b: ['2'], a: ['1'] }, true],
    [{ a: ['1'] }, { b: ['1'] }, false],
    [['1', '2'], ['2', '1'], false],
    [['1'], { 0: '1' }, false],
    [null, '', false],
    [12n, 12n, true],
  ])('%o and %o', (a, b, same) => expect(isSameCell(a, b)).toBe(same));
});
