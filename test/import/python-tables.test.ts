import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { holdEngine } from '../../src/store/parquet/engine-holder.ts';
import { geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';
import { removeFolders } from '../store/open-test-store.ts';
import { type ExchangeProject, openExchange } from './exchange-project.ts';

let project: ExchangeProject;
let db: string;

beforeEach(async () => {
  project = await openExchange();
  db = join(project.folder, 'old', 'DB');
  await mkdir(db, { recursive: true });
});

afterEach(() => project.close());
afterAll(removeFolders);

/** Writes tables as polars does: every column text, ZSTD. */
async function write(tables: Readonly<Record<string, string>>): Promise<void> {
  const engine = holdEngine({ memoryLimit: '128MB', spill: join(project.folder, 'spill'), rows: async () => 0 });
  for (const [name, sql] of Object.entries(tables)) {
    const target = join(db, `${name}.parquet`);
    await (await engine.open()).run(`COPY (${sql}) TO '${target}' (FORMAT parquet, COMPRESSION zstd)`);
  }
  await engine.close();
}

const BAM = 'https://sra-pub-src-1.s3.amazonaws.com/SRR17380241/possorted.bam.1';
const TABLES = {
  SRA_GSE:
    "SELECT 'GSE193102' AS key, NULL::VARCHAR AS parent, 'GSM5764259,GSM5764260' AS children, 'A series' AS title, 'What it is' AS summary",
  SRA_GSM: `SELECT * FROM (VALUES
    ('GSM5764259', 'GSE193102', 'SRR17380241', 'wt', 'frozen, then cut', 'Mus musculus', 'ftp://ftp.ncbi.nlm.nih.gov/geo/x/GSE193102_RAW.tar', 'SRX13517549'),
    ('GSM5764260', 'GSE193102', '', 'ko', '', 'Mus musculus', '', 'None'),
    ('nonsense', '', '', '', '', '', '', '')
  ) AS t(key, parent, children, title, summary, species, raw_link, srx_id)`,
  SRA_SRR: `SELECT 'SRR17380241' AS key, 'GSM5764259' AS parent, NULL::VARCHAR AS children, NULL::VARCHAR AS title, 'bam' AS strategy, '${BAM}' AS raw_link, 7 AS odd`,
  Transcriptome: "SELECT 'Mus musculus' AS key, '/refdata' AS built_path",
};

test('004-17 a folder of the Python Celline: series, samples, runs, files and links', async () => {
  await write(TABLES);
  const { reports, problems } = await project.read([db]);
  expect(
    reports.map(({ file, table, rows, added, refused }) => [file.slice(db.length + 1), table, rows, added, refused]),
  ).toEqual([
    ['SRA_GSE.parquet', 'projects', 1, 1, 0],
    ['SRA_GSM.parquet', 'samples', 3, 2, 1],
    ['SRA_SRR.parquet', 'runs', 1, 1, 0],
    ['Transcriptome.parquet', null, 0, 0, 0],
  ]);
  expect(problems.map(({ kind, line, reason }) => [kind, line, reason])).toEqual([
    ['row', 3, 'nonsense is no accession of a sample'],
    ['note', null, 'columns left out, since runs have none like them: odd'],
    ['file', null, expect.stringContaining('Transcriptome')],
  ]);
  expect((await project.rows('projects'))[0]).toMatchObject({
    key: 'GSE193102',
    title: 'A series',
    summary: 'What it is',
    children: 'GSM5764259,GSM5764260',
    source: 'GEO',
    handler: 'import',
  });
  const [wild, knockout] = await project.rows('samples');
  expect(wild).toMatchObject({
    key: 'GSM5764259',
    parent: 'GSE193102',
    children: 'SRR17380241',
    organism: 'Mus musculus',
    species: 'Mus musculus',
    geo_protocols: { extract_protocol: ['frozen, then cut'] },
  });
  expect(knockout).toMatchObject({ children: null, geo_protocols: null });
  expect((await project.rows('runs'))[0]).toMatchObject({
    key: 'SRR17380241',
    parent: 'GSM5764259',
    strategy: null,
    file_type: 'bam',
    raw_link: BAM,
    source: 'INSDC',
    handler: 'import',
  });
  expect((await project.rows('files')).map(({ key, origin, format, urls }) => [key, origin, format, urls])).toEqual([
    [
      'GSE193102/supplementary/GSE193102_RAW.tar',
      'supplementary',
      'tar',
      ['ftp://ftp.ncbi.nlm.nih.gov/geo/x/GSE193102_RAW.tar'],
    ],
    ['SRR17380241/submitted/possorted.bam', 'submitted', 'bam', [BAM]],
  ]);
  expect(await project.rows('links')).toEqual([{ key: 'GSM5764259', alias: 'SRX13517549', kind: 'experiment' }]);
  expect((await project.read([db])).reports.map(({ added, updated }) => added + updated)).toEqual([0, 0, 0, 0]);
});

test('004-17 what was fetched since stays; missing columns are no fault', async () => {
  await project.store.commit(oneUnit({ samples: [geoSample('GSM5764259', { title: 'of GEO', handler: 'geo' })] }));
  await write({ SRA_GSM: "SELECT 'GSM5764259' AS key, 'wt' AS title, 'Mus musculus' AS species" });
  const { reports } = await project.read([join(db, 'SRA_GSM.parquet')]);
  expect(reports[0]).toMatchObject({ updated: 1, kept: 1 });
  expect((await project.rows('samples'))[0]).toMatchObject({
    title: 'of GEO',
    species: 'Mus musculus',
    handler: 'geo',
  });
});
