import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { checkCanAsk, isAffirmed } from '../../confirm.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { printRemoval } from '../../print-removal.ts';
import { byteSize } from '../../render/byte-size.ts';
import { plural } from '../../render/plural.ts';

/** What `celline cache clear` was asked. */
export interface ClearOptions {
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly isSure: boolean;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): ClearOptions {
  return { dryRun: isSet(flags, 'dryRun'), isSure: isSet(flags, 'yes') };
}

/** Removes everything and prints what went. */
export async function run({ dryRun, isSure }: ClearOptions, app: App): Promise<number> {
  if (!dryRun && !isSure) checkCanAsk('cache clear', app);
  const cache = await (await app.openProject()).cache();
  if (!dryRun && !isSure) {
    const { entries, bytes } = await cache.clear({ dryRun: true });
    const what = `${plural(entries, 'stored answer')}, ${byteSize(BigInt(bytes))}`;
    if (entries > 0 && !(await isAffirmed(`Remove ${what}?`, app))) {
      await app.say('Nothing was removed.');
      return EXIT.failed;
    }
  }
  await printRemoval(await cache.clear({ dryRun }), dryRun, app);
  return EXIT.ok;
}
