import { join, resolve } from 'node:path';
import { makeFolders } from '../../disk/make-folders.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { printable } from '../../formats/printable.ts';
import type { Project } from '../../project/project.ts';
import type { TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet, listedNames, optionalNumber, optionalText } from '../flag-values.ts';
import type { Format } from '../global-options.ts';
import { formatOfName } from '../output-format.ts';
import { boundText } from '../query-text.ts';
import { readSelection, type SelectionWords } from '../read-selection.ts';
import { byteSize } from '../render/byte-size.ts';
import { plural } from '../render/plural.ts';

/** What an export of the project takes and gives. */
type ExportTarget = Parameters<Project['exportTable']>[1];
type ExportReport = Awaited<ReturnType<Project['exportTable']>>;
type ExportFormat = ExportTarget['format'];

/** What `celline export` was asked. */
export interface ExportOptions {
  /** A table, or all of them; absent: a statement. */
  readonly tables: readonly TableName[];
  readonly words: Omit<SelectionWords, 'table'>;
  /** SQL, or `@name`. */
  readonly query?: string;
  readonly parameters: readonly string[];
  /** True: `--output` is a folder, with one file per table. */
  readonly isAll: boolean;
  readonly compression: 'snappy' | 'zstd';
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): ExportOptions {
  const isAll = isSet(flags, 'all');
  const { query } = optionalText(flags, 'query');
  const narrowing = ['where', 'grep', 'columns', 'limit'].filter((name) => flags[name] !== undefined);
  const named = [
    ...(args[0] === undefined ? [] : [args[0]]),
    ...(isAll ? ['--all'] : []),
    ...(query === undefined ? [] : ['--query']),
  ];
  if (named.length > 1) {
    throw new UsageError(`${named.join(' and ')} were given; export takes one of them.`, {
      hint: 'celline export samples',
    });
  }
  if (narrowing.length > 0 && (isAll || query !== undefined)) {
    throw new UsageError(`--${narrowing[0]} narrows one table.`, { hint: 'Put it into the SQL, or name a table.' });
  }
  const name = (args[0] ?? 'samples') as TableName;
  const columns = listedNames(flags, 'columns');
  return {
    tables: isAll ? (Object.keys(TABLES) as TableName[]) : query === undefined ? [name] : [],
    words: {
      where: Array.isArray(flags.where) ? flags.where : [],
      ...(columns === undefined ? {} : { columns }),
      ...optionalText(flags, 'grep'),
      ...optionalNumber(flags, 'limit', { least: 0, isWhole: true }),
    },
    ...(query === undefined ? {} : { query }),
    parameters: Array.isArray(flags.param) ? flags.param : [],
    isAll,
    compression: flags.compression === 'zstd' ? 'zstd' : 'snappy',
  };
}

/** Writes the rows to stdout, a file, or one file per table. */
export async function run(options: ExportOptions, app: App): Promise<number> {
  const format = exportFormat(options, app);
  const { output } = app.globals;
  const project = await app.openProject();
  if (options.isAll) return exportAll(options, format, app, project);
  const source = await sourceOf(options, project);
  if (output === undefined) {
    const write = (text: string) => app.stdout.write(text);
    await project.exportTable(source, { write, format: format as Exclude<ExportFormat, 'parquet' | 'xlsx'> });
    return EXIT.ok;
  }
  const path = resolve(app.cwd, output);
  const { compression } = options;
  const code = await tell(await project.exportTable(source, { path, format, compression }), output, app);
  if (app.globals.format === undefined && formatOfName(output) === null) {
    await app.say(`It is ${format}, since its name tells no format: --format chooses another.`);
  }
  return code;
}

async function sourceOf({ tables, words, query, parameters }: ExportOptions, project: Project) {
  if (query !== undefined) return boundText(await project.query(), query, parameters);
  const { selection } = await readSelection({ ...words, table: tables[0] ?? 'samples' }, project.store);
  return { selection };
}

async function exportAll(options: ExportOptions, format: ExportFormat, app: App, project: Project): Promise<number> {
  const { output = '' } = app.globals;
  await makeFolders(resolve(app.cwd, output)).catch((cause: unknown) => {
    throw new UsageError(`${output} cannot be made a folder.`, { hint: 'Name a folder with --output.', cause });
  });
  let code: number = EXIT.ok;
  for (const table of options.tables) {
    const name = join(output, `${table}.${format === 'markdown' ? 'md' : format}`);
    const target = { path: resolve(app.cwd, name), format, compression: options.compression };
    code = Math.max(code, await tell(await project.exportTable({ selection: { table } }, target), name, app));
  }
  return code;
}

/** As asked, else by the file's name, else `tsv`; all tables go into Parquet, which keeps their types. */
function exportFormat({ isAll }: ExportOptions, { globals }: App): ExportFormat {
  const { format, output } = globals;
  if (isAll && output === undefined) {
    throw new UsageError('--all writes a file per table and needs a folder.', { hint: 'Add --output FOLDER.' });
  }
  if (/\.(gz|bz2|xz|zst|zip)$/i.test(output ?? '')) {
    throw new UsageError(`${output} would not be compressed: export writes no compressed text.`, {
      hint: 'celline export --format csv | gzip > samples.csv.gz; Parquet is compressed by itself.',
    });
  }
  const chosen: Format = format ?? (isAll ? 'parquet' : formatOfName(output ?? '')) ?? 'tsv';
  if (chosen === 'table') {
    throw new UsageError('A table for people is no export.', {
      hint: 'celline list prints one; --format csv exports.',
    });
  }
  if (output === undefined && (chosen === 'parquet' || chosen === 'xlsx')) {
    throw new UsageError(`${chosen} is binary and needs a file.`, { hint: `Add --output FILE.${chosen}` });
  }
  return chosen;
}

/** Says what was written; texts that were cut are a part of what was asked that is not there. */
async function tell({ rows, bytes, cut }: ExportReport, output: string, app: App): Promise<number> {
  const size = bytes === null ? '' : ` (${byteSize(BigInt(bytes))})`;
  await app.say(`Wrote ${plural(rows, 'row')}${size} to ${output}.`);
  if (cut.count === 0) return EXIT.ok;
  const named = cut.first.map(({ row, column, length }) => `${printable(row)} ${column} (${length})`).join(', ');
  const more = cut.count > cut.first.length ? ', …' : '';
  await app.say(`Cut, since a cell holds 32,767 characters: ${plural(cut.count, 'text')}: ${named}${more}.`);
  await app.say('All of them are in --format csv or parquet; --columns leaves columns out.');
  return EXIT.partial;
}
