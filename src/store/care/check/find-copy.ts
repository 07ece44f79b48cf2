import { join } from 'node:path';
import { fileState, listFolder, readTextIfThere } from '../../disk/disk.ts';
import type { Segment } from '../../manifest/manifest.ts';

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

/** Copies by checksum, those of the newest backup first. */
async function readBackups(dir: string): Promise<Map<string, SegmentCopy[]>> {
  const copies = new Map<string, SegmentCopy[]>();
  for (const backup of (await listFolder(dir)).sort().reverse()) {
    for (const { path, sha256 } of filesOf(await readTextIfThere(join(dir, backup, 'backup.json')).catch(() => null))) {
      const known = copies.get(sha256) ?? [];
      copies.set(sha256, [...known, { backup, path: join(dir, backup, path) }]);
    }
  }
  return copies;
}

/** The files that a `backup.json` lists; none when it is damaged: such a backup is for `db backups` to tell. */
function filesOf(text: string | null): { path: string; sha256: string }[] {
  try {
    const { files }: { files?: unknown } = JSON.parse(text ?? '{}');
    return Array.isArray(files) ? files.filter(isFile) : [];
  } catch {
    return [];
  }
}

function isFile(value: unknown): value is { path: string; sha256: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { path, sha256 } = value as Record<string, unknown>;
  // Nothing outside of the backup's folder.
  const isWithin = typeof path === 'string' && !path.split(/[/\\]/).includes('..') && !path.startsWith('/');
  return isWithin && typeof sha256 === 'string';
}
