import { resolve } from 'node:path';
import { UsageError } from '../../errors/usage-error.ts';
import type { Query } from '../../ports/query.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet, optionalNumber } from '../flag-values.ts';
import { listQueries } from '../list-queries.ts';
import { checkFolderOf } from '../open-data.ts';
import { outputFormat } from '../output-format.ts';
import { peakMemory, printAnswer, timingText } from '../print-answer.ts';
import { boundText } from '../query-text.ts';
import { plural } from '../render/plural.ts';

/** What `celline query` was asked. */
export interface QueryOptions {
  /** One statement, or `@name` of a query of the project; `-` stands for stdin; absent: stdin, or a prompt. */
  readonly text?: string;
  /** In order for `$1, $2, …`; `name=value` for `$name`. */
  readonly parameters: readonly string[];
  readonly hasTiming: boolean;
  /** Absent: as the configuration says. */
  readonly timeoutMs?: number;
  /** Print the named queries. */
  readonly isList: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): QueryOptions {
  const { timeout } = optionalNumber(flags, 'timeout', { least: 0.001, isWhole: false });
  const [text, ...words] = args;
  const isList = isSet(flags, 'list');
  if (isList && text !== undefined) throw new UsageError('--list takes no SQL.', { hint: 'celline query --list' });
  return {
    ...(text === undefined ? {} : { text }),
    parameters: [...words, ...(Array.isArray(flags.param) ? flags.param : [])],
    hasTiming: isSet(flags, 'timing'),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
    isList,
  };
}

/** Runs the statement and prints its rows, or writes them to a Parquet file; without one asks for statements. */
export async function run(options: QueryOptions, app: App): Promise<number> {
  if (options.text === undefined && !options.isList && app.canAsk) {
    const { runPrompt } = await import('../prompt/run-prompt.ts');
    return runPrompt(options, app);
  }
  const text = options.isList ? '' : await statementText(options, app);
  const format = outputFormat(app.globals, app.stdout.isTerminal);
  const project = await app.openProject();
  const query = await project.query();
  if (options.isList) await listQueries(app, query);
  else if (format === 'parquet' && app.globals.output !== undefined) {
    await writeParquet(query, text, options, app.globals.output, app);
  } else await answer(query, text, options, app);
  return EXIT.ok;
}

/** The statement of the command line, or of stdin when that is no terminal. */
async function statementText({ text = '-' }: QueryOptions, app: App): Promise<string> {
  const sql = (text === '-' ? await app.readStdin() : text).trim();
  if (sql !== '') return sql;
  throw new UsageError('No SQL was given.', {
    hint: 'celline query "SELECT * FROM samples"; on a terminal celline query alone opens a prompt.',
  });
}

async function answer(query: Query, text: string, options: QueryOptions, app: App): Promise<void> {
  const begin = app.now();
  const { sql, parameters } = await boundText(query, text, options.parameters);
  const found = await query.run(sql, parameters, limitsOf(options));
  const count = await printAnswer(app, found);
  if (options.hasTiming) await app.say(timingText(app, begin, count, found));
}

async function writeParquet(
  query: Query,
  text: string,
  options: QueryOptions,
  output: string,
  app: App,
): Promise<void> {
  const begin = app.now();
  const path = resolve(app.cwd, output);
  await checkFolderOf(path);
  const { sql, parameters } = await boundText(query, text, options.parameters);
  const rows = await query.writeParquet(sql, parameters, path, limitsOf(options));
  const timing = options.hasTiming ? ` in ${app.now() - begin} ms; peak memory ${peakMemory()}` : '';
  await app.say(`${plural(rows, 'row')} written to ${output}${timing}.`);
}

function limitsOf({ timeoutMs }: QueryOptions): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}
