import type { AnyHandler } from '../ports/plugin.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { StartedEngine } from '../query/start-engine.ts';

/** Values of the configuration that flags set; they win over environment, files and defaults. Absent: not given. */
export interface FlagOverrides {
  /** Answer from the cache alone (`--offline`). */
  readonly offline?: boolean;
  /** Folder in which every answer is kept (`--record`). */
  readonly record?: string;
  /** Folder of the recording that answers (`--replay`). */
  readonly replay?: string;
  /** File to which one line per request is added (`--trace`). */
  readonly trace?: string;
  /** Seconds for which an answer is fresh, for every handler (`--ttl`); sets `cache.ttl`. */
  readonly ttl?: number;
  /** Batches in flight (`--concurrency`). */
  readonly concurrency?: number;
  /** Least level of the log that is shown (`-v` info, `-vv` and `--debug` debug); sets `log.level`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

/** What `openProject` needs to know of the world around it. */
export interface OpenProjectSettings {
  /** Working folder; the project is looked for from here upward. */
  readonly cwd: string;
  /** The project's folder (`--project-dir`), absolute or relative to `cwd`; nothing is looked for then. */
  readonly projectDir?: string;
  /** The configuration file (`--config`), absolute or relative to `cwd`. */
  readonly configPath?: string;
  /** Name of the `env` block (`--profile`); default `CELLINE_ENV`. */
  readonly profile?: string;
  /** The command line without the program, for the history of the tables; absent: the library is used. */
  readonly command?: string;
  /**
   * A DuckDB for the first query, being opened already; absent: it is opened when it is needed.
   * @internal
   */
  readonly engine?: Promise<StartedEngine>;
  /** Further handlers of either form, asked after those of celline. Default none. */
  readonly handlers?: readonly AnyHandler[];
  /** False: plug-ins are not loaded, for what only reads the tables. Default true. */
  readonly plugins?: boolean;
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: FlagOverrides;
  /** Hears everything that happens. */
  readonly reporter: Reporter;
  /** Aborts when the user stops the command. */
  readonly signal: AbortSignal;
}
