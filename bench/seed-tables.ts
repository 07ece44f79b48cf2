import { sqlType } from '../src/records/sql-type.ts';
import type { Column, Table, TableName } from '../src/records/table.ts';
import { TABLES } from '../src/records/tables.ts';
import { syncFolder } from '../src/store/disk/disk.ts';
import { emptyTable, followingManifest, type Segment, type TableState } from '../src/store/manifest/manifest.ts';
import type { CommitContext } from '../src/store/parquet/commit.ts';
import { baseSegmentRows } from '../src/store/parquet/plan-compaction.ts';
import { segmentColumns, sqlName } from '../src/store/segments/column-sql.ts';
import { currentDigest } from '../src/store/segments/live-rows.ts';
import { writeQuery } from '../src/store/segments/write-query.ts';

/** Number of the first record: all have eight digits up to 90 M rows, so that their order is that of their numbers. */
export const FIRST_NUMBER = 10_000_000;

/** What a column holds in row `i`, as SQL; the others are NULL. */
const VALUES: Readonly<Partial<Record<TableName, Readonly<Record<string, string>>>>> = {
  samples: {
    key: "'GSM' || i",
    title: "'brain, replicate ' || (i % 7)",
    organism: "CASE i % 3 WHEN 0 THEN 'Homo sapiens' WHEN 1 THEN 'Mus musculus' ELSE 'Rattus norvegicus' END",
    tissue: "'tissue ' || (i % 40)",
    library_strategy: "CASE i % 4 WHEN 0 THEN 'ATAC-seq' ELSE 'RNA-Seq' END",
    library_source: "'TRANSCRIPTOMIC'",
    library_selection: "'cDNA'",
    platform: "'ILLUMINA'",
    instrument: "'Illumina NovaSeq 6000'",
    parent: "'GSE' || (i // 50)",
    children: "'SRR' || i",
    species: "CASE i % 3 WHEN 0 THEN 'Homo sapiens' WHEN 1 THEN 'Mus musculus' ELSE 'Rattus norvegicus' END",
    date: "'20' || (10 + i % 15) || '-01-01'",
    source: "'GEO'",
    taxon_id: 'CASE i % 3 WHEN 0 THEN 9606 WHEN 1 THEN 10090 ELSE 10116 END',
    attributes: `'{"tissue":["brain"],"age":["' || (i % 90) || ' weeks"]}'`,
    access: "'public'",
    url: "'https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSM' || i",
    handler: "'geo'",
    response_hash: 'sha256(i::VARCHAR)',
  },
  runs: {
    key: "'SRR' || i",
    title: "'GSM' || i || ': brain; RNA-Seq'",
    strategy: "'RNA-Seq'",
    raw_link: "'https://ftp.example/SRR' || i || '_1.fastq.gz'",
    parent: "'GSM' || i",
    file_type: "'fastq'",
    file_size: '12000000000 + i',
    source: "'INSDC'",
    experiment: "'SRX' || i",
    project: "'GSE' || (i // 50)",
    layout: "'PAIRED'",
    spots: '20000000 + i',
    bases: '2000000000 + i',
    handler: "'geo'",
    response_hash: 'sha256(i::VARCHAR)',
  },
  files: {
    key: "'SRR' || i || '/generated/SRR' || i || '_1.fastq.gz'",
    parent: "'SRR' || i",
    name: "'SRR' || i || '_1.fastq.gz'",
    role: "'R1'",
    format: "'fastq'",
    origin: "'generated'",
    urls: "['https://ftp.example/SRR' || i || '_1.fastq.gz']",
    md5: 'md5(i::VARCHAR)',
    bytes: '12000000000 + i',
    source: "'INSDC'",
  },
  links: { key: "'GSM' || i", alias: "'SAMN' || i", kind: "'biosample'" },
  asked: {
    id: "'GSM' || i",
    outcome: "'added'",
    key: "'GSM' || i",
    plan: "'standard'",
    answered_at: "TIMESTAMPTZ '2026-01-01 00:00:00+00'",
  },
};

function cell(column: Column, values: Readonly<Record<string, string>>): string {
  const value = column.name === '_deleted' ? 'false' : (values[column.name] ?? 'NULL');
  return `(${value})::${sqlType(column)} AS ${sqlName(column.name)}`;
}

/** One sorted base segment of the rows `from` to `to` (excluded). */
async function writeSlice(
  context: CommitContext,
  table: Table,
  name: string,
  from: number,
  to: number,
): Promise<Segment[]> {
  const values = VALUES[table.name] ?? {};
  const cells = segmentColumns(table).map((column) => cell(column, values));
  const segment = await writeQuery(context, {
    name,
    key: table.primaryKey[0] ?? '',
    query: `SELECT ${cells.join(', ')} FROM range(${from}, ${to}) AS r(i)`,
    inputs: [],
    compression: 'zstd',
    columns: currentDigest(table),
  });
  return segment === null ? [] : [segment];
}

/** Fills an empty store with so many samples, each with a run, a file, a link and its answer, in the bases of the tables. */
export async function seedTables(context: CommitContext, rows: number): Promise<void> {
  await context.log.open();
  const tables: Record<string, TableState> = {};
  for (const table of Object.values(TABLES)) {
    if (VALUES[table.name] === undefined) continue;
    const source = table.name === 'samples' ? 'GEO' : 'INSDC';
    const name = table.perSource ? `${source}_${table.name.toUpperCase()}` : table.name.toUpperCase();
    const base: Segment[] = [];
    const step = baseSegmentRows(rows);
    for (let from = 0; from < rows; from += step) {
      const to = Math.min(rows, from + step);
      base.push(...(await writeSlice(context, table, name, FIRST_NUMBER + from, FIRST_NUMBER + to)));
    }
    tables[name] = { ...emptyTable(table.name), rows, edits: rows, base };
  }
  await syncFolder(context.layout.segments);
  const newest = await context.log.newest();
  const at = new Date(context.clock.now()).toISOString();
  await context.log.append(followingManifest(newest, { commit: context.randomId(), at, made: null, tables }));
}
