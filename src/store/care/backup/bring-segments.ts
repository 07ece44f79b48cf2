import { join } from 'node:path';
import { StoreError } from '../../../errors/store-error.ts';
import { copySynced } from '../../disk/copy-file.ts';
import { moveFile, removeIfThere, syncFolder, temporaryBeside } from '../../disk/disk.ts';
import { type Manifest, type Segment, segmentsOf, type TableState } from '../../manifest/manifest.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { segmentPaths } from './backup-record.ts';
import { withSegments } from './plan-restore.ts';
import type { WholeBackup } from './read-backup.ts';

/** Segments of the present tables that were just compared with their checksums, by file. */
export function wholeSegments(present: Manifest, damagedFiles: ReadonlySet<string>): Map<string, Segment> {
  const segments = Object.values(present.tables).flatMap(segmentsOf);
  return new Map(segments.filter(({ file }) => !damagedFiles.has(file)).map((segment) => [segment.file, segment]));
}

/**
 * Copies the segments of some tables of a backup into the store, under new names, and gives the tables with these. Segments
 * that the present tables share with the backup are used as they are. After a failure nothing of it stays.
 */
export async function bringSegments(
  context: CommitContext,
  backup: WholeBackup,
  states: readonly (readonly [string, TableState])[],
  present: ReadonlyMap<string, Segment>,
): Promise<Manifest['tables']> {
  const wanted = new Set(states.map(([name]) => name));
  const sums = new Map(backup.record.files.map((file) => [file.path, file]));
  const brought = new Map<string, Segment>();
  const { segments } = context.layout;
  try {
    for (const { table, path, segment } of segmentPaths(backup.manifest)) {
      if (!wanted.has(table) || isShared(segment, present)) continue;
      const expected = sums.get(path);
      const file = `${table}-${context.randomId()}.parquet`;
      const temporary = temporaryBeside(join(segments, file), context.randomId());
      brought.set(segment.file, { ...segment, file });
      const copied = await copySynced(join(backup.path, path), temporary).catch(async (error: unknown) => {
        await removeIfThere(temporary);
        throw error;
      });
      await moveFile(temporary, join(segments, file));
      if (copied.sha256 !== expected?.sha256) throw changedMeanwhile(join(backup.path, path));
      brought.set(segment.file, { ...segment, file, ...copied });
    }
    await syncFolder(segments);
  } catch (error) {
    for (const { file } of brought.values()) await removeIfThere(join(segments, file));
    throw error;
  }
  return Object.fromEntries(states.map(([name, state]) => [name, withSegments(state, brought)]));
}

function isShared(segment: Segment, present: ReadonlyMap<string, Segment>): boolean {
  const now = present.get(segment.file);
  return now !== undefined && now.sha256 !== null && now.sha256 === segment.sha256;
}

function changedMeanwhile(path: string): StoreError {
  return new StoreError('integrity', `${path} changed while it was being restored.`, {
    hint: 'Nothing was changed in the tables. celline db backups --verify says which backups are whole.',
    fields: { path },
  });
}
