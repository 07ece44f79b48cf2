import type { CommandDeclaration, OptionDeclaration } from '../command-type.ts';

/** An option as a shell sees it. */
export interface OptionWords {
  /** `--yes` and `-y`. */
  readonly long: string;
  readonly short: string | null;
  /** True when a value follows. */
  readonly takesValue: boolean;
  readonly declaration: OptionDeclaration;
}

/** The words of an option in commander's notation (`-o, --output <file>`). */
export function optionWords(declaration: OptionDeclaration): OptionWords {
  const words = declaration.flags.split(/[ ,]+/);
  return {
    long: words.find((word) => word.startsWith('--')) ?? '',
    short: words.find((word) => /^-[^-]/.test(word)) ?? null,
    takesValue: words.some((word) => word.startsWith('<')),
    declaration,
  };
}

/** The words that the arguments of a command may be, or the commands below it; empty where anything goes. */
export function argumentChoices(command: CommandDeclaration): readonly string[] {
  if (command.subcommands !== undefined) return command.subcommands.map(({ name }) => name);
  return command.arguments.flatMap(({ choices }) => choices ?? []);
}
