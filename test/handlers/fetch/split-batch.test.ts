import { expect, test } from 'vitest';
import { type AskedAs, askList, askSplitting, cutPart } from '../../../handlers/fetch/split-batch.ts';
import { BadResponseError } from '../../../src/errors/bad-response-error.ts';
import { HttpStatusError } from '../../../src/errors/http-status-error.ts';
import { NetworkError } from '../../../src/errors/network-error.ts';
import { RateLimitedError } from '../../../src/errors/rate-limited-error.ts';

const SIGNAL = new AbortController().signal;
const ids = (count: number) => Array.from({ length: count }, (_, index) => `ID${index}`);

/** An archive that fails whenever a poisoned id is among those asked. */
function poisoned(bad: ReadonlySet<string>, error: () => Error = () => new HttpStatusError(500, 'broken')) {
  const requests: number[] = [];
  return {
    requests,
    ask: async (some: readonly string[]) => {
      requests.push(some.length);
      if (some.some((id) => bad.has(id))) throw error();
      return some;
    },
  };
}

test('a good batch is one request', async () => {
  const archive = poisoned(new Set());
  const parts = await askSplitting(ids(500), archive.ask, SIGNAL);
  expect(parts.flatMap((part) => part.records)).toHaveLength(500);
  expect(archive.requests).toEqual([500]);
});

test('one bad id of 500 costs only itself', async () => {
  const archive = poisoned(new Set(['ID250']));
  const { records, failed } = await askList(ids(500), 500, archive.ask, SIGNAL);
  expect(records).toHaveLength(499);
  expect([...failed.keys()]).toEqual(['ID250']);
  expect(archive.requests.length).toBeLessThan(25);
});

test('5 % of bad ids cost only themselves', async () => {
  const bad = new Set(ids(500).filter((_, index) => index % 20 === 7));
  const archive = poisoned(bad, () => new BadResponseError('cut', { fields: { kind: 'cut' } }));
  const { records, failed } = await askList(ids(500), 500, archive.ask, SIGNAL);
  expect(new Set(failed.keys())).toEqual(bad);
  expect(records).toHaveLength(475);
});

test('an archive that answers no part of a batch is down after 8 requests', async () => {
  const archive = poisoned(new Set(ids(500)));
  const { records, failed } = await askList(ids(500), 500, archive.ask, SIGNAL);
  expect(records).toEqual([]);
  expect(failed.size).toBe(500);
  expect(archive.requests).toHaveLength(8);
});

test('a run of bad ids at the start of a batch is no broken archive', async () => {
  const bad = new Set(ids(125));
  const archive = poisoned(bad);
  const { records, failed } = await askList(ids(500), 500, archive.ask, SIGNAL);
  expect(new Set(failed.keys())).toEqual(bad);
  expect(new Set(records)).toEqual(new Set(ids(500).slice(125)));
  expect(records).toHaveLength(375);
});

test('a good id that was struck while it was asked alone is asked once more', async () => {
  let struck = 0;
  const ask = async (some: readonly string[]) => {
    if (some.includes('ID3')) throw new HttpStatusError(500, 'broken');
    if (some.length === 1 && some[0] === 'ID2' && struck++ === 0)
      throw new BadResponseError('a page', { fields: { kind: 'html' } });
    return some;
  };
  const { records, failed } = await askList(ids(4), 4, ask, SIGNAL);
  expect([...records].toSorted(), [...failed.keys()].join()).toEqual(['ID0', 'ID1', 'ID2']);
  expect(struck).toBe(2);
});

test('a refusal for the rate is not split', async () => {
  const archive = poisoned(new Set(['ID3']), () => new RateLimitedError('too fast'));
  const { failed } = await askList(ids(8), 8, archive.ask, SIGNAL);
  expect(failed.size).toBe(8);
  expect(archive.requests).toEqual([8]);
});

test('a 400 may be one id that the archive cannot read: it costs only itself', async () => {
  const archive = poisoned(new Set(['ID3']), () => new HttpStatusError(400, 'bad accession'));
  const { records, failed } = await askList(ids(8), 8, archive.ask, SIGNAL);
  expect(records).toHaveLength(7);
  expect([...failed.keys()]).toEqual(['ID3']);
});

test.each([
  ['given_up', 'an archive that was given up'],
  ['certificate', 'an archive whose certificate is not trusted'],
  ['proxy', 'an archive that a proxy refuses'],
])('%s: %s is not asked for parts', async (kind) => {
  const archive = poisoned(new Set(['ID3']), () => new NetworkError('no answer', { fields: { kind } }));
  const { failed } = await askList(ids(8), 8, archive.ask, SIGNAL);
  expect(failed.size).toBe(8);
  expect(archive.requests).toEqual([8]);
});

test('a batch, and an id that failed before, may be to blame themselves; an id alone may not', async () => {
  const asked: [number, AskedAs][] = [];
  const ask = async (some: readonly string[], as: AskedAs) => {
    asked.push([some.length, as]);
    if (some.includes('ID3')) throw new HttpStatusError(500, 'broken');
    return some;
  };
  await askList(ids(4), 4, ask, SIGNAL);
  await askList(['ID0'], 4, ask, SIGNAL);
  const part = (size: number) => [size, { attempts: 1, doubtful: size > 1 }];
  expect(asked).toEqual([
    [4, { doubtful: true }],
    part(2),
    part(2),
    part(1),
    part(1),
    [1, { attempts: 1, doubtful: true }],
    [1, {}],
  ]);
});

test('a 404 is about the whole request: it is not split', async () => {
  const archive = poisoned(new Set(['ID3']), () => new HttpStatusError(404, 'no such service'));
  const { failed } = await askList(ids(8), 8, archive.ask, SIGNAL);
  expect(failed.size).toBe(8);
  expect(archive.requests).toEqual([8]);
});

test('halves at first, quarters later; nothing is lost or doubled', () => {
  expect(cutPart(ids(5), 0)).toEqual([
    ['ID0', 'ID1', 'ID2'],
    ['ID3', 'ID4'],
  ]);
  expect(cutPart(ids(5), 2).flat()).toEqual(ids(5));
  expect(cutPart(ids(3), 4)).toEqual([['ID0'], ['ID1'], ['ID2']]);
});

test('an abort ends it at once, as an abort', async () => {
  const stop = new AbortController();
  const ask = async () => {
    stop.abort(new Error('stopped'));
    throw new HttpStatusError(500, 'broken');
  };
  await expect(askSplitting(ids(4), ask, stop.signal)).rejects.toThrow('stopped');
});
