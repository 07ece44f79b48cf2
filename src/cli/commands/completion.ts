import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { COMMANDS } from '../declarations/commands.ts';
import { GLOBAL_OPTIONS } from '../declarations/global.ts';
import { EXIT } from '../exit-code.ts';
import { printText } from '../print-rows.ts';

/** What `celline completion` was asked. */
export interface CompletionOptions {
  readonly shell: string;
}

const SCRIPTS: Readonly<Record<string, typeof bashCompletion>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Flags to options. */
export function parse({ args }: CommandInput): CompletionOptions {
  return { shell: args[0] ?? '' };
}

/** Prints the script; it is made from the declarations of the commands and needs nothing at run time. */
export async function run({ shell }: CompletionOptions, app: App): Promise<number> {
  const script = SCRIPTS[shell];
  if (script === undefined) return EXIT.usage;
  await printText(app, script(COMMANDS, GLOBAL_OPTIONS));
  return EXIT.ok;
}
