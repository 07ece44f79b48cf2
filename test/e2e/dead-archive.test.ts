import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../src/testing/archive-server/faults.ts';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { celline, projectFolder } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `GSM${99_000_001 + index}`);

/** Archives that answer as `faults` says. */
async function archives(samples: number, faults: () => Fault | undefined): Promise<ArchiveServer> {
  const world = generateWorld({ series: samples / 250, samplesPerSeries: 250 });
  const server = await startArchiveServer({ world, faults });
  onTestFinished(() => server.close());
  return server;
}

/** A project with a list of that many samples. */
function projectWithList(count: number, config: Readonly<Record<string, unknown>>): string {
  const folder = projectFolder(config);
  writeFileSync(join(folder, 'ids.txt'), ids(count).join('\n'));
  return folder;
}

const add = (folder: string, url: string, ...more: string[]) =>
  celline(['add', '--from', 'ids.txt', ...more], { folder, url, env: { NCBI_API_KEY: 'key' } });

describe('an archive that is dead ends 500 ids within maxTrouble and a time-out: exit 6, each id with its row', () => {
  const dead: readonly (readonly [string, Fault])[] = [
    ['503', { kind: 'status', status: 503 }],
    ['silence', { kind: 'hang' }],
    ['a reset', { kind: 'reset' }],
    ['a page about maintenance', { kind: 'html' }],
  ];
  it.each(dead)('%s', async (_name, fault) => {
    const server = await archives(500, () => fault);
    const folder = projectWithList(500, { timeout: 1, maxTrouble: 1 });
    const run = await add(folder, server.url);
    const rows = outcomeLines(run.stdout);
    expect([run.code, outcomeCounts(rows)], run.stderr).toEqual([6, { network_error: 500 }]);
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids(500).toSorted());
    expect(rows[0]?.reason).toMatch(/^NCBI has not answered well for \d+ s \(last: .*\); given up for this command$/);
    expect(run.stderr).toMatch(/warning: NCBI has not answered well/);
    expect(run.stderr).toContain('next: celline jobs rerun');
    expect(server.requests.length).toBeLessThan(80);
  });

  it('a connection that is refused; --quiet stays quiet; what is there stays and the rest comes later', async () => {
    const server = await archives(250, () => undefined);
    const folder = projectWithList(250, { timeout: 1, maxTrouble: 1 });
    const first = await celline(['add', 'GSM99000001'], { folder, url: server.url, env: { NCBI_API_KEY: 'key' } });
    expect(first.code, first.stderr).toBe(0);
    const run = await add(folder, 'http://127.0.0.1:9', '--quiet');
    expect([run.code, run.stderr, outcomeCounts(outcomeLines(run.stdout))]).toEqual([
      3,
      '',
      { unchanged: 1, network_error: 249 },
    ]);
    const later = await celline(['refresh'], { folder, url: server.url, env: { NCBI_API_KEY: 'key' } });
    expect([later.code, outcomeCounts(outcomeLines(later.stdout))], later.stderr).toEqual([0, { added: 249 }]);
  });
});

it('000-29: an outage of some seconds in the middle of a list costs no id, and -v says what is waited for', async () => {
  let answered = 0;
  let until = Number.POSITIVE_INFINITY;
  const server = await archives(1000, () => {
    answered += 1;
    if (answered === 6) until = performance.now() + 12_000;
    return answered >= 6 && performance.now() < until ? { kind: 'status', status: 503 } : undefined;
  });
  const run = await add(projectWithList(1000, { maxTrouble: 60 }), server.url, '-v');
  expect([run.code, outcomeCounts(outcomeLines(run.stdout))], run.stderr).toEqual([0, { added: 1000 }]);
  expect(server.requests.filter(({ status }) => status === 503).length).toBeGreaterThan(10);
  expect(run.stderr).toMatch(/warning: \w+ is in trouble \(server error 503\): its requests wait/);
  expect(run.stderr).toMatch(/info: \w+: server error 503, retrying in \d/);
  expect(run.stderr).toMatch(/info: \w+ is in trouble \(server error 503\), trying one request in \d/);
  expect(run.stderr).toMatch(/info: \w+ answers again, after \d/);
  expect(run.stderr.split('\n').filter((line) => line.includes('retrying in')).length).toBeLessThan(30);
});
