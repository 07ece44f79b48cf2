import { join } from 'node:path';
import { StoreError } from '../../../errors/store-error.ts';
import { fileDigest } from '../../disk/disk.ts';
import type { Segment, TableState } from '../../manifest/manifest.ts';
import type { CommitContext } from '../../parquet/commit.ts';

/** A table whose segments all have their SHA-256; a segment of another size than it was written with is refused by name. */
export async function withChecksums(context: CommitContext, state: TableState): Promise<TableState> {
  const base = await Promise.all(state.base.map((segment) => withChecksum(context, segment)));
  const deltas = await Promise.all(state.deltas.map((segment) => withChecksum(context, segment)));
  return { ...state, base, deltas };
}

async function withChecksum(context: CommitContext, segment: Segment): Promise<Segment> {
  if (segment.sha256 !== null) return segment;
  const path = join(context.layout.segments, segment.file);
  const { bytes, sha256 } = await fileDigest(path);
  if (bytes === segment.bytes) return { ...segment, sha256 };
  throw otherSize(path, bytes, segment.bytes);
}

/** A segment that is not of the size that it was written with. */
export function otherSize(path: string, bytes: number, written: number): StoreError {
  return new StoreError('integrity', `The segment ${path} has ${bytes} bytes, written as ${written}.`, {
    hint: 'celline db check says what is damaged; nothing was changed.',
    fields: { path },
  });
}

/** A table as a version without checksums tells of it. */
export function withoutChecksums(state: TableState): TableState {
  const forget = (segment: Segment): Segment => ({ ...segment, sha256: null });
  return { ...state, base: state.base.map(forget), deltas: state.deltas.map(forget) };
}
