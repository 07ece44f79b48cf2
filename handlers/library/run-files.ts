import { type Access, type CompleteSet, type FilePatch, fileKey } from '../../src/ports/handler.ts';
import { type FileRoleAnswer, fileRoles } from './file-roles.ts';
import type { AskedSources, LibraryParts, RunParts } from './library-parts.ts';
import type { ReadFacts } from './name-marks.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';
import { sourceHash } from './source-hash.ts';

/** The files of one run: as the archives describe them, and as rows. */
export interface RunFiles {
  readonly files: readonly SourceFile[];
  readonly rows: readonly FilePatch[];
}

/** Unites and names the roles of the files of a run. */
export function runFiles(run: RunParts, parts: LibraryParts, access: Access | null, facts: ReadFacts): RunFiles {
  const files = sourceFiles(run.run, run.row, access === 'public');
  const roles = fileRoles(files, facts);
  const rows = files.map((file, index) => toRow(run, file, roles[index], parts, access));
  return { files, rows };
}

function toRow(
  run: RunParts,
  file: SourceFile,
  answer: FileRoleAnswer | undefined,
  parts: LibraryParts,
  access: Access | null,
): FilePatch {
  const role = answer?.role ?? null;
  return {
    key: fileKey(run.accession, file.origin, file.name),
    parent: run.accession,
    name: file.name,
    // Without NCBI's read lengths and submitted names an unproven role may well be proven in the store.
    ...(role !== null || parts.asked.ncbi ? { role } : {}),
    read_number: answer?.readNumber ?? null,
    format: file.format,
    origin: file.origin,
    urls: file.urls,
    md5: file.md5,
    bytes: file.bytes,
    access,
    ...(parts.asked.ncbi ? { access_note: file.notes.length === 0 ? null : file.notes.join('; ') } : {}),
    source: 'INSDC',
    handler: parts.handler,
    fetched_at: parts.fetchedAt,
    response_hash: sourceHash({ run: run.accession, file, role }),
  };
}

/** The sets of files of a run that are whole: both archives hold submitted and normalized files, ENA alone the generated. */
export function completeFiles(run: string, asked: AskedSources): CompleteSet[] {
  const origins = [
    ...(asked.ena ? (['generated'] as const) : []),
    ...(asked.ena && asked.ncbi ? (['submitted', 'normalized'] as const) : []),
  ];
  return origins.map((origin) => ({ table: 'files', parent: run, origin }));
}
