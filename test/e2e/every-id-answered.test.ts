import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';
import { poisonOf, troubledArchives, troubledList } from '../support/troubled-list.ts';

it('every id of a list of 1,000 with 5 % of each trouble is answered once and rightly', async () => {
  const list = troubledList({ total: 1000, each: 50 });
  const server = await startArchiveServer({ world: list.world, faults: troubledArchives(list) });
  onTestFinished(() => server.close());
  const folder = projectFolder({ timeout: 1 });
  writeFileSync(join(folder, 'ids.txt'), list.ids.join('\n'));
  const run = await cellineHere(['add', '--from', 'ids.txt'], {
    folder,
    url: server.url,
    env: { NCBI_API_KEY: 'key' },
  });

  const rows = outcomeLines(run.stdout);
  expect(run.code, run.stderr).toBe(3);
  expect(rows.map((row) => row.id).toSorted()).toEqual(list.ids.toSorted());
  const wrong = rows.filter((row) => list.expected.get(row.id)?.includes(row.outcome) !== true);
  expect(wrong).toEqual([]);
  expect(rows.filter((row) => row.reason === 'duplicate')).toHaveLength(50);

  // What is good is there, and nothing else is.
  const samples = new Set((await readPlainTable(folder, 'GEO_SAMPLES')).rows.map((row) => row.key));
  const runs = new Set((await readPlainTable(folder, 'INSDC_RUNS')).rows.map((row) => row.key));
  const answered = (outcome: string) => rows.filter((row) => row.outcome === outcome);
  for (const { id } of answered('added')) expect(samples.has(id) || runs.has(id), id).toBe(true);
  for (const { id } of answered('no_runs')) expect(samples.has(id), id).toBe(true);
  for (const { id } of [...answered('http_error'), ...answered('private')]) expect(samples.has(id), id).toBe(false);
  expect(samples.size).toBe(new Set([...answered('added'), ...answered('no_runs')].map((row) => row.key)).size);

  // The troubles were really met, each of them.
  const met = new Set(server.requests.map((request) => request.fault).filter(Boolean));
  expect([...met].sort()).toEqual(['cut', 'error-json', 'hang', 'html', 'reset', 'status']);
}, 300_000);

it('what failed is asked again by the next add, the rest is not', async () => {
  const list = troubledList({ total: 60, each: 3 });
  let isBroken = true;
  const server = await startArchiveServer({
    world: list.world,
    faults: (request) => (isBroken ? poisonOf(request, list.poisoned) : undefined),
  });
  onTestFinished(() => server.close());
  const options = { folder: projectFolder({ timeout: 1 }), url: server.url, env: { NCBI_API_KEY: 'key' } };
  const first = outcomeLines((await cellineHere(['add', '-'], { ...options, stdin: list.ids.join('\n') })).stdout);
  expect(first.filter((row) => row.outcome === 'http_error').map((row) => row.id)).toEqual(
    expect.arrayContaining([...list.poisoned]),
  );
  isBroken = false;
  const before = server.requests.length;
  const again = await cellineHere(['add', '-'], { ...options, stdin: list.ids.join('\n') });
  const rows = outcomeLines(again.stdout);
  expect(rows.filter((row) => list.poisoned.has(row.id)).every((row) => row.outcome === 'added')).toBe(true);
  const named = server.requests.slice(before).reduce((sum, request) => sum + request.ids, 0);
  expect(named, 'ids that the second run named').toBeLessThanOrEqual(list.poisoned.size * 5);
});
