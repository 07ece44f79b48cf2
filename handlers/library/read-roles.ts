import type { FileRole } from '../../src/ports/handler.ts';
import { countOfReads, type ReadFacts, type ReadRole } from './name-marks.ts';

/**
 * Longest index read in bases: Illumina's indexes have 6, 8 or 10, while the shortest read 1 in use that holds cell barcode
 * and UMI has 12 (CEL-Seq2).
 */
const LONGEST_INDEX = 10;

/**
 * The role of each read of a run, empty reads left out; null where nothing proves it. With three and more reads the names of
 * the submitted files say how many of them are index reads, else their length does; the index reads must be the shortest.
 */
export function rolesOfReads(facts: ReadFacts, submitted: ReadonlySet<ReadRole>): readonly ReadRole[] | null {
  const lengths = facts.readLengths.filter((length) => length > 0);
  if (lengths.length === 0 || (facts.reads !== null && facts.reads !== facts.readLengths.length)) return null;
  if (lengths.length === 1) return ['R1'];
  const named = submitted.size === lengths.length ? [...submitted].sort() : null;
  const indexes = named?.filter((role) => role.startsWith('I')) ?? standardIndexes(lengths);
  const reads = named?.filter((role) => role.startsWith('R')) ?? ['R1', 'R2'];
  if (indexes === null || indexes.length + reads.length !== lengths.length) return null;
  return assign(lengths, indexes as ReadRole[], reads as ReadRole[]);
}

function standardIndexes(lengths: readonly number[]): ReadRole[] | null {
  const short = lengths.filter((length) => length <= LONGEST_INDEX).length;
  // Two reads of which one is as short as an index may as well be a barcode read and a cDNA read.
  if (lengths.length === 2) return short === 0 ? [] : null;
  if (short === 1) return ['I1'];
  return short === 2 ? ['I1', 'I2'] : null;
}

/** Gives the shortest reads the index roles and the others the read roles, each in their order. */
function assign(
  lengths: readonly number[],
  indexes: readonly ReadRole[],
  reads: readonly ReadRole[],
): ReadRole[] | null {
  const sorted = lengths.toSorted((a, b) => a - b);
  const longestIndex = sorted[indexes.length - 1] ?? 0;
  if (indexes.length > 0 && longestIndex >= (sorted[indexes.length] ?? 0)) return null;
  const left = { indexes: [...indexes], reads: [...reads] };
  const roles = lengths.map((length) => (length <= longestIndex ? left.indexes : left.reads).shift());
  return roles.every((role) => role !== undefined) ? roles : null;
}

/** One FASTQ that the archive generated: which read it holds by its number, null for the file without a number. */
export interface GeneratedFastq {
  readonly number: number | null;
  /** False for PacBio's `_subreads` and `_consensus`, and for names that are not the run's own. */
  readonly plainName: boolean;
}

/** The number of a generated FASTQ: `SRR1_2.fastq.gz` is 2, `SRR1.fastq.gz` has none. */
export function readGeneratedName(name: string): GeneratedFastq {
  const match = /^[SED]RR\d+(?:_([1-9]))?\.f(?:ast)?q(?:\.[a-z0-9]+)?$/i.exec(name);
  if (match === null) return { number: null, plainName: false };
  return { number: match[1] === undefined ? null : Number(match[1]), plainName: true };
}

/** The roles of the FASTQ files that the archive generated for a run, in the order of the names. */
export function rolesOfGenerated(
  names: readonly string[],
  facts: ReadFacts,
  submitted: ReadonlySet<ReadRole>,
): readonly (FileRole | null)[] {
  const files = names.map(readGeneratedName);
  const numbers = files.flatMap((file) => (file.number === null ? [] : [file.number])).sort();
  const plain = files.filter((file) => file.plainName && file.number === null).length;
  const byNumber = rolesByNumber(numbers, facts, submitted);
  const alone = names.length === 1 && plain === 1 ? roleOfOnlyFile(facts) : null;
  const hasMates = numbers.includes(1) && numbers.includes(2);
  return files.map((file) => {
    if (!file.plainName) return null;
    if (file.number !== null) return byNumber.get(file.number) ?? null;
    return hasMates ? 'unpaired' : alone;
  });
}

function rolesByNumber(
  numbers: readonly number[],
  facts: ReadFacts,
  submitted: ReadonlySet<ReadRole>,
): ReadonlyMap<number, ReadRole> {
  if (numbers.some((number, index) => number !== index + 1)) return new Map();
  const reads = rolesOfReads(facts, submitted);
  if (numbers.length === 2)
    return new Map(
      areMates(facts, reads, submitted)
        ? [
            [1, 'R1'],
            [2, 'R2'],
          ]
        : [],
    );
  if (numbers.length < 3 || reads?.length !== numbers.length) return new Map();
  return new Map(numbers.map((number) => [number, reads[number - 1] as ReadRole]));
}

/**
 * True when _1 and _2 are read 1 and read 2. A run of three and four reads has two files when its index reads were loaded as
 * technical reads, which are left out of the generated files; the two others must then be R1 and R2.
 */
function areMates(facts: ReadFacts, reads: readonly ReadRole[] | null, submitted: ReadonlySet<ReadRole>): boolean {
  const biological = reads?.filter((role) => role.startsWith('R'));
  if (biological !== undefined)
    return biological.join() === 'R1,R2' && (facts.layout === 'PAIRED' || submitted.has('R2'));
  return countOfReads(facts) === 0 && facts.layout === 'PAIRED' && !submitted.has('R3');
}

/** A single file of a single-end run is its read 1; of a PAIRED run it is so only when read 2 is empty. */
function roleOfOnlyFile(facts: ReadFacts): FileRole | null {
  if (facts.layout === 'SINGLE') return countOfReads(facts) <= 1 ? 'R1' : null;
  const [first = 0, ...others] = facts.readLengths;
  return others.length > 0 && first > 0 && others.every((length) => length === 0) ? 'R1' : null;
}
