import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { OutcomeRow } from '../../src/ports/reporter.ts';
import { openProject } from '../../src/project/open-project.ts';
import type { AddOptions, Project } from '../../src/project/project.ts';
import type { FaultPlan } from '../../src/testing/archive-server/faults.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import type { World, WorldSample } from '../../src/testing/archive-server/world.ts';

const WORLD = fileURLToPath(new URL('../../fixtures/demo/world.json', import.meta.url));

/** A project that asks a server of its own. */
async function openOver(world: World, faults: FaultPlan): Promise<Project> {
  const limits = { ncbiPerSecondWithKey: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY };
  const server = await startArchiveServer({ world, faults, limits });
  const folder = await mkdtemp(join(tmpdir(), 'celline-part-'));
  const project = await openProject({
    cwd: folder,
    env: {
      GEO_API_URL: server.url,
      INSDC_API_URL: server.url,
      NCBI_API_KEY: 'key',
      CELLINE_CONFIG_DIR: folder,
      CELLINE_RUNTIME_DIR: join(folder, 'runtime'),
    },
    flags: {},
    reporter: { emit: () => {} },
    signal: new AbortController().signal,
  });
  onTestFinished(async () => {
    await project.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return project;
}

async function demoWorld(): Promise<World> {
  return JSON.parse(await readFile(WORLD, 'utf8')) as World;
}

async function add(project: Project, ids: readonly string[], options?: AddOptions): Promise<OutcomeRow[]> {
  const rows: OutcomeRow[] = [];
  for await (const row of project.add(ids, options)) rows.push(row);
  return rows;
}

/** The world with one more study, ERP9900099, that sequenced a sample of PRJEB9900001 again. */
function withSecondStudy(world: World): World {
  const study = world.studies.find((one) => one.bioproject === 'PRJEB9900001');
  const again = (sample: WorldSample): WorldSample => {
    const [experiment] = sample.experiments;
    const [run] = experiment?.runs ?? [];
    if (sample.biosample !== 'SAMEA990000001' || experiment === undefined || run === undefined) return sample;
    const runs = [{ ...run, accession: 'ERR99000099', alias: 'again' }];
    const second = { ...experiment, accession: 'ERX99000099', alias: 'again', study: 'ERP9900099', runs };
    return { ...sample, experiments: [experiment, second] };
  };
  if (study === undefined) throw new Error('The demo has no PRJEB9900001.');
  const second = { ...study, accession: 'ERP9900099', bioproject: 'PRJEB9900099', alias: 'again' };
  return { ...world, studies: [...world.studies, second], samples: world.samples.map(again) };
}

test('a sample of two projects keeps the runs of one when the other is added', async () => {
  const project = await openOver(withSecondStudy(await demoWorld()), () => undefined);
  await add(project, ['PRJEB9900001']);
  await add(project, ['PRJEB9900099']);
  const [sample] = await project.store.get('samples', ['SAMEA990000001']);
  expect(sample?.children).toBe('ERR99000001,ERR99000099');
  expect(await project.store.get('runs', ['ERR99000001', 'ERR99000099'])).toHaveLength(2);
  expect((await add(project, ['ERR99000001']))[0]).toMatchObject({ runs: 2 });
});

test('a run that only NCBI knows brings its whole sample, also beside a submission', async () => {
  const world = withSecondStudy(await demoWorld());
  const studies = world.studies.map(({ missingAt: _missingAt, ...study }) => study);
  const samples = world.samples.map((sample) => ({
    ...sample,
    experiments: sample.experiments.map((one) => ({
      ...one,
      runs: one.runs.map((run) => (run.accession.startsWith('ERR') ? { ...run, missingAt: ['ENA' as const] } : run)),
    })),
  }));
  const project = await openOver({ ...world, studies, samples }, () => undefined);
  const rows = await add(project, ['ERR99000001', 'SRA9900001']);
  expect(rows.find((row) => row.id === 'ERR99000001')).toMatchObject({ outcome: 'added', runs: 2 });
});

test("a sample that SRA's search and GEO's summaries leave out has the runs of the experiment that GEO's text names", async () => {
  const project = await openOver(await demoWorld(), ({ endpoint, parameters }) =>
    endpoint === 'esummary gds' || parameters.get('term')?.includes('GSM9900002')
      ? { kind: 'drop', accessions: ['GSM9900002'] }
      : undefined,
  );
  const rows = await add(project, ['GSM9900001', 'GSM9900002']);
  expect(rows).toMatchObject([
    { id: 'GSM9900001', outcome: 'added', runs: 1 },
    { id: 'GSM9900002', outcome: 'added', runs: 2 },
  ]);
});

test("--full without GEO's text is partial, and is asked again", async () => {
  let isDown = true;
  const project = await openOver(await demoWorld(), ({ path }) =>
    isDown && /acc\.cgi|_family/.test(path) ? { kind: 'status', status: 404 } : undefined,
  );
  const ids = ['GSM9900001', 'GSM9900002'];
  const partial = await add(project, ids, { full: true });
  expect(partial).toMatchObject([{ outcome: 'partial' }, { outcome: 'partial' }]);
  isDown = false;
  await add(project, ids, { full: true, force: true });
  const [sample] = await project.store.get('samples', ['GSM9900001']);
  expect(sample?.geo_protocols).not.toBeNull();
});

test("the words of a series stay when its summary cannot be had, and the sample's answer says so", async () => {
  let isDown = false;
  const project = await openOver(await demoWorld(), ({ endpoint }) =>
    isDown && endpoint === 'esummary gds' ? { kind: 'status', status: 400 } : undefined,
  );
  await add(project, ['GSE990001']);
  const before = await project.store.get('projects', ['GSE990001']);
  isDown = true;
  const [row] = await add(project, ['SRR99000003'], { force: true });
  expect(row?.outcome).toBe('partial');
  expect(await project.store.get('projects', ['GSE990001'])).toEqual(before);
});
