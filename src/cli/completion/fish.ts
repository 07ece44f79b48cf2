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
  for (const command of commands) {
    const condition = ` -n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    lines.push(...command.options.map((option) => optionLine(option, condition)));
    const choices = argumentChoices(command);
    if (choices.length > 0) lines.push(`complete -c celline${condition} -f -a ${quoted(choices.join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
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
