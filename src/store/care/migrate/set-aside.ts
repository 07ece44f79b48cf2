import { join } from 'node:path';
import { StoreError } from '../../../errors/store-error.ts';
import { copySynced } from '../../disk/copy-file.ts';
import { makeFolder, readTextIfThere, removeIfThere, replaceText, syncFolder } from '../../disk/disk.ts';
import { segmentsOf, type TableState } from '../../manifest/manifest.ts';
import type { CommitContext } from '../../parquet/commit.ts';

/** Where a table waits that the version of the store does not know: no version collects garbage there. */
function folderOf(context: CommitContext, name: string): string {
  return join(context.layout.root, 'aside', name);
}

function recordOf(context: CommitContext, name: string): string {
  return join(folderOf(context, name), 'table.json');
}

/** Copies a table beside the store; what an earlier migration left there is replaced. The record is written last. */
export async function setAside(context: CommitContext, name: string, state: TableState | undefined): Promise<void> {
  await removeIfThere(recordOf(context, name));
  if (state === undefined || state.rows === 0) return;
  const folder = folderOf(context, name);
  await makeFolder(folder);
  for (const { file } of segmentsOf(state)) {
    await removeIfThere(join(folder, file));
    await copySynced(join(context.layout.segments, file), join(folder, file));
  }
  await syncFolder(folder);
  await replaceText(recordOf(context, name), JSON.stringify(state), context.randomId());
  await syncFolder(folder);
}

/** Copies a table that was set aside back to the segments, and gives it; undefined when none was. */
export async function bringBack(context: CommitContext, name: string): Promise<TableState | undefined> {
  const path = recordOf(context, name);
  const text = await readTextIfThere(path);
  if (text === null) return undefined;
  const state = parseState(text, path);
  for (const { file } of segmentsOf(state)) {
    const target = join(context.layout.segments, file);
    await removeIfThere(target);
    await copySynced(join(folderOf(context, name), file), target);
  }
  await syncFolder(context.layout.segments);
  return state;
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
