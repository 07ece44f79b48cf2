import { resolve } from 'node:path';
import { jsonText } from '../../formats/cell.ts';
import { printable } from '../../formats/printable.ts';
import type { Project } from '../../project/project.ts';
import type { TableName } from '../../records/table.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet, optionalText } from '../flag-values.ts';
import { openFileSink } from '../open-data.ts';
import { printRows } from '../print-rows.ts';
import { plural } from '../render/plural.ts';

type ImportOptions = NonNullable<Parameters<Project['importTables']>[1]>;
type ImportProblem = Parameters<NonNullable<ImportOptions['onProblem']>>[0];
type ImportReport = ReturnType<Project['importTables']> extends AsyncIterable<infer R> ? R : never;

/** What `celline import` was asked. */
export interface ImportCommandOptions {
  readonly paths: readonly string[];
  readonly how: Omit<ImportOptions, 'onProblem' | 'stdin'>;
  /** File for everything that was not taken, one JSON object per line. */
  readonly rejects?: string;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): ImportCommandOptions {
  const { table } = optionalText(flags, 'table');
  return {
    paths: args,
    how: {
      ...optionalText(flags, 'source'),
      ...(table === undefined ? {} : { table: table as TableName }),
      atomic: isSet(flags, 'atomic'),
      dryRun: isSet(flags, 'dryRun'),
      force: isSet(flags, 'force'),
    },
    ...optionalText(flags, 'rejects'),
  };
}

const COLUMNS = [
  { name: 'file' },
  { name: 'table' },
  ...['rows', 'added', 'updated', 'unchanged', 'refused', 'kept'].map((name) => ({ name, numeric: true })),
];

/** Refused rows that are told one by one; the others are counted. */
const TOLD = 20;

/** Imports the files and prints one row for each; what was not taken is told on stderr. */
export async function run({ paths, how, rejects }: ImportCommandOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const sink = rejects === undefined ? null : await openFileSink(resolve(app.cwd, rejects));
  const reports: ImportReport[] = [];
  let untold = 0;
  let told = 0;
  const onProblem = async (problem: ImportProblem): Promise<void> => {
    await sink?.write(`${jsonText(problem)}\n`);
    if (problem.kind !== 'file' && told >= TOLD) untold += 1;
    else await app.say(problemText(problem, app.cwd));
    told += 1;
  };
  const files = paths.map((path) => (path === '-' ? path : resolve(app.cwd, path)));
  async function* rows() {
    for await (const report of project.importTables(files, { ...how, stdin: app.stdin, onProblem })) {
      reports.push(report);
      yield [{ ...report, file: shortName(report.file, app.cwd) }];
    }
  }
  try {
    await printRows(app, { columns: COLUMNS }, rows());
  } finally {
    // What was told so far is worth keeping, whatever came after it.
    await sink?.finish();
  }
  if (untold > 0)
    await app.say(
      `… and ${plural(untold, 'problem')} more${rejects === undefined ? ' (--rejects FILE lists all)' : ''}.`,
    );
  await saySummary(reports, how, app);
  return exitCode(reports, how.atomic === true);
}

function shortName(file: string, cwd: string): string {
  return file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file;
}

function problemText({ file, line, key, reason, hint, kind }: ImportProblem, cwd: string): string {
  const place = [shortName(file, cwd), ...(line === null ? [] : [String(line)])].join(':');
  const named = key === null || reason.includes(key) ? '' : `${key}: `;
  const next = hint === null ? '' : ` (${hint})`;
  const word = kind === 'note' ? 'note: ' : '';
  return printable(kind === 'file' ? `Not imported: ${reason}${next}` : `${place}: ${word}${named}${reason}${next}`);
}

async function saySummary(reports: readonly ImportReport[], how: ImportCommandOptions['how'], app: App): Promise<void> {
  const kept = reports.reduce((sum, report) => sum + report.kept, 0);
  if (kept > 0) {
    await app.say(
      `${plural(kept, 'value')} stayed as an archive said: --force overwrites, celline annotate notes your own.`,
    );
  }
  if (how.dryRun === true) await app.say('Nothing was changed (--dry-run).');
  else if (how.atomic === true && hasRefused(reports)) await app.say('Nothing was imported (--atomic): see above.');
}

function hasRefused(reports: readonly ImportReport[]): boolean {
  return reports.some(({ table, refused }) => table === null || refused > 0);
}

function exitCode(reports: readonly ImportReport[], isAtomic: boolean): number {
  if (!hasRefused(reports)) return EXIT.ok;
  const taken = reports.some(({ added, updated, unchanged }) => added + updated + unchanged > 0);
  return taken && !isAtomic ? EXIT.partial : EXIT.failed;
}
