import { expect, it, onTestFinished } from 'vitest';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { troubledArchives, troubledList } from '../support/troubled-list.ts';

it('003-09 what add, rm of a run and rm --cascade leave behind: db check finds nothing', async () => {
  const list = troubledList({ total: 40, each: 2 });
  const server = await startArchiveServer({ world: list.world, faults: troubledArchives(list) });
  onTestFinished(() => server.close());
  const options = { folder: projectFolder({ timeout: 1 }), url: server.url, env: { NCBI_API_KEY: 'key' } };
  await cellineHere(['add', '-'], { ...options, stdin: list.ids.join('\n') });
  const nothing = async (after: string) => {
    const check = await cellineHere(['db', 'check', '--json'], options);
    expect([check.code, JSON.parse(check.stdout)], after).toEqual([0, []]);
  };
  await nothing('add');
  const rows = async (sql: string) => JSON.parse((await cellineHere(['query', sql, '--json'], options)).stdout);
  const [{ run, sample }] = await rows(
    'SELECT r.key AS run, s.key AS sample FROM runs r, samples s WHERE s.key <> r.parent',
  );
  expect((await cellineHere(['rm', run, '--yes'], options)).code).toBe(0);
  await nothing('rm of a run');
  expect((await cellineHere(['rm', sample, '--cascade', '--yes'], options)).code).toBe(0);
  await nothing('rm --cascade');
});
