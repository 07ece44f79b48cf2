import type { PrintRow } from '../../../formats/cell.ts';
import type { HistoryEntry } from '../../../ports/store-care.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet, optionalNumber } from '../../flag-values.ts';
import { outputFormat } from '../../output-format.ts';
import { printRows } from '../../print-rows.ts';
import { plural } from '../../render/plural.ts';

/** What `celline db log` was asked. */
export interface LogOptions {
  /** Rows at most. */
  readonly limit: number;
  readonly compactions: boolean;
}

/** Rows without `--limit`: more than a screen, and few enough to come at once. */
const LIMIT = 50;

/** Flags to options. */
export function parse({ flags }: CommandInput): LogOptions {
  const { limit = LIMIT } = optionalNumber(flags, 'limit', { least: 1, isWhole: true });
  return { limit, compactions: isSet(flags, 'all') };
}

const NAMES = ['number', 'at', 'by', 'command', 'job', 'kind', 'added', 'updated', 'removed', 'rows', 'kept', 'tables'];
const NUMERIC = new Set(['number', 'added', 'updated', 'removed', 'rows']);
const FOR_PEOPLE = ['number', 'when', 'changes', 'rows', 'command', 'by'];

/** Prints one row per commit, newest first; a terminal gets the columns that fit 80 cells. */
export async function run({ limit, compactions }: LogOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const { history } = await project.care();
  const seen = { shown: 0, hasOlder: false, gone: 0 };
  const isForPeople = outputFormat(app.globals, app.stdout.isTerminal) === 'table';
  const toRow = isForPeople ? rowForPeople : rowOf;
  const columns = (isForPeople ? FOR_PEOPLE : NAMES).map((name) => ({ name, numeric: NUMERIC.has(name) }));
  async function* rows(): AsyncIterable<readonly PrintRow[]> {
    for await (const entry of history.log({ limit: limit + 1, compactions })) {
      if (seen.shown === limit) {
        seen.hasOlder = true;
        return;
      }
      seen.shown += 1;
      if (!entry.isKept) seen.gone += 1;
      yield [toRow(entry)];
    }
  }
  const colour = (_column: string, row: PrintRow) => (row.kept === false ? app.stdout.paint.faint : undefined);
  await printRows(app, { columns, colour }, rows());
  if (seen.shown === 0) await app.say('Nothing was committed yet.');
  if (seen.gone > 0) await app.say(`${plural(seen.gone, 'of them')} cannot be gone back to: segments are missing.`);
  if (seen.hasOlder) await app.say(`There are older ones: celline db log --limit ${limit * 10}`);
  return EXIT.ok;
}

function rowOf(entry: HistoryEntry): PrintRow {
  const { sequence: number, at, by, command, job, kind, rows, isKept: kept, tables } = entry;
  return { number, at, by: by || null, command: command || null, job, kind, ...changesOf(entry), rows, kept, tables };
}

/** `+12 ~3 -1` is 12 rows added, 3 changed, 1 removed, over all tables. */
function rowForPeople(entry: HistoryEntry): PrintRow {
  const { added, updated, removed } = changesOf(entry);
  const parts = [added > 0 ? `+${added}` : '', updated > 0 ? `~${updated}` : '', removed > 0 ? `-${removed}` : ''];
  return {
    number: entry.sequence,
    when: entry.at.slice(0, 16).replace('T', ' '),
    changes: parts.filter(Boolean).join(' ') || '0',
    rows: entry.rows,
    command: entry.command || entry.kind,
    by: entry.by || null,
    kept: entry.isKept,
  };
}

function changesOf({ tables }: HistoryEntry): { added: number; updated: number; removed: number } {
  const sum = { added: 0, updated: 0, removed: 0 };
  for (const { added, updated, removed } of Object.values(tables)) {
    sum.added += added;
    sum.updated += updated;
    sum.removed += removed;
  }
  return sum;
}
