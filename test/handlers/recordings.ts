import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** Folder of real answers of the archives, listed in its INDEX.tsv; not part of the repository. */
const FOLDER = process.env.CELLINE_RECORDINGS ?? fileURLToPath(new URL('../../../shared/recordings', import.meta.url));

/** True when the recordings are there. */
export const HAS_RECORDINGS = existsSync(join(FOLDER, 'INDEX.tsv'));

/** A recorded body. */
export interface Recording {
  /** Path inside the folder. */
  readonly path: string;
  readonly text: string;
}

/** True when the folder holds a recording of this endpoint: another folder may lack a rare one. */
export function hasRecordingsOf(endpoint: string): boolean {
  return pathsOf(endpoint).length > 0;
}

/** All recordings of an archive's endpoint (`ncbi/efetch-sra-xml`), gzip undone. */
export function recordingsOf(endpoint: string): Recording[] {
  return pathsOf(endpoint).map((path) => {
    const bytes = readFileSync(join(FOLDER, path));
    return { path, text: (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8') };
  });
}

function pathsOf(endpoint: string): string[] {
  if (!HAS_RECORDINGS) return [];
  return table('INDEX.tsv')
    .map((row) => row.path ?? '')
    .filter((path) => path.startsWith(`${endpoint}/`));
}

/** Rows of JOIN-TRUTH.tsv: which accessions belong together. */
export function joinTruth(): Readonly<Record<string, string>>[] {
  return existsSync(join(FOLDER, 'JOIN-TRUTH.tsv')) ? table('JOIN-TRUTH.tsv') : [];
}

function table(name: string): Readonly<Record<string, string>>[] {
  const [header = '', ...lines] = readFileSync(join(FOLDER, name), 'utf8').trimEnd().split('\n');
  const columns = header.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, index) => [columns[index] ?? '', cell])));
}
