import { join } from 'node:path';
import { fileState } from '../../disk/disk.ts';
import type { Segment } from '../../manifest/manifest.ts';
import { backupNames, readRecord } from '../backup/read-backup.ts';

/** A file of a backup with the bytes of a segment. */
export interface SegmentCopy {
  /** Name of the backup. */
  readonly backup: string;
  readonly path: string;
}

/** Looks for the bytes of a segment in the backups; null when none has them. */
export type FindCopy = (segment: Segment) => Promise<SegmentCopy | null>;

/**
 * Looks through the backups of a folder: each `<name>/backup.json` lists its files with their checksums. Read at the first
 * question, and only then. That a copy still has its bytes is for the one who takes it to see.
 */
export function createCopyFinder(dir: string): FindCopy {
  let index: Promise<ReadonlyMap<string, readonly SegmentCopy[]>> | null = null;
  return async ({ sha256, bytes }) => {
    // Format 1 kept no checksum: nothing tells its bytes from others.
    if (sha256 === null) return null;
    index ??= readBackups(dir);
    for (const copy of (await index).get(sha256) ?? []) {
      if ((await fileState(copy.path))?.bytes === bytes) return copy;
    }
    return null;
  };
}

/** Copies by checksum, those of the newest backup first. A backup that cannot be read is for `db backups` to tell. */
async function readBackups(dir: string): Promise<Map<string, SegmentCopy[]>> {
  const copies = new Map<string, SegmentCopy[]>();
  for (const backup of await backupNames(dir)) {
    const record = await readRecord(join(dir, backup)).catch(() => null);
    for (const { path, sha256 } of record?.files ?? []) {
      const known = copies.get(sha256) ?? [];
      copies.set(sha256, [...known, { backup, path: join(dir, backup, path) }]);
    }
  }
  return copies;
}
