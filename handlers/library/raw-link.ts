import { joinUrls } from './archive-url.ts';
import { joined } from './first-known.ts';
import type { AskedSources } from './library-parts.ts';
import type { SourceFile } from './source-files.ts';

/** The columns of a run that say where its reads are. */
export interface RawLink {
  readonly raw_link: string | null;
  readonly file_type: string | null;
  readonly file_size: bigint | null;
}

/** Index files beside the reads; a submitter's `.bai` may be missing without harm. */
const INDEX_FORMATS = new Set(['bai', 'csi', 'crai']);

/**
 * The linked files: the generated FASTQ, else the submitted files when all of them are open to anybody, else the SRA object
 * (the full one before the Lite one, which has no base qualities). Never mixed, and never a part of a set. An empty answer,
 * the columns absent, where a source that ranks higher was not asked.
 */
export function rawLink(files: readonly SourceFile[], asked: AskedSources): RawLink | Record<string, never> {
  if (!asked.ena) return {};
  const linked = linkedFiles(files);
  if (linked.length === 0 && !asked.ncbi) return {};
  const sizes = linked.map((file) => file.bytes);
  return {
    raw_link: joinUrls(linked.flatMap((file) => file.urls.slice(0, 1))),
    file_type: joined(
      linked.map((file) => file.format),
      ',',
    ),
    file_size: linked.length === 0 ? null : sumOf(sizes),
  };
}

function linkedFiles(files: readonly SourceFile[]): readonly SourceFile[] {
  const generated = files.filter((file) => file.origin === 'generated' && file.format === 'fastq');
  if (generated.length > 0) return generated;
  const submitted = files.filter((file) => file.origin === 'submitted');
  const needed = submitted.filter((file) => !INDEX_FORMATS.has(file.format ?? ''));
  if (needed.length > 0 && needed.every((file) => file.urls.length > 0)) {
    return submitted.filter((file) => file.urls.length > 0);
  }
  const open = files.filter((file) => file.origin === 'normalized' && file.urls.length > 0);
  const object = open.find((file) => file.format === 'sra') ?? open.find((file) => file.format === 'sra_lite');
  return object === undefined ? [] : [object];
}

function sumOf(sizes: readonly (bigint | null)[]): bigint | null {
  let sum = 0n;
  for (const size of sizes) {
    if (size === null) return null;
    sum += size;
  }
  return sum;
}
