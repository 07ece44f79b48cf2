import type { CommandDeclaration } from './command-type.ts';

/** A command with its words: `add`, `db log`. */
export interface CommandPath {
  readonly path: string;
  readonly command: CommandDeclaration;
}

/** The commands that do something, in order: a heading (`db`) is replaced by the commands below it. */
export function runnableCommands(commands: readonly CommandDeclaration[], above = ''): readonly CommandPath[] {
  return commands.flatMap((command) => {
    const path = `${above}${command.name}`;
    const { subcommands } = command;
    return subcommands === undefined ? [{ path, command }] : runnableCommands(subcommands, `${path} `);
  });
}

/** Every command, headings included, each before those below it. */
export function everyCommand(commands: readonly CommandDeclaration[], above = ''): readonly CommandPath[] {
  return commands.flatMap((command) => {
    const path = `${above}${command.name}`;
    return [{ path, command }, ...everyCommand(command.subcommands ?? [], `${path} `)];
  });
}

/** The command that some words begin with (`['db', 'log', '--all']` → `db log`), wherever options stand; null: none. */
export function findCommand(commands: readonly CommandDeclaration[], words: readonly string[]): CommandPath | null {
  for (const [index, word] of words.entries()) {
    const command = commands.find(({ name }) => name === word);
    if (command === undefined) continue;
    const below = findCommand(command.subcommands ?? [], words.slice(index + 1));
    return below === null ? { path: word, command } : { ...below, path: `${word} ${below.path}` };
  }
  return null;
}
