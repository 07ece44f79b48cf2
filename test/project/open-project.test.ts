import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors/usage-error.ts';
import type { CellineEvent, OutcomeRow } from '../../src/ports/reporter.ts';
import { openProject } from '../../src/project/open-project.ts';
import type { AddOptions, Project } from '../../src/project/project.ts';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import type { World } from '../../src/testing/archive-server/world.ts';

const WORLD = fileURLToPath(new URL('../../fixtures/demo/world.json', import.meta.url));

let server: ArchiveServer;
let folder: string;
let project: Project;
let events: CellineEvent[];

beforeAll(async () => {
  const world = JSON.parse(await readFile(WORLD, 'utf8')) as World;
  const limits = { ncbiPerSecondWithKey: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY };
  server = await startArchiveServer({ world, limits });
});
afterAll(() => server.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'celline-project-'));
  project = await open();
});
afterEach(async () => {
  await project.close();
  await rm(folder, { recursive: true, force: true });
});

function open(flags = {}): Promise<Project> {
  events = [];
  return openProject({
    cwd: folder,
    env: {
      GEO_API_URL: server.url,
      INSDC_API_URL: server.url,
      NCBI_API_KEY: 'key',
      CELLINE_CONFIG_DIR: folder,
      CELLINE_RUNTIME_DIR: join(folder, 'runtime'),
    },
    flags,
    reporter: { emit: (event) => events.push(event) },
    signal: new AbortController().signal,
  });
}

async function add(ids: readonly string[], options?: AddOptions): Promise<OutcomeRow[]> {
  const rows: OutcomeRow[] = [];
  for await (const row of project.add(ids, options)) rows.push(row);
  return rows;
}

const requests = () => server.requests.length;

test('000-40 a sample comes with its runs, files, links and the shell of its project', async () => {
  expect(await add(['GSM9900002'])).toEqual([
    { id: 'GSM9900002', outcome: 'added', key: 'GSM9900002', runs: 2, files: 12, reason: null },
  ]);
  const [sample] = await project.store.get('samples', ['GSM9900002']);
  expect(sample).toMatchObject({ parent: 'GSE990001', children: 'SRR99000002,SRR99000003', tissue: 'brain' });
  const [shell] = await project.store.get('projects', ['GSE990001']);
  expect(shell).toMatchObject({ title: 'Glucocorticoid response of mouse brain and liver', children: null });
  expect(await project.store.count({ table: 'samples' })).toBe(1);
});

test('every id of a record leads to the same rows', async () => {
  const ids = ['SRX99000002', 'SRS99000002', 'SAMN99000002', 'SRR99000003', 'GSM9900002'];
  const rows = await add(ids);
  expect(rows.map((row) => row.key)).toEqual(ids.map(() => 'GSM9900002'));
  expect(await project.store.count({ table: 'samples' })).toBe(1);
  expect(await project.store.count({ table: 'runs' })).toBe(2);
});

test.each([
  ['SRA9900001', 5, 6],
  ['ERA9900001', 2, 2],
])('a submission brings its samples and runs: %s', async (id, samples, runs) => {
  expect(await add([id])).toMatchObject([{ outcome: 'added', runs }]);
  expect(await project.store.count({ table: 'samples' })).toBe(samples);
  expect(await project.store.count({ table: 'runs' })).toBe(runs);
});

