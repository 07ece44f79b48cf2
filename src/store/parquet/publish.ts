import type { PlainTable } from '../../ports/store.ts';
import { fileState, moveFile, removeIfThere, syncFile, syncFolder, temporaryBeside } from '../disk/disk.ts';
import { plainPath } from '../disk/layout.ts';
import { FORMAT_VERSION, segmentsOf, type TableState } from '../manifest/manifest.ts';
import { tableOf } from '../manifest/table-of.ts';
import { columnList, sqlName, sqlText } from '../segments/column-sql.ts';
import { liveRows } from '../segments/live-rows.ts';
import { findNewer, newerFile } from '../segments/newer-files.ts';
import { fileText } from '../segments/parquet-source.ts';
import { copyOptions, reading } from '../segments/segments.ts';
import type { CommitContext } from './commit.ts';
import { compactTable } from './compact.ts';
import { BASE_SEGMENT_ROWS } from './plan-compaction.ts';

/** Rows below which a command rewrites the plain tables that it touched: 80 ms each at most. */
export const CHEAP_ROWS = 20_000;

/** What the footer of a plain table says. */
export interface PlainFooter {
  /** The store that wrote it. */
  readonly store: string;
  /** Number of the manifest that it shows. */
  readonly sequence: number;
  /** Row edits of the table that it shows. */
  readonly edits: number;
}

/** Our footer of a Parquet file; null when the file is not there, no Parquet, or not ours. */
export async function readPlainFooter(context: CommitContext, path: string): Promise<PlainFooter | null> {
  if ((await fileState(path)) === null) return null;
  const engine = await context.engine();
  const sql = `SELECT decode(value) FROM parquet_kv_metadata(${fileText(path)}) WHERE decode(key) = 'celline'`;
  try {
    const [row] = await engine.rows(sql);
    const footer: unknown = JSON.parse(String(row?.[0]));
    const isOurs = typeof footer === 'object' && footer !== null && 'edits' in footer && 'store' in footer;
    return isOurs ? (footer as PlainFooter) : null;
  } catch {
    // No Parquet file, or one whose footer is not ours: it belongs to somebody else.
    return null;
  }
}

/** What names this store in the footers of its plain tables. */
export async function storeId(context: CommitContext): Promise<string> {
  return (await context.log.format())?.store ?? '';
}

async function stateOfTable(context: CommitContext, name: string, state: TableState): Promise<PlainTable> {
  const path = plainPath(context.layout, name);
  const footer = await readPlainFooter(context, path);
  const isOurs = footer !== null && footer.store === (await storeId(context));
  const behind = isOurs ? Math.max(0, state.edits - footer.edits) : Math.max(1, state.rows);
  return { name, path, rows: state.rows, behind };
}

/** How far the plain tables are behind the newest manifest. */
export async function plainTableStates(context: CommitContext): Promise<PlainTable[]> {
  const { tables } = await context.log.newest();
  const states: PlainTable[] = [];
  for (const [name, state] of Object.entries(tables)) states.push(await stateOfTable(context, name, state));
  return states.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Brings the plain tables up to date: those that are cheap to write, or all (of `only`, when given). `renew` gives the
 * engine's memory back before each large one.
 */
export async function publishTables(
  context: CommitContext,
  renew: () => Promise<void>,
  force: boolean,
  only?: ReadonlySet<string>,
): Promise<PlainTable[]> {
  const states: PlainTable[] = [];
  for (const state of await plainTableStates(context)) {
    if (only !== undefined && !only.has(state.name)) continue;
    const isWanted = state.behind > 0 && (force || state.rows < CHEAP_ROWS);
    if (isWanted && state.rows > BASE_SEGMENT_ROWS) await renew();
    states.push(isWanted ? await writePlainTable(context, state.name) : state);
  }
  return states;
}

/** Times that a table is written again because another process committed meanwhile. */
const MAX_REPEATS = 5;

async function writePlainTable(context: CommitContext, name: string): Promise<PlainTable> {
  let movedAside: string | null = null;
  for (let attempt = 1; ; attempt += 1) {
    movedAside = (await writeOnce(context, name)) ?? movedAside;
    const { tables } = await context.log.newest();
    const state = tables[name];
    if (state === undefined) return { name, path: plainPath(context.layout, name), rows: 0, behind: 0 };
    const now = await stateOfTable(context, name, state);
    if (now.behind === 0 || attempt === MAX_REPEATS) return movedAside === null ? now : { ...now, movedAside };
  }
}

/** Writes one plain table: temporary file, fsync, rename. Gives the new name of a foreign file that stood there. */
async function writeOnce(context: CommitContext, name: string): Promise<string | null> {
  const { layout } = context;
  const [newer] = await findNewer([plainPath(layout, name)]);
  if (newer !== undefined) throw newerFile(newer);
  const before = await context.log.newest();
  // What exceeds one sort is brought into the sorted base first; the base is then copied in its order.
  if (segmentRowCount(before.tables[name]) > 2 * BASE_SEGMENT_ROWS) await compactTable(context, name, true);
  const manifest = await context.log.newest();
  const state = manifest.tables[name];
  if (state === undefined) return null;
  const table = tableOf(state);
  const rows = liveRows(layout.segments, state, table.columns);
  const order = state.deltas.length === 0 ? '' : ` ORDER BY ${table.primaryKey.map(sqlName).join(', ')}`;
  const query = `SELECT ${columnList(table.columns)} FROM (${rows})${order}`;
  const footer = {
    format: FORMAT_VERSION,
    table: name,
    store: await storeId(context),
    sequence: manifest.sequence,
    edits: state.edits,
  };
  const temporary = temporaryBeside(layout.format, context.randomId());
  const path = plainPath(layout, name);
  try {
    await reading(layout.segments, segmentsOf(state), async () =>
      (await context.engine()).run(`COPY (${query}) TO ${sqlText(temporary)} ${copyOptions('zstd', footer)}`),
    );
    await syncFile(temporary);
    const aside = await moveForeignAside(context, path);
    await moveFile(temporary, path);
    await syncFolder(layout.tables);
    return aside;
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
  }
}

function segmentRowCount(state: TableState | undefined): number {
  return state === undefined ? 0 : segmentsOf(state).reduce((sum, segment) => sum + segment.rows, 0);
}

/** A file that this store did not write is kept under another name. */
async function moveForeignAside(context: CommitContext, path: string): Promise<string | null> {
  if ((await fileState(path)) === null) return null;
  const footer = await readPlainFooter(context, path);
  if (footer !== null && footer.store === (await storeId(context))) return null;
  return moveAside(context, path);
}

/** Keeps a file of the tables folder under another name, which is given: `GEO_SAMPLES.aside-20261121T093000Z.parquet`. */
export async function moveAside(context: CommitContext, path: string): Promise<string> {
  const stamp = new Date(context.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const stem = path.slice(0, -'.parquet'.length);
  let aside = `${stem}.aside-${stamp}.parquet`;
  for (let count = 2; (await fileState(aside)) !== null; count += 1) aside = `${stem}.aside-${stamp}-${count}.parquet`;
  await moveFile(path, aside);
  return aside;
}
