import { Command, CommanderError, Help, Option } from 'commander';
import { nearestKey } from '../config/nearest-key.ts';
import { UsageError } from '../errors/usage-error.ts';
import { VERSION } from '../project/version.ts';
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
  for (const declaration of COMMANDS) {
    addCommand(program, program, declaration, (command, path, input) => {
      found = { kind: 'command', command, path, input, globals: globalOptions(program.opts()) };
    });
  }
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  try {
    program.parse(words.length === 0 ? ['--help'] : words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text };
    throw usageError(error, words);
  }
  if (found === undefined)
    throw new UsageError('No command was given.', { hint: 'celline --help lists the commands.' });
  return found;
}

function createProgram(writeOut: (text: string) => void, style: HelpStyle): Command {
  const program: Command = new Command('celline')
    .helpOption('-h, --help')
    .helpCommand(false)
    .version(VERSION, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut,
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(style.columns, 120),
      getOutHasColors: () => true,
    })
    .configureHelp({
      styleTitle: style.title,
      formatHelp: (command, help) => (command === program ? rootHelp(style) : new Help().formatHelp(command, help)),
    });
  for (const option of GLOBAL_OPTIONS) program.addOption(createOption(option));
  return program;
}

/** Hears which command is to be run. */
type OnRun = (command: CommandDeclaration, path: string, input: CommandInput) => void;

function addCommand(program: Command, parent: Command, declaration: CommandDeclaration, onRun: OnRun): void {
  const command = parent
    .command(declaration.name)
    .summary(declaration.summary)
    .description([`${capitalized(declaration.summary)}.`, declaration.description].filter(Boolean).join(' '))
    .helpGroup(`${declaration.group}:`)
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
  for (const option of declaration.options) command.addOption(createOption(option));
  command.action(() => onRun(declaration, declaration.name, { args: command.args, flags: command.opts() }));
}

function createOption(declaration: OptionDeclaration): Option {
  const option = new Option(declaration.flags, declaration.summary);
  if (declaration.choices !== undefined) option.choices([...declaration.choices]);
  if (declaration.repeats)
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  // -v is counted, so that -vv is more than -v.
  if (option.long === '--verbose') {
    option.argParser((_value, before: number | undefined) => (before ?? 0) + 1);
  }
  return option;
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
  return {
    quiet: flags.quiet === true,
    debug: flags.debug === true,
    offline: flags.offline === true,
    verbose: typeof flags.verbose === 'number' ? flags.verbose : Number(flags.verbose === true),
    ...(format === undefined ? {} : { format: format as Format }),
    ...(typeof flags.color === 'boolean' ? { color: flags.color } : {}),
    ...text('output'),
    ...text('projectDir'),
    ...text('config'),
    ...text('profile'),
  };
}

/** Commander's complaint as ours: its first line is the message, a "(Did you mean …?)" the hint. */
function usageError(error: CommanderError, words: readonly string[]): UsageError {
  const [message = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const command = COMMANDS.find(({ name }) => words.includes(name))?.name;
  const suggestion = more.join(' ').replace(/^\(|\)$/g, '');
  const help = command === undefined ? 'celline --help' : `celline ${command} --help`;
  const choice = wrongChoice(message);
  if (choice !== null) return new UsageError(choice.message, { hint: `${choice.hint} (${help})` });
  return new UsageError(`${capitalized(message.replace(/\.$/, ''))}.`, {
    hint: suggestion === '' ? help : `${suggestion} (${help})`,
  });
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
