import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld, type WorldSize } from '../../src/testing/archive-server/generate-world.ts';
import type { ArchiveLimits } from '../../src/testing/archive-server/limits.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { celline, projectFolder } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';

/** The rates are lifted where only the count matters; 500 terms at NCBI and 1,000 accessions at ENA stay. */
const NO_RATE: Partial<ArchiveLimits> = {
  ncbiPerSecond: Number.POSITIVE_INFINITY,
  ncbiPerSecondWithKey: Number.POSITIVE_INFINITY,
  enaPerSecond: Number.POSITIVE_INFINITY,
};

async function archive(size: WorldSize, limits: Partial<ArchiveLimits> = NO_RATE) {
  const world = generateWorld(size);
  const server = await startArchiveServer({ world, limits });
  onTestFinished(() => server.close());
  return { server, world };
}

/** With a key, where only the count matters: the command spaces its requests less. */
async function addAll(ids: readonly string[], url: string, env: Record<string, string> = { NCBI_API_KEY: 'key' }) {
  const folder = projectFolder();
  writeFileSync(join(folder, 'ids.txt'), ids.join('\n'));
  const run = await celline(['add', '--from', 'ids.txt'], { folder, url, env });
  return { folder, run, rows: outcomeLines(run.stdout) };
}

describe('fewest requests, counted by the server', () => {
  it.each([
    {
      what: 'GSM',
      idsOf: (world: ReturnType<typeof generateWorld>) => world.samples.map((one) => one.alias),
      most: 12,
    },
    {
      what: 'SRR',
      idsOf: (world: ReturnType<typeof generateWorld>) =>
        world.samples.flatMap((one) => one.experiments.flatMap((some) => some.runs.map((run) => run.accession))),
      most: 10,
    },
  ])('003-29 1,000 $what of 40 series, complete, in at most $most, and in few commits', async ({ idsOf, most }) => {
    const { server, world } = await archive({ series: 40, samplesPerSeries: 25 });
    const { folder, run, rows } = await addAll(idsOf(world), server.url);
    expect([run.code, outcomeCounts(rows)], run.stderr).toEqual([0, { added: 1000 }]);
    expect(server.requests.length, JSON.stringify(server.summary())).toBeLessThanOrEqual(most);
    // At most 250 samples are one commit; those of the job, and what compaction rewrites, are few.
    expect(readdirSync(join(folder, 'DB/.store/v1/manifest')).length).toBeLessThan(40);
    const samples = await readPlainTable(folder, 'GEO_SAMPLES');
    const files = await readPlainTable(folder, 'INSDC_FILES');
    const projects = await readPlainTable(folder, 'GEO_PROJECTS');
    expect([samples.rows.length, projects.rows.length]).toEqual([1000, 40]);
    expect(samples.rows.every((row) => row.attributes !== null && row.library_strategy !== null)).toBe(true);
    const fastq = files.rows.filter((row) => row.origin === 'generated');
    expect(fastq.length).toBe(2000);
    expect(fastq.every((row) => /^[0-9a-f]{32}$/.test(String(row.md5)) && (row.urls as string[]).length > 0)).toBe(
      true,
    );
  });

  it.each([
    // Beyond 1,000 experiments the lean plan; `bench series-5000` has a larger one (10 and 6 requests at most).
    { what: 'GSE', id: 'GSE990001', most: 6 },
    { what: 'PRJNA', id: 'PRJNA9900001', most: 3 },
  ])('one $what of 1,500 in at most $most', async ({ id, most }) => {
    const { server } = await archive({ series: 1, samplesPerSeries: 1500 });
    const { folder, run, rows } = await addAll([id], server.url);
    expect([run.code, rows.map((row) => [row.id, row.outcome, row.runs])], run.stderr).toEqual([
      0,
      [[id, 'added', 1500]],
    ]);
    expect(server.requests.length, JSON.stringify(server.summary())).toBeLessThanOrEqual(most);
    expect((await readPlainTable(folder, 'GEO_SAMPLES')).rows.length).toBe(1500);
    expect((await readPlainTable(folder, 'INSDC_RUNS')).rows.length).toBe(1500);
  });
});

describe("the archives' rates", () => {
  it.each([
    { who: 'without a key', env: {}, most: 3 },
    { who: 'with a key', env: { NCBI_API_KEY: '0123456789abcdef' }, most: 10 },
  ])('$who never more than $most starts at NCBI in any second, and no 429', async ({ env, most }) => {
    const { server } = await archive({ series: 12, samplesPerSeries: 2 }, {});
    // Series are walked one by one: many small requests, as far as the limit allows.
    const ids = Array.from({ length: 12 }, (_, index) => `GSE${990_001 + index}`).slice(0, most === 3 ? 3 : 12);
    const { run, rows } = await addAll(ids, server.url, env);
    const summary = server.summary();
    expect([run.code, outcomeCounts(rows)], run.stderr).toEqual([0, { added: ids.length }]);
    expect(summary.byOperator.NCBI).toBeGreaterThan(most + 2);
    // The server's own pauses make arrivals look closer together than they were: one start more is then no proof.
    const blurred = server.longestStallMs() > 50 ? 1 : 0;
    expect(summary.mostPerSecond.NCBI).toBeLessThanOrEqual(most + blurred);
    expect(summary.tooFast).toBeLessThanOrEqual(blurred);
  });
});
