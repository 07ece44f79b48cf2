import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder, type RunningCelline, startCelline } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';

/** The rate is not what these tests are about. */
const KEY = { NCBI_API_KEY: 'key' };
const SLOW = { ncbiMs: 100, enaMs: 60, perRecordMs: 1 };

interface WatchedArchive {
  readonly server: ArchiveServer;
  readonly ids: string[];
  /** Resolves when that many further requests have come. */
  nextRequests(count: number): Promise<void>;
}

async function archive(samples: number, latency = SLOW): Promise<WatchedArchive> {
  const world = generateWorld({ series: samples / 25, samplesPerSeries: 25 });
  const waiting: { left: number; resolve: () => void }[] = [];
  const faults = () => {
    for (const one of waiting) {
      one.left -= 1;
      if (one.left === 0) one.resolve();
    }
    return undefined;
  };
  const server = await startArchiveServer({ world, latency, faults });
  onTestFinished(() => server.close());
  const nextRequests = (count: number) => new Promise<void>((resolve) => waiting.push({ left: count, resolve }));
  return { server, ids: world.samples.map((sample) => sample.alias), nextRequests };
}

/** The ids that the tables know to be answered, read from the project itself after a kill. */
async function answeredIds(folder: string): Promise<Set<string>> {
  const run = await cellineHere(['list', 'asked', '--columns', 'id,outcome', '--format', 'tsv'], { folder });
  expect(run.code, run.stderr).toBe(0);
  return new Set(
    run.stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t')[0] ?? ''),
  );
}

async function keysOf(folder: string): Promise<Set<string>> {
  const run = await cellineHere(['list', '--ids-only'], { folder });
  expect(run.code, run.stderr).toBe(0);
  return new Set(run.stdout.split('\n').filter(Boolean));
}

/** GSM that the server was asked for by search. */
function searchedTerms(server: ArchiveServer, from: number): number {
  return server.requests
    .slice(from)
    .filter((request) => request.endpoint === 'esearch sra')
    .reduce((sum, request) => sum + request.ids, 0);
}

// `bench kill-add` does this a hundred times.
describe('SIGKILL at any moment', () => {
  it('loses nothing that was acknowledged, and the next run asks only for the rest', async () => {
    const { server, ids, nextRequests } = await archive(1000);
    const folder = projectFolder();
    writeFileSync(join(folder, 'ids.txt'), ids.join('\n'));
    const acknowledged = new Set<string>();
    // While answers come, between commits, with half of the rows out, and while the plain tables are written.
    const moments: readonly ((run: RunningCelline) => Promise<void>)[] = [
      () => nextRequests(3),
      (run) => run.whenLines(2),
      (run) => run.whenLines(400),
      () => nextRequests(1),
      (run) => run.whenLines(950),
      (run) => run.whenLines(1001),
    ];
    for (const moment of moments) {
      const known = await answeredIds(folder);
      for (const id of acknowledged) expect(known.has(id), `${id} was acknowledged`).toBe(true);
      const keys = await keysOf(folder);
      for (const id of known) expect(keys.has(id), `${id} is answered, and its record there`).toBe(true);
      const from = server.requests.length;
      const run = startCelline(['add', '--from', 'ids.txt'], { folder, url: server.url, env: KEY });
      await Promise.race([moment(run), run.ended]);
      run.child.kill('SIGKILL');
      const ended = await run.ended;
      for (const row of outcomeLines(ended.stdout)) acknowledged.add(row.id);
      expect(searchedTerms(server, from)).toBeLessThanOrEqual(ids.length - known.size);
    }
    const known = await answeredIds(folder);
    const from = server.requests.length;
    const last = await cellineHere(['add', '--from', 'ids.txt'], { folder, url: server.url, env: KEY });
    const rows = outcomeLines(last.stdout);
    expect([last.code, rows.length], last.stderr).toEqual([0, 1000]);
    expect(searchedTerms(server, from)).toBe(ids.length - known.size);
    const { rows: samples } = await readPlainTable(folder, 'GEO_SAMPLES');
    expect(new Set(samples.map((row) => row.key))).toEqual(new Set(ids));
    expect(samples).toHaveLength(1000);
  }, 300_000);
});

describe('Ctrl-C', () => {
  it('exits 130 with what was done committed, every id with a row', async () => {
    const { server } = await archive(1000);
    const series = Array.from({ length: 40 }, (_, index) => `GSE${990_001 + index}`);
    const folder = projectFolder();
    const run = startCelline(['add', '-'], { folder, url: server.url, env: KEY, stdin: series.join('\n') });
    await run.whenLines(4);
    run.child.kill('SIGINT');
    const { code, stdout, stderr } = await run.ended;
    const rows = outcomeLines(stdout);
    expect([code, rows.map((row) => row.id).toSorted()], stderr).toEqual([130, series]);
    expect(stderr).toContain('Stopping');
    expect(Object.keys(outcomeCounts(rows)).sort()).toEqual(['added', 'not_tried']);
    const done = rows.filter((row) => row.outcome === 'added').map((row) => row.id);
    expect(done.length).toBeGreaterThanOrEqual(3);
    // Samples of series that were not answered yet may be there too; none of an answered one is missing.
    const samples = (await readPlainTable(folder, 'GEO_SAMPLES')).rows;
    for (const id of done) expect(samples.filter((row) => row.parent === id)).toHaveLength(25);
    expect(await answeredIds(folder)).toEqual(new Set(done));
  });

  it('a second one leaves at once', async () => {
    const { server, nextRequests } = await archive(25, { ...SLOW, ncbiMs: 600_000 });
    const folder = projectFolder();
    const asked = nextRequests(1);
    const run = startCelline(['add', 'GSM99000001'], { folder, url: server.url, env: KEY });
    await asked;
    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
  });

  it('while an archive hangs, it does not wait for it', async () => {
    const { server, nextRequests } = await archive(25, { ...SLOW, ncbiMs: 600_000 });
    const folder = projectFolder();
    const asked = nextRequests(1);
    const run = startCelline(['add', 'GSM99000001'], { folder, url: server.url, env: KEY });
    await asked;
    run.child.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect([code, outcomeLines(stdout).map((row) => row.outcome)]).toEqual([130, ['not_tried']]);
  });
});