describe('a project with a series in it', () => {
  beforeEach(() => add(['GSE990001']));

  test('003-09 a series brings all below it, its text and its supplementary files', async () => {
    const [row] = await project.store.get('projects', ['GSE990001']);
    expect(String(row?.children).split(',')).toHaveLength(6);
    expect(row?.overall_design).toBeTruthy();
    const [sample] = await project.store.get('samples', ['GSM9900006']);
    expect(sample?.geo_protocols).not.toBeNull();
    expect(
      await project.store.count({
        table: 'files',
        where: [{ column: 'origin', operator: '=', value: 'supplementary' }],
      }),
    ).toBeGreaterThan(0);
  });

  test('the same project by its INSDC names asks again, and takes nothing away', async () => {
    const before = await project.store.get('projects', ['GSE990001']);
    const [row] = await add(['PRJNA9900001']);
    expect(row).toMatchObject({ key: 'GSE990001', runs: 6 });
    const after = await project.store.get('projects', ['GSE990001']);
    expect(after[0]?.children).toBe(before[0]?.children);
    expect(after[0]?.overall_design).toBe(before[0]?.overall_design);
    const [sample] = await project.store.get('samples', ['GSM9900001']);
    expect(sample?.geo_characteristics).not.toBeNull();
  });

  test('a record is shown by any of its names', async () => {
    for (const name of ['GSM9900001', 'SRX99000001', 'SRS99000001', 'samn99000001']) {
      const [view] = await project.show(name);
      expect(view?.kind).toBe('sample');
      expect(view?.record.key).toBe('GSM9900001');
      expect(view?.runs.map((run) => run.key)).toEqual(['SRR99000001']);
    }
    for (const name of ['GSE990001', 'PRJNA9900001', 'SRP990001']) {
      const [view] = await project.show(name);
      expect(view?.kind).toBe('project');
      expect(view?.samples).toHaveLength(6);
    }
    expect((await project.show('SRR99000003'))[0]?.kind).toBe('run');
    expect(await project.show('GSM1')).toEqual([]);
  });

  test('000-47 files: the best links in read order, the unpaired first; unknown names are listed', async () => {
    const { files, unknown } = await project.files(['GSM9900003', 'GSM1']);
    expect(files.map((file) => file.name)).toEqual([
      'SRR99000004.fastq.gz',
      'SRR99000004_1.fastq.gz',
      'SRR99000004_2.fastq.gz',
    ]);
    expect(files.map((file) => file.role)).toEqual(['unpaired', 'R1', 'R2']);
    expect(unknown).toEqual(['GSM1']);
    const all = await project.files(['GSM9900003'], { all: true });
    expect(all.files.length).toBeGreaterThan(3);
    const reads = await project.files(['GSE990001'], { where: [{ column: 'role', operator: '=', value: 'R1' }] });
    expect(new Set(reads.files.map((file) => file.role))).toEqual(new Set(['R1']));
    const role = async (value: string) => {
      const found = await project.files(['GSM9900004'], { where: [{ column: 'role', operator: '=', value }] });
      return found.files.map((file) => [file.name, file.origin]);
    };
    expect(await role('I1')).toEqual([['HEP_S1_L001_I1_001.fastq.gz', 'submitted']]);
    expect(await role('matrix')).toEqual([['GSM9900004_matrix.mtx.gz', 'supplementary']]);
    expect(await role('bam')).toEqual([]);
  });

  test('links are never mixed: a run that ENA has not gives the SRA object', async () => {
    const { files } = await project.files(['GSM9900005']);
    expect(files.map((file) => file.role)).toEqual(['sra']);
    expect(files[0]?.md5).toMatch(/^[0-9a-f]{32}$/);
  });

  test('003-09 removing refuses to leave orphans, and cascades; what is removed can be added again', async () => {
    await expect(project.remove(['SRX99000002'])).rejects.toThrow(UsageError);
    expect((await project.remove(['SRX99000002', 'GSM1'], { cascade: true })).unknown).toEqual(['GSM1']);
    expect(await project.show('GSM9900002')).toEqual([]);
    expect(await project.store.get('runs', ['SRR99000002', 'SRR99000003'])).toEqual([]);
    expect(await project.store.getByParent('links', ['GSM9900002'])).toEqual([]);
    expect(await add(['GSM9900002'])).toMatchObject([{ outcome: 'added', runs: 2 }]);
  });

  test('removing counts the rows that went, and the answer of the series does not hold any more', async () => {
    const { removed } = await project.remove(['GSM9900002'], { cascade: true });
    expect(removed).toMatchObject({ samples: 1, runs: 2 });
    expect(removed.projects).toBeUndefined();
    expect(await add(['GSE990001'])).toMatchObject([{ outcome: 'updated', runs: 6 }]);
    expect(await project.show('GSM9900002')).toHaveLength(1);
  });

  test('000-33 what is fresh is answered without a request; force asks and finds nothing new', async () => {
    const before = requests();
    expect(await add(['GSE990001'])).toMatchObject([{ outcome: 'unchanged', runs: 6 }]);
    expect(requests()).toBe(before);
    expect(await add(['GSE990001'], { force: true })).toMatchObject([{ outcome: 'unchanged', runs: 6 }]);
    expect(requests()).toBeGreaterThan(before);
  });
});

