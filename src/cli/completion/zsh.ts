import type { CommandDeclaration, OptionDeclaration } from '../command-type.ts';
import { argumentChoices, optionWords } from './option-words.ts';

/** The completion script for zsh: as a file `_celline` in `fpath`, or sourced. */
export function zshCompletion(commands: readonly CommandDeclaration[], globals: readonly OptionDeclaration[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n');
  const cases = commands.map((command) => commandCase(command, globals)).join('\n');
  return `#compdef celline
_celline() {
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
}
if [ "$funcstack[1]" = _celline ]; then _celline "$@"; else compdef _celline celline; fi
`;
}

function commandCase(command: CommandDeclaration, globals: readonly OptionDeclaration[]): string {
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
