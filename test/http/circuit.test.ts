import { describe, expect, test } from 'vitest';
import {
  afterFailedAttempt,
  afterFailedProbe,
  afterFailure,
  afterGood,
  afterLostProbe,
  type Circuit,
  CLOSED,
  startProbe,
} from '../../src/http/trouble/circuit.ts';
import { circuitEvents } from '../../src/http/trouble/circuit-events.ts';

const MAX = 180_000;
const S = 1000;

/** A failure at that second of a request that was begun just before, unless told otherwise. */
const failure = (second: number, more: { began?: number; doubtful?: boolean; hasKnown?: boolean } = {}) => ({
  began: second * S,
  now: second * S,
  what: 'server error 503',
  doubtful: false,
  hasKnown: false,
  ...more,
});

/** The circuit after failures at these seconds. */
const afterFailures = (seconds: readonly number[], doubtful = false): Circuit =>
  seconds.reduce<Circuit>((circuit, at) => afterFailure(circuit, failure(at, { doubtful }), MAX), CLOSED);

const open = (probes: number): Circuit => ({ state: 'open', since: 0, probeAt: 0, probes, last: '' });

describe('closed', () => {
  test.each([
    ['three failures', [0, 1, 2], 'closed'],
    ['four failures', [0, 1, 2, 3], 'open'],
    ['four failures within two seconds', [0, 0.5, 1, 1.5], 'closed'],
    ['a fifth after them', [0, 0.5, 1, 1.5, 2], 'open'],
    ['failures with a lull of a minute before the last', [0, 1, 2, 63], 'closed'],
    ['two failures that are further apart than the longest trouble', [0, 181], 'closed'],
    ['two failures, and a third when the longest trouble is over', [0, 60, 120, 180], 'given_up'],
  ] as const)('%s: %s is %s', (_name, seconds, state) => {
    expect(afterFailures(seconds).state).toBe(state);
  });

  test('batches that fail, and ids that failed before, do not open it; nor do they hide that nothing is answered', () => {
    expect(afterFailures([0, 1, 2, 3, 4, 5, 6, 7], true).state).toBe('closed');
    expect(afterFailures([0, 60, 120, 180], true).state).toBe('given_up');
  });

  test('a good answer between failures begins the count anew', () => {
    const circuit = afterGood(afterFailures([0, 1, 2]));
    expect(circuit).toEqual(CLOSED);
    expect(afterFailure(circuit, failure(3), MAX).state).toBe('closed');
  });

  test('the trouble begins with the first attempt that failed, not with the first request', () => {
    const attempt = afterFailedAttempt(CLOSED, failure(1), MAX);
    const circuit = [4, 4, 4, 4].reduce((one, at) => afterFailure(one, failure(at), MAX), attempt);
    expect(circuit).toMatchObject({ state: 'open', since: 1 * S });
  });

  test.each([
    [11, 'closed'],
    [12, 'open'],
  ])('%i attempts that failed while no request has spent all of its own: %s', (count, state) => {
    const seconds = Array.from({ length: count }, (_, index) => index / 4);
    const ending = (doubtful: boolean) =>
      seconds.reduce<Circuit>((one, at) => afterFailedAttempt(one, failure(at, { doubtful }), MAX), CLOSED);
    expect(ending(false).state).toBe(state);
    expect(ending(true).state).toBe('closed');
  });

  test('one request that fails, however long it took, is no dead archive', () => {
    const attempt = afterFailedAttempt(CLOSED, failure(1), MAX);
    expect(afterFailure(attempt, failure(400, { began: 0 }), MAX).state).toBe('closed');
  });

  test('a request that was begun before the last failure is no lull, however late it fails: silence of 300 s ends as one', () => {
    const first = afterFailure(CLOSED, failure(300, { began: 0 }), MAX);
    expect(afterFailure(first, failure(600, { began: 300 * S }), MAX)).toMatchObject({
      state: 'given_up',
      since: 300 * S,
      at: 600 * S,
    });
  });
});

