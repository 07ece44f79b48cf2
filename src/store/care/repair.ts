import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, Repaired } from '../../ports/store-care.ts';
import { diskError, fileDigest, moveFile, removeIfThere, syncFile, syncFolder, temporaryBeside } from '../disk/disk.ts';
import { type Manifest, type Segment, segmentsOf } from '../manifest/manifest.ts';
import type { CommitContext } from '../parquet/commit.ts';
import { moveAside, publishTables } from '../parquet/publish.ts';
import type { CareContext } from './care-context.ts';
import { damageOf } from './check/check-segments.ts';
import type { FindCopy, SegmentCopy } from './check/find-copy.ts';
import { mendRows } from './mend-rows.ts';
import { replaceTables } from './replace-tables.ts';

const NOTHING = 'left as it is';

/**
 * Does what is safe about findings. Files first: segments from a backup, byte by byte; then the rows, all of what the same
 * checks find now, with one manifest, so that `db rollback` undoes it; then the plain files.
 */
export async function repairStore(
  care: CareContext,
  findCopy: FindCopy,
  findings: readonly Finding[],
): Promise<Repaired[]> {
  const { context } = care;
  const done = new Map<Finding, string>();
  if (findings.some(({ check }) => check === 'format_missing')) await context.log.open();
  for (const finding of findings) {
    if (finding.check.startsWith('segment_')) done.set(finding, await bringBack(context, findCopy, finding));
  }
  const damaged = await damagedTables(context, findings);
  const wanted = new Set(findings.filter(({ repair }) => repair !== null).map(({ check }) => check));
  const mended = await mendTables(care, wanted, damaged);
  const aside = await settlePlainTables(care, findings, damaged);
  const said = (finding: Finding): string => {
    if (finding.repair === null) return NOTHING;
    if (finding.check === 'format_missing') return 'written anew';
    if (finding.check.startsWith('plain_table_')) return aside.get(finding) ?? NOTHING;
    return mended.has(finding.check) ? finding.repair : 'gone already';
  };
  return findings.map((finding) => ({ finding, done: done.get(finding) ?? said(finding) }));
}

/** Puts the bytes of a segment back in place, from a backup that has them. */
async function bringBack(context: CommitContext, findCopy: FindCopy, finding: Finding): Promise<string> {
  const manifest = await context.log.newest();
  const segment = segmentOf(manifest, finding.row);
  if (segment === null) return 'not needed any more';
  const copy = await findCopy(segment);
  if (copy === null) return 'left: no backup has these bytes';
  if (await takeCopy(context, segment, copy)) return `taken from the backup ${copy.backup}`;
  return `left: the copy in the backup ${copy.backup} is damaged too`;
}

function segmentOf(manifest: Manifest, file: string | null): Segment | null {
  const all = Object.values(manifest.tables).flatMap(segmentsOf);
  return all.find((segment) => segment.file === file) ?? null;
}

/** Temporary file, checksum, rename: false when the copy has other bytes, which never replace anything. */
async function takeCopy(context: CommitContext, segment: Segment, copy: SegmentCopy): Promise<boolean> {
  const path = join(context.layout.segments, segment.file);
  const temporary = temporaryBeside(path, context.randomId());
  try {
    await copyFile(copy.path, temporary);
    const { bytes, sha256 } = await fileDigest(temporary);
    if (bytes !== segment.bytes || sha256 !== segment.sha256) {
      await removeIfThere(temporary);
      return false;
    }
    await syncFile(temporary);
    await moveFile(temporary, path);
    await syncFolder(context.layout.segments);
    return true;
  } catch (error) {
    await removeIfThere(temporary);
    throw diskError(error, 'write', path);
  }
}

/** Physical tables that still cannot be read, among those whose segments were found damaged. */
async function damagedTables(context: CommitContext, findings: readonly Finding[]): Promise<Set<string>> {
  const suspects = new Set(findings.filter(({ check }) => check.startsWith('segment_')).map(({ table }) => table));
  const damaged = new Set<string>();
  for (const [name, state] of Object.entries((await context.log.newest()).tables)) {
    if (!suspects.has(name)) continue;
    for (const segment of segmentsOf(state)) {
      if ((await damageOf(context, segment, false)) !== null) damaged.add(name);
    }
  }
  return damaged;
}

/** Names of the checks that something was mended of. */
async function mendTables(
  { context, renew }: CareContext,
  wanted: ReadonlySet<string>,
  damaged: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  let mended: ReadonlySet<string> = new Set();
  await renew();
  const decide = async (newest: Manifest): Promise<Manifest['tables'] | null> => {
    const result = await mendRows(context, newest, wanted, damaged);
    mended = result.mended;
    return result.mended.size === 0 ? null : result.tables;
  };
  await replaceTables(context, { kind: 'repair', decide });
  await renew();
  return mended;
}

/** Brings the plain files up to date, and those that are no copies out of the way; gives what was done by finding. */
async function settlePlainTables(
  care: CareContext,
  findings: readonly Finding[],
  damaged: ReadonlySet<string>,
): Promise<Map<Finding, string>> {
  const { context, renew, hasPlainTables } = care;
  const done = new Map<Finding, string>();
  if (!hasPlainTables) return done;
  const names = new Set<string>();
  for (const finding of findings) {
    const { check, table, row, repair } = finding;
    if (!check.startsWith('plain_table_') || table === null || row === null || repair === null) continue;
    if (damaged.has(table)) continue;
    if (['plain_table_missing', 'plain_table_older'].includes(check)) done.set(finding, 'written anew');
    else done.set(finding, `now ${await moveAside(context, row)}`);
    names.add(table);
  }
  const { tables } = await context.log.newest();
  // One that cannot be read cannot be written either.
  const readable = new Set(Object.keys(tables).filter((name) => !damaged.has(name)));
  await publishTables(context, renew, false, readable);
  if (names.size > 0) await publishTables(context, renew, true, names);
  return done;
}
