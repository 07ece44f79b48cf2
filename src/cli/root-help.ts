import { GROUPS, type OptionDeclaration } from './command-type.ts';
import { COMMANDS } from './declarations/commands.ts';
import { GLOBAL_OPTIONS } from './declarations/global.ts';
import { pad, truncate } from './render/display-width.ts';

/** How help is printed. */
export interface HelpStyle {
  readonly columns: number;
  readonly title: (text: string) => string;
}

const START_HERE = [
  'celline init',
  'celline add GSM5764259',
  'celline query "SELECT key, organism, tissue FROM samples"',
];

/** The options that `celline --help` lists. */
const ROOT_OPTIONS: readonly OptionDeclaration[] = [
  ...GLOBAL_OPTIONS,
  { flags: '-h, --help', summary: 'help of celline or of a command' },
  { flags: '-V, --version', summary: 'print the version' },
];

/**
 * What `celline --help` prints: commands by group, options of every command, three lines to start with.
 * Needs no commander, whose 130 KB take as long to load as the rest of the start.
 */
export function rootHelp({ columns, title }: HelpStyle): string {
  const optionWidth = Math.max(...ROOT_OPTIONS.map(({ flags }) => flags.length));
  const nameWidth = Math.max(...COMMANDS.map(({ name }) => name.length));
  const line = (term: string, width: number, says: string) =>
    truncate(`  ${pad(term, width, 'right')}  ${says}`, columns);
  const lines = [
    `${title('Usage:')} celline <command> [options]`,
    '',
    'Metadata of GEO, SRA, ENA and DDBJ in local Parquet tables, with SQL.',
  ];
  for (const group of GROUPS) {
    const members = COMMANDS.filter((command) => command.group === group);
    lines.push('', title(`${group}:`), ...members.map(({ name, summary }) => line(name, nameWidth, summary)));
  }
  lines.push('', title('Options of every command:'));
  lines.push(...ROOT_OPTIONS.map(({ flags, summary }) => line(flags, optionWidth, summary)));
  lines.push('', title('Start here:'), ...START_HERE.map((text) => `  ${text}`));
  lines.push('', 'celline <command> --help shows a command with examples.');
  return `${lines.join('\n')}\n`;
}
