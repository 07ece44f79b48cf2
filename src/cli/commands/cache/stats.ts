import { jsonText } from '../../../formats/cell.ts';
import type { CacheFigures, CacheUseRecord } from '../../../ports/cache-care.ts';
import type { App } from '../../app-type.ts';
import { EXIT } from '../../exit-code.ts';
import { outputFormat } from '../../output-format.ts';
import { printRows, printText } from '../../print-rows.ts';
import { byteSize } from '../../render/byte-size.ts';
import { plural } from '../../render/plural.ts';

/** `celline cache stats` takes no options. */
export function parse(): Readonly<Record<string, never>> {
  return {};
}

/** Prints one row per handler and operator, and says what it comes to; as JSON everything. */
export async function run(_options: Readonly<Record<string, never>>, app: App): Promise<number> {
  const figures = await (await (await app.openProject()).cache()).figures();
  if (outputFormat(app.globals, app.stdout.isTerminal) === 'json') {
    await printText(app, `${jsonText(document(figures), 2)}\n`);
    return EXIT.ok;
  }
  const shares = figures.shares.map((share) => ({ ...share, size: byteSize(BigInt(share.bytes)) }));
  const names = [{ name: 'handler' }, { name: 'operator' }, { name: 'entries', numeric: true }];
  const counts = [
    { name: 'fresh', numeric: true },
    { name: 'negative', numeric: true },
  ];
  const columns = [...names, { name: 'bytes', numeric: true }, ...counts];
  const tableColumns = [...names, { name: 'size', numeric: true }, ...counts];
  await printRows(app, { columns, tableColumns }, [shares]);
  for (const line of sayings(figures)) await app.say(line);
  return EXIT.ok;
}

function document({ lastUse, allUse, ...figures }: CacheFigures): object {
  return { ...figures, share: shareUsed(figures), lastCommand: withRate(lastUse), allCommands: withRate(allUse) };
}

function withRate(use: CacheUseRecord | null): object | null {
  return use === null ? null : { ...use, hitRate: hitRate(use) };
}

/** Share of the questions that needed no request; null when none was asked. */
function hitRate({ hits, misses, stale }: CacheUseRecord): number | null {
  const asked = hits + misses + stale;
  return asked === 0 ? null : hits / asked;
}

function shareUsed({ bytes, maxBytes }: Pick<CacheFigures, 'bytes' | 'maxBytes'>): number {
  return bytes / maxBytes;
}

function sayings(figures: CacheFigures): string[] {
  const { entries, bytes, maxBytes, oldest, newest, orphans, backends } = figures;
  const used = `${byteSize(BigInt(bytes))} of ${byteSize(BigInt(maxBytes))} (${percent(shareUsed(figures))})`;
  return [
    `${plural(entries, 'entry', 'entries')}, ${used}, kept in ${backends.metadata} and ${backends.blob}.`,
    ...(oldest === null || newest === null ? [] : [`Fetched from ${toMinute(oldest)} to ${toMinute(newest)}.`]),
    ...usage(figures),
    ...(orphans.bodies === 0
      ? []
      : [`${plural(orphans.bodies, 'body', 'bodies')} without an entry, ${byteSize(BigInt(orphans.bytes))}.`]),
  ];
}

function usage({ lastUse, allUse }: CacheFigures): string[] {
  if (lastUse === null || allUse === null) return ['No command on record has asked yet.'];
  const over = `${plural(allUse.commands, 'command')} since ${toMinute(allUse.since)}`;
  const damaged = allUse.damaged === 0 ? '' : ` ${plural(allUse.damaged, 'damaged entry', 'damaged entries')} removed.`;
  return [
    `Answered without a request: ${rateText(lastUse)} by the last command, ${rateText(allUse)} over ${over}.${damaged}`,
  ];
}

function rateText(use: CacheUseRecord): string {
  const rate = hitRate(use);
  return rate === null ? 'nothing asked' : percent(rate);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;
}

/** `2026-11-21 10:05` of an ISO time. */
function toMinute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
