import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { type ArchiveServerOptions, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import type { World } from '../../src/testing/archive-server/world.ts';
import { builtCelline } from '../support/built-celline.ts';
import { cellineHere } from '../support/celline-here.ts';
import { celline, freshUser, projectFolder, type Run, startCelline } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';

const KEY = 'ncbi-key-0123456789abcdef';
const EMAIL = 'somebody@example.org';
const NO_RATE = { ncbiPerSecondWithKey: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY };

/** True where a process may have a network of its own that leads nowhere. */
const CAN_UNSHARE = spawnSync('unshare', ['-rn', 'true']).status === 0;
if (!CAN_UNSHARE) process.stderr.write('record-replay: no `unshare -rn` here; replays run on a machine with network\n');

/** Columns and tables that say when this machine worked, not what an archive said. */
const OWN_TIMES: ReadonlySet<string> = new Set(['created_at', 'updated_at', 'job', 'answered_at']);

async function archive(world: World, options: Partial<ArchiveServerOptions> = {}) {
  const server = await startArchiveServer({ world, limits: NO_RATE, ...options });
  onTestFinished(() => server.close());
  return server;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** 200 ids of all levels, and some that nobody has. */
function manyIds(world: World): string[] {
  const samples = world.samples.map((sample) => sample.alias);
  const runs = world.samples.flatMap((one) => one.experiments.flatMap((some) => some.runs.map((run) => run.accession)));
  const experiments = world.samples.flatMap((one) => one.experiments.map((some) => some.accession));
  const series = world.series.map((one) => one.accession);
  const projects = world.studies.flatMap((study) => [study.bioproject, study.accession]);
  const ids = [
    ...samples.slice(0, 80),
    ...runs.slice(60, 120),
    ...experiments.slice(100, 140),
    ...series.slice(0, 6),
    ...projects.slice(8, 16),
    'GSM98999999',
    'SRR98999998',
    'GSE989999',
    'nonsense',
    samples[0]?.toLowerCase() ?? '',
    'PRJNA9899999',
  ];
  return ids;
}

/** Runs the built command without any network, where that is possible; else with archives at a port that nobody serves. */
function withoutNetwork(args: readonly string[], folder: string, env: Record<string, string> = {}): Promise<Run> {
  if (!CAN_UNSHARE) return celline(args, { folder, env });
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', ['-rn', process.execPath, builtCelline(), ...args], {
      cwd: folder,
      env: { ...freshUser({ folder, env }), GEO_API_URL: '', INSDC_API_URL: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text.stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...text, ms: 0 }));
  });
}

/** Tables of what this machine did. */
const OWN_TABLES: ReadonlySet<string> = new Set(['JOBS', 'JOB_FILES']);

/** Rows of every table of records by its name, own times aside, in one order. */
async function tablesOf(folder: string): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const file of readdirSync(join(folder, 'DB'))
    .filter((name) => name.endsWith('.parquet'))
    .toSorted()) {
    const name = file.replace('.parquet', '');
    if (OWN_TABLES.has(name)) continue;
    const { rows } = await readPlainTable(folder, name);
    tables[name] = rows.map((row) => JSON.stringify(withoutOwnTimes(row), bigints)).toSorted();
  }
  return tables;
}

/** Every table has the same rows; the first one that has not is shown by its first different row. */
function expectEqualTables(actual: Record<string, string[]>, expected: Record<string, string[]>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, rows] of Object.entries(expected)) {
    expect([name, actual[name]?.length]).toEqual([name, rows.length]);
    const index = rows.findIndex((row, position) => row !== actual[name]?.[position]);
    if (index >= 0) expect(JSON.parse(actual[name]?.[index] ?? '')).toEqual(JSON.parse(rows[index] ?? ''));
  }
}

