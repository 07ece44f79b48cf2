import { mkdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_USE } from '../../../src/http/cache/use-log.ts';
import type { AnswerFilter } from '../../../src/ports/cache-care.ts';
import { collect, type FilledCache, HOUR, NOW, openFilledCache } from './filled-cache.ts';

const DAY = 24 * HOUR;
let cache: FilledCache;

/** Names, the last parts of the addresses, of the answers that a filter has. */
async function names(filter: AnswerFilter = {}): Promise<string[]> {
  return (await collect(cache.care.list(filter))).map(({ url }) => url.split('/').at(-1) ?? '').sort();
}

describe.each([
  ['json', 'filesystem'],
  ['memory', 'memory'],
  ['json', 'memory'],
])('the care of %s and %s', (metadata, blob) => {
  beforeEach(async () => {
    cache = await openFilledCache(metadata, blob);
    await cache.put('geo', 'GSM1', 1.5 * HOUR);
    await cache.put('insdc', 'SRX1', 0.5 * HOUR, { body: 'both have it' });
    await cache.put('insdc', 'SRX2', 3 * DAY, { body: 'both have it' });
    await cache.put('insdc', 'SRX3', 2 * HOUR, { status: 404 });
    await cache.put('insdc', 'search', 10_000, { ttl: 1 });
  });

  test.each<[string, AnswerFilter, string[]]>([
    ['nothing', {}, ['GSM1', 'SRX1', 'SRX2', 'SRX3', 'search']],
    ['a handler', { handler: 'geo' }, ['GSM1']],
    ['a text of the address, in any case', { urlText: 'srx' }, ['SRX1', 'SRX2', 'SRX3']],
    ['stale ones, also by the time that the request gave', { stale: true }, ['SRX2', 'SRX3', 'search']],
    ['negative ones', { negative: true }, ['SRX3']],
    ['age', { olderThanMs: DAY }, ['SRX2']],
    ['all at once', { handler: 'insdc', stale: true, urlText: 'SRX', negative: true }, ['SRX3']],
  ])('list: %s', async (_, filter, expected) => {
    expect(await names(filter)).toEqual(expected);
  });

  test('figures: entries, bytes of bodies each once, fresh, negative, by handler and operator', async () => {
    await cache.useLog.note({ at: '2026-06-14T00:00:00.000Z', run: 'a', ...NO_USE, hits: 1, misses: 1 });
    await cache.useLog.note({ at: '2026-06-15T00:00:00.000Z', run: 'b', ...NO_USE, hits: 3 });
    const figures = await cache.care.figures();
    const bytes = ['body of GSM1', 'both have it', 'body of SRX3', 'body of search'].join('').length;
    expect(figures).toMatchObject({
      entries: 5,
      bytes,
      fresh: 2,
      negative: 1,
      oldest: new Date(NOW - 3 * DAY).toISOString(),
      newest: new Date(NOW - 10_000).toISOString(),
      orphans: { bodies: 0, bytes: 0 },
      lastUse: { hits: 3, misses: 0, commands: 1 },
      allUse: { hits: 4, misses: 1, commands: 2 },
      backends: { metadata, blob },
    });
    expect(figures.shares.map(({ handler, operator, entries }) => [handler, operator, entries])).toEqual([
      ['insdc', 'ena.example', 4],
      ['geo', 'NCBI', 1],
    ]);
    expect(figures.shares.reduce((sum, share) => sum + share.bytes, 0)).toBe(bytes);
  });

  test('find by key and by address, without a secret; the body comes byte for byte', async () => {
    const key = await cache.put('geo', 'bytes', 0, { body: '\u0000ü\r\n' });
    const [byKey] = await cache.care.find([key]);
    const byAddress = await cache.care.find(['https://www.nih.example/bytes?api_key=secret', key]);
    expect(byAddress).toEqual([byKey]);
    expect(await cache.care.find(['geo/ffffffffffffffffffffffffffffffff', 'https://www.nih.example/no'])).toEqual([]);
    expect(
      (await cache.care.body(key).then(async (body) => body && Buffer.concat(await collect(body))))?.toString(),
    ).toBe('\u0000ü\r\n');
    expect(await cache.care.body('geo/ffffffffffffffffffffffffffffffff')).toBe(null);
  });

  test('remove: a body that another answer has stays', async () => {
    const shared = (await collect(cache.care.list({ urlText: 'SRX1' })))[0]?.key ?? '';
    const removal = await cache.care.remove([shared, 'https://ena.example/SRX3', 'https://ena.example/none']);
    expect(removal).toEqual({ entries: 2, bodies: 1, bytes: 12, unknown: ['https://ena.example/none'] });
    expect(await names()).toEqual(['GSM1', 'SRX2', 'search']);
    expect((await collect(cache.care.verify().findings)).length).toBe(0);
    expect(await cache.care.remove(['https://ena.example/SRX2'])).toMatchObject({ entries: 1, bodies: 1 });
  });

  test.each<[string, (dryRun: boolean) => Promise<object>, string[]]>([
    ['prune', (dryRun) => cache.care.prune({ stale: true }, { dryRun }), ['GSM1', 'SRX1']],
    ['prune by handler', (dryRun) => cache.care.prune({ handler: 'insdc' }, { dryRun }), ['GSM1']],
    ['shrink', (dryRun) => cache.care.shrink(26, { dryRun }), ['SRX1', 'SRX2', 'search']],
    [
      'remove',
      (dryRun) => cache.care.remove(['https://ena.example/search'], { dryRun }),
      ['GSM1', 'SRX1', 'SRX2', 'SRX3'],
    ],
    ['clear', (dryRun) => cache.care.clear({ dryRun }), []],
  ])('%s: a dry run counts the same and removes nothing', async (_, act, left) => {
    const before = await names();
    const counted = await act(true);
    expect(await names()).toEqual(before);
    expect(await act(false)).toEqual(counted);
    expect(await names()).toEqual(left);
    expect((await collect(cache.care.verify().findings)).length).toBe(0);
  });

  test('verify: a missing and an altered body, an old orphan; a fresh one may be in the making', async () => {
    const [one, two] = [await cache.put('geo', 'one', 0), await cache.put('geo', 'two', 0)];
    const { blobs, metadata: index } = cache.backends;
    const bodyOf = async (key: string) => `geo/${(await index.getEntry(key))?.bodyHash}`;
    await blobs.delete(await bodyOf(one));
    await blobs.put(await bodyOf(two), new TextEncoder().encode('body of tw0'));
    await index.removeEntry(await cache.put('geo', 'old', 2 * HOUR));
    await index.removeEntry(await cache.put('geo', 'young', 0));
    const found = async (repair: boolean) => {
      const { findings, entries } = cache.care.verify({ repair });
      const list = (await collect(findings)).map(({ kind, name, isRemoved }) => [kind, name, isRemoved]);
      return { list: list.sort(), entries: entries() };
    };
    const orphan = (await found(false)).list.find(([kind]) => kind === 'orphan')?.[1];
    const expected = (isRemoved: boolean) => [
      ['body_altered', two, isRemoved],
      ['body_missing', one, isRemoved],
      ['orphan', orphan, isRemoved],
    ];
    expect(await found(false)).toEqual({ list: expected(false), entries: 7 });
    expect(await found(true)).toEqual({ list: expected(true), entries: 7 });
    expect(await found(false)).toEqual({ list: [], entries: 5 });
  });
});

