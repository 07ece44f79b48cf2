import { UsageError } from '../../errors/usage-error.ts';
import type { PrintRow } from '../../formats/cell.ts';
import { printable } from '../../formats/printable.ts';
import type { Difference, StateChoice, StatePoint } from '../../ports/comparison.ts';
import type { DiffOptions as StateOptions } from '../../project/project.ts';
import type { TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT, exitCodeOfFound } from '../exit-code.ts';
import { isSet, listedNames, optionalText } from '../flag-values.ts';
import { writeData } from '../open-data.ts';
import { outputFormat } from '../output-format.ts';
import { findColumn } from '../parse-condition.ts';
import { printRows } from '../print-rows.ts';
import { type IdSources, idSources, readIds } from '../read-ids.ts';
import { differenceText } from '../render/difference-text.ts';
import { truncate } from '../render/display-width.ts';
import { plural } from '../render/plural.ts';
import { sayNotStored } from '../say-not-stored.ts';

/** What `celline diff` was asked. */
export interface DiffOptions {
  readonly sources: IdSources;
  readonly states: Pick<StateOptions, 'from' | 'to' | 'tables'>;
  /** Only changes of these columns. */
  readonly columns?: ReadonlySet<string>;
  readonly isSummary: boolean;
}

/** Flags to options. */
export function parse(input: CommandInput): DiffOptions {
  const { flags } = input;
  const { from, to } = { ...optionalText(flags, 'from'), ...optionalText(flags, 'to') };
  if (to !== undefined && from === undefined) {
    throw new UsageError('--to needs --from: from which state?', { hint: 'celline diff --from 41 --to 45' });
  }
  const tables: readonly TableName[] | undefined = Array.isArray(flags.table) ? flags.table : undefined;
  const names = listedNames(flags, 'columns')?.map((name) => knownColumn(name, tables));
  return {
    // `--from` is a state here, never a file of ids.
    sources: idSources({ args: input.args, flags: {} }),
    states: {
      ...(from === undefined ? {} : { from: choiceOf('from', from) }),
      ...(to === undefined ? {} : { to: choiceOf('to', to) }),
      ...(tables === undefined ? {} : { tables }),
    },
    ...(names === undefined ? {} : { columns: new Set(names) }),
    isSummary: isSet(flags, 'summary'),
  };
}

/** A day, or a moment of it; without a zone it is UTC. */
const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;
const DAY_MS = 24 * 3_600_000;

/** `41`, `last`, `2026-11-01`, `2026-11-01T09:30`. A day begins where it is the start, and ends where it is the end. */
function choiceOf(flag: 'from' | 'to', text: string): StateChoice {
  if (/^\d+$/.test(text)) return { sequence: Number(text) };
  if (text === 'last' && flag === 'from') return 'before-last';
  const [, day, time, zone] = MOMENT.exec(text) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time ?? '00:00'}${zone ?? 'Z'}`);
  if (Number.isNaN(at)) {
    throw new UsageError(`--${flag} takes a number, a date or last, not "${text}".`, {
      hint: 'celline db log lists the numbers; dates are like 2026-11-01 or 2026-11-01T09:30 (UTC).',
    });
  }
  return { at: time === undefined && flag === 'to' ? at + DAY_MS - 1 : at };
}

/** A column that one of the tables has; notes have names of their own. */
function knownColumn(name: string, tables: readonly TableName[] | undefined): string {
  const searched = tables ?? (['samples', 'runs', 'projects', 'files'] as const);
  if (searched.includes('annotations')) return name;
  const table = searched.find((one) => TABLES[one].columns.some((column) => column.name === name.toLowerCase()));
  return findColumn(name, TABLES[table ?? searched[0] ?? 'samples']).name;
}

/** Prints what differs. That nothing does is a good answer. */
export async function run(options: DiffOptions, app: App): Promise<number> {
  const ids = [...new Set(await readIds(options.sources, app))];
  const project = await app.openProject();
  const asked = options.sources.ids.length > 0;
  const { from, to, unknown, differences } = await project.diff({ ...options.states, ...(asked ? { ids } : {}) });
  const tally = createTally();
  const wanted = counted(differences, options.columns, tally);
  if (options.isSummary) await printSummary(wanted, app);
  else if (outputFormat(app.globals, app.stdout.isTerminal) === 'table') await printLines(wanted, app);
  else await printAll(wanted, app);
  await sayNotStored(unknown, app);
  await app.say(`From ${nameOf(from)} to ${nameOf(to)}: ${tally.text()}.`);
  return asked ? exitCodeOfFound(ids.length - unknown.length, unknown.length) : EXIT.ok;
}

function nameOf({ sequence, at, command }: StatePoint): string {
  if (sequence === 0) return 'nothing';
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  return `${sequence} (${when}${command === '' ? '' : `, ${truncate(printable(command), 40)}`})`;
}

interface Tally {
  count(difference: Difference): void;
  text(): string;
}

/** Counts rows; the differences of one row follow each other. */
function createTally(): Tally {
  const rows = { added: 0, changed: 0, removed: 0 };
  let last = '';
  return {
    count({ table, key, change }) {
      const row = `${table} ${key}`;
      if (change !== 'changed' || row !== last) rows[change] += 1;
      last = row;
    },
    text() {
      if (rows.added + rows.changed + rows.removed === 0) return 'no differences';
      const { changed, added, removed } = rows;
      return `${plural(changed, 'row')} changed, ${added.toLocaleString('en-US')} added, ${removed.toLocaleString('en-US')} removed`;
    },
  };
}

async function* counted(
  differences: AsyncIterable<Difference>,
  columns: ReadonlySet<string> | undefined,
  tally: Tally,
): AsyncGenerator<Difference> {
  for await (const difference of differences) {
    if (columns !== undefined && (difference.column === null || !columns.has(difference.column))) continue;
    tally.count(difference);
    yield difference;
  }
}

/** Rows that are printed together. */
const BATCH = 500;

async function* inBatches(differences: AsyncIterable<Difference>): AsyncGenerator<readonly PrintRow[]> {
  let rows: PrintRow[] = [];
  for await (const { table, key, change, column, before, after } of differences) {
    rows.push({ table, key, change, column, before, after });
    if (rows.length < BATCH) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

async function printAll(differences: AsyncIterable<Difference>, app: App): Promise<void> {
  const columns = ['table', 'key', 'change', 'column', 'before', 'after'].map((name) => ({ name }));
  await printRows(app, { columns }, inBatches(differences));
}

/** Under the name of each table, one line or a few for each difference. */
async function printLines(differences: AsyncIterable<Difference>, app: App): Promise<void> {
  const { paint } = app.stdout;
  await writeData(app, async (sink) => {
    let table = '';
    for await (const difference of differences) {
      if (difference.table !== table) await sink.write(`${paint.strong(difference.table)}\n`);
      table = difference.table;
      await sink.write(differenceText(difference, sink.columns, paint));
    }
  });
}

async function printSummary(differences: AsyncIterable<Difference>, app: App): Promise<void> {
  const counts = new Map<string, { table: string; change: string; column: string | null; rows: number }>();
  for await (const { table, change, column } of differences) {
    const id = `${table} ${change} ${column ?? ''}`;
    const count = counts.get(id) ?? { table, change, column, rows: 0 };
    count.rows += 1;
    counts.set(id, count);
  }
  const columns = [{ name: 'table' }, { name: 'change' }, { name: 'column' }, { name: 'rows', numeric: true }];
  await printRows(app, { columns }, [[...counts.values()]]);
}
