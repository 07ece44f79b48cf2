import type { CommandDeclaration, OptionDeclaration } from '../command-type.ts';
import { argumentChoices, optionWords } from './option-words.ts';

/** The completion script for fish. */
export function fishCompletion(commands: readonly CommandDeclaration[], globals: readonly OptionDeclaration[]): string {
  const lines = [
    '# fish completion of celline',
    ...commands.map(
      ({ name, summary }) => `complete -c celline -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ),
    ...globals.map((option) => optionLine(option, '')),
  ];
  for (const command of commands) lines.push(...commandLines(command, `__fish_seen_subcommand_from ${command.name}`));
  return `${lines.join('\n')}\n`;
}

/** What may follow a command; a heading offers the commands below it until one of them stands there. */
function commandLines(command: CommandDeclaration, isThere: string): string[] {
  const condition = ` -n ${quoted(isThere)}`;
  const lines = command.options.map((option) => optionLine(option, condition));
  const { subcommands } = command;
  if (subcommands === undefined) {
    const choices = argumentChoices(command);
    if (choices.length > 0) lines.push(`complete -c celline${condition} -f -a ${quoted(choices.join(' '))}`);
    return lines;
  }
  const names = subcommands.map(({ name }) => name).join(' ');
  const open = ` -n ${quoted(`${isThere}; and not __fish_seen_subcommand_from ${names}`)}`;
  for (const below of subcommands) {
    lines.push(`complete -c celline${open} -f -a ${below.name} -d ${quoted(below.summary)}`);
    lines.push(...commandLines(below, `${isThere}; and __fish_seen_subcommand_from ${below.name}`));
  }
  return lines;
}

function optionLine(declaration: OptionDeclaration, condition: string): string {
  const { long, short, takesValue } = optionWords(declaration);
  const names = `${short === null ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  const value = takesValue ? ` -r${valueWords(declaration)}` : '';
  return `complete -c celline${condition}${names}${value} -d ${quoted(declaration.summary)}`;
}

function valueWords({ choices, completes }: OptionDeclaration): string {
  if (choices !== undefined) return ` -f -a ${quoted(choices.join(' '))}`;
  return completes === undefined ? ' -f' : ' -F';
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
