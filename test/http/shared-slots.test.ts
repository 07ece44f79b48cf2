import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHttpStack } from '../../src/http/client.ts';
import { afterRefusal, FULL_PACE } from '../../src/http/limit/pace.ts';
import { createSharedSlots } from '../../src/http/limit/shared-slots.ts';
import { createLocalSlots, type LimitedPlace, type SlotSource } from '../../src/http/limit/slot-source.ts';
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts';
import { type Script, startScriptedServer } from '../../src/testing/scripted-server.ts';

let folder: string;
let clock: FakeClock;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'celline-shared-'));
  // Beside the times of the files, so that no chain looks old.
  clock = createFakeClock(statSync(folder).mtimeMs);
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What one process has: a source of its own over the folder. */
function openSource(where: string | (() => string) = folder): SlotSource {
  const open = typeof where === 'string' ? () => where : where;
  return createSharedSlots({ clock, folder: open, randomId: randomUUID, warn: (text) => warnings.push(text) });
}

const place = (more: Partial<LimitedPlace> = {}): LimitedPlace => {
  return { operator: 'NCBI', origin: null, credential: null, perSecond: 3, ...more };
};
const chains = () => readdirSync(join(folder, 'limits')).sort();

test.each([
  ['of one process', () => createLocalSlots(clock)],
  ['of processes over a folder', () => openSource()],
])('slots %s: spaced, free again when given up and last, void after a refusal', (_, open) => {
  const source = open();
  const [one, two] = [source.slotsOf(place()), source.slotsOf(place())];
  const start = clock.now();
  const [first, second] = [one.claim(3), two.claim(3)];
  expect([first.startsAt(), second.startsAt()]).toEqual([start, start + 350]);
  first.giveUp();
  expect(one.claim(3).startsAt()).toBe(start + 700);
  const last = one.claim(3);
  last.giveUp();
  expect(two.claim(3).startsAt()).toBe(last.startsAt());
  clock.advance(100);
  const refused = (at: number) => (pace: typeof FULL_PACE) => afterRefusal(pace, at, start, 2000);
  expect(one.changePace(refused(clock.now()))).toMatchObject({ share: 0.5 });
  expect(two.pace()).toMatchObject({ share: 0.5, pausedUntil: start + 2100 });
  clock.advance(250);
  expect(second.take()).toBe(false);
  const next = two.claim(3);
  expect(next.startsAt()).toBe(start + 2100);
  expect(one.claim(3).startsAt()).toBe(start + 2800);
  clock.advance(1750);
  expect(next.take()).toBe(true);
});

test.each([
  [0, true, 0],
  [20, true, 0],
  [21, true, 21],
  [280, true, 280],
  [281, false, 0],
  [5000, false, 0],
])('a start that is %i ms late happens (%s) and puts off those that wait by %i ms', (late, happens, ms) => {
  const [one, two] = [openSource().slotsOf(place()), openSource().slotsOf(place())];
  const start = clock.now();
  const [first, second] = [one.claim(3), two.claim(3)];
  clock.advance(late);
  expect(first.take()).toBe(happens);
  if (happens) first.started();
  expect(second.startsAt()).toBe(start + 350 + ms);
  expect(one.claim(3).startsAt()).toBe(Math.max(start + 700 + ms, clock.now()));
});

test('a start that takes long to leave puts off those that wait by what it took, at most one spacing', () => {
  const [one, two] = [openSource().slotsOf(place()), openSource().slotsOf(place())];
  for (const ms of [60, 9000]) {
    const slot = one.claim(3);
    const waiting = two.claim(3);
    const before = waiting.startsAt();
    clock.advance(slot.startsAt() - clock.now());
    expect(slot.take()).toBe(true);
    clock.advance(ms);
    slot.started();
    expect(waiting.startsAt() - before).toBe(Math.min(ms, 350));
  }
});

test('processes share a limit when operator, mirror and key are the same', () => {
  const [one, two] = [openSource(), openSource()];
  const places = [
    {},
    { operator: 'ENA' },
    { origin: 'http://127.0.0.1:80' },
    { credential: 'k1' },
    { credential: 'k2' },
  ];
  const start = clock.now();
  for (const more of places) {
    expect(one.slotsOf(place(more)).claim(3).startsAt()).toBe(start);
    expect(two.slotsOf(place(more)).claim(3).startsAt()).toBe(start + 350);
  }
  expect(chains()).toHaveLength(5);
  expect(warnings).toEqual([]);
});

