import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createGoodAnswers } from '../../bench/good-answers.ts';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { mixedFaults } from '../../src/testing/archive-server/mixed-faults.ts';
import { type ArchiveServerOptions, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';

const WORLD = generateWorld({ series: 110, samplesPerSeries: 2 });
const NO_LIMITS = { ncbiPerSecondWithKey: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY };

/** Most of them are a request or more each. */
const IDS = [
  ...WORLD.studies.slice(0, 50).map((study) => study.submission ?? ''),
  ...WORLD.studies.slice(50, 80).map((study) => study.bioproject ?? ''),
  ...WORLD.series.slice(80, 90).map((series) => series.accession),
  ...WORLD.samples.slice(180, 200).map((sample) => sample.alias),
  ...WORLD.samples.slice(200, 220).map((sample) => sample.experiments[0]?.runs[0]?.accession ?? ''),
];

async function archive(options: Partial<ArchiveServerOptions> = {}) {
  const server = await startArchiveServer({ world: WORLD, limits: NO_LIMITS, ...options });
  onTestFinished(() => server.close());
  return server;
}

async function addAll(folder: string, url: string) {
  const env = { NCBI_API_KEY: 'key' };
  const run = await cellineHere(['add', '-'], { folder, url, env, stdin: IDS.join('\n') });
  return { code: run.code, stderr: run.stderr, rows: outcomeLines(run.stdout) };
}

/** The rows of a table without what tells when they came. */
async function rowsOf(folder: string, table: string): Promise<string[]> {
  const { rows } = await readPlainTable(folder, table);
  const shown = rows.map(({ created_at: _created, updated_at: _updated, fetched_at: _fetched, ...row }) =>
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  return shown.toSorted();
}

/** Entries of the cache whose body the server would not give without a fault. */
function wrongEntries(folder: string, good: Readonly<Record<string, readonly string[]>>) {
  const entries = readdirSync(join(folder, '.cache'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, '.cache', name))
    .flatMap((path) => entryIn(path));
  return {
    count: entries.length,
    wrong: entries.filter(({ keyHash, bodyHash }) => !good[keyHash]?.includes(bodyHash)),
  };
}

function entryIn(path: string): { readonly keyHash: string; readonly bodyHash: string; readonly url: string }[] {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value.keyHash === 'string' ? [value] : [];
  } catch {
    return [];
  }
}

it('a tenth of the answers with one of 24 kinds of fault: every id accounted for, nothing wrong cached or stored', async () => {
  const good = await archive();
  const clean = projectFolder({ timeout: 1 });
  const tried = projectFolder({ timeout: 1 });
  const faults = mixedFaults(0.1);
  const answers = createGoodAnswers();
  let isBroken = true;
  const faulty = await archive({
    faults: (request) => (isBroken ? faults.plan(request) : undefined),
    onAnswered: answers.note,
  });
  const [wanted, first] = await Promise.all([addAll(clean, good.url), addAll(tried, faulty.url)]);
  expect(wanted.rows.filter((row) => row.outcome !== 'added')).toEqual([]);

  // One row each; what failed has a name and a reason.
  expect(first.rows.map((row) => row.id).toSorted(), first.stderr).toEqual(IDS.toSorted());
  const failed = first.rows.filter((row) => row.outcome !== 'added');
  const named = ['partial', 'bad_response', 'network_error', 'http_error', 'rate_limited'];
  expect(failed.filter((row) => !named.includes(row.outcome) || row.reason === '')).toEqual([]);
  expect(failed.length).toBeLessThan(IDS.length / 10);
  expect(faults.played.size, 'kinds of faults that were met').toBeGreaterThanOrEqual(20);
  const stored = wrongEntries(tried, answers.of(faulty.url));
  expect(stored.count).toBeGreaterThan(100);
  expect(stored.wrong).toEqual([]);

  // When the archives are well again the rest is completed.
  isBroken = false;
  const second = await addAll(tried, faulty.url);
  expect(second.rows.filter((row) => !['added', 'updated', 'unchanged'].includes(row.outcome))).toEqual([]);
  for (const table of ['GEO_SAMPLES', 'INSDC_RUNS', 'GEO_PROJECTS', 'INSDC_FILES']) {
    expect(await rowsOf(tried, table), table).toEqual(await rowsOf(clean, table));
  }
}, 400_000);

const FAMILY = { world: generateWorld({ series: 1, samplesPerSeries: 7 }), limits: NO_LIMITS };

it('a family file that lacks samples is asked for again, and the series is whole', async () => {
  const server = await archive({
    ...FAMILY,
    faults: ({ endpoint, repeat }) => (endpoint === 'family' && repeat === 0 ? { kind: 'fewer-records' } : undefined),
  });
  const folder = projectFolder();
  const { code, stdout } = await cellineHere(['add', 'GSE990001'], {
    folder,
    url: server.url,
    env: { NCBI_API_KEY: 'key' },
  });
  expect([code, outcomeLines(stdout).map((row) => row.outcome)]).toEqual([0, ['added']]);
  expect(server.requests.filter((request) => request.endpoint === 'family')).toHaveLength(2);
  expect((await readPlainTable(folder, 'GEO_SAMPLES')).rows).toHaveLength(7);
}, 120_000);

it('a family file that keeps lacking samples leaves the list of members as it is', async () => {
  let isPoor = false;
  const server = await archive({
    ...FAMILY,
    faults: ({ endpoint }) => (isPoor && endpoint === 'family' ? { kind: 'fewer-records' } : undefined),
  });
  const folder = projectFolder();
  const add = async (...args: string[]) => {
    const run = await cellineHere(['add', 'GSE990001', ...args], {
      folder,
      url: server.url,
      env: { NCBI_API_KEY: 'key' },
    });
    const [project] = (await readPlainTable(folder, 'GEO_PROJECTS')).rows;
    return { outcome: outcomeLines(run.stdout)[0]?.outcome, children: project?.children };
  };
  const whole = await add();
  isPoor = true;
  const poor = await add('--force');
  expect(poor).toEqual({ outcome: 'partial', children: whole.children });
  isPoor = false;
  expect((await add()).outcome, 'the poor file was not kept').toMatch(/unchanged|updated/);
}, 120_000);
