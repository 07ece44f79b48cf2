import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTestFolder } from '../store/open-test-store.ts';
import { runCli } from './run-cli.ts';

it('imports stdin as it comes, from the stream of the program', async () => {
  const cwd = await makeTestFolder();
  const env = { CELLINE_CONFIG_DIR: join(cwd, 'nobody') };
  const run = await runCli(['import', '-', '--source', 'LAB'], { cwd, env, stdin: 'key,tissue\nL1,brain\nL2,liver\n' });
  expect(run.code, run.stderr).toBe(0);
  expect(run.stdout.split('\n')[1]).toBe('-\tsamples\t2\t2\t0\t0\t0\t0');
});

it('a job of an import keeps what was asked, and no code', async () => {
  const cwd = await makeTestFolder();
  const env = { CELLINE_CONFIG_DIR: join(cwd, 'nobody') };
  await runCli(['import', '-', '--source', 'LAB', '--force'], { cwd, env, stdin: 'key,tissue\nL1,brain\n' });
  const shown = await runCli(['jobs', 'show', '1', '--json'], { cwd, env });
  expect(JSON.parse(shown.stdout).options).toEqual({ source: ['LAB'], force: ['true'] });
});
