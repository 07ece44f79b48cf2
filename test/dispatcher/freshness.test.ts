import { expect, test } from 'vitest';
import { isAnswered } from '../../src/dispatcher/freshness.ts';
import type { AskedRow, OutcomeName } from '../../src/records/asked.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');

function asked(outcome: OutcomeName, plan = 'standard'): AskedRow {
  return { id: 'GSM1', outcome, key: 'GSM1', reason: null, plan, job: null, answered_at: new Date(AT).toISOString() };
}

test.each([
  { age: 0, fresh: true },
  { age: 3599, fresh: true },
  { age: 3600, fresh: false },
  { age: -1, fresh: false },
])('000-33 an answer of age $age s is fresh: $fresh (TTL 3600, strictly less)', ({ age, fresh }) => {
  expect(isAnswered(asked('added'), AT + age * 1000, 3600, false)).toBe(fresh);
});

test.each<[OutcomeName, boolean]>([
  ['added', true],
  ['no_runs', true],
  ['not_found', true],
  ['private', true],
  ['withdrawn', true],
  ['controlled', true],
  ['partial', false],
  ['http_error', false],
  ['network_error', false],
  ['rate_limited', false],
  ['bad_response', false],
  ['auth_error', false],
])('an id answered %s is left alone within the TTL: %s', (outcome, left) => {
  expect(isAnswered(asked(outcome), AT, 3600, false)).toBe(left);
});

test('an id that was answered by the standard plan is asked again for the full one', () => {
  expect(isAnswered(asked('added'), AT, 3600, true)).toBe(false);
  expect(isAnswered(asked('added', 'full'), AT, 3600, true)).toBe(true);
  expect(isAnswered(asked('added', 'full'), AT, 3600, false)).toBe(true);
  expect(isAnswered(undefined, AT, 3600, false)).toBe(false);
});
