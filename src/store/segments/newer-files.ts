import { join } from 'node:path';
import { StoreError } from '../../errors/store-error.ts';
import { readFooterFormat } from '../disk/parquet-footer.ts';
import { FORMAT_VERSION, type Segment } from '../manifest/manifest.ts';

/** A Parquet file of a newer celline. */
export interface NewerParquet {
  readonly path: string;
  readonly format: number;
}

/** Files whose footers are read at once. */
const AT_ONCE = 32;

/** Those of some Parquet files that a newer celline wrote. */
export async function findNewer(paths: readonly string[]): Promise<NewerParquet[]> {
  const found: NewerParquet[] = [];
  for (let index = 0; index < paths.length; index += AT_ONCE) {
    const looks = paths
      .slice(index, index + AT_ONCE)
      .map(async (path) => ({ path, format: await readFooterFormat(path) }));
    for (const { path, format } of await Promise.all(looks)) {
      if (format !== null && format > FORMAT_VERSION) found.push({ path, format });
    }
  }
  return found;
}

/** Refuses a file of a newer celline. */
export function newerFile({ path, format }: NewerParquet): StoreError {
  const reason = `it has format ${format}, this one knows up to ${FORMAT_VERSION}`;
  return new StoreError('newer_format', `${path} was made by a newer celline: ${reason}.`, {
    hint: 'Update celline; it never rewrites what a newer one wrote.',
    fields: { path, format },
  });
}

/** Segments that were looked at: they never change. */
const KNOWN = new Set<string>();

/** Refuses segments of a newer celline, before they are read: 0.1 ms for each, once in a process. */
export async function refuseNewerSegments(folder: string, segments: readonly Segment[]): Promise<void> {
  const fresh = segments.map(({ file }) => join(folder, file)).filter((path) => !KNOWN.has(path));
  if (fresh.length === 0) return;
  const [newer] = await findNewer(fresh);
  if (newer !== undefined) throw newerFile(newer);
  for (const path of fresh) KNOWN.add(path);
}
