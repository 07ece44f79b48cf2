import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors/config-error.ts';
import { PluginError } from '../../src/errors/plugin-error.ts';
import { SAMPLES } from '../../src/records/sample.ts';
import type { Row } from '../../src/records/table.ts';
import {
  emptyTable,
  formatManifest,
  parseManifest,
  type Segment,
  type TableState,
} from '../../src/store/manifest/manifest.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { baseRanges, planCompaction, replaceSegments } from '../../src/store/parquet/plan-compaction.ts';
import { anyKeyWithin, compareKeys, sortedKeys } from '../../src/store/plan/compare-keys.ts';
import { mergeRows, unitePatches } from '../../src/store/plan/merge-rows.ts';
import { createStoreRegistry } from '../../src/store/registry.ts';
import { compileSelection } from '../../src/store/segments/compile-selection.ts';
import { engineError } from '../../src/store/segments/engine-error.ts';
import { geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';

const STAMP = { at: '2026-01-01T00:00:00.000Z', handler: 'geo' };

function segment(file: string, rows: number, first = 'a', last = 'z', from = 1): Segment {
  return { file, rows, first, last, bytes: 1, sha256: null, columns: 'x', from, to: from };
}

function state(base: Segment[], deltas: Segment[]): TableState {
  return { ...emptyTable('samples'), rows: 1, base, deltas };
}

describe('the order of keys', () => {
  test('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    // Where JavaScript's own order differs.
    expect(compareKeys('\u{1f600}', '\uff5e')).toBe(1);
  });

  test('finds whether a sorted list has a key within a range', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), fc.string(), (keys, a, b) => {
        const [first, last] = sortedKeys([a, b]);
        const within = keys.some((key) => compareKeys(key, first ?? '') >= 0 && compareKeys(key, last ?? a) <= 0);
        expect(anyKeyWithin(sortedKeys(keys), first ?? '', last ?? a)).toBe(within);
      }),
    );
  });
});

describe('mergeRows', () => {
  test('a patch on top of itself changes nothing; the stored row is given back', () => {
    const first = mergeRows(SAMPLES, null, geoSample('GSM1', { attributes: { a: ['b'] } }) as unknown as Row, STAMP);
    const second = mergeRows(
      SAMPLES,
      first.row,
      geoSample('GSM1', { attributes: { a: ['b'] } }) as unknown as Row,
      STAMP,
    );
    expect(second.changed).toEqual([]);
    expect(second.row).toBe(first.row);
    expect(first.row).toMatchObject({ handler: 'geo', created_at: STAMP.at, updated_at: STAMP.at, tissue: null });
    expect(Object.keys(first.row)).toEqual(SAMPLES.columns.map(({ name }) => name));
  });

  test('attributes differ by value and order', () => {
    const of = (attributes: Record<string, string[]>) => geoSample('GSM1', { attributes }) as unknown as Row;
    const stored = mergeRows(SAMPLES, null, of({ a: ['1'], b: ['2'] }), STAMP).row;
    expect(mergeRows(SAMPLES, stored, of({ a: ['1'], b: ['3'] }), STAMP).changed).toEqual(['attributes']);
    expect(mergeRows(SAMPLES, stored, of({ b: ['2'], a: ['1'] }), STAMP).changed).toEqual(['attributes']);
  });

  test('within one change a value beats null, in either order', () => {
    expect(unitePatches({ key: 'k', title: 'a' }, { key: 'k', title: null })).toEqual({ key: 'k', title: 'a' });
    expect(unitePatches({ key: 'k', title: null }, { key: 'k', title: 'a' })).toEqual({ key: 'k', title: 'a' });
    expect(unitePatches({ key: 'k' }, { key: 'k', title: null })).toEqual({ key: 'k', title: null });
  });
});

describe('compaction', () => {
  test('merges 32 small deltas, rewrites the base at 5,000 rows or a tenth', () => {
    const small = Array.from({ length: 32 }, (_, index) => segment(`d${index}`, 10, 'a', 'z', index + 1));
    expect(planCompaction(state([], small.slice(1)), false)).toEqual({ kind: 'none' });
    expect(planCompaction(state([], small), false)).toEqual({ kind: 'deltas', inputs: small });
    expect(planCompaction(state([], [segment('d', 5000)]), false)).toEqual({ kind: 'base' });
    expect(planCompaction(state([segment('b', 100_000)], [segment('d', 5000)]), false)).toEqual({ kind: 'none' });
    expect(planCompaction(state([segment('b', 100_000)], [segment('d', 10_000)]), false)).toEqual({ kind: 'base' });
    expect(planCompaction(state([], small.slice(31)), true)).toEqual({ kind: 'base' });
    expect(planCompaction(state([segment('b', 1)], []), true)).toEqual({ kind: 'none' });
  });

  test('ranges cover every key once; a full last segment is left alone', () => {
    const base = [segment('1', 10_000, 'b', 'd'), segment('2', 10_000, 'f', 'h')];
    expect(baseRanges(base).map(({ lower, upper }) => [lower, upper])).toEqual([
      [null, 'f'],
      ['f', 'h\u0000'],
      ['h\u0000', null],
    ]);
    expect(baseRanges([segment('1', 10, 'b', 'd')])).toMatchObject([{ lower: null, upper: null }]);
    expect(baseRanges([])).toEqual([{ segment: null, lower: null, upper: null }]);
  });

  test('a replacement holds only while all inputs live, and keeps what came meanwhile', () => {
    const [a, b, later] = [segment('a', 1), segment('b', 1, 'a', 'z', 2), segment('c', 1, 'a', 'z', 3)];
    const replacement = { name: 'GEO_SAMPLES', inputs: [a, b], base: [], deltas: [segment('ab', 2)] };
    expect(replaceSegments(state([], [a, b, later]), replacement)?.deltas.map(({ file }) => file)).toEqual(['ab', 'c']);
    expect(replaceSegments(state([], [b, later]), replacement)).toBeNull();
    expect(replaceSegments(undefined, replacement)).toBeNull();
  });
});

