import { join } from 'node:path';
import { StoreError } from '../../../errors/store-error.ts';
import type { TableName } from '../../../records/table.ts';
import { copySynced } from '../../disk/copy-file.ts';
import {
  fileState,
  listFolder,
  makeFolder,
  readTextIfThere,
  removeIfThere,
  replaceText,
  syncFolder,
} from '../../disk/disk.ts';
import { emptyTable, type Segment, segmentsOf, type TableState } from '../../manifest/manifest.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { ORPHAN_MS } from '../../parquet/garbage.ts';
import { otherSize } from './checksums.ts';

/** Where a table waits that the version of the store does not know: no version collects garbage there. */
function folderOf(context: CommitContext, name: string): string {
  return join(context.layout.root, 'aside', name);
}

const RECORD = 'table.json';

/**
 * Copies a table beside the store. The record is replaced last and as a whole, and every copy has a name of its own, so that
 * neither a kill nor another process that does the same leaves a record of files that are not there.
 */
export async function setAside(context: CommitContext, table: TableName, state = emptyTable(table)): Promise<void> {
  const folder = folderOf(context, table.toUpperCase());
  if (segmentsOf(state).length === 0 && (await fileState(folder)) === null) return;
  await makeFolder(folder);
  const copied = await copyAll(context, state, context.layout.segments, folder);
  await syncFolder(folder);
  await replaceText(join(folder, RECORD), JSON.stringify(copied), context.randomId());
  await syncFolder(folder);
  await removeOlder(context, folder, copied);
}

/** Copies a table that was set aside back to the segments, and gives it; undefined when none was. */
export async function bringBack(context: CommitContext, table: TableName): Promise<TableState | undefined> {
  const folder = folderOf(context, table.toUpperCase());
  const path = join(folder, RECORD);
  const text = await readTextIfThere(path);
  if (text === null) return undefined;
  const state = parseState(text, path);
  if (segmentsOf(state).length === 0) return undefined;
  const copied = await copyAll(context, state, folder, context.layout.segments);
  await syncFolder(context.layout.segments);
  return copied;
}

/** The table with its segments copied from one folder to another, under new names. */
async function copyAll(context: CommitContext, state: TableState, from: string, to: string): Promise<TableState> {
  const copy = async (segments: readonly Segment[]): Promise<Segment[]> => {
    const copies: Segment[] = [];
    for (const segment of segments) {
      const file = `${state.table.toUpperCase()}-${context.randomId()}.parquet`;
      const { bytes } = await copySynced(join(from, segment.file), join(to, file));
      if (bytes !== segment.bytes) throw otherSize(join(from, segment.file), bytes, segment.bytes);
      copies.push({ ...segment, file });
    }
    return copies;
  };
  return { ...state, base: await copy(state.base), deltas: await copy(state.deltas) };
}

/** What earlier migrations left; files that another process may be writing now are young. */
async function removeOlder(context: CommitContext, folder: string, kept: TableState): Promise<void> {
  const named = new Set([RECORD, ...segmentsOf(kept).map(({ file }) => file)]);
  for (const file of (await listFolder(folder)).filter((one) => !named.has(one))) {
    const state = await fileState(join(folder, file));
    if (state !== null && context.clock.now() - state.changedAt > ORPHAN_MS) await removeIfThere(join(folder, file));
  }
}

function parseState(text: string, path: string): TableState {
  try {
    return JSON.parse(text) as TableState;
  } catch (cause) {
    throw new StoreError('integrity', `${path} is damaged: it is not JSON.`, {
      hint: 'Move that file away: the migration goes on without the rows that were set aside.',
      fields: { path },
      cause,
    });
  }
}