function withoutOwnTimes(row: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !OWN_TIMES.has(name)));
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** Outcome rows in one order. */
function sortedRows({ stdout }: Pick<Run, 'stdout'>) {
  return outcomeLines(stdout).toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

function allText(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return files.map((path) => `${path}\n${readFileSync(path, 'latin1')}`).join('\n');
}

async function recorded(ids: readonly string[], url: string, more: readonly string[] = []) {
  const folder = projectFolder();
  const recording = join(temporaryFolder(), 'recording');
  writeFileSync(join(folder, 'ids.txt'), ids.join('\n'));
  const env = { NCBI_API_KEY: KEY, NCBI_EMAIL: EMAIL };
  const run = await cellineHere(['add', '--from', 'ids.txt', '--record', recording, ...more], { folder, url, env });
  return { folder, recording, run };
}

/** Replays a list in a new project without network. */
async function replayed(ids: readonly string[], recording: string, more: readonly string[] = [], env = {}) {
  const folder = projectFolder();
  writeFileSync(join(folder, 'ids.txt'), ids.join('\n'));
  const run = await withoutNetwork(['add', '--from', 'ids.txt', '--replay', recording, ...more], folder, env);
  return { folder, run };
}

describe('--record and --replay', () => {
  it('must show 6: 200 ids, replayed without network, give equal tables, in any order and at any concurrency', async () => {
    const world = generateWorld({ series: 8, samplesPerSeries: 18 });
    const ids = manyIds(world);
    expect(ids.length).toBe(200);
    const server = await archive(world);
    const first = await recorded(ids, server.url);
    const requests = server.requests.length;
    await server.close();
    const counts = outcomeCounts(outcomeLines(first.run.stdout));
    expect([first.run.code, counts.not_found, counts.invalid], first.run.stderr).toEqual([3, 4, 1]);
    const tables = await tablesOf(first.folder);
    expect(tables.GEO_SAMPLES?.length).toBeGreaterThan(100);

    const again = await replayed(ids, first.recording);
    expect([again.run.code, again.run.stderr]).toEqual([3, expect.not.stringContaining('warning')]);
    expect(sortedRows(again.run)).toEqual(sortedRows(first.run));
    expectEqualTables(await tablesOf(again.folder), tables);

    const otherwise = await replayed(ids.toReversed(), first.recording, ['--concurrency', '40']);
    expectEqualTables(await tablesOf(otherwise.folder), tables);
    expect(existsSync(join(otherwise.folder, '.cache', 'v1'))).toBe(false);

    // Nothing of who asked.
    const text = allText(first.recording);
    for (const hidden of [KEY, EMAIL, 'tool=celline', 'WebEnv=', 'Authorization', first.folder]) {
      expect(text, hidden).not.toContain(hidden);
    }
    expect(requests).toBeGreaterThan(5);
  }, 240_000);

  it('an archive in trouble is replayed with its trouble', async () => {
    const world = generateWorld({ series: 4, samplesPerSeries: 20 });
    let count = 0;
    const server = await archive(world, {
      faults: ({ endpoint }) => {
        count += 1;
        if (count % 7 === 0) return { kind: 'status', status: 400 };
        if (count % 11 === 0) return { kind: 'html' };
        return endpoint.includes('summary') && count % 5 === 0
          ? { kind: 'drop', accessions: ['GSM99000003'] }
          : undefined;
      },
    });
    const ids = world.samples.map((sample) => sample.alias).slice(0, 60);
    const first = await recorded([...ids, 'GSE990004'], server.url);
    await server.close();
    const again = await replayed([...ids, 'GSE990004'], first.recording);
    expect([again.run.code, sortedRows(again.run)]).toEqual([first.run.code, sortedRows(first.run)]);
    expectEqualTables(await tablesOf(again.folder), await tablesOf(first.folder));
  });

  it('a warm cache gives the same recording, and one with the cache alone (--offline) too', async () => {
    const world = generateWorld({ series: 2, samplesPerSeries: 5 });
    const server = await archive(world);
    const ids = ['GSE990001', 'SRR99000008', 'SRR98999998'];
    const cold = await recorded(ids, server.url);
    const folder = projectFolder();
    cpSync(join(cold.folder, '.cache'), join(folder, '.cache'), { recursive: true });
    const before = server.requests.length;
    const recording = join(temporaryFolder(), 'recording');
    const run = await cellineHere(['add', ...ids, '--record', recording, '--offline'], { folder, url: server.url });
    expect([run.code, server.requests.length - before], run.stderr).toEqual([3, 0]);
    const names = (root: string) => readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted();
    expect(names(recording)).toEqual(names(cold.recording));
    const again = await replayed(ids, recording);
    expectEqualTables(await tablesOf(again.folder), await tablesOf(folder));
  });

  it('killed commands leave whole exchanges, which the next one completes; refresh and --atomic replay as well', async () => {
    const server = await archive(generateWorld({ series: 4, samplesPerSeries: 30 }));
    const recording = join(temporaryFolder(), 'recording');
    const env = { NCBI_API_KEY: KEY };
    const ids = ['GSE990001', 'GSE990002', 'GSE990003', 'GSE990004'];
    for (const requests of [2, 5, 8]) {
      const folder = projectFolder();
      const asked = server.requests.length + requests;
      const running = startCelline(['add', ...ids, '--record', recording], { folder, url: server.url, env });
      while (server.requests.length < asked && running.child.exitCode === null) await setImmediate();
      running.child.kill('SIGKILL');
      await running.ended;
    }
    const folder = projectFolder();
    const first = await cellineHere(['add', ...ids, '--atomic', '--record', recording], {
      folder,
      url: server.url,
      env,
    });
    expect([first.code, first.stderr]).toEqual([0, expect.not.stringContaining('warning')]);
    await server.close();
    const again = projectFolder();
    const run = await withoutNetwork(['add', ...ids, '--atomic', '--replay', recording], again);
    expect([run.code, sortedRows(run)], run.stderr).toEqual([0, sortedRows(first)]);
    expectEqualTables(await tablesOf(again), await tablesOf(folder));
    const refreshed = await withoutNetwork(['refresh', '--all', '--replay', recording], again);
    expect([refreshed.code, outcomeCounts(outcomeLines(refreshed.stdout))], refreshed.stderr).toEqual([
      0,
      { unchanged: 4 },
    ]);
  }, 240_000);

  it('what is not recorded is not_cached by name, and leaves nothing in the tables', async () => {
    const server = await archive(generateWorld({ series: 1, samplesPerSeries: 3 }));
    const first = await recorded(['GSM99000001'], server.url);
    const { folder, run } = await replayed(['GSM99000002'], first.recording);
    const [row] = outcomeLines(run.stdout);
    expect([run.code, row?.outcome], run.stderr).toEqual([1, 'not_cached']);
    expect(row?.reason).toContain(`not in the recording ${first.recording}: `);
    expect(row?.reason).toContain('GSM99000002');
    expect(Object.values(await tablesOf(folder).catch(() => ({}))).flat()).toEqual([]);
  });

  it('is chosen by the environment or the configuration as well, and refuses what cannot be', async () => {
    const server = await archive(generateWorld({ series: 1, samplesPerSeries: 3 }));
    const first = await recorded(['GSM99000001'], server.url);
    const byVariable = await withoutNetwork(['add', 'GSM99000001'], projectFolder(), {
      CELLINE_REPLAY: first.recording,
    });
    expect([byVariable.code, outcomeLines(byVariable.stdout)[0]?.outcome]).toEqual([0, 'added']);
    const folder = projectFolder({ env: { ci: { replay: first.recording } } });
    expect((await withoutNetwork(['add', 'GSM99000001', '--profile', 'ci'], folder)).code).toBe(0);
    const refusals = [
      { args: ['--record', 'a', '--replay', 'b'], says: '--record and --replay exclude each other' },
      { args: ['--replay', 'nowhere'], says: 'there is no recording' },
      { args: ['--replay', '.'], says: 'is no recording' },
      { args: ['--record', '.'], says: 'holds other files' },
      {
        args: ['--record', 'new', '--profile', 'ci'],
        says: 'record (flag) and replay (profile ci) exclude each other',
      },
    ];
    for (const { args, says } of refusals) {
      const run = await cellineHere(['add', 'GSM99000001', ...args], { folder });
      expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(says)]);
    }
  });

  it('asks nobody for doctor either', async () => {
    const server = await archive(generateWorld({ series: 1, samplesPerSeries: 3 }));
    const { folder, recording } = await recorded(['GSM99000001'], server.url);
    const before = server.requests.length;
    for (const args of [
      ['doctor', '--replay', recording],
      ['doctor', '--offline'],
    ]) {
      const run = await cellineHere(args, { folder, url: server.url });
      expect([run.code, run.stdout], run.stderr).toEqual([0, expect.stringMatching(/NCBI\tskipped/)]);
    }
    const run = await cellineHere(['doctor'], { folder, url: server.url, env: { CELLINE_OFFLINE: '1' } });
    expect(run.stdout).toMatch(/NCBI\tskipped/);
    expect(server.requests.length).toBe(before);
  });
});

