import { printable } from '../../../formats/printable.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { exitCodeOfFound } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { printRemoval } from '../../print-removal.ts';

/** What `celline cache rm` was asked. */
export interface RmOptions {
  /** Keys or addresses. */
  readonly names: readonly string[];
  readonly dryRun: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): RmOptions {
  return { names: [...new Set(args)], dryRun: isSet(flags, 'dryRun') };
}

/** Removes the answers, also those that cannot be read, and prints what went. */
export async function run({ names, dryRun }: RmOptions, app: App): Promise<number> {
  const cache = await (await app.openProject()).cache();
  const { unknown, ...removal } = await cache.remove(names, { dryRun });
  await printRemoval(removal, dryRun, app);
  for (const name of unknown) await app.say(`Not in the cache: ${printable(name)}`);
  return exitCodeOfFound(names.length - unknown.length, unknown.length);
}
