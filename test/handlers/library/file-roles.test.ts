import { describe, expect, test } from 'vitest';
import { formatOf } from '../../../handlers/library/file-name.ts';
import { fileRoles, type RoleFile } from '../../../handlers/library/file-roles.ts';
import type { ReadFacts } from '../../../handlers/library/name-marks.ts';

type Case = readonly [what: string, files: readonly RoleFile[], facts: ReadFacts, roles: readonly (string | null)[]];

const made = (...names: string[]): RoleFile[] =>
  names.map((name) => ({ name, origin: 'generated', format: formatOf(name) }));
const sent = (...names: string[]): RoleFile[] =>
  names.map((name) => ({ name, origin: 'submitted', format: formatOf(name) }));
const paired = (...readLengths: number[]): ReadFacts => ({
  layout: 'PAIRED',
  reads: readLengths.length || null,
  readLengths,
});
const single = (...readLengths: number[]): ReadFacts => ({ ...paired(...readLengths), layout: 'SINGLE' });

const one = made('SRR1.fastq.gz');
const two = made('SRR1_1.fastq.gz', 'SRR1_2.fastq.gz');
const three = made('SRR1.fastq.gz', 'SRR1_1.fastq.gz', 'SRR1_2.fastq.gz');
const threeReads = made('SRR1_1.fastq.gz', 'SRR1_2.fastq.gz', 'SRR1_3.fastq.gz');
const four = made('SRR1_1.fastq.gz', 'SRR1_2.fastq.gz', 'SRR1_3.fastq.gz', 'SRR1_4.fastq.gz');
const bcl = (...roles: string[]): RoleFile[] => sent(...roles.map((role) => `S1_L001_${role}_001.fastq.gz`));

const GENERATED: readonly Case[] = [
  ['SINGLE with one file is read 1', one, single(), ['R1']],
  ['SINGLE whose read 2 is empty', one, single(50, 0), ['R1']],
  ['SINGLE with three reads contradicts itself', one, single(8, 28, 91), [null]],
  ['PAIRED with one file proves nothing', one, paired(), [null]],
  ['PAIRED with one file and both reads in it', one, paired(150, 150), [null]],
  ['PAIRED with one file whose read 2 is empty', one, paired(150, 0), ['R1']],
  ['10x with one file: the cDNA read alone', one, paired(98), [null]],
  ['two mates', two, paired(), ['R1', 'R2']],
  ['two mates of equal length', two, paired(150, 150), ['R1', 'R2']],
  ['10x with two reads', two, paired(28, 91), ['R1', 'R2']],
  ['10x whose index read was technical', two, paired(8, 28, 91), ['R1', 'R2']],
  ['two files of three long reads', two, paired(50, 50, 50), [null, null]],
  ['a read as short as an index beside a long one', two, paired(8, 50), [null, null]],
  ['two files of a SINGLE layout', two, single(), [null, null]],
  ['statistics that lack a read', two, { layout: 'PAIRED', reads: 3, readLengths: [28, 91] }, [null, null]],
  ['unpaired listed first', three, paired(100, 100), ['unpaired', 'R1', 'R2']],
  ['unpaired listed last', [...two, ...one], paired(), ['R1', 'R2', 'unpaired']],
  ['three reads: index first', threeReads, paired(8, 28, 91), ['I1', 'R1', 'R2']],
  ['three reads: index last', threeReads, paired(28, 91, 8), ['R1', 'R2', 'I1']],
  ['three reads without lengths', threeReads, paired(), [null, null, null]],
  ['three long reads', threeReads, paired(50, 16, 49), [null, null, null]],
  ['four reads', four, paired(10, 10, 28, 90), ['I1', 'I2', 'R1', 'R2']],
  ['four reads, indexes last', four, paired(151, 151, 10, 10), ['R1', 'R2', 'I1', 'I2']],
  ['four reads of which three are long', four, paired(8, 50, 16, 49), [null, null, null, null]],
  ['a file missing in the count', made('SRR1_1.fastq.gz', 'SRR1_3.fastq.gz'), paired(28, 90), [null, null]],
  ['PacBio', made('SRR1_subreads.fastq.gz'), single(), [null]],
  ['ENA-generated BAM', made('SRR1.bam'), single(), ['bam']],
];

