import { resolve } from 'node:path';
import { UsageError } from '../../errors/usage-error.ts';
import type { Query } from '../../ports/query.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet, optionalNumber } from '../flag-values.ts';
import { outputFormat } from '../output-format.ts';
import { printRows } from '../print-rows.ts';
import type { PrintColumn } from '../render/cell.ts';
import { plural } from '../render/plural.ts';

/** What `celline query` was asked. */
export interface QueryOptions {
  /** One statement; `-` stands for stdin. */
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly hasTiming: boolean;
  /** Absent: as the configuration says. */
  readonly timeoutMs?: number;
}

/** DuckDB types whose values stand at the right edge of a table. */
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

/** Flags to options. */
export function parse({ args, flags }: CommandInput): QueryOptions {
  const { timeout } = optionalNumber(flags, 'timeout', { least: 0.001, isWhole: false });
  return {
    sql: args[0] ?? '',
    parameters: Array.isArray(flags.param) ? flags.param : [],
    hasTiming: isSet(flags, 'timing'),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
  };
}

/** Runs the statement and prints its rows, or writes them to a Parquet file. */
export async function run(options: QueryOptions, app: App): Promise<number> {
  const sql = (options.sql === '-' ? await app.readStdin() : options.sql).trim();
  if (sql === '') throw new UsageError('No SQL was given.', { hint: 'celline query "SELECT * FROM samples"' });
  const format = outputFormat(app.globals, app.stdout.isTerminal);
  const project = await app.openProject();
  const query = await project.query();
  const begin = app.now();
  if (format === 'parquet' && app.globals.output !== undefined) {
    await query.writeParquet(sql, options.parameters, resolve(app.cwd, app.globals.output));
    await app.say(`Written to ${app.globals.output}${options.hasTiming ? ` in ${app.now() - begin} ms` : ''}.`);
    return EXIT.ok;
  }
  const count = await printAnswer(query, sql, options, app);
  if (options.hasTiming) await app.say(`${plural(count, 'row')} in ${app.now() - begin} ms.`);
  return EXIT.ok;
}

async function printAnswer(query: Query, sql: string, options: QueryOptions, app: App): Promise<number> {
  const limits = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
  const answer = await query.run(sql, options.parameters, limits);
  const columns = answer.columns.map(({ name, type }): PrintColumn => ({ name, numeric: NUMERIC.test(type) }));
  return printRows(app, { columns }, answer.rows());
}
