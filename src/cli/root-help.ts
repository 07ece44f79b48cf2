import type { HelpStyle } from './command-line.ts';
import { type CommandDeclaration, GROUPS, type OptionDeclaration } from './command-type.ts';
import { pad, truncate } from './render/display-width.ts';

const START_HERE = [
  'celline init',
  'celline add GSM5764259',
  'celline query "SELECT key, organism, tissue FROM samples"',
];

/** What `celline --help` prints: commands by group, options of every command, three lines to start with. Pure. */
export function rootHelp(
  commands: readonly CommandDeclaration[],
  options: readonly OptionDeclaration[],
  { columns, title }: HelpStyle,
): string {
  const optionWidth = Math.max(...options.map(({ flags }) => flags.length));
  const nameWidth = Math.max(...commands.map(({ name }) => name.length));
  const line = (term: string, width: number, says: string) =>
    truncate(`  ${pad(term, width, 'right')}  ${says}`, columns);
  const lines = [
    `${title('Usage:')} celline <command> [options]`,
    '',
    'Metadata of GEO, SRA, ENA and DDBJ in local Parquet tables, with SQL.',
  ];
  for (const group of GROUPS) {
    const members = commands.filter((command) => command.group === group);
    lines.push('', title(`${group}:`), ...members.map(({ name, summary }) => line(name, nameWidth, summary)));
  }
  lines.push('', title('Options of every command:'));
  lines.push(...options.map(({ flags, summary }) => line(flags, optionWidth, summary)));
  lines.push('', title('Start here:'), ...START_HERE.map((text) => `  ${text}`));
  lines.push('', 'celline <command> --help shows a command with examples.');
  return `${lines.join('\n')}\n`;
}
