import type { LoadedConfig } from '../config/load.ts';
import type { ConfigError } from '../errors/config-error.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { FlagOverrides } from '../project/open-project-settings.ts';
import type { Project } from '../project/project.ts';
import type { GlobalOptions } from './global-options.ts';
import type { LineReader, LineReaderSettings } from './prompt/line-reader.ts';
import type { Paint } from './render/paint.ts';
import type { BottomLine } from './talk.ts';

/** Where text goes: stdout or stderr. */
export interface Output {
  /** Resolves when the text or the bytes are handed over; rejects with `ClosedPipeError` when nobody reads any more. */
  write(data: string | Uint8Array): Promise<void>;
  /** True when a person reads it. */
  readonly isTerminal: boolean;
  /** Width in cells; Infinity when it is no terminal. */
  readonly columns: number;
  /** Colours, or none. */
  readonly paint: Paint;
}

/** Everything that a command may touch. Built in one place, so that tests can hand in their own. */
export interface App {
  /** Data. */
  readonly stdout: Output;
  /** Talk: progress, counts, warnings, the next command. */
  readonly stderr: Output;
  /** The text of stdin, to its end. */
  readStdin(): Promise<string>;
  /** Stdin as it comes, for what is too large for one text. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** True when stdin is a terminal, so that a question can be answered. */
  readonly canAsk: boolean;
  /** Asks on stderr and gives the line that was typed. */
  ask(question: string): Promise<string>;
  /** Reads lines with editing and history; what is typed is shown on stderr. */
  openLines(settings: Pick<LineReaderSettings, 'entries' | 'complete'>): Promise<LineReader>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working folder. */
  readonly cwd: string;
  readonly globals: GlobalOptions;
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Writes one line of talk, above the progress bar; nothing with `--quiet`. */
  say(line: string): Promise<void>;
  /** Passes every event of the project to the listener until the returned function is called. */
  listen(listener: Reporter): () => void;
  /** Draws this below all talk, or nothing any more. */
  setBottomLine(bottom: BottomLine | undefined): void;
  /** Loads and checks the configuration alone, without opening anything. */
  loadConfig(): Promise<LoadedConfig>;
  /** Everything that is wrong with the configuration; empty when it can be loaded. */
  configProblems(): Promise<readonly ConfigError[]>;
  /** Opens the project at the first call and gives the same one afterwards; closed when the command ends. */
  openProject(flags?: FlagOverrides): Promise<Project>;
}
