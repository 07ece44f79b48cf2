import type { App } from './app-type.ts';

/** An option of a command, in commander's notation. */
export interface OptionDeclaration {
  /** `--from <file>`, `-y, --yes`, `--where <condition...>`. */
  readonly flags: string;
  readonly summary: string;
  /** The only values that are allowed. */
  readonly choices?: readonly string[];
  /** True: may be given more than once; the values are collected. */
  readonly repeats?: true;
  /** Words or columns that the shell offers: `file`, `handler`. */
  readonly completes?: 'file' | 'folder';
}

/** The headings under which `celline --help` lists the commands, in order. */
export const GROUPS = ['Get', 'Look', 'Keep', 'Set up'] as const;

/** A heading of `celline --help`. */
export type Group = (typeof GROUPS)[number];

/** Everything about a command that help, completion and documentation need; loads nothing. */
export interface CommandDeclaration {
  readonly name: string;
  readonly group: Group;
  /** One line for `celline --help`. */
  readonly summary: string;
  /** What `celline <name> --help` adds, in whole sentences. */
  readonly description?: string;
  /** In commander's notation: `[ids...]`. */
  readonly arguments: readonly {
    readonly name: string;
    readonly summary: string;
    readonly choices?: readonly string[];
  }[];
  readonly options: readonly OptionDeclaration[];
  /** Commands below it (`celline db log`); it is then a heading alone and takes no arguments itself. */
  readonly subcommands?: readonly CommandDeclaration[];
  /** True for the one below a heading that is meant when none is named. */
  readonly isDefault?: true;
  /** Command lines with what they do. */
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** What is said at the first Ctrl-C, which lets the command end by itself; without it, or undefined, it is left at once. */
  readonly stopsGracefully?: (input: CommandInput) => string | undefined;
}

/** What the command line held for a command. */
export interface CommandInput {
  readonly args: readonly string[];
  /** By the option's camel-case name. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** A command file: flags to options, and the work. */
export interface CommandModule<Options> {
  /** Settles the options; UsageError names what is wrong. */
  parse(input: CommandInput): Options;
  /** Does the work and gives the exit code. */
  run(options: Options, app: App): Promise<number>;
}
