import type { FileRole } from '../../src/ports/handler.ts';

/** File name endings (after `.gz` and its like) and the format they name. */
const FORMATS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    fastq: 'fastq',
    fq: 'fastq',
    fasta: 'fasta',
    fa: 'fasta',
    fna: 'fasta',
    bam: 'bam',
    bai: 'bai',
    csi: 'csi',
    cram: 'cram',
    crai: 'crai',
    sam: 'sam',
    sra: 'sra',
    sff: 'sff',
    srf: 'srf',
    h5: 'h5',
    hdf5: 'h5',
    h5ad: 'h5ad',
    h5mu: 'h5mu',
    loom: 'loom',
    fast5: 'fast5',
    pod5: 'pod5',
    mtx: 'mtx',
    tar: 'tar',
    tgz: 'tar',
    zip: 'zip',
    tsv: 'tsv',
    csv: 'csv',
    txt: 'txt',
    xls: 'xls',
    xlsx: 'xlsx',
    json: 'json',
    xml: 'xml',
    rds: 'rds',
    rda: 'rdata',
    rdata: 'rdata',
    bed: 'bed',
    bedgraph: 'bedgraph',
    narrowpeak: 'narrowpeak',
    broadpeak: 'broadpeak',
    bw: 'bigwig',
    bigwig: 'bigwig',
    bb: 'bigbed',
    bigbed: 'bigbed',
    wig: 'wig',
    vcf: 'vcf',
    gtf: 'gtf',
    gff: 'gff',
    gff3: 'gff',
    cel: 'cel',
    idat: 'idat',
    chp: 'chp',
    gpr: 'gpr',
    pair: 'pair',
  }),
);

const COMPRESSION = /\.(gz|bz2|xz|zst|z)$/i;

/** The format that a file name tells; null when its ending is none of the known ones. NCBI's version (`.bam.1`) is passed over. */
export function formatOf(name: string): string | null {
  const plain = withoutVersion(name).replace(COMPRESSION, '');
  const ending = /\.([a-z0-9]+)$/i.exec(plain)?.[1]?.toLowerCase();
  return ending === undefined ? null : (FORMATS.get(ending) ?? null);
}

/** The name without the version that NCBI adds to the last part of an address: `x.bam.1` to `x.bam`, `SRR1.1` to `SRR1`. */
export function withoutVersion(name: string): string {
  const stem = /^(.+)\.\d{1,2}$/.exec(name)?.[1];
  if (stem === undefined) return name;
  if (/^[SED]RR\d+(\.lite|\.realign)?$/.test(stem)) return stem;
  const ending = /\.([a-z0-9]+)$/i.exec(stem.replace(COMPRESSION, ''))?.[1]?.toLowerCase();
  return ending !== undefined && FORMATS.has(ending) ? stem : name;
}

/** Formats that are a role by themselves. */
const ROLE_OF_FORMAT: ReadonlyMap<string, FileRole> = new Map([
  ['bam', 'bam'],
  ['bai', 'bai'],
  ['cram', 'cram'],
  ['sra', 'sra'],
  ['sra_lite', 'sra_lite'],
  ['mtx', 'matrix'],
]);

/** The role that a format proves by itself; null for the others, FASTQ above all. */
export function roleOfFormat(format: string | null): FileRole | null {
  return format === null ? null : (ROLE_OF_FORMAT.get(format) ?? null);
}
