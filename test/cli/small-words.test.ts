import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defineHandler } from '../../src/ports/check-handler.ts';
import { openProject } from '../../src/project/open-project.ts';
import { makeTestFolder } from '../store/open-test-store.ts';
import { fakeProject } from './fake-project.ts';
import { runCli, type Wishes } from './run-cli.ts';

/** A project of its own with two samples. */
async function ownSamples() {
  const cwd = await makeTestFolder();
  const here = { cwd, env: { CELLINE_CONFIG_DIR: join(cwd, 'nobody') } };
  await runCli(['import', '-', '--source', 'LAB'], { ...here, stdin: 'key,tissue\nL1,brain\nL2,liver\n' });
  return here;
}

it('list --limit 0 does not say that there is nothing', async () => {
  const here = await ownSamples();
  expect((await runCli(['list', '--limit', '0'], here)).stderr).toBe('');
  expect((await runCli(['list', 'runs'], here)).stderr).toContain('No runs yet');
});

it('a job of which only words that are no accessions failed is not offered again', async () => {
  const cwd = await makeTestFolder();
  const handler = defineHandler({
    name: 'lab',
    source: 'LAB',
    pattern: { pattern: /^LIB\d{4}$/, example: 'LIB0001' },
    baseUrl: 'https://lab.example.org',
    fetchSample: async (id) => (id === 'LIB0002' ? null : { title: id, runs: [] }),
    fetchRun: async () => null,
  });
  const open: Wishes['open'] = (settings) => openProject({ ...settings, handlers: [handler] });
  const here = { cwd, open, env: { CELLINE_CONFIG_DIR: join(cwd, 'nobody') } };
  await runCli(['add', 'LIB0001', 'junk'], here);
  await runCli(['add', 'LIB0002', 'junk'], here);
  const refused = await runCli(['jobs', 'show', '1'], here);
  expect(refused.stdout).toContain('1.2 junk failed');
  expect(refused.stdout).not.toContain('jobs rerun');
  expect((await runCli(['jobs', 'show', '2'], here)).stdout).toContain('next: celline jobs rerun 2 --failed');
});

it('jobs --since takes a date as stats does, and says so of other words', async () => {
  const here = await ownSamples();
  const numbers = async (since: string) => {
    const { stdout } = await runCli(['jobs', '--since', since, '--json'], here);
    return JSON.parse(stdout).map(({ number }: { number: string }) => number);
  };
  expect(await numbers('2020-01-01')).toEqual(['1']);
  expect(await numbers('2999-01-01')).toEqual([]);
  const wrong = await runCli(['jobs', '--since', 'yesterday'], here);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('hint: --since 2026-11-01, --since 7d');
});

it('an export whose name tells no format says which it has; jobs can be exported', async () => {
  const here = await ownSamples();
  const odd = await runCli(['export', 'samples', '-o', 'x.foo'], here);
  expect(odd.stderr).toContain('It is tsv, since its name tells no format: --format chooses another.');
  expect((await runCli(['export', 'samples', '-o', 'x.csv'], here)).stderr).not.toContain('tells no format');
  const jobs = await runCli(['export', 'jobs', '--columns', 'number,task', '--format', 'csv'], here);
  expect(jobs.stdout).toBe('number,task\r\n1,import\r\n');
});

it('cache prune says when nothing matches', async () => {
  const { stderr } = await runCli(['cache', 'prune', '--handler', 'gro'], await ownSamples());
  expect(stderr).toBe('No stored answer matches.\n');
});

it('--force is refused whoever says offline', async () => {
  const cwd = await makeTestFolder();
  const env = { CELLINE_CONFIG_DIR: join(cwd, 'nobody') };
  const { open, calls } = fakeProject();
  const words = ['add', 'GSM1', '--force'];
  const byVariable = await runCli(words, { cwd, env: { ...env, CELLINE_OFFLINE: '1' }, open });
  await writeFile(join(cwd, 'celline.config.json'), '{"offline": true}');
  const byFile = await runCli(words, { cwd, env, open });
  for (const { code, stderr } of [byVariable, byFile]) {
    expect([code, stderr]).toEqual([2, expect.stringContaining('--force and --offline exclude each other')]);
  }
  expect(calls.add).toEqual([]);
});

it('a role is found however it is written, and what there is instead is told', async () => {
  const cwd = await makeTestFolder();
  const here = { cwd, env: { CELLINE_CONFIG_DIR: join(cwd, 'nobody') } };
  const files = 'key,parent,name,role,origin,urls,source\nL1/a,L1,a_I1.fastq.gz,I1,submitted,https://a.example/a,LAB\n';
  await runCli(['import', '-', '--source', 'LAB'], { ...here, stdin: 'key\nL1\n' });
  const taken = await runCli(['import', '-', '--table', 'files'], { ...here, stdin: files });
  expect(taken.code, taken.stderr).toBe(0);
  expect((await runCli(['urls', 'L1', '--role', 'i1'], here)).stdout).toBe('https://a.example/a\n');
  const none = await runCli(['urls', 'L1', '--role', 'R3'], here);
  expect([none.code, none.stderr]).toEqual([0, 'No addresses match; there are I1 (submitted).\n']);
});
