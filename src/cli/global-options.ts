/** How rows are printed. */
export type Format = 'table' | 'tsv' | 'csv' | 'json' | 'ndjson' | 'parquet' | 'markdown' | 'xlsx';

/** Every format, as `--format` takes it. */
export const FORMATS: readonly Format[] = ['table', 'tsv', 'csv', 'json', 'ndjson', 'parquet', 'markdown', 'xlsx'];

/** Options that every command understands. Absent: not given. */
export interface GlobalOptions {
  /** Default `table` on a terminal, `tsv` in a pipe. */
  readonly format?: Format;
  /** File for the data instead of stdout. */
  readonly output?: string;
  /** Nothing on stderr but errors. */
  readonly quiet: boolean;
  /** How often `-v` was given: 0 warnings, 1 info, 2 debug. */
  readonly verbose: number;
  /** Stack traces below errors. */
  readonly debug: boolean;
  /** Colours whatever the terminal is; default by terminal and environment. */
  readonly color?: boolean;
  readonly projectDir?: string;
  readonly config?: string;
  readonly profile?: string;
  readonly offline: boolean;
  /** Folder in which every answer is kept. */
  readonly record?: string;
  /** Folder of the recording that answers. */
  readonly replay?: string;
  /** File for one line per request; `-` is stderr. */
  readonly trace?: string;
  /** File for the events of the command; `-` is stdout, where they take the place of the data. */
  readonly events?: string;
}

/** The least level of the log that these options show; absent: as the configuration says. */
export function logLevelOf(options: GlobalOptions): 'debug' | 'info' | 'error' | undefined {
  if (options.debug || options.verbose >= 2) return 'debug';
  if (options.verbose === 1) return 'info';
  return options.quiet ? 'error' : undefined;
}
