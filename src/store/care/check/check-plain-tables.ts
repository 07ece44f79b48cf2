import { join } from 'node:path';
import { errorMessage } from '../../../errors/error-message.ts';
import type { Finding } from '../../../ports/store-care.ts';
import { fileState, listFolder } from '../../disk/disk.ts';
import { plainPath } from '../../disk/layout.ts';
import { type Manifest, segmentsOf, type TableState } from '../../manifest/manifest.ts';
import { tableOf } from '../../manifest/table-of.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { readPlainFooter, storeId } from '../../parquet/publish.ts';
import { columnList } from '../../segments/column-sql.ts';
import { liveRows } from '../../segments/live-rows.ts';
import { parquetRows } from '../../segments/parquet-source.ts';
import { reading } from '../../segments/segments.ts';

const REWRITTEN = 'written anew';
const ASIDE = 'moved aside and written anew';

/**
 * Looks at the plain files of the tables folder: copies, so that nothing is lost with them, but what R and Python read.
 * `damaged`: tables whose segments cannot be read, which a plain file cannot be compared with.
 */
export async function* checkPlainTables(
  context: CommitContext,
  manifest: Manifest,
  damaged: ReadonlySet<string>,
): AsyncGenerator<Finding> {
  for (const [name, state] of Object.entries(manifest.tables)) {
    const path = plainPath(context.layout, name);
    const found = await stateOfPlain(context, name, state, path, !damaged.has(name));
    if (found !== null) yield { ...found, table: name, row: path, column: null };
  }
  yield* checkStrays(context, manifest);
}

type PlainFinding = Pick<Finding, 'check' | 'severity' | 'detail' | 'repair'>;

async function stateOfPlain(
  context: CommitContext,
  name: string,
  state: TableState,
  path: string,
  canCompare: boolean,
): Promise<PlainFinding | null> {
  if ((await fileState(path)) === null) {
    if (state.rows === 0) return null;
    const detail = `the file of ${state.rows} rows is not there`;
    return { check: 'plain_table_missing', severity: 'warning', detail, repair: REWRITTEN };
  }
  const broken = await unreadable(context, path);
  if (broken !== null) return { check: 'plain_table_unreadable', severity: 'error', detail: broken, repair: ASIDE };
  const footer = await readPlainFooter(context, path);
  if (footer === null || footer.store !== (await storeId(context))) {
    const detail = 'another program wrote it: it is no copy of the table';
    return { check: 'plain_table_foreign', severity: 'warning', detail, repair: ASIDE };
  }
  if (footer.edits < state.edits) {
    const detail = `${state.edits - footer.edits} row edits behind`;
    return { check: 'plain_table_older', severity: 'warning', detail, repair: REWRITTEN };
  }
  if (footer.edits > state.edits) {
    // Another command may have committed and written it since the manifest was read.
    const now = (await context.log.newest()).tables[name];
    if (now !== undefined && footer.edits <= now.edits) return null;
    const detail = `it shows manifest ${footer.sequence}, which the tables do not have: were they put back by hand?`;
    return { check: 'plain_table_newer', severity: 'error', detail, repair: ASIDE };
  }
  if (!canCompare || (await isSame(context, state, path))) return null;
  const detail = 'its rows are not those of the table';
  return { check: 'plain_table_differs', severity: 'error', detail, repair: ASIDE };
}

/** Why a file is no Parquet file; null when every page of it can be read. */
async function unreadable(context: CommitContext, path: string): Promise<string | null> {
  try {
    await (await context.engine()).rows(`SELECT bit_xor(hash(t))::VARCHAR FROM ${parquetRows(path)} AS t`);
    return null;
  } catch (error) {
    // Written anew just now: the next look finds it.
    if ((await fileState(path)) === null) return null;
    return errorMessage(error).split('\n')[0] ?? '';
  }
}

/** Compares the rows, whatever their order, by their number and a sum of their hashes: nothing is held in memory. */
async function isSame(context: CommitContext, state: TableState, path: string): Promise<boolean> {
  const { columns } = tableOf(state);
  const sum = (rows: string): string =>
    `SELECT count(*)::VARCHAR || ' ' || coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR FROM (SELECT ${columnList(columns)} FROM (${rows})) AS t`;
  const live = liveRows(context.layout.segments, state, columns);
  const plain = `SELECT * FROM ${parquetRows(path)}`;
  try {
    return await reading(context.layout.segments, segmentsOf(state), async () => {
      const [row] = await (await context.engine()).rows(`SELECT (${sum(live)}) = (${sum(plain)})`);
      return row?.[0] === true;
    });
  } catch (error) {
    // Other columns than the table has.
    if (error instanceof Error && /^(Binder|Catalog|Conversion) Error/.test(String(error.cause ?? error))) return false;
    throw error;
  }
}

/** Plain files of this store whose table is not there any more: after a rollback they still show it. */
async function* checkStrays(context: CommitContext, manifest: Manifest): AsyncGenerator<Finding> {
  const store = await storeId(context);
  for (const file of await listFolder(context.layout.tables)) {
    const name = /^([A-Z][A-Z0-9_]*)\.parquet$/.exec(file)?.[1];
    if (name === undefined || manifest.tables[name] !== undefined) continue;
    const path = join(context.layout.tables, file);
    const footer = await readPlainFooter(context, path);
    if (footer?.store !== store || (await context.log.newest()).tables[name] !== undefined) continue;
    const detail = 'there is no such table any more';
    yield {
      check: 'plain_table_stray',
      severity: 'warning',
      table: name,
      row: path,
      column: null,
      detail,
      repair: 'moved aside',
    };
  }
}