describe('manifests', () => {
  test('are read as they were written; a stub is none; rubbish is refused by name', () => {
    const manifest = {
      format: 1,
      sequence: 7,
      commit: 'c',
      at: STAMP.at,
      epoch: 0,
      made: null,
      tables: { GEO_SAMPLES: state([segment('b', 1)], []) },
    };
    expect(parseManifest(formatManifest(manifest), 'p')).toEqual(manifest);
    expect(parseManifest('{"stub":true}', 'p')).toBeNull();
    const wrong = [
      '',
      '[]',
      '{"format":1}',
      formatManifest(manifest).replace('"file":"b"', '"file":"../b"'),
      formatManifest(manifest).replace('"rows":1', '"rows":"1"'),
    ];
    for (const text of wrong) {
      expect(() => parseManifest(text, 'DB/000000007.json')).toThrow(/000000007\.json is damaged/);
    }
    expect(() => parseManifest('{"format":9}', 'p')).toThrow(/format 9/);
  });
});

describe('compileSelection', () => {
  test('001-07 binds every value; no value is part of the SQL', () => {
    const value = "'; DROP TABLE samples; --";
    const { condition, parameters } = compileSelection({
      table: 'samples',
      where: [
        { column: 'tissue', operator: '=', value },
        { column: 'attributes', operator: 'like', value },
      ],
      grep: value,
    });
    expect(condition).not.toContain('DROP');
    expect(parameters).toEqual([value, value, `%${value}%`]);
  });

  test('refuses a value that the column cannot be compared with', () => {
    const where = [{ column: 'taxon_id', operator: '=' as const, value: '1 OR 1=1' }];
    expect(() => compileSelection({ table: 'samples', where })).toThrow(/taxon_id cannot be compared/);
  });
});

describe('001-08 errors of DuckDB by their meaning', () => {
  test.each([
    ['Constraint Error: Duplicate key', 'integrity'],
    ['Conversion Error: Could not convert', 'type_conversion'],
    ['Parser Error: syntax error', 'query'],
    ['Binder Error: no column', 'query'],
    ['TransactionContext Error: no transaction', 'transaction'],
    ['INTERRUPT Error: Interrupted!', 'operational'],
    ['IO Error: Could not write file: No space left on device', 'operational'],
    ['Out of Memory Error: failed', 'operational'],
  ])('%s', (message, failure) => {
    const cause = new Error(message);
    expect(engineError(cause, 'SELECT')).toMatchObject({ failure, cause, message });
  });

  test('the echo of the statement is left out: it is a field', () => {
    const cause = new Error('Binder Error: no column x\n\nLINE 1: SELECT x\n               ^');
    const { message, fields, hint } = engineError(cause, 'SELECT x');
    expect([message, fields.sql, hint]).toEqual([
      'Binder Error: no column x',
      'SELECT x',
      expect.stringContaining('celline schema'),
    ]);
  });
});

describe('the registry of back ends', () => {
  const settings = { dir: '/nowhere', clock: { now: () => 0, sleep: async () => undefined }, randomId: () => 'x' };

  test('001-01 has parquet and memory, and takes a third one', async () => {
    const registry = createStoreRegistry();
    expect(registry.listStores().map(({ name }) => name)).toEqual(['parquet', 'memory']);
    const third = { name: 'third', description: 'for this test', open: () => createMemoryStore() };
    registry.registerStore(third);
    expect(registry.listStores()).toContainEqual({ name: 'third', description: 'for this test' });
    const store = registry.createStore('third', settings);
    await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    expect(await store.count({ table: 'samples' })).toBe(1);
    expect(() => registry.registerStore(third)).toThrow(PluginError);
    expect(() => registry.registerStore({ ...third, name: '' })).toThrow('needs a name');
    expect(registry.unregisterStore('third')).toBe(true);
    expect(() => registry.createStore('third', settings)).toThrow(ConfigError);
  });
});
