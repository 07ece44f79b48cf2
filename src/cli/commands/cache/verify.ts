import type { PrintRow } from '../../../formats/cell.ts';
import type { CacheFinding } from '../../../ports/cache-care.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { printRows } from '../../print-rows.ts';
import { plural } from '../../render/plural.ts';

/** What `celline cache verify` was asked. */
export interface VerifyOptions {
  readonly repairs: boolean;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): VerifyOptions {
  return { repairs: isSet(flags, 'repair') };
}

/** How many there were; `bad` ones are answers that cannot be served. */
interface Count {
  bad: number;
  waste: number;
  removed: number;
  badLeft: number;
}

/** Prints one row per finding, as it is found. */
export async function run({ repairs }: VerifyOptions, app: App): Promise<number> {
  const cache = await (await app.openProject()).cache();
  const { findings, entries } = cache.verify({ repair: repairs });
  const count: Count = { bad: 0, waste: 0, removed: 0, badLeft: 0 };
  const columns = [
    { name: 'kind' },
    { name: 'name' },
    { name: 'url' },
    { name: 'bytes', numeric: true },
    { name: 'removed' },
  ];
  await printRows(app, { columns }, rows(findings, count));
  await app.say(`${plural(entries(), 'entry', 'entries')} looked at: ${resultText(count)}`);
  if (count.bad + count.waste > count.removed) await app.say('To remove what was found: celline cache verify --repair');
  return count.badLeft === 0 ? EXIT.ok : EXIT.failed;
}

async function* rows(findings: AsyncIterable<CacheFinding>, count: Count): AsyncIterable<readonly PrintRow[]> {
  for await (const { kind, name, url, bytes, isRemoved } of findings) {
    const isWaste = kind === 'orphan' || kind === 'leftover';
    if (isWaste) count.waste += 1;
    else count.bad += 1;
    if (isRemoved) count.removed += 1;
    else if (!isWaste) count.badLeft += 1;
    yield [{ kind, name, url, bytes, removed: isRemoved }];
  }
}

function resultText({ bad, waste, removed }: Count): string {
  if (bad + waste === 0) return 'all is whole.';
  const took = waste === 0 ? '' : `, ${waste.toLocaleString('en-US')} that only take room`;
  return `${bad.toLocaleString('en-US')} bad${took}; ${removed.toLocaleString('en-US')} removed.`;
}
