import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change, Store } from '../src/ports/store.ts';
import type { FilePatch } from '../src/records/file.ts';
import type { LinkRow } from '../src/records/link.ts';
import type { RecordUnit } from '../src/records/record-unit.ts';
import type { RunPatch } from '../src/records/run.ts';
import type { SamplePatch } from '../src/records/sample.ts';
import { createParquetStore } from '../src/store/parquet/parquet-store.ts';
import { say } from './figures.ts';

/** Number of the first sample. */
const FIRST = 1_000_000;

const AT = '2026-01-01T00:00:00.000Z';

function sample(number: number, title: string): SamplePatch {
  return {
    key: `GSM${number}`,
    source: 'GEO',
    title,
    organism: 'Mus musculus',
    tissue: 'brain',
    cell_type: null,
    library_strategy: 'RNA-Seq',
    library_source: 'TRANSCRIPTOMIC SINGLE CELL',
    library_selection: 'cDNA',
    platform: 'ILLUMINA',
    instrument: 'Illumina NovaSeq 6000',
    parent: 'GSE100',
    children: `SRR${number}`,
    species: 'Mus musculus',
    date: '2024-01-01',
    taxon_id: 10090,
    description: null,
    attributes: { tissue: ['brain'], strain: ['C57BL/6J'], age: ['12 weeks'], treatment: [`vehicle ${number}`] },
    access: 'public',
    url: `https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSM${number}`,
    fetched_at: AT,
    response_hash: number.toString(16).padStart(64, '0'),
  };
}

function run(number: number): RunPatch {
  return {
    key: `SRR${number}`,
    source: 'INSDC',
    title: `GSM${number}: brain; Mus musculus; RNA-Seq`,
    strategy: 'RNA-Seq',
    raw_link: `https://ftp.example/vol1/fastq/SRR${number}/SRR${number}_1.fastq.gz,https://ftp.example/vol1/fastq/SRR${number}/SRR${number}_2.fastq.gz`,
    parent: `GSM${number}`,
    file_type: 'fastq',
    file_size: 12_000_000_000n + BigInt(number),
    experiment: `SRX${number}`,
    project: 'GSE100',
    layout: 'PAIRED',
    spots: 200_000_000n,
    bases: 20_000_000_000n,
    read_lengths: '28,91',
    platform: 'ILLUMINA',
    instrument: 'Illumina NovaSeq 6000',
    access: 'public',
    fetched_at: AT,
    response_hash: number.toString(16).padStart(64, '0'),
  };
}

function files(number: number): FilePatch[] {
  return [1, 2, 3, 4].map((read) => ({
    key: `SRR${number}/generated/SRR${number}_${read}.fastq.gz`,
    source: 'INSDC',
    parent: `SRR${number}`,
    name: `SRR${number}_${read}.fastq.gz`,
    origin: 'generated',
    role: null,
    read_number: read,
    format: 'fastq',
    urls: [`https://ftp.example/vol1/fastq/SRR${number}/SRR${number}_${read}.fastq.gz`],
    md5: number.toString(16).padStart(32, '0'),
    bytes: 3_000_000_000n,
    access: 'public',
  }));
}

function links(number: number): LinkRow[] {
  const key = `GSM${number}`;
  return [
    { key, alias: `SAMN${number}`, kind: 'biosample' },
    { key, alias: `SRS${number}`, kind: 'sra_sample' },
    { key, alias: `SRX${number}`, kind: 'experiment' },
    { key, alias: 'GSE100', kind: 'series' },
    { key, alias: 'GPL24247', kind: 'platform' },
    { key: `SRR${number}`, alias: `SRX${number}`, kind: 'experiment' },
    { key: `SRR${number}`, alias: `SRA${number}`, kind: 'submission' },
    { key: `SRR${number}`, alias: `GSM${number}`, kind: 'sample' },
  ];
}

/** 250 samples with 250 runs, 1,000 files and 2,000 links. */
function change(first: number, title = 'sample'): Change {
  const units: RecordUnit[] = Array.from({ length: 250 }, (_, index) => ({
    samples: [sample(first + index, `${title} ${index}`)],
    runs: [run(first + index)],
    projects: [],
    files: files(first + index),
    links: links(first + index),
    complete: [
      { table: 'files', parent: `SRR${first + index}`, origin: 'generated' },
      { table: 'runs', parent: `GSM${first + index}` },
    ],
  }));
  const asked = units.map((unit) => ({
    id: unit.samples[0]?.key ?? '',
    outcome: 'added' as const,
    key: unit.samples[0]?.key ?? '',
    reason: null,
    plan: 'standard',
    job: '1',
    answered_at: AT,
  }));
  return { units, asked, handler: 'insdc', at: AT };
}

const CLOCK = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };

/** Peak of the resident set of this process in MB (10^6 bytes), as the kernel counted it. */
function peak(): string {
  return `peak ${((process.resourceUsage().maxRSS * 1024) / 1e6).toFixed(0)} MB`;
}

/** Does a work and prints its time, after the merging that earlier commits left. */
async function timed(store: Store, what: string, work: () => Promise<unknown>): Promise<void> {
  await store.compact();
  const start = performance.now();
  await work();
  say(what, `${(performance.now() - start).toFixed(0)} ms; ${peak()}`);
}

async function fill(store: Store, samples: number): Promise<void> {
  const start = performance.now();
  const times: number[] = [];
  for (let first = FIRST; first < FIRST + samples; first += 250) {
    const from = performance.now();
    await store.commit(change(first));
    times.push(performance.now() - from);
  }
  const total = performance.now() - start;
  const processor = process.cpuUsage();
  const sorted = times.slice(1).sort((a, b) => a - b);
  say('first commit', `${times[0]?.toFixed(0)} ms, loads DuckDB`);
  say(`${times.length} commits`, `${total.toFixed(0)} ms with their compactions; ${peak()}`);
  say('one commit', `median ${sorted[sorted.length >> 1]?.toFixed(0)} ms, worst ${sorted.at(-1)?.toFixed(0)} ms`);
  say('processor', `${((processor.user + processor.system) / 1000 / times.length).toFixed(0)} ms a commit`);
}

/** Prints what commits of 250 samples, 250 runs, 1,000 files and 2,000 links cost, and the reads of the commands. */
export async function benchStore(samples: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const store = createParquetStore({ dir, clock: CLOCK, randomId: randomUUID });
  try {
    await fill(store, samples);
    await timed(store, 'commit, all new', () => store.commit(change(FIRST + samples)));
    await timed(store, 'commit, all unchanged', () => store.commit(change(FIRST + 1000)));
    await timed(store, 'commit, 250 titles changed', () => store.commit(change(FIRST + 1000, 'other title')));
    await timed(store, 'count children', () => store.countChildren([`GSM${FIRST}`, 'GSE100']));
    await timed(store, 'resolve two names', () => store.resolve([`SRX${FIRST}`, `GSM${FIRST}`]));
    await timed(store, 'publish all plain tables', () => store.publish({ force: true }));
    await timed(store, 'read all samples', async () => {
      for await (const batch of store.select({ table: 'samples' })) if (batch.length === 0) return;
    });
  } finally {
    await store.close();
    rmSync(dir, { recursive: true });
  }
}
