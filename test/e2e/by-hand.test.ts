import { existsSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { outcomeLines } from '../support/outcome-lines.ts';
import { HANDBOOK_RUNS, HANDBOOK_SAMPLE, someSamples, startSampleService } from '../support/sample-service.ts';

/** A service with two samples, one of them with runs, a new project, and celline between them. */
async function scene(config: Readonly<Record<string, unknown>> = {}) {
  const samples: Record<string, Record<string, unknown>> = { ...someSamples(1), CUSTOM123456: HANDBOOK_SAMPLE };
  const service = await startSampleService({ samples, runs: HANDBOOK_RUNS });
  onTestFinished(() => service.close());
  const folder = projectFolder(config);
  const env = { CUSTOM_DB_API_URL: `${service.url}/v1`, CUSTOM_DB_RATE_LIMIT: '100' };
  return { samples, service, folder, run: (...args: string[]) => cellineHere(args, { folder, env }) };
}

it('003-05 what is added is shown, listed, brought up to date and removed; a second time each does no harm', async () => {
  const { samples, run } = await scene();
  const ids = Object.keys(samples);
  const add = async (...args: string[]) => outcomeLines((await run('add', ...args)).stdout).map((row) => row.outcome);
  expect(await add(...ids)).toEqual(['no_runs', 'added']);
  const list = await run('list', '--ids-only');
  expect(list).toMatchObject({ code: 0, stdout: `${ids.join('\n')}\n` });
  const title = async () => JSON.parse((await run('show', 'CUSTOM123456', '--json')).stdout)[0].record.title;
  expect(await add(...ids)).toEqual(['no_runs', 'unchanged']);
  expect((await run('list', '--ids-only')).stdout).toBe(list.stdout);
  samples.CUSTOM123456 = { ...HANDBOOK_SAMPLE, title: 'another title' };
  const refresh = async () => outcomeLines((await run('refresh', '--all')).stdout).map((row) => row.outcome);
  expect(await refresh()).toEqual(['no_runs', 'updated']);
  expect(await refresh()).toEqual(['no_runs', 'unchanged']);
  expect(await title()).toBe('another title');
  expect((await run('rm', 'CUSTOM123456', '--cascade', '--yes')).code).toBe(0);
  const again = await run('rm', 'CUSTOM123456', '--cascade', '--yes');
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('CUSTOM123456')]);
  expect((await run('list', '--ids-only')).stdout).toBe('CUSTOM000001\n');
});

it('001-28 neither --dry-run nor the memory back end leaves a table', async () => {
  const dry = await scene();
  const planned = await dry.run('add', 'CUSTOM000001', '--dry-run');
  expect([planned.code, dry.service.requests.length]).toEqual([0, 0]);
  expect(existsSync(join(dry.folder, 'DB'))).toBe(false);
  const memory = await scene({ store: { backend: 'memory' } });
  const added = await memory.run('add', 'CUSTOM000001');
  expect(outcomeLines(added.stdout)).toMatchObject([{ id: 'CUSTOM000001', outcome: 'no_runs' }]);
  expect(existsSync(join(memory.folder, 'DB'))).toBe(false);
});

it('003-03, 003-32 the doctor names a table whose file was cut, and exits 1; before that 0', async () => {
  const { folder, run } = await scene();
  await run('add', 'CUSTOM000001');
  const checks = async () => {
    const { code, stdout } = await run('doctor', '--offline', '--json');
    const rows: { check: string; state: string; detail: string }[] = JSON.parse(stdout);
    return { code, errors: rows.filter(({ state }) => state === 'error') };
  };
  expect(await checks()).toEqual({ code: 0, errors: [] });
  const segments = join(folder, 'DB/.store/v1/segments');
  const cut = readdirSync(segments).find((name) => name.toLowerCase().startsWith('custom_samples'));
  truncateSync(join(segments, cut ?? ''), 20);
  const after = await checks();
  expect(after.code).toBe(1);
  expect(after.errors).toMatchObject([
    { check: 'segments', detail: expect.stringContaining(`CUSTOM_SAMPLES: ${cut}`) },
  ]);
});
