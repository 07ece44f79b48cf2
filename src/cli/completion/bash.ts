import { everyCommand } from '../command-paths.ts';
import type { CommandDeclaration, OptionDeclaration } from '../command-type.ts';
import { argumentChoices, type OptionWords, optionWords } from './option-words.ts';

/** The completion script for bash 3.2 and newer. */
export function bashCompletion(commands: readonly CommandDeclaration[], globals: readonly OptionDeclaration[]): string {
  const globalWords = globals.map(optionWords);
  const every = everyCommand(commands);
  const cases = every.map(({ path, command }) => commandCase(path, command, globalWords)).join('');
  // A word is a command where the words before it (`cmd`) are empty or a heading that has it.
  const known = every.map(({ path }) => `"${path.includes(' ') ? path : ` ${path}`}"`);
  return `# bash completion of celline
_celline() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" cmd="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$cmd $word" in
      ${known.join('|')}) cmd="\${cmd:+$cmd }$word" ;;
    esac
  done
  COMPREPLY=()
${valueCases(globalWords, '  ', ' $prev')}
  case "$cmd" in
    "") COMPREPLY=( $(compgen -W "${commands.map(({ name }) => name).join(' ')} ${names(globalWords)}" -- "$cur") ) ;;
${cases}  esac
}
complete -o default -F _celline celline
`;
}

function commandCase(path: string, command: CommandDeclaration, globals: readonly OptionWords[]): string {
  const options = command.options.map(optionWords);
  const values = valueCases(options, '      ', ' $prev');
  const choices = argumentChoices(command).join(' ');
  return `    ${path.includes(' ') ? `"${path}"` : path})
${values === '' ? '' : `${values}\n`}      if [[ "$cur" == -* ]]; then
        COMPREPLY=( $(compgen -W "${names([...options, ...globals])}" -- "$cur") )
${choices === '' ? '' : `      else\n        COMPREPLY=( $(compgen -W "${choices}" -- "$cur") )\n`}      fi ;;
`;
}

/** What may follow an option that takes a value. */
function valueCases(options: readonly OptionWords[], indent: string, subject: string): string {
  const cases = options
    .filter(({ takesValue }) => takesValue)
    .map(({ long, short, declaration }) => {
      const pattern = short === null ? long : `${short}|${long}`;
      return `${indent}  ${pattern}) ${valueReply(declaration)} return ;;`;
    });
  return cases.length === 0 ? '' : `${indent}case${subject} in\n${cases.join('\n')}\n${indent}esac`;
}

function valueReply({ choices, completes }: OptionDeclaration): string {
  if (choices !== undefined) return `COMPREPLY=( $(compgen -W "${choices.join(' ')}" -- "$cur") );`;
  if (completes === 'folder') return 'COMPREPLY=( $(compgen -d -- "$cur") );';
  return completes === 'file' ? 'COMPREPLY=( $(compgen -f -- "$cur") );' : '';
}

function names(options: readonly OptionWords[]): string {
  return options.map(({ long }) => long).join(' ');
}
