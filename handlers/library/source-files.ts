import type { FileOrigin } from '../../src/ports/handler.ts';
import { type EnaFile, readEnaFiles } from '../ena/read-ena-files.ts';
import type { EnaRun } from '../ena/run-row.ts';
import type { SraFile, SraRun } from '../ncbi/sra-package.ts';
import { isArchiveUrl, isOpenScheme, lastPart, withoutBlanks } from './archive-url.ts';
import { formatOf, withoutVersion } from './file-name.ts';

/** One file as one or both archives describe it. */
export interface SourceFile {
  readonly origin: FileOrigin;
  readonly name: string;
  readonly format: string | null;
  /** Addresses that anybody can fetch without an account. */
  readonly urls: readonly string[];
  /** Copies that need an account or a delivery request: "access type: address". */
  readonly notes: readonly string[];
  readonly md5: string | null;
  /** Bytes. */
  readonly bytes: bigint | null;
}

/** NCBI's semantic names of files that the archive made itself, for answers that leave `supertype` out. */
const MADE_BY_NCBI = new Set(['SRA Normalized', 'SRA Lite', 'run', 'run.zq']);

/** Formats of NCBI's semantic names, for a name whose ending tells nothing. */
const SEMANTIC_FORMATS: ReadonlyMap<string, string> = new Map([
  ['SRA Normalized', 'sra'],
  ['run', 'sra'],
  ['SRA Lite', 'sra_lite'],
  ['run.zq', 'sra_lite'],
  ['fastq', 'fastq'],
  ['bam', 'bam'],
  ['10X Genomics bam file', 'bam'],
  ['cram', 'cram'],
]);

/** The files of a run, ENA's and NCBI's view of the same file united. `isOpen`: the run is open to the public. */
export function sourceFiles(run: SraRun | null, row: EnaRun | null, isOpen: boolean): SourceFile[] {
  const files = new Map<string, SourceFile>();
  for (const file of row === null ? [] : readEnaFiles(row).map(fromEna)) addFile(files, file);
  const enaSubmitted = [...files.values()].filter((file) => file.origin === 'submitted');
  for (const file of run?.files ?? []) {
    const own = fromNcbi(file, isOpen);
    addFile(files, { ...own, name: nameAtEna(own, files, enaSubmitted) });
  }
  return [...files.values()];
}

/**
 * NCBI renames some submitted files (`29694_1#382.cram` to `29694_1_382.cram`): equal bytes under another name are ENA's file.
 */
function nameAtEna(own: SourceFile, files: ReadonlyMap<string, SourceFile>, atEna: readonly SourceFile[]): string {
  if (own.origin !== 'submitted' || own.md5 === null || files.has(rowOf(own))) return own.name;
  return atEna.find((file) => file.md5 === own.md5)?.name ?? own.name;
}

function addFile(files: Map<string, SourceFile>, file: SourceFile): void {
  const known = files.get(rowOf(file));
  files.set(rowOf(file), known === undefined ? file : unite(known, file));
}

function rowOf(file: SourceFile): string {
  return `${file.origin}/${file.name}`;
}

/**
 * Two views of one file. Where checksum or size say that the bytes differ, the addresses must not be mixed: the container
 * is NCBI's own and its view holds, of anything else the first view (ENA's) does; the other copy is named in the note.
 */
function unite(known: SourceFile, other: SourceFile): SourceFile {
  if (
    differ(known.md5, other.md5) ||
    (known.md5 === null || other.md5 === null ? differ(known.bytes, other.bytes) : false)
  ) {
    const [kept, left] = known.origin === 'normalized' ? [other, known] : [known, other];
    const notes = left.urls.map((url) => `copy of other bytes${left.md5 === null ? '' : ` (md5 ${left.md5})`}: ${url}`);
    return { ...kept, notes: [...kept.notes, ...notes, ...left.notes] };
  }
  return {
    ...known,
    format: known.format ?? other.format,
    urls: [...new Set([...known.urls, ...other.urls])],
    notes: [...new Set([...known.notes, ...other.notes])],
    md5: known.md5 ?? other.md5,
    bytes: known.bytes ?? other.bytes,
  };
}

function differ<T>(a: T | null, b: T | null): boolean {
  return a !== null && b !== null && a !== b;
}

/** The name tells the format, unless it only says `txt`: old FASTQ was submitted as `…-Sequences.txt.gz`. */
function submittedFormat(name: string, declared: string | null): string | null {
  const named = formatOf(name);
  return named === null || named === 'txt' ? (declared ?? named) : named;
}

function fromEna(file: EnaFile): SourceFile {
  const origins = { fastq: 'generated', bam: 'generated', submitted: 'submitted', sra: 'normalized' } as const;
  const format = file.family === 'submitted' ? submittedFormat(file.name, file.format) : file.family;
  const urls = isOpenScheme(file.url) ? [file.url] : [];
  return { origin: origins[file.family], name: file.name, format, urls, notes: [], md5: file.md5, bytes: file.bytes };
}

function fromNcbi(file: SraFile, isOpen: boolean): SourceFile {
  const isMade = file.supertype === null ? MADE_BY_NCBI.has(file.semanticName ?? '') : file.supertype !== 'Original';
  const copies = file.copies.filter((copy) => isArchiveUrl(copy.url));
  // An address of the SRAFile itself that no alternative explains is the one that NCBI hands out to everybody.
  const isFree = (copy: SraFile['copies'][number]): boolean =>
    isOpenScheme(copy.url) && (copy.accessType === null ? isOpen : copy.accessType === 'anonymous');
  const closed = copies.filter((copy) => !isFree(copy));
  const semantic = SEMANTIC_FORMATS.get(file.semanticName ?? '') ?? null;
  // A name that is the end of an address carries NCBI's version of the file: `x.fastq.gz.1`.
  const isFromAddress = copies.some((copy) => lastPart(copy.url) === file.name);
  return {
    origin: isMade ? 'normalized' : 'submitted',
    name: isFromAddress ? withoutVersion(file.name) : file.name,
    format: isMade ? (semantic ?? formatOf(file.name)) : submittedFormat(file.name, semantic),
    urls: copies.filter(isFree).map((copy) => withoutBlanks(copy.url)),
    notes: closed.map((copy) => `${copy.accessType ?? 'access not stated'}: ${copy.url}`),
    md5: file.md5,
    bytes: file.bytes,
  };
}