describe('open', () => {
  test.each([
    [0, 10],
    [1, 20],
    [2, 40],
    [3, 60],
    [9, 60],
  ])('after %i failed probes and another one, the next goes after %i s', (probes, seconds) => {
    const circuit = afterFailedProbe(startProbe(open(probes)), failure(0), 1e9);
    expect(circuit).toMatchObject({ state: 'open', probes: probes + 1, probeAt: seconds * S });
  });

  test('the first probe goes after 5 s, the last one when the longest trouble is over, and its failure is the end', () => {
    let circuit = afterFailures([0, 1, 2, 3]);
    const probes: number[] = [];
    while (circuit.state === 'open') {
      probes.push(circuit.probeAt / S);
      circuit = afterFailedProbe(startProbe(circuit), failure(circuit.probeAt / S), MAX);
    }
    expect(probes).toEqual([8, 18, 38, 78, 138, 180]);
    expect(circuit).toEqual({ state: 'given_up', since: 0, at: MAX, last: 'server error 503' });
  });

  test('where a question is known that was answered well, it goes at once, and then the usual waits follow', () => {
    const known = [0, 1, 2, 3].reduce<Circuit>(
      (one, at) => afterFailure(one, failure(at, { hasKnown: true }), MAX),
      CLOSED,
    );
    expect(known).toMatchObject({ state: 'open', probeAt: 3 * S });
    expect(afterFailedProbe(startProbe(known), failure(3), MAX)).toMatchObject({ state: 'open', probeAt: 8 * S });
  });

  test('a probe that was aborted lets the next one go at once and counts as none', () => {
    const circuit = startProbe(open(2));
    expect(afterLostProbe(circuit, 7)).toMatchObject({ state: 'open', probeAt: 7, probes: 2 });
  });

  test.each([
    ['open', open(1)],
    ['half_open', startProbe(open(1))],
  ])('%s: any good answer closes it, late failures of others change nothing', (_state, circuit) => {
    expect(afterGood(circuit)).toEqual(CLOSED);
    expect(afterFailure(circuit, failure(1), MAX)).toBe(circuit);
    expect(afterFailedAttempt(circuit, failure(1), MAX)).toBe(circuit);
  });

  test('what is told about a probe after the circuit has closed or opened again changes nothing', () => {
    for (const circuit of [CLOSED, open(1)]) {
      expect(afterFailedProbe(circuit, failure(1), MAX)).toBe(circuit);
      expect(afterLostProbe(circuit, 1)).toBe(circuit);
    }
    expect(startProbe(CLOSED)).toBe(CLOSED);
  });
});

test('given up stays given up', () => {
  const circuit: Circuit = { state: 'given_up', since: 0, at: 1, last: '' };
  expect(afterGood(circuit)).toBe(circuit);
  expect(afterFailure(circuit, failure(1), MAX)).toBe(circuit);
  expect(afterFailedProbe(circuit, failure(1), MAX)).toBe(circuit);
  expect(startProbe(circuit)).toBe(circuit);
});

test('what the user is told: opened, tried, open again, answered, given up; nothing of what he cannot see', () => {
  const opened: Circuit = { state: 'open', since: 0, probeAt: 8 * S, probes: 0, last: 'server error 503' };
  const probing = startProbe(opened);
  const tell = (before: Circuit, after: Circuit, second: number) =>
    circuitEvents('ENA', before, after, { now: second * S, probeMs: 30 * S, maxTroubleMs: MAX }).map((event) =>
      event.type === 'waiting' ? `${event.reason} [${event.ms}]` : event.type === 'warning' ? event.message : '',
    );
  expect(tell(CLOSED, opened, 3)).toEqual([
    'ENA is in trouble (server error 503): its requests wait until it answers, at most 180 s (maxTrouble)',
    'ENA is in trouble (server error 503), trying one request in 5 s [5000]',
  ]);
  expect(tell(opened, probing, 8)).toEqual(['trying whether ENA answers again [30000]']);
  expect(tell(probing, { ...opened, probes: 1, probeAt: 19 * S }, 9)).toEqual([
    'ENA is in trouble (server error 503), trying one request in 10 s [10000]',
  ]);
  expect(tell(probing, CLOSED, 9)).toEqual(['ENA answers again, after 9 s [0]']);
  const end: Circuit = { state: 'given_up', since: 0, at: MAX, last: 'server error 503' };
  expect(tell(probing, end, 180)).toEqual([
    'ENA has not answered well for 180 s (last: server error 503); given up for this command',
  ]);
  expect(tell(CLOSED, afterFailures([0]), 1)).toEqual([]);
  expect(tell(probing, afterLostProbe(probing, 9 * S), 9)).toEqual([]);
  expect(tell(end, end, 181)).toEqual([]);
});
