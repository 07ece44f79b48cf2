import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { celline, projectFolder, type RunningCelline, startCelline } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';

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
  const run = await celline(['list', 'asked', '--columns', 'id,outcome', '--format', 'tsv'], { folder });
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
  const run = await celline(['list', '--ids-only'], { folder });
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

describe('SIGKILL at any moment', () => {
  it('loses nothing that was acknowledged, and the next run asks only for the rest', async () => {
    const { server, ids, nextRequests } = await archive(2000);
    const folder = projectFolder();
    writeFileSync(join(folder, 'ids.txt'), ids.join('\n'));
    const acknowledged = new Set<string>();
    // While answers come, between commits, with half of the rows out, and while the plain tables are written.
    const moments: readonly ((run: RunningCelline) => Promise<void>)[] = [
      () => nextRequests(3),
      (run) => run.whenLines(2),
      () => nextRequests(5),
      (run) => run.whenLines(700),
      () => nextRequests(1),
      (run) => run.whenLines(1500),
      (run) => run.whenLines(1900),
      (run) => run.whenLines(2001),
    ];
    for (const moment of moments) {
      const known = await answeredIds(folder);
      for (const id of acknowledged) expect(known.has(id), `${id} was acknowledged`).toBe(true);
      const keys = await keysOf(folder);
      for (const id of known) expect(keys.has(id), `${id} is answered, and its record there`).toBe(true);
      const from = server.requests.length;
      const run = startCelline(['add', '--from', 'ids.txt'], { folder, url: server.url });
      await Promise.race([moment(run), run.ended]);
      run.child.kill('SIGKILL');
      const ended = await run.ended;
      for (const row of outcomeLines(ended.stdout)) acknowledged.add(row.id);
      expect(searchedTerms(server, from)).toBeLessThanOrEqual(ids.length - known.size);
    }
    const known = await answeredIds(folder);
    const from = server.requests.length;
    const last = await celline(['add', '--from', 'ids.txt'], { folder, url: server.url });
    const rows = outcomeLines(last.stdout);
    expect([last.code, rows.length], last.stderr).toEqual([0, 2000]);
    expect(searchedTerms(server, from)).toBe(ids.length - known.size);
    const { rows: samples } = await readPlainTable(folder, 'GEO_SAMPLES');
    expect(new Set(samples.map((row) => row.key))).toEqual(new Set(ids));
    expect(samples).toHaveLength(2000);
  }, 100_000);
});

describe('Ctrl-C', () => {
  it('exits 130 with what was done committed, every id with a row', async () => {
    const { server } = await archive(1000);
    const series = Array.from({ length: 40 }, (_, index) => `GSE${990_001 + index}`);
    const folder = projectFolder();
    const run = startCelline(['add', '-'], { folder, url: server.url, stdin: series.join('\n') });
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
    const { server, nextRequests } = await archive(25, { ...SLOW, ncbiMs: 30_000 });
    const folder = projectFolder();
    const asked = nextRequests(1);
    const run = startCelline(['add', 'GSM99000001'], { folder, url: server.url });
    await asked;
    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    const { code, ms } = await run.ended;
    expect(code).toBe(130);
    expect(ms).toBeLessThan(15_000);
  });

  it('while an archive hangs, it does not wait for it', async () => {
    const { server, nextRequests } = await archive(25, { ...SLOW, ncbiMs: 30_000 });
    const folder = projectFolder();
    const asked = nextRequests(1);
    const run = startCelline(['add', 'GSM99000001'], { folder, url: server.url });
    await asked;
    const begin = performance.now();
    run.child.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect([code, outcomeLines(stdout).map((row) => row.outcome)]).toEqual([130, ['not_tried']]);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
