import { expect, it } from 'vitest';
import { celline, projectFolder } from '../support/celline-process.ts';

it.each([
  ['parquet', 'parquet: durable, concurrent, transactions, savepoints, returning'],
  ['memory', 'memory: not durable, not concurrent, transactions, savepoints, returning'],
])('001-26 doctor --json says what the back end %s can do', async (backend, detail) => {
  const run = await celline(['doctor', '--json', '--offline'], { folder: projectFolder({ store: { backend } }) });
  const checks: { check: string; state: string; detail: string }[] = JSON.parse(run.stdout);
  expect(checks.find(({ check }) => check === 'store')).toMatchObject({ state: 'ok', detail });
});