const SUBMITTED: readonly Case[] = [
  ['bcl2fastq', bcl('I1', 'I2', 'R1', 'R2'), paired(), ['I1', 'I2', 'R1', 'R2']],
  ['bcl2fastq, one lane read 2 only', bcl('R2'), paired(), ['R2']],
  ['R1 with its mate', sent('D3_72h_R1.fastq.gz', 'D3_72h_R2.fastq.gz'), paired(), ['R1', 'R2']],
  ['dots', sent('a.R2.fq.gz', 'a.R1.fq.gz'), paired(), ['R2', 'R1']],
  ['read1 and read2', sent('KO_2_read2.fastq.gz', 'KO_2_read1.fastq.gz'), paired(), ['R2', 'R1']],
  ['a replicate called R2', sent('WT_R2.fastq.gz'), paired(), [null]],
  ['a replicate called R2, single-end', sent('WT_R2.fastq.gz'), single(50), ['R1']],
  ['two replicates in one single-end run', sent('WT_R1.fastq.gz', 'WT_R2.fastq.gz'), single(50), [null, null]],
  ['SINGLE by mistake: two reads', sent('a_R1.fastq.gz', 'a_R2.fastq.gz'), single(28, 90), ['R1', 'R2']],
  ['_1 and _2', sent('S8_L1_2.fq.gz', 'S8_L1_1.fq.gz'), paired(150, 150), ['R2', 'R1']],
  ['_1 and _2 of two samples', sent('s_1.fq.gz', 's_2.fq.gz'), single(50), [null, null]],
  ['_1 without its mate', sent('S8_1.fq.gz'), paired(), [null]],
  ['the last mark counts', sent('R1_x_R1.fq.gz', 'R1_x_R2.fq.gz'), paired(), ['R1', 'R2']],
  ['named index', sent('a_I1.fq.gz', 'a_R1.fq.gz', 'a_R2.fq.gz'), paired(8, 28, 91), ['I1', 'R1', 'R2']],
  ['versions of NCBI', sent('a_S1_R1_001.fastq.gz.1'), paired(), ['R1']],
  ['other formats', sent('a.bam', 'a.bam.bai', 'a.cram', 'a.tar.gz'), paired(), ['bam', 'bai', 'cram', null]],
];

const TOGETHER: readonly Case[] = [
  [
    'names say that the only short read of four is the index (10x ATAC)',
    [...bcl('I1', 'R1', 'R2', 'R3'), ...four],
    paired(8, 50, 16, 49),
    ['I1', 'R1', 'R2', 'R3', 'I1', 'R1', 'R2', 'R3'],
  ],
  [
    'names say that a read of 16 bases is an index',
    [...bcl('I1', 'I2', 'R1', 'R2'), ...four],
    paired(8, 16, 50, 49),
    ['I1', 'I2', 'R1', 'R2', 'I1', 'I2', 'R1', 'R2'],
  ],
  [
    'index reads that are no shorter than the others prove nothing of the generated files',
    [...bcl('I1', 'R1', 'R2'), ...threeReads],
    paired(50, 50, 50),
    ['I1', 'R1', 'R2', null, null, null],
  ],
  ['SINGLE by mistake', [...bcl('R1', 'R2'), ...two], single(28, 90), ['R1', 'R2', 'R1', 'R2']],
];

describe('roles of files: only what is proven', () => {
  test.each([...GENERATED, ...SUBMITTED, ...TOGETHER])('%s', (_what, files, facts, roles) => {
    expect(fileRoles(files, facts).map((answer) => answer.role)).toEqual(roles);
  });

  test('read_number is the number of a generated name, 1 to 4', () => {
    const files = [...three, ...made('SRR1_4.fastq.gz', 'SRR1_5.fastq.gz')];
    expect(fileRoles(files, paired()).map((answer) => answer.readNumber)).toEqual([null, 1, 2, 4, null]);
  });

  test('read_number of a submitted file is that of its proven read', () => {
    const numbers = fileRoles(bcl('I1', 'R1', 'R2'), paired()).map((answer) => answer.readNumber);
    expect(numbers).toEqual([null, 1, 2]);
  });

  test('a run without files has no roles', () => {
    expect(fileRoles([], paired(150, 150))).toEqual([]);
  });
});
