import type { Row } from '../../src/records/table.ts';
import { cell, type PlainRunFacts } from './expected-library.ts';
import type { Ledger } from './ledger.ts';
import type { EnaRow } from './plain-ena.ts';
import type { PlainSraFile } from './plain-package.ts';

/** One file that ENA lists. */
interface EnaFile {
  readonly origin: string;
  readonly url: string;
  readonly name: string;
  readonly md5: string | null;
  readonly bytes: bigint | null;
}

const FAMILIES = { fastq: 'generated', bam: 'generated', submitted: 'submitted', sra: 'normalized' } as const;

/** Files of a row: parallel lists; where their lengths differ, checksums and sizes belong to nobody. */
export function enaFiles(row: EnaRow | null): EnaFile[] {
  return Object.entries(FAMILIES).flatMap(([family, origin]) => {
    const list = (column: string): string[] => (cell(row, `${family}_${column}`) ?? '').split(';');
    const paths = list('ftp');
    const at = (column: string, index: number): string | null => {
      const values = list(column);
      return values.length === paths.length ? (values[index] ?? null) || null : null;
    };
    return paths.flatMap((path, index) => {
      if (path === '') return [];
      const bytes = at('bytes', index);
      return [
        {
          origin,
          url: `https://${path}`,
          name: path.split('/').at(-1) ?? '',
          md5: at('md5', index)?.toLowerCase() ?? null,
          bytes: bytes === null ? null : BigInt(bytes),
        },
      ];
    });
  });
}

/** Compares the file rows of one run with what the recordings list, both ways, and its `raw_link` with the ranking. */
export function checkFiles(facts: PlainRunFacts, run: Row, rows: readonly Row[], ledger: Ledger): void {
  const ena = enaFiles(facts.row);
  const sra = facts.run?.files ?? [];
  const explained = new Set<Row>();
  for (const file of ena) checkEnaFile(file, facts, rows, explained, ledger);
  for (const file of sra) checkSraFile(file, facts, rows, explained, ledger);
  const addresses = [...ena.map((file) => file.url), ...sra.flatMap((file) => [...file.free, ...file.closed])];
  const said = new Set(addresses.map(readable));
  for (const file of sra) if (file.unexplained !== null) said.add(readable(file.unexplained));
  for (const row of rows) {
    ledger.holds('file rows traced to a source', String(row.key), explained.has(row), 'no source lists this file');
    for (const url of row.urls as string[]) {
      const isSaid = said.has(readable(url));
      ledger.holds('file URLs traced to a source', String(row.key), isSaid, `no source says ${url}`);
    }
    checkRole(row, run, ledger);
    ledger.same('file access', String(row.key), row.access, run.access);
  }
  checkRawLink(facts, run, rows, ledger);
}

function checkEnaFile(
  file: EnaFile,
  facts: PlainRunFacts,
  rows: readonly Row[],
  explained: Set<Row>,
  ledger: Ledger,
): void {
  const where = `${facts.accession} ${file.name} (ENA)`;
  const row = rows.find((one) => one.origin === file.origin && isNamed(one, file.name));
  ledger.holds('ENA files', where, row !== undefined, 'is not in the files table');
  if (row === undefined) return;
  explained.add(row);
  if (isOtherCopy(row, file.md5, file.url)) return;
  ledger.holds('ENA addresses', where, offers(row, file.url), `lacks ${file.url}`);
  if (file.md5 !== null) ledger.same('ENA checksums', where, row.md5, file.md5);
  if (file.bytes !== null) ledger.same('ENA sizes', where, row.bytes, file.bytes);
}

function checkSraFile(
  file: PlainSraFile,
  facts: PlainRunFacts,
  rows: readonly Row[],
  explained: Set<Row>,
  ledger: Ledger,
): void {
  const where = `${facts.accession} ${file.name} (SRAFile)`;
  const origin = file.isOriginal ? 'submitted' : 'normalized';
  const own = rows.filter((one) => one.origin === origin);
  // NCBI adds a version to names that it takes from addresses (x.bam.1), and renames some files that ENA has too.
  const row =
    own.find((one) => one.name === file.name) ??
    own.find((one) => one.name === file.name.replace(/\.\d{1,2}$/, '')) ??
    own.find((one) => one.md5 !== null && one.md5 === file.md5);
  ledger.holds('SRA files', where, row !== undefined, 'is not in the files table');
  if (row === undefined) return;
  explained.add(row);
  if (isOtherCopy(row, file.md5, file.free[0] ?? file.closed[0] ?? '')) return;
  if (file.md5 !== null) ledger.same('SRA checksums', where, row.md5, file.md5);
  if (file.bytes !== null) ledger.same('SRA sizes', where, row.bytes, file.bytes);
  const open = file.free.filter((url) => /^(?:https?|ftp):/.test(url));
  for (const url of open) {
    ledger.holds('SRA open addresses', where, offers(row, url), `lacks ${url}`);
  }
  for (const url of [...file.closed, ...file.free.filter((one) => !open.includes(one))]) {
    const note = String(row.access_note ?? '');
    ledger.holds('SRA addresses that need an account', where, note.includes(url), `does not mention ${url}`);
    ledger.holds('closed addresses kept out of urls', where, !offers(row, url), `offers ${url}`);
  }
}

