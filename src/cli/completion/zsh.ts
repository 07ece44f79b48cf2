import type { CommandDeclaration, OptionDeclaration } from '../command-type.ts';
import { argumentChoices, optionWords } from './option-words.ts';

/** The completion script for zsh: as a file `_celline` in `fpath`, or sourced. */
export function zshCompletion(commands: readonly CommandDeclaration[], globals: readonly OptionDeclaration[]): string {
  return `#compdef celline
${headingFunctions('_celline', commands, globals).join('\n')}
if [ "$funcstack[1]" = _celline ]; then _celline "$@"; else compdef _celline celline; fi
`;
}

/** A function that completes one of these commands and what follows it, and before it those of the headings among them. */
function headingFunctions(
  name: string,
  commands: readonly CommandDeclaration[],
  globals: readonly OptionDeclaration[],
): string[] {
  const below = commands.flatMap((command) =>
    command.subcommands === undefined ? [] : headingFunctions(`${name}_${command.name}`, command.subcommands, globals),
  );
  const described = commands.map((command) => `    ${quoted(`${command.name}:${command.summary}`)}`).join('\n');
  const cases = commands.map((command) => commandCase(name, command, globals)).join('\n');
  const own = `${name}() {
  local -a commands
  commands=(
${described}
  )
  local curcontext="$curcontext" state line
  _arguments -C ${globals.map(optionSpec).join(' ')} '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${cases}
      esac ;;
  esac
}`;
  return [...below, own];
}

function commandCase(parent: string, command: CommandDeclaration, globals: readonly OptionDeclaration[]): string {
  if (command.subcommands !== undefined) return `        ${command.name}) ${parent}_${command.name} ;;`;
  const options = [...command.options, ...globals].map(optionSpec);
  const choices = argumentChoices(command);
  const rest = choices.length === 0 ? "'*:id:_files'" : `'*:word:(${choices.join(' ')})'`;
  return `        ${command.name}) _arguments ${options.join(' ')} ${rest} ;;`;
}

function optionSpec(declaration: OptionDeclaration): string {
  const { long, takesValue } = optionWords(declaration);
  const summary = declaration.summary.replace(/[[\]:]/g, '\\$&');
  return quoted(`${declaration.repeats ? '*' : ''}${long}[${summary}]${takesValue ? valueSpec(declaration) : ''}`);
}

function valueSpec({ choices, completes }: OptionDeclaration): string {
  if (choices !== undefined) return `:value:(${choices.join(' ')})`;
  if (completes === 'folder') return ':folder:_files -/';
  return completes === 'file' ? ':file:_files' : ':value: ';
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
