import type { CacheFigures, CacheShare } from '../../../ports/cache-care.ts';
import { isWhole } from '../entry-shape.ts';
import { blobKeyOf } from '../stored-body.ts';
import type { CareContext } from './care-context.ts';
import { describeAnswer, handlerOf } from './describe-answer.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Counts what there is, in one look at the bodies and one at the entries. */
export async function readFigures(care: CareContext, inUse: CacheFigures['backends']): Promise<CacheFigures> {
  const now = care.clock.now();
  const sizes = new Map<string, number>();
  for await (const { key, size } of care.backends.blobs.listKeys('')) sizes.set(key, size);
  const bytes = sumOf(sizes.values());
  const shares = new Map<string, Writable<CacheShare>>();
  const times: { oldest: string | null; newest: string | null } = { oldest: null, newest: null };
  for await (const listed of care.backends.metadata.listEntries('')) {
    if (!isWhole(listed.entry)) continue;
    const answer = describeAnswer(listed, care.ttlOf(handlerOf(listed.key)), now);
    const { fetchedAt } = answer;
    if (times.oldest === null || fetchedAt < times.oldest) times.oldest = fetchedAt;
    if (times.newest === null || fetchedAt > times.newest) times.newest = fetchedAt;
    const share = shareOf(shares, answer.handler, answer.url, care);
    share.entries += 1;
    share.negative += Number(answer.isNegative);
    share.fresh += Number(answer.isFresh);
    // A body is counted with the first entry that names it; what is left at the end has none.
    const body = blobKeyOf(listed.key, listed.entry);
    share.bytes += sizes.get(body) ?? 0;
    sizes.delete(body);
  }
  const all = [...new Set(shares.values())].sort((one, other) => other.bytes - one.bytes);
  const { last: lastUse, all: allUse } = await care.useLog.read();
  return {
    entries: sumOf(all.map(({ entries }) => entries)),
    bytes,
    maxBytes: care.maxBytes,
    negative: sumOf(all.map(({ negative }) => negative)),
    fresh: sumOf(all.map(({ fresh }) => fresh)),
    ...times,
    shares: all,
    orphans: { bodies: sizes.size, bytes: sumOf(sizes.values()) },
    lastUse,
    allUse,
    backends: inUse,
  };
}

function shareOf(
  shares: Map<string, Writable<CacheShare>>,
  handler: string,
  url: string,
  care: CareContext,
): Writable<CacheShare> {
  const host = URL.canParse(url) ? new URL(url).host : '?';
  const known = shares.get(`${handler} ${host}`);
  if (known !== undefined) return known;
  const operator = care.operatorOf(handler, host) ?? host;
  // Hosts of one operator are one share.
  const same = [...shares.values()].find((one) => one.handler === handler && one.operator === operator);
  const share = same ?? { handler, operator, entries: 0, bytes: 0, negative: 0, fresh: 0 };
  shares.set(`${handler} ${host}`, share);
  return share;
}

function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}