describe('files', () => {
  beforeEach(async () => {
    cache = await openFilledCache();
  });

  test('002-20: torn entries and what killed processes left are found, and go', async () => {
    const torn = await cache.put('geo', 'torn', 0);
    const other = await cache.put('geo', 'other version', 0, { version: 2 as 1 });
    await cache.put('geo', 'good', 0);
    await truncate(join(cache.folder, 'v1/geo', torn.slice(4, 6), `${torn.slice(4)}.cache`), 20);
    const [old, young] = ['v1/geo/aa/aa.cache.1.tmp', 'v1/geo/aa/bb.body.2.tmp'].map((path) =>
      join(cache.folder, path),
    );
    await mkdir(dirname(old ?? ''), { recursive: true });
    await writeFile(old ?? '', 'half');
    await writeFile(young ?? '', 'half');
    await utimes(old ?? '', (NOW - 2 * HOUR) / 1000, (NOW - 2 * HOUR) / 1000);
    await utimes(young ?? '', NOW / 1000, NOW / 1000);
    const kinds = async () =>
      (await collect(cache.care.verify({ repair: true }).findings)).map(({ kind, name }) => [kind, name]);
    expect((await kinds()).sort()).toEqual([
      ['leftover', old],
      ['unreadable', other],
      ['unreadable', torn],
    ]);
    expect(await names()).toEqual(['good']);
    await utimes(young ?? '', 1, 1);
    expect(await kinds()).toContainEqual(['leftover', young]);
  });

  test('an entry that cannot be read goes by its key', async () => {
    const torn = await cache.put('geo', 'torn', 0);
    await truncate(join(cache.folder, 'v1/geo', torn.slice(4, 6), `${torn.slice(4)}.cache`), 20);
    expect(await cache.care.find([torn])).toEqual([]);
    expect(await cache.care.remove([torn], { dryRun: true })).toMatchObject({ entries: 1, unknown: [] });
    expect(await cache.care.remove([torn])).toMatchObject({ entries: 1, unknown: [] });
    expect(await cache.care.remove([torn])).toMatchObject({ entries: 0, unknown: [torn] });
  });

  test('no cache at all is an empty one', async () => {
    await rm(cache.folder, { recursive: true });
    expect(await cache.care.figures()).toMatchObject({ entries: 0, bytes: 0, oldest: null, lastUse: null });
    expect(await cache.care.clear()).toEqual({ entries: 0, bodies: 0, bytes: 0 });
    expect(await collect(cache.care.verify().findings)).toEqual([]);
  });

  test('entries that come and go meanwhile are neither damage nor an error', async () => {
    for (let i = 0; i < 40; i += 1) await cache.put('geo', `sample${i}`, 0);
    const { findings } = cache.care.verify();
    const others = Array.from({ length: 40 }, async (_, i) => {
      await cache.care.remove([`https://www.nih.example/sample${i}`]);
      await cache.put('insdc', `new ${i}`, 0);
    });
    const [found] = await Promise.all([collect(findings), ...others]);
    expect(found).toEqual([]);
    expect(await names()).toHaveLength(40);
  });
});
