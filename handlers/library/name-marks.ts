import type { FileRole } from '../../src/ports/handler.ts';

/** The roles of a read in a FASTQ name. */
export type ReadRole = Extract<FileRole, 'R1' | 'R2' | 'R3' | 'I1' | 'I2'>;

/** What is known of a run's reads besides its files. */
export interface ReadFacts {
  /** INSDC LIBRARY_LAYOUT. */
  readonly layout: string | null;
  /** Statistics@nreads; null when NCBI does not say, or was not asked. */
  readonly reads: number | null;
  /** Mean length of each read in bases, by index; empty when unknown. */
  readonly readLengths: readonly number[];
}

/** A mark in a name, and the name with the mark taken out: names that differ in the mark only are files of one set of reads. */
interface Mark {
  readonly role: ReadRole;
  readonly template: string;
  /** `conclusive`: bcl2fastq's own naming; `named`: an R or I mark; `counted`: only _1 or _2 at the end. */
  readonly kind: 'conclusive' | 'named' | 'counted';
}

/** `S1_L001_I1_001.fastq.gz`, `8_S8_R2_001.fastq.gz`: bcl2fastq names every file so, and nothing else does. */
const CONCLUSIVE = /_(R[123]|I[12])_(\d{3})$/;
/** `x_R1`, `x.R2.trimmed`, `KO_read1`: also how replicates are named (`WT_R1`), so that a mark needs its mate. */
const NAMED = /(?<=^|[._-])(?:R|READ)([123])(?=$|[._-])/gi;
const NAMED_INDEX = /(?<=^|[._-])I([12])(?=$|[._-])/g;
const COUNTED = /(?<=[._-])([12])$/;

/** Roles that the submitted FASTQ names of one run prove, in the order of the names; null where a name proves nothing. */
export function rolesOfNames(names: readonly string[], facts: ReadFacts): readonly (ReadRole | null)[] {
  const marks = names.map((name) => markOf(name.replace(/\.(f(ast)?q)(\.(gz|bz2|xz|zst))?(\.\d{1,2})?$/i, '')));
  const sets = new Map<string, Set<ReadRole>>();
  for (const mark of marks) {
    if (mark === null) continue;
    sets.set(mark.template, (sets.get(mark.template) ?? new Set<ReadRole>()).add(mark.role));
  }
  const onlyFile = names.length === 1 && facts.layout === 'SINGLE' && countOfReads(facts) <= 1;
  return marks.map((mark) => {
    if (mark !== null && isProven(mark, sets.get(mark.template) ?? new Set(), facts)) return mark.role;
    return onlyFile ? 'R1' : null;
  });
}

/** The number of reads that are not empty; 0 when unknown. Read 2 of a single-end run may be there with length 0. */
export function countOfReads(facts: ReadFacts): number {
  if (facts.readLengths.length > 0) return facts.readLengths.filter((length) => length > 0).length;
  return facts.reads ?? 0;
}

function isProven(mark: Mark, set: ReadonlySet<ReadRole>, facts: ReadFacts): boolean {
  if (mark.kind === 'conclusive') return true;
  const reads = countOfReads(facts);
  const paired = set.has('R1') && set.has('R2') && (facts.layout === 'PAIRED' || reads === set.size);
  if (mark.kind === 'named') return paired;
  return paired && set.size === 2 && reads <= 2;
}

function markOf(stem: string): Mark | null {
  const conclusive = CONCLUSIVE.exec(stem);
  if (conclusive !== null) return toMark(stem, conclusive[0], conclusive[1] ?? '', 'conclusive');
  const index = lastMatch(stem, NAMED_INDEX);
  const named = lastMatch(stem, NAMED);
  if (index !== null && (named === null || index.index > named.index)) {
    return toMark(stem, index[0], `I${index[1]}`, 'named', index.index);
  }
  if (named !== null) return toMark(stem, named[0], `R${named[1]}`, 'named', named.index);
  const counted = COUNTED.exec(stem);
  return counted === null ? null : toMark(stem, counted[0], `R${counted[1]}`, 'counted', counted.index);
}

function lastMatch(stem: string, mark: RegExp): RegExpExecArray | null {
  return [...stem.matchAll(mark)].at(-1) ?? null;
}

function toMark(stem: string, text: string, role: string, kind: Mark['kind'], at = stem.lastIndexOf(text)): Mark {
  return { role: role as ReadRole, template: `${stem.slice(0, at)}\u0000${stem.slice(at + text.length)}`, kind };
}
