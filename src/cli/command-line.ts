import { Command, CommanderError, Help, Option } from 'commander';
import { nearestKey } from '../config/nearest-key.ts';
import { UsageError } from '../errors/usage-error.ts';
import { VERSION } from '../project/version.ts';
import { findCommand } from './command-paths.ts';
import type { CommandDeclaration, CommandInput, OptionDeclaration } from './command-type.ts';
import { COMMANDS } from './declarations/commands.ts';
import { GLOBAL_OPTIONS } from './declarations/global.ts';
import type { Format, GlobalOptions } from './global-options.ts';
import { type HelpStyle, rootHelp } from './root-help.ts';

/** What a command line asks for: a command, or a text (help, version). */
export type CommandLine =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: CommandDeclaration;
      /** The command's words: `add`, `db log`. */
      readonly path: string;
      readonly input: CommandInput;
      readonly globals: GlobalOptions;
    };

/** Reads the arguments (without node and script); UsageError says what is wrong with them. */
export function parseCommandLine(argv: readonly string[], style: HelpStyle): CommandLine {
  let text = '';
  let found: CommandLine | undefined;
  const program = createProgram((line) => {
    text += line;
  }, style);
  const words = withoutHelpWord(argv);
  // All of them take 3 ms more, and are needed only to say what there is.
  const named = COMMANDS.filter(({ name }) => name === words[0]);
  for (const declaration of named.length > 0 ? named : COMMANDS) {
    addCommand(program, program, declaration, (command, path, input) => {
      found = { kind: 'command', command, path, input, globals: globalOptions(program.opts()) };
    });
  }
  try {
    program.parse(words.length === 0 ? ['--help'] : words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // A heading alone (`celline db`) says what is below it.
    if (error.exitCode === 0 || error.code === 'commander.help') return { kind: 'text', text };
    throw usageError(error, words);
  }
  if (found === undefined)
    throw new UsageError('No command was given.', { hint: 'celline --help lists the commands.' });
  return found;
}

/** `help db log` and `db help log` → `db log --help`. */
function withoutHelpWord(argv: readonly string[]): readonly string[] {
  const [first, second] = argv;
  if (first === 'help') return [...argv.slice(1), '--help'];
  const isHeading = COMMANDS.some(({ name, subcommands }) => name === first && subcommands !== undefined);
  return isHeading && second === 'help' ? [first ?? '', ...argv.slice(2), '--help'] : argv;
}

function createProgram(writeOut: (text: string) => void, style: HelpStyle): Command {
  const program: Command = new Command('celline')
    .helpOption('-h, --help')
    .helpCommand(false)
    .version(VERSION, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut,
      // Commander prints the help of a heading alone as an error; complaints are told by what it throws.
      writeErr: (text) => text.startsWith('error:') || writeOut(text),
      getOutHelpWidth: () => Math.min(style.columns, 120),
      getErrHelpWidth: () => Math.min(style.columns, 120),
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .configureHelp({
      styleTitle: style.title,
      // Of a narrow terminal: commander leaves texts below 40 cells to be broken anywhere.
      minWidthToWrap: 20,
      formatHelp: (command, help) => (command === program ? rootHelp(style) : new Help().formatHelp(command, help)),
    });
  for (const option of GLOBAL_OPTIONS) program.addOption(createOption(option));
  return program;
}

/** Hears which command is to be run. */
type OnRun = (command: CommandDeclaration, path: string, input: CommandInput) => void;

function addCommand(program: Command, parent: Command, declaration: CommandDeclaration, onRun: OnRun): void {
  const command = parent
    .command(declaration.name, { isDefault: declaration.isDefault === true })
    .summary(declaration.summary)
    .description([`${capitalized(declaration.summary)}.`, declaration.description].filter(Boolean).join(' '))
    .helpOption('-h, --help', 'this help')
    .addHelpText('after', () => `\n${helpEnd(program, declaration)}`);
  const { subcommands } = declaration;
  if (subcommands !== undefined) {
    command.helpCommand(false);
    for (const below of subcommands) {
      addCommand(program, command, below, (found, path, input) => onRun(found, `${declaration.name} ${path}`, input));
    }
    return;
  }
  for (const { name, summary, choices } of declaration.arguments) {
    const argument = command.createArgument(name, summary);
    command.addArgument(choices === undefined ? argument : argument.choices([...choices]));
  }
  for (const option of declaration.options) command.addOption(givenOnce(createOption(option), option));
  command.action(() => onRun(declaration, declaration.name, { args: command.args, flags: command.opts() }));
}

function createOption(declaration: OptionDeclaration): Option {
  const option = new Option(declaration.flags, declaration.summary);
  if (declaration.choices !== undefined) option.choices([...declaration.choices]);
  if (declaration.repeats)
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  else if (declaration.completes !== undefined) option.argParser((value) => named(value, option));
  // -v is counted, so that -vv is more than -v.
  if (option.long === '--verbose') {
    option.argParser((_value, before: number | undefined) => (before ?? 0) + 1);
  }
  return option;
}

/** A file or folder without a name would be the folder that the user stands in. */
function named(value: string, { long }: Option): string {
  if (value.trim() !== '') return value;
  throw new UsageError(`${long} was given an empty name.`, { hint: `Name a file or folder, or leave ${long} out.` });
}

/** Of `--from a.txt --from b.txt` the first list would be lost without a word. Options of every command may be overridden. */
function givenOnce(option: Option, { repeats }: OptionDeclaration): Option {
  if (!option.required || repeats) return option;
  const read = option.parseArg;
  return option.argParser((value: string, before: string | undefined) => {
    if (before !== undefined && before !== value) {
      throw new UsageError(`${option.long} was given twice: ${before} and ${value}.`, { hint: 'Give one of them.' });
    }
    return read === undefined ? value : String(read(value, before));
  });
}

/** What every command's help ends with. */
function helpEnd(program: Command, { examples }: CommandDeclaration): string {
  const title = program.configureHelp().styleTitle ?? ((text: string) => text);
  const lines = examples.map(({ line, says }) => `  # ${says}\n  ${line}`);
  return `Options of every command (--format, --json, --output, --quiet, …): celline --help\n\n${title('Examples:')}\n${lines.join('\n')}\n`;
}

function globalOptions(flags: Readonly<Record<string, unknown>>): GlobalOptions {
  const text = (name: string) => (typeof flags[name] === 'string' ? { [name]: flags[name] } : {});
  const format = flags.json === true ? 'json' : flags.format;
  if (flags.json === true && typeof flags.format === 'string' && flags.format !== 'json') {
    throw new UsageError(`--json and --format ${flags.format} exclude each other.`, { hint: 'Give one of them.' });
  }
  if (typeof flags.record === 'string' && typeof flags.replay === 'string') {
    throw new UsageError('--record and --replay exclude each other.', { hint: 'Give one of them.' });
  }
  if (flags.quiet === true && flags.verbose !== undefined) {
    throw new UsageError('--quiet and --verbose exclude each other.', { hint: 'Give one of them.' });
  }
  const rowsAreEvents = flags.events === '-' && flags.output === undefined;
  if (rowsAreEvents && format !== undefined && format !== 'ndjson') {
    throw new UsageError(`--events - and --format ${format} exclude each other: rows come as events then.`, {
      hint: 'Leave out --format, or write the rows to a file with --output FILE.',
    });
  }
  return {
    quiet: flags.quiet === true,
    debug: flags.debug === true,
    offline: flags.offline === true,
    verbose: typeof flags.verbose === 'number' ? flags.verbose : Number(flags.verbose === true),
    ...(rowsAreEvents ? { format: 'ndjson' } : format === undefined ? {} : { format: format as Format }),
    ...(typeof flags.color === 'boolean' ? { color: flags.color } : {}),
    ...text('output'),
    ...text('projectDir'),
    ...text('config'),
    ...text('profile'),
    ...text('record'),
    ...text('replay'),
    ...text('trace'),
    ...text('events'),
  };
}

/** Commander's complaint as ours: its first line is the message, a "(Did you mean …?)" the hint. */
function usageError(error: CommanderError, words: readonly string[]): UsageError {
  const [message = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const found = findCommand(COMMANDS, words);
  const suggestion = more.join(' ').replace(/^\(|\)$/g, '') || below(found?.command, message);
  const help = found === null ? 'celline --help' : `celline ${found.path} --help`;
  const choice = wrongChoice(message);
  if (choice !== null) return new UsageError(choice.message, { hint: `${choice.hint} (${help})` });
  return new UsageError(`${capitalized(message.replace(/\.$/, ''))}.`, {
    hint: suggestion === '' ? help : `${suggestion} (${help})`,
  });
}

/** The commands below a heading, when the word after it is none of them and like none of them. */
function below(command: CommandDeclaration | undefined, message: string): string {
  const names = command?.subcommands?.map(({ name }) => name) ?? [];
  return names.length > 0 && message.startsWith('unknown command') ? `There are: ${names.join(', ')}.` : '';
}

/** Commander's "Command-argument value 'x' is invalid for argument 'table'. Allowed choices are a, b." in fewer words. */
function wrongChoice(message: string): { readonly message: string; readonly hint: string } | null {
  const [, value = '', of = '', list = ''] =
    /^command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\.$/i.exec(message) ?? [];
  if (list === '') return null;
  const nearest = nearestKey(value, list.split(', '));
  const hint = nearest === null ? `Choose one of ${list}.` : `Did you mean ${nearest}?`;
  return { message: `There is no ${of} '${value}'.`, hint };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
