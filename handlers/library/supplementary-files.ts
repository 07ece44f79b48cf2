import { type FilePatch, fileKey } from '../../src/ports/handler.ts';
import { isOpenScheme, lastPart, withoutBlanks } from './archive-url.ts';
import { formatOf, roleOfFormat } from './file-name.ts';
import { sourceHash } from './source-hash.ts';

/**
 * The supplementary files that a GEO record lists. Its text gives addresses only: sizes and checksums are left absent.
 * Addresses that nobody can fetch (another scheme than https, http or ftp) are dropped, repeats are one row.
 */
export function supplementaryFiles(
  parent: string,
  source: string,
  urls: readonly string[],
  fetchedAt: string,
  handler = 'geo',
): FilePatch[] {
  const byName = new Map<string, string[]>();
  for (const url of urls) {
    const name = isOpenScheme(url) ? lastPart(url) : null;
    if (name === null) continue;
    byName.set(name, [...new Set([...(byName.get(name) ?? []), withoutBlanks(url)])]);
  }
  return [...byName].map(([name, addresses]) => ({
    key: fileKey(parent, 'supplementary', name),
    parent,
    name,
    role: roleOfSupplement(name),
    format: formatOf(name),
    origin: 'supplementary',
    urls: addresses,
    access: 'public',
    source,
    handler,
    fetched_at: fetchedAt,
    response_hash: sourceHash({ parent, name, addresses }),
  }));
}

/** `matrix` for a Matrix Market file, and for an HDF5 file whose name says so (`filtered_feature_bc_matrix.h5`). */
function roleOfSupplement(name: string): 'matrix' | 'supplementary' {
  const format = formatOf(name);
  if (roleOfFormat(format) === 'matrix') return 'matrix';
  return format === 'h5' && /matri(x|ces)/i.test(name) ? 'matrix' : 'supplementary';
}