test('a key stands in no file and in no name', () => {
  const credential = 'c0ffee-very-secret-key';
  const slots = openSource().slotsOf(place({ credential }));
  slots.claim(3);
  slots.changePace((pace) => afterRefusal(pace, clock.now(), clock.now(), null));
  const paths = readdirSync(folder, { recursive: true }) as string[];
  expect(paths).toHaveLength(5);
  const texts = paths.map((path) =>
    statSync(join(folder, path)).isFile() ? readFileSync(join(folder, path), 'utf8') : '',
  );
  expect([...paths, ...texts].join('\n')).not.toContain(credential);
  expect(chains()[0]).toMatch(/^NCBI-[0-9a-f]{8}$/);
  expect(statSync(join(folder, 'limits')).mode & 0o077).toBe(0);
});

test('names of operators that cannot be file names stay in the folder, and apart', () => {
  const source = openSource();
  const names = ['../../etc', '..', 'a/b', 'a_b', 'é'.repeat(300), '.hidden'];
  for (const operator of names) source.slotsOf(place({ operator })).claim(3);
  expect(chains()).toHaveLength(names.length);
  for (const name of chains()) expect(name).toMatch(/^[\w@~+.-]{1,80}$/);
  expect(readdirSync(folder)).toEqual(['limits']);
});

test('a limit that is none makes no file', () => {
  const slots = openSource(() => {
    throw new Error('asked for the folder');
  }).slotsOf(place({ perSecond: 1000 }));
  const start = clock.now();
  expect([slots.claim(1000).startsAt(), slots.claim(1000).startsAt()]).toEqual([start, start + 1.05]);
  expect(warnings).toEqual([]);
});

test.each([
  [
    'that somebody else holds',
    () => {
      throw new Error('/tmp/x belongs to another user');
    },
  ],
  ['in whose place a file stands', () => join(folder, 'file')],
])('a folder %s: one warning, and the limit is kept within the process', (_, where) => {
  writeFileSync(join(folder, 'file'), '');
  const source = openSource(where);
  const [ncbi, ena] = [source.slotsOf(place()), source.slotsOf(place({ operator: 'ENA', credential: 'key' }))];
  const start = clock.now();
  expect([ncbi.claim(3).startsAt(), ncbi.claim(3).startsAt(), ena.claim(3).startsAt()]).toEqual([
    start,
    start + 350,
    start,
  ]);
  expect(ncbi.changePace((pace) => afterRefusal(pace, start, start, 1000)).share).toBe(0.5);
  expect(ncbi.pace().share).toBe(0.5);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('run one at a time');
});

test('a folder that is lost on the way: the process goes on from the last start that it knows', () => {
  const slots = openSource().slotsOf(place());
  const start = clock.now();
  slots.claim(3);
  slots.claim(3);
  rmSync(join(folder, 'limits'), { recursive: true });
  writeFileSync(join(folder, 'limits'), '');
  expect(slots.claim(3).startsAt()).toBe(start + 700);
  expect(slots.claim(3).startsAt()).toBe(start + 1050);
  expect(warnings).toHaveLength(1);
});

test('records that somebody removes are not missed by who knows the last start', () => {
  const slots = openSource().slotsOf(place());
  const start = clock.now();
  slots.claim(3);
  rmSync(join(folder, 'limits'), { recursive: true });
  expect(slots.claim(3).startsAt()).toBe(start + 350);
  expect(chains()).toEqual(['NCBI']);
  expect(warnings).toEqual([]);
});

test('a clock that was set back by an hour: the next start is a spacing away', () => {
  const source = openSource();
  source.slotsOf(place()).claim(3);
  source.slotsOf(place()).changePace((pace) => afterRefusal(pace, clock.now(), clock.now(), 60_000));
  clock.advance(-3_600_000);
  expect(openSource().slotsOf(place()).claim(3).startsAt()).toBe(clock.now() + 350);
  expect(openSource().slotsOf(place()).pace()).toBe(FULL_PACE);
});

