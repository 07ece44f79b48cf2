import { describe, expect, it } from 'vitest';
import { EXIT, exitCodeOfError, exitCodeOfFound, exitCodeOfOutcomes } from '../../src/cli/exit-code.ts';
import { AuthError } from '../../src/errors/auth-error.ts';
import { ConfigError } from '../../src/errors/config-error.ts';
import { HttpStatusError } from '../../src/errors/http-status-error.ts';
import { InterruptedError } from '../../src/errors/interrupted-error.ts';
import { NetworkError } from '../../src/errors/network-error.ts';
import { StoreError } from '../../src/errors/store-error.ts';
import { UsageError } from '../../src/errors/usage-error.ts';
import { GOOD_OUTCOMES, OUTCOMES, type OutcomeName } from '../../src/records/asked.ts';

describe('003-18 exit codes of outcomes', () => {
  const table: readonly [readonly OutcomeName[], number][] = [
    [[], 0],
    [['added', 'updated', 'unchanged', 'no_runs', 'replaced'], 0],
    [['added', 'not_found'], 3],
    [['added', 'auth_error'], 3],
    [['partial'], 3],
    [['partial', 'network_error'], 3],
    [['auth_error', 'auth_error'], 4],
    [['auth_error', 'network_error'], 1],
    [['network_error'], 6],
    [['http_error', 'rate_limited', 'network_error'], 6],
    [['network_error', 'not_found'], 1],
    [['not_found'], 1],
    [['not_cached'], 1],
    [['bad_response'], 1],
    [['internal_error'], 1],
  ];
  it.each(table)('%j is %i', (outcomes, code) => {
    expect(exitCodeOfOutcomes(outcomes)).toBe(code);
  });

  it('says success for good outcomes only', () => {
    for (const outcome of OUTCOMES) {
      expect(exitCodeOfOutcomes([outcome]) === EXIT.ok, outcome).toBe(GOOD_OUTCOMES.has(outcome));
    }
  });
});

describe('003-18 exit codes of errors', () => {
  const table: readonly [unknown, number][] = [
    [new UsageError('x'), 2],
    [new ConfigError('x'), 2],
    [new AuthError('x'), 4],
    [new StoreError('lock', 'x'), 5],
    [new StoreError('newer_format', 'x'), 5],
    [new StoreError('integrity', 'x'), 5],
    [new StoreError('query', 'x'), 2],
    [new NetworkError('x'), 6],
    [new HttpStatusError(500, 'x'), 6],
    [new InterruptedError('x'), 130],
    [new TypeError('x'), 1],
    ['a string', 1],
  ];
  it.each(table)('%s is %i', (error, code) => {
    expect(exitCodeOfError(error)).toBe(code);
  });
});

it('exit codes of names looked for', () => {
  expect([exitCodeOfFound(2, 0), exitCodeOfFound(0, 0), exitCodeOfFound(1, 1), exitCodeOfFound(0, 2)]).toEqual([
    0, 0, 3, 1,
  ]);
});
