import { parseCount } from '../xml/parse-number.ts';
import type { EnaRun } from './run-row.ts';

/** A family of files at ENA: `fastq` and `bam` made by the archives, `submitted` the submitter's own, `sra` NCBI's container. */
type EnaFileFamily = 'fastq' | 'submitted' | 'sra' | 'bam';

/** One file of a run at ENA. */
export interface EnaFile {
  readonly family: EnaFileFamily;
  /** Last part of the address, percent-encoding undone. */
  readonly name: string;
  /** ENA sends addresses without a scheme; https works, byte ranges included. */
  readonly url: string;
  /** 32 lower-case hex digits. */
  readonly md5: string | null;
  /** Bytes. */
  readonly bytes: bigint | null;
  /** `submitted_format` in lower case (`fastq`, `bam`, `cram`, …) for submitted files, else the family. */
  readonly format: string | null;
}

const FAMILIES: readonly EnaFileFamily[] = ['fastq', 'submitted', 'sra', 'bam'];

/**
 * The files of a run row, family by family in ENA's order: with three FASTQs the unpaired one is the first.
 * Addresses, checksums and sizes are parallel `;` lists. A list of another length than that of the addresses is dropped
 * (null), since it cannot be told which of its values belongs to which file.
 */
export function readEnaFiles(row: EnaRun): EnaFile[] {
  return FAMILIES.flatMap((family) => filesOf(row, family));
}

function filesOf(row: EnaRun, family: EnaFileFamily): EnaFile[] {
  const addresses = cellList(row[`${family}_ftp`]);
  const md5s = parallelTo(addresses, row[`${family}_md5`]);
  const sizes = parallelTo(addresses, row[`${family}_bytes`]);
  const formats = family === 'submitted' ? parallelTo(addresses, row.submitted_format) : addresses.map(() => family);
  return addresses.flatMap((address, index) => {
    const url = toUrl(address);
    const name = nameIn(url);
    if (name === null) return [];
    const md5 = md5s[index] ?? '';
    return [
      {
        family,
        name,
        url,
        md5: /^[0-9a-f]{32}$/i.test(md5) ? md5.toLowerCase() : null,
        bytes: parseCount(sizes[index] ?? null),
        format: formats[index]?.toLowerCase() || null,
      },
    ];
  });
}

function cellList(cell: string): readonly string[] {
  return cell.trim() === '' ? [] : cell.split(';').map((part) => part.trim());
}

/** The list of a cell when it is as long as the addresses, else none. */
function parallelTo(addresses: readonly string[], cell: string): readonly string[] {
  const list = cellList(cell);
  return list.length === addresses.length ? list : [];
}

/**
 * The https address of a cell. Names of submitters may hold characters that an address may not: Sanger's `29694_1#382.cram`
 * would lose all that follows the `#`.
 */
function toUrl(address: string): string {
  const path = address.replace(/^(?:ftp|https?):\/\//, '');
  return `https://${path.replace(UNSAFE, (character) => encodeURIComponent(character))}`;
}

/** What may not stand in the path of an address; a `%` that begins no escape included. */
const UNSAFE = /[\s"#<>?[\\\]^`{|}\u0080-\uD7FF\uE000-\u{10FFFF}]|%(?![0-9A-Fa-f]{2})/gu;

function nameIn(url: string): string | null {
  const part = url.split('/').at(-1) ?? '';
  if (part === '' || url.split('/').length < 4) return null;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