test('chains that rest for an hour go when a process begins', () => {
  openSource()
    .slotsOf(place({ operator: 'ENA' }))
    .claim(3);
  clock.advance(3_000_000);
  openSource().slotsOf(place()).claim(3);
  expect(chains()).toEqual(['ENA', 'NCBI']);
  clock.advance(700_000);
  openSource()
    .slotsOf(place({ operator: 'DDBJ' }))
    .claim(3);
  expect(chains()).toEqual(['DDBJ']);
});

/** Two processes before one server: two stacks with a source each over one folder. */
async function startTwo(script: Script, perSecond: number) {
  const server = await startScriptedServer(script);
  const starts: { readonly who: number; readonly at: number }[] = [];
  const stacks = [0, 1].map((who) =>
    createHttpStack({
      clock,
      random: () => 0,
      report: ({ type }) => void (type === 'request' && starts.push({ who, at: clock.now() })),
      userAgent: 'celline/0.0.0',
      cache: null,
      spoolFolders: [],
      slots: openSource(),
    }),
  );
  const hosts = [{ host: server.host, operator: 'Shared', perSecond, connections: 2, source: 'test' }];
  const doors = stacks.map((stack) => stack.forHandler({ name: 'asked', hosts, ttl: 0 }));
  return {
    starts,
    ask: (count: number) =>
      Promise.all(
        doors.flatMap((http, who) =>
          Array.from({ length: count }, (_, i) =>
            http.text({ url: `${server.url}/${who}/${i}`, expect: { kind: 'text' } }),
          ),
        ),
      ),
    close: async () => {
      for (const stack of stacks) await stack.close();
      await server.close();
    },
  };
}

test('000-22: two processes keep one limit, take turns, and are refused together', async () => {
  let refusals = 1;
  const both = await startTwo(({ index }) => {
    if (index < 9 || refusals === 0) return { body: 'ok' };
    refusals -= 1;
    return { status: 429, headers: { 'retry-after': '5' } };
  }, 10);
  await both.ask(20);
  await both.close();
  const gaps = both.starts.slice(1).map(({ at }, index) => at - (both.starts[index]?.at ?? 0));
  expect(both.starts).toHaveLength(41);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(104.9);
  const pause = gaps.findIndex((gap) => gap > 4000);
  // Four connections may be in use when the refusal comes; then nobody starts, and both go on at half the pace.
  expect(pause).toBeLessThanOrEqual(13);
  expect(gaps.filter((gap) => gap > 4000)).toHaveLength(1);
  expect(Math.min(...gaps.slice(pause + 1, pause + 5))).toBeGreaterThanOrEqual(209);
  const busy = both.starts.slice(0, 36);
  const ofFirst = busy.filter(({ who }) => who === 0).length;
  expect(Math.abs(ofFirst - 18)).toBeLessThanOrEqual(2);
  // The pace comes back for both, and at full pace an answer changes nothing.
  expect(
    openSource()
      .slotsOf(place({ operator: 'Shared' }))
      .pace().share,
  ).toBeGreaterThan(0.5);
});

test('000-26: who begins while others are refused waits for its own time before it gives up', async () => {
  const before = openSource().slotsOf(place({ operator: 'Shared', perSecond: 10 }));
  const began = clock.now() - 3_600_000;
  before.changePace((pace) => ({ ...afterRefusal(pace, clock.now(), clock.now(), 3000), refusedSince: began }));
  const both = await startTwo(() => ({ body: 'ok' }), 10);
  await expect(both.ask(1)).resolves.toHaveLength(2);
  await both.close();
  expect(before.pace().refusedSince).toBeNull();
});

/** Another user of the machine, and what only root can do: be somebody else for a while. */
const SOMEBODY = 65_534;
const isRoot = process.geteuid?.() === 0;

test.runIf(isRoot)(
  "in a folder of several users old records of another's stay, and the limits are shared all the same",
  () => {
    chmodSync(folder, 0o1777);
    openSource().slotsOf(place()).claim(3);
    clock.advance(3_700_000);
    process.seteuid?.(SOMEBODY);
    try {
      openSource()
        .slotsOf(place({ operator: 'ENA' }))
        .claim(3);
    } finally {
      process.seteuid?.(0);
    }
    expect(warnings).toEqual([]);
    expect(chains()).toEqual(['ENA', 'NCBI']);
  },
);
