// Prints what commits cost: into an empty project, into one of 100,000 samples, and the peak memory of the process.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change } from '../src/ports/store.ts';
import type { FilePatch } from '../src/records/file.ts';
import type { LinkRow } from '../src/records/link.ts';
import type { RecordUnit } from '../src/records/record-unit.ts';
import type { RunPatch } from '../src/records/run.ts';
import type { SamplePatch } from '../src/records/sample.ts';
import { createParquetStore } from '../src/store/parquet-store.ts';

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

const milliseconds = (from: number): string => `${(performance.now() - from).toFixed(0)} ms`;
const memory = (): string => {
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return `${(Number(peak) / 1024).toFixed(0)} MiB peak`;
};
const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };

const dir = mkdtempSync(join(tmpdir(), 'celline-bench-'));
const samples = Number(process.argv[2] ?? 20_000);
const store = createParquetStore({ dir, clock, randomId: randomUUID });
const start = performance.now();
const commits: number[] = [];
for (let first = 1_000_000; first < 1_000_000 + samples; first += 250) {
  const from = performance.now();
  await store.commit(change(first));
  commits.push(performance.now() - from);
}
console.log(`first commit ${commits[0]?.toFixed(0)} ms (loads DuckDB)`);
const cpu = process.cpuUsage();
console.log(`processor time per commit ${((cpu.user + cpu.system) / 1000 / commits.length).toFixed(0)} ms`);
const sorted = commits.slice(1).sort((a, b) => a - b);
console.log(
  `${commits.length} commits of 250 samples, 250 runs, 1,000 files, 2,000 links: ${milliseconds(start)}; ` +
    `median ${sorted[sorted.length >> 1]?.toFixed(0)} ms, worst ${sorted.at(-1)?.toFixed(0)} ms; ${memory()}`,
);
await store.compact();
let from = performance.now();
await store.commit(change(1_000_000 + samples));
console.log(`one more, new: ${milliseconds(from)}; ${memory()}`);
await store.compact();
from = performance.now();
await store.commit(change(1_000_000 + 1000));
console.log(`one again, unchanged: ${milliseconds(from)}; ${memory()}`);
await store.compact();
from = performance.now();
await store.commit(change(1_000_000 + 1000, 'other title'));
console.log(`one again, 250 titles changed: ${milliseconds(from)}; ${memory()}`);
await store.compact();
from = performance.now();
await store.countChildren(['GSM1000100', 'GSE100']);
console.log(`count children of the whole series: ${milliseconds(from)}; ${memory()}`);
from = performance.now();
await store.resolve(['SRX1000100', 'GSM1000200']);
console.log(`resolve two names: ${milliseconds(from)}`);
from = performance.now();
const plain = await store.publish({ force: true });
console.log(
  `publish: ${milliseconds(from)}; ${plain.map((table) => `${table.name} ${table.rows}`).join(', ')}; ${memory()}`,
);
from = performance.now();
let rows = 0;
for await (const batch of store.select({ table: 'samples' })) rows += batch.length;
console.log(`select all ${rows} samples: ${milliseconds(from)}; ${memory()}`);
from = performance.now();
await store.close();
console.log(`close: ${milliseconds(from)}`);
rmSync(dir, { recursive: true });
