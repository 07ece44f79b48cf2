import { resolve } from 'node:path';
import { StoreError } from '../../../errors/store-error.ts';
import type { PrintRow } from '../../../formats/cell.ts';
import { printable } from '../../../formats/printable.ts';
import type { BackupDamage, BackupInfo, Backups } from '../../../ports/store-care.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet, optionalText } from '../../flag-values.ts';
import { printRows } from '../../print-rows.ts';
import { byteSize } from '../../render/byte-size.ts';
import { plural } from '../../render/plural.ts';

/** What `celline db backups` was asked. */
export interface BackupsOptions {
  /** Folder to look in; absent: that of the configuration. */
  readonly from?: string;
  /** Compare every byte. */
  readonly verifies: boolean;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): BackupsOptions {
  return { ...optionalText(flags, 'from'), verifies: isSet(flags, 'verify') };
}

/** A backup, as far as it was looked at. */
interface Examined {
  readonly info: BackupInfo;
  /** `newer`: only a newer celline can tell; null: nobody looked. */
  readonly state: 'whole' | 'damaged' | 'newer' | null;
  readonly damages: readonly BackupDamage[];
}

/** Prints one row per backup, the newest first; with `--verify` as each is compared. */
export async function run({ from, verifies }: BackupsOptions, app: App): Promise<number> {
  const { backups } = await (await app.openProject()).care();
  const list = await backups.list(from === undefined ? {} : { from: resolve(app.cwd, from) });
  const state = verifies ? [{ name: 'state' }] : [];
  const facts = [
    { name: 'number', numeric: true },
    { name: 'rows', numeric: true },
  ];
  const columns = [
    { name: 'backup' },
    { name: 'at' },
    { name: 'reason' },
    ...state,
    ...facts,
    { name: 'bytes', numeric: true },
    { name: 'version', numeric: true },
    { name: 'path' },
  ];
  const tableColumns = [{ name: 'backup' }, { name: 'reason' }, ...state, ...facts, { name: 'size', numeric: true }];
  const seen: Examined[] = [];
  await printRows(app, { columns, tableColumns }, examined(backups, list, verifies, seen));
  return say(seen, verifies, app);
}

async function* examined(
  backups: Backups,
  list: readonly BackupInfo[],
  verifies: boolean,
  seen: Examined[],
): AsyncIterable<readonly PrintRow[]> {
  for (const info of list) {
    const one = verifies ? await examine(backups, info) : { info, state: null, damages: [] };
    seen.push(one);
    const { name, at, reason, sequence, rows, bytes, version, path } = info;
    const size = byteSize(BigInt(bytes));
    yield [{ backup: name, at, reason, state: one.state, number: sequence, rows, bytes, size, version, path }];
  }
}

async function examine(backups: Backups, info: BackupInfo): Promise<Examined> {
  try {
    const damages = await backups.verify(info.path);
    return { info, state: damages.length === 0 ? 'whole' : 'damaged', damages };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.failure === 'newer_format') return { info, state: 'newer', damages: [] };
    return { info, state: 'damaged', damages: [{ path: info.path, reason: error.message }] };
  }
}

async function say(seen: readonly Examined[], verifies: boolean, app: App): Promise<number> {
  if (seen.length === 0) await app.say('No backups yet: celline db backup');
  for (const { info, damages } of seen) {
    for (const { path, reason } of damages) await app.say(`${info.name}: ${printable(path)} ${printable(reason)}`);
  }
  if (!verifies || seen.length === 0) return EXIT.ok;
  const bad = seen.filter(({ state }) => state !== 'whole').length;
  const whole = plural(seen.length - bad, 'whole backup');
  await app.say(bad === 0 ? `${whole}.` : `${whole}; ${bad} cannot be restored by this celline.`);
  return bad === 0 ? EXIT.ok : EXIT.store;
}