test('--full brings the text of GEO with a sample', async () => {
  await add(['GSM9900001', 'GSM9900002'], { full: true });
  const rows = await project.store.get('samples', ['GSM9900001', 'GSM9900002']);
  for (const row of rows) expect(row.geo_protocols).not.toBeNull();
});

test('each kind of answer has its outcome', async () => {
  const rows = await add(['GSM9900006', 'GSM9900007', 'GSE990002', 'GSM9', 'CRA004720', 'nonsense', 'SRR999999999']);
  expect(Object.fromEntries(rows.map((row) => [row.id, row.outcome]))).toEqual({
    GSM9900006: 'no_runs',
    GSM9900007: 'private',
    GSE990002: 'private',
    GSM9: 'not_found',
    CRA004720: 'no_handler',
    nonsense: 'invalid',
    SRR999999999: 'not_found',
  });
  expect(rows.find((row) => row.id === 'GSM9900007')?.reason).toContain('2029');
});

test('001-28 a plan names handlers, requests and seconds, and asks nothing', async () => {
  const before = requests();
  const plan = await project.plan(['GSM9900001', 'gsm9900001', 'SRR99000002', 'nonsense']);
  expect(plan.handlers.map((one) => [one.handler, one.ids])).toEqual([
    ['geo', 1],
    ['insdc', 1],
  ]);
  expect(plan).toMatchObject({ duplicates: 1, fresh: 0 });
  expect(plan.refused.map((row) => row.id)).toEqual(['nonsense']);
  expect(plan.seconds).toBeGreaterThan(0);
  expect(plan.handlers[0]?.requests).toContainEqual(expect.objectContaining({ requests: 0, upTo: 1 }));
  expect(plan.secondsUpTo).toBeGreaterThan(plan.seconds);
  expect(requests()).toBe(before);
});

test('000-07 handlers say what they claim, whom they ask and how fast', async () => {
  const handlers = await project.handlers();
  expect(handlers.map((one) => [one.name, one.priority, one.builtIn])).toEqual([
    ['geo', 0, true],
    ['insdc', 1, true],
    ['custom', 2, true],
  ]);
  expect(handlers[0]?.auth).toContain('10 requests per second');
  expect(handlers[0]?.url).toBe(server.url);
});

test('an unknown handler is refused by name', async () => {
  await expect(add(['GSM9900001'], { handler: 'gei' })).rejects.toThrow(/no handler is named gei/);
});

test('003-03 the doctor finds a good project good, and skips the network offline', async () => {
  await add(['GSM9900001']);
  const checks = async (offline: boolean) => {
    const found = [];
    for await (const check of project.doctor({ offline })) found.push(check);
    return found;
  };
  expect((await checks(false)).filter((check) => check.state === 'error')).toEqual([]);
  const skipped = (await checks(true)).filter((check) => check.state === 'skipped');
  expect(skipped.map((check) => check.name)).toEqual(['NCBI', 'ENA']);
  expect((await checks(true)).find((check) => check.name === 'limits')).toMatchObject({
    state: 'ok',
    detail: `shared with all your processes on this machine through ${join(folder, 'runtime')}`,
  });
});

test('limits are kept without the folder through which they are shared: one warning, and the doctor says so', async () => {
  await writeFile(join(folder, 'runtime'), '');
  expect(await add(['GSM9900001'])).toMatchObject([{ outcome: 'added' }]);
  const warnings = events.filter((event) => event.type === 'warning');
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('limits of the archives are not shared'),
  ]);
  const found = [];
  for await (const check of project.doctor({ offline: true })) found.push(check);
  expect(found.find((check) => check.name === 'limits')).toMatchObject({
    state: 'warning',
    hint: expect.stringContaining('CELLINE_RUNTIME_DIR'),
  });
});

test('offline, what is stored is answered and the rest is named not cached', async () => {
  await add(['GSM9900001']);
  await project.close();
  project = await open({ offline: true });
  const before = requests();
  const rows = await add(['GSM9900001', 'GSM9900002'], { force: true });
  expect(rows.find((row) => row.id === 'GSM9900002')?.outcome).toBe('not_cached');
  expect(requests()).toBe(before);
});