describe('--offline', () => {
  it('after a normal run gives the same tables in a new project; a miss is not_cached; nothing is asked', async () => {
    const world = generateWorld({ series: 3, samplesPerSeries: 6 });
    const server = await archive(world);
    const ids = ['GSE990001', 'GSM99000007', 'SRR99000014', 'SRR98999998', 'GSM98999999'];
    const folder = projectFolder();
    const first = await cellineHere(['add', ...ids], { folder, url: server.url, env: { NCBI_API_KEY: KEY } });
    const requests = server.requests.length;
    const other = projectFolder();
    cpSync(join(folder, '.cache'), join(other, '.cache'), { recursive: true });
    const again = await cellineHere(['add', ...ids, '--offline'], { folder: other, url: server.url });
    expect([again.code, sortedRows(again)]).toEqual([first.code, sortedRows(first)]);
    const withoutTimes = async (root: string) =>
      JSON.stringify(await tablesOf(root)).replace(/\\"fetched_at\\":\\"[^"]*\\"/g, '');
    expect(await withoutTimes(other)).toBe(await withoutTimes(folder));
    const missing = await cellineHere(['add', 'GSM99000013', '--offline'], { folder: other, url: server.url });
    expect([missing.code, outcomeLines(missing.stdout)[0]?.outcome]).toEqual([1, 'not_cached']);
    expect(server.requests.length).toBe(requests);
  });
});

it('a recording of ids that are fresh in the tables says that they are not in it', async () => {
  const world = generateWorld({ series: 1, samplesPerSeries: 3 });
  const server = await archive(world);
  const [first = '', second = ''] = world.samples.map((sample) => sample.alias);
  const folder = projectFolder();
  const add = async (...args: string[]) => {
    const { code, stderr } = await cellineHere(['add', ...args], { folder, url: server.url });
    return { code, stderr };
  };
  await add(first);
  const none = await add(first, '--record', 'empty');
  expect(none.code).toBe(0);
  expect(none.stderr).toContain('nothing was recorded: the only id is fresh in the tables; --force asks again');
  expect((await add(first, second, '--record', 'part')).stderr).toContain(
    '1 id is fresh in the tables and not in the recording; --force asks again',
  );
  expect((await add(first, '--record', 'whole', '--force')).stderr).not.toContain('recording');
});
