import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExportFormat } from '../../src/export/export-type.ts';
import type { TableName } from '../../src/records/table.ts';
import { TABLES } from '../../src/records/tables.ts';
import { askedRow, geoSample, insdcRun, oneUnit, runFile } from '../../src/testing/contract/store-records.ts';
import { removeFolders } from '../store/open-test-store.ts';
import { type ExchangeProject, openExchange } from './exchange-project.ts';

afterAll(removeFolders);

/** In tsv nothing and an empty text are one. */
const FORMATS: readonly ExportFormat[] = ['parquet', 'csv', 'json', 'ndjson'];
/** Jobs stay with the project that they ran in. */
const NAMES = (Object.keys(TABLES) as TableName[]).filter((name) => name !== 'jobs' && name !== 'job_files');

async function exportAll(project: ExchangeProject, format: ExportFormat, tables = NAMES): Promise<string[]> {
  const paths: string[] = [];
  for (const table of tables) {
    const path = join(project.folder, `${table}.${format}`);
    await project.write({ selection: { table } }, { path, format });
    paths.push(path);
  }
  return paths;
}

describe('an export is imported into an empty project', () => {
  test.each(FORMATS)('as %s: every table is equal', async (format) => {
    const [from, to] = [await openExchange(), await openExchange()];
    const provenance = { handler: 'geo', fetched_at: '2026-01-01T00:00:00.000Z', response_hash: 'ab' };
    const samples = [
      geoSample('GSM1', { ...provenance, attributes: { 'cell type': ['a,b', ''] }, children: 'SRR1', taxon_id: 9606 }),
      geoSample('GSM2', { title: '', tissue: ' "quoted", \\t\n', description: '[x' }),
      { key: 'L1', source: 'LOCAL', handler: 'import', title: 'ours' },
    ];
    const projects = [
      { key: 'GSE1', source: 'GEO', publications: ['1', 'a,b'] },
      { key: 'GSE2', source: 'GEO', publications: [] },
    ];
    const runs = [insdcRun('SRR1', 'GSM1', { spots: 9_007_199_254_740_993n, file_size: 5n })];
    const files = [runFile('SRR1', 'a.gz', { urls: ['https://a', '[b]'], bytes: 12n, read_number: 1 })];
    const links = [{ key: 'GSM1', alias: 'SAMN1', kind: 'biosample' as const }];
    const annotations = [{ key: 'GSM1', name: 'condition', value: 'treated', created_at: null, updated_at: null }];
    const asked = [askedRow('GSM1'), askedRow('GSM9', 'not_found')];
    await from.store.commit({ ...oneUnit({ samples, projects, runs, files, links }), asked, annotations });
    const paths = await exportAll(from, format);
    const { reports, problems } = await to.read(paths);
    expect(problems).toEqual([]);
    expect(reports.map(({ refused }) => refused)).toEqual(NAMES.map(() => 0));
    for (const table of NAMES) {
      const [before, after] = [await from.rows(table), await to.rows(table)];
      const plain = (rows: typeof before) =>
        rows.map((row) => (table === 'annotations' ? { ...row, created_at: 0, updated_at: 0 } : row));
      expect(plain(after), table).toEqual(plain(before));
      expect(before.length, table).toBeGreaterThan(0);
    }
    const again = await to.read(paths);
    expect(again.reports.every(({ added, updated }) => added + updated === 0)).toBe(true);
    await Promise.all([from.close(), to.close()]);
  });

  test('as tsv: all but the difference between nothing and an empty text', async () => {
    const [from, to] = [await openExchange(), await openExchange()];
    const tissue = ' "quoted", \\t\n\r\\';
    await from.store.commit(oneUnit({ samples: [geoSample('GSM1', { tissue, title: '', attributes: { a: ['"'] } })] }));
    await to.read(await exportAll(from, 'tsv', ['samples']));
    expect(await to.rows('samples')).toEqual((await from.rows('samples')).map((row) => ({ ...row, title: null })));
    await Promise.all([from.close(), to.close()]);
  });

  test('any text, list and JSON survives every format', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 });
    const nasty = fc.oneof(
      text,
      fc.constantFrom('"', '""', ',', '\t', '\\t', '\\', '\r\n', '\n', '\r', ' a ', '#', 'NULL', '[', '=1'),
    );
    const project = fc.record({
      title: fc.option(nasty),
      summary: fc.option(nasty),
      publications: fc.option(fc.array(nasty, { maxLength: 3 })),
    });
    const sample = fc.record({
      title: fc.option(nasty),
      attributes: fc.option(
        fc.dictionary(nasty, fc.array(nasty, { maxLength: 2 }), { maxKeys: 3, noNullPrototype: true }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(project, { minLength: 1, maxLength: 4 }),
        fc.array(sample, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...FORMATS),
        async (projects, samples, format) => {
          const [from, to] = [await openExchange(), await openExchange()];
          const unit = {
            projects: projects.map((row, index) => ({ ...row, key: `GSE${index + 1}`, source: 'GEO' })),
            samples: samples.map((row, index) => ({ ...row, key: `GSM${index + 1}`, source: 'GEO' })),
          };
          await from.store.commit(oneUnit(unit));
          await to.read(await exportAll(from, format, ['projects', 'samples']));
          for (const table of ['projects', 'samples'] as const)
            expect(await to.rows(table)).toEqual(await from.rows(table));
          await Promise.all([from.close(), to.close()]);
        },
      ),
      { numRuns: 8 },
    );
  });
});
