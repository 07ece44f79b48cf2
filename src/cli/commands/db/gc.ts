import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { printRows } from '../../print-rows.ts';
import { byteSize } from '../../render/byte-size.ts';

/** What `celline db gc` was asked. */
export interface GcOptions {
  readonly dryRun: boolean;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): GcOptions {
  return { dryRun: isSet(flags, 'dryRun') };
}

/** Collects garbage now and prints what went, by kind. */
export async function run({ dryRun }: GcOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const { history } = await project.care();
  const { segments, bytes, temporary, pins } = await history.collectGarbage({ dryRun });
  const rows = [
    { what: 'segments', files: segments, bytes },
    { what: 'temporary files', files: temporary, bytes: null },
    { what: 'pins', files: pins, bytes: null },
  ];
  const columns = [{ name: 'what' }, { name: 'files', numeric: true }, { name: 'bytes', numeric: true }];
  await printRows(app, { columns }, [rows]);
  const size = byteSize(BigInt(bytes));
  await app.say(dryRun ? `${size} would be freed: celline db gc` : `${size} freed.`);
  return EXIT.ok;
}
