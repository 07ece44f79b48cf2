import type { PrintColumn, PrintRow } from '../formats/cell.ts';
import { printable } from '../formats/printable.ts';
import type { AddressFacts, AddressState, Project } from '../project/project.ts';
import type { FileRow } from '../records/file.ts';
import type { App } from './app-type.ts';
import { EXIT, exitCodeOfOutcomes } from './exit-code.ts';
import { printRows } from './print-rows.ts';
import { type Progress, startProgress } from './progress.ts';
import { plural } from './render/plural.ts';

/** The states, best first, as the summary counts them. */
const STATES: readonly AddressState[] = ['ok', 'missing', 'differs', 'unknown'];

const COLUMNS: readonly PrintColumn[] = [
  { name: 'url' },
  { name: 'state', reserve: Math.max(...STATES.map((state) => state.length)) },
  { name: 'bytes', numeric: true },
  { name: 'found', numeric: true },
  { name: 'type' },
  { name: 'reason' },
  { name: 'parent' },
  { name: 'name' },
];

/** What a person needs first; the address, the longest, gives way. */
const TABLE_COLUMNS = ['state', 'bytes', 'found', 'reason', 'url'].map((name) => columnOf(name));

/** Records that are named with the next command at most. */
const MAX_NAMED = 3;

/** Asks whether files are there, prints a row per address as soon as it is known, then what it amounts to. Gives the exit code. */
export async function checkAddresses(
  files: readonly FileRow[],
  { mirrors }: { readonly mirrors: boolean },
  project: Project,
  app: App,
): Promise<number> {
  const checks = project.checkFiles(files, { mirrors, signal: app.signal });
  const total = files.reduce((sum, { urls }) => sum + (mirrors ? urls.length : Math.min(urls.length, 1)), 0);
  const all: AddressFacts[] = [];
  const progress = await startProgress(total, app, 'addresses');
  try {
    const colour = (column: string, row: PrintRow) => (column === 'state' ? statePaint(row.state, app) : undefined);
    const rows = rowsOf(checks, all, progress, app.signal);
    await printRows(app, { columns: COLUMNS, tableColumns: TABLE_COLUMNS, colour }, rows);
  } finally {
    progress.stop();
  }
  for (const line of summaryOf(all)) await app.say(line);
  return exitCodeOfAddresses(all);
}

/** What was found before a stop is printed. */
async function* rowsOf(
  checks: AsyncIterable<AddressFacts>,
  all: AddressFacts[],
  progress: Progress,
  signal: AbortSignal,
): AsyncIterable<readonly PrintRow[]> {
  try {
    for await (const facts of checks) {
      progress.step();
      all.push(facts);
      const { failure: _, ...row } = facts;
      yield [row];
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function summaryOf(all: readonly AddressFacts[]): string[] {
  if (all.length === 0) return [];
  const counts = STATES.map((state) => ({ state, count: all.filter((facts) => facts.state === state).length }));
  const parts = counts
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count.toLocaleString('en-US')} ${state}`);
  const stale = all.filter(({ state }) => state === 'missing' || state === 'differs').map(({ parent }) => parent);
  const parents = [...new Set(stale)].map(printable);
  const more = parents.length > MAX_NAMED ? ' …' : '';
  return [
    `${plural(all.length, 'address', 'addresses')}: ${parts.join(', ')}.`,
    ...(parents.length === 0
      ? []
      : [`The archive may have other files by now: celline refresh ${parents.slice(0, MAX_NAMED).join(' ')}${more}`]),
  ];
}

/** All good 0, some 3; none: 6 when no host could be asked, else 1. */
export function exitCodeOfAddresses(all: readonly AddressFacts[]): number {
  const good = all.filter(({ state }) => state === 'ok').length;
  if (good === all.length) return EXIT.ok;
  if (good > 0) return EXIT.partial;
  const failures = all.flatMap(({ failure }) => (failure === null || failure === 'auth_error' ? [] : [failure]));
  return failures.length < all.length ? EXIT.failed : exitCodeOfOutcomes(failures);
}

function statePaint(state: unknown, { stdout: { paint } }: App): (text: string) => string {
  if (state === 'ok') return paint.good;
  return state === 'unknown' ? paint.warning : paint.bad;
}

function columnOf(name: string): PrintColumn {
  return COLUMNS.find((column) => column.name === name) ?? { name };
}