/** The same name for other bytes at the other archive: named in the note, never offered as a mirror. */
function isOtherCopy(row: Row, md5: string | null, url: string): boolean {
  if (md5 === null || row.md5 === null || row.md5 === md5) return false;
  return String(row.access_note ?? '').includes(md5) && !offers(row, url);
}

/** `raw_link`: the generated FASTQ, else the submitted files when all are open, else the open SRA object. */
function checkRawLink(facts: PlainRunFacts, run: Row, rows: readonly Row[], ledger: Ledger): void {
  const where = `${facts.accession} raw_link`;
  const fastq = enaFiles(facts.row).filter((file) => file.origin === 'generated' && /f(ast)?q/.test(file.name));
  const link = run.raw_link === null ? [] : String(run.raw_link).split(',');
  if (fastq.length > 0) {
    const sizes = fastq.map((file) => file.bytes);
    const total = sizes.includes(null) ? null : sizes.reduce((sum: bigint, size) => sum + (size ?? 0n), 0n);
    ledger.same(
      'raw_link: generated FASTQ',
      where,
      link.map(readable),
      fastq.map((file) => readable(file.url)),
    );
    ledger.same('raw_link: sizes', where, run.file_size, total);
    ledger.same('raw_link: types', where, run.file_type, 'fastq');
    return;
  }
  const open = rows.filter((row) => (row.urls as string[]).length > 0 && row.format !== 'bai');
  const submitted = rows.filter((row) => row.origin === 'submitted' && row.format !== 'bai');
  const isWhole = submitted.length > 0 && submitted.every((row) => open.includes(row));
  const origin = isWhole ? 'submitted' : 'normalized';
  const candidates = open.filter((row) => row.origin === origin);
  const urls = new Map(candidates.map((row) => [(row.urls as string[])[0]?.replaceAll(',', '%2C'), row]));
  const linked = link.map((url) => urls.get(url));
  const what = candidates.length === 0 ? 'raw_link: none' : `raw_link: ${origin}`;
  ledger.holds(what, where, !linked.includes(undefined), `is ${link}`);
  ledger.same('raw_link: number of files', where, link.length, isWhole ? candidates.length : Math.min(1, open.length));
  const sizes = linked.map((row) => row?.bytes as bigint | null);
  const isKnown = link.length > 0 && !sizes.includes(null);
  const total = isKnown ? sizes.reduce<bigint>((sum, size) => sum + (size ?? 0n), 0n) : null;
  ledger.same('raw_link: sizes', where, run.file_size, total);
  const types = [...new Set(linked.map((row) => row?.format).filter(Boolean))].join(',') || null;
  ledger.same('raw_link: types', where, run.file_type, types);
}

/** An address without its percent escapes: what may not stand in an address is escaped in the records only. */
function readable(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function offers(row: Row, url: string): boolean {
  return (row.urls as string[]).some((one) => readable(one) === readable(url));
}

function isNamed(row: Row, name: string): boolean {
  return row.name === name || row.name === readable(name);
}

/** What names alone prove: bcl2fastq's own naming, and the mates that ENA generated of a run of two reads. */
function checkRole(row: Row, run: Row, ledger: Ledger): void {
  const named = /_(R[123]|I[12])_\d{3}\.f(?:ast)?q/.exec(String(row.name))?.[1];
  if (row.origin === 'submitted' && named !== undefined && row.format === 'fastq')
    ledger.same('roles of submitted names', String(row.key), row.role, named);
  const mate = /^[SED]RR\d+_([12])\.fastq\.gz$/.exec(String(row.name))?.[1];
  const reads = String(run.read_lengths ?? '').split(',').length;
  if (row.origin === 'generated' && mate !== undefined && run.layout === 'PAIRED' && reads <= 2) {
    ledger.same('roles of generated mates', String(row.key), row.role, `R${mate}`);
    ledger.same('read numbers of generated mates', String(row.key), row.read_number, Number(mate));
  }
}
