import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CellineEvent } from '../../src/ports/reporter.ts';
import { openProject } from '../../src/project/open-project.ts';
import type { Project } from '../../src/project/project.ts';
import { systemUser } from '../../src/project/system-processes.ts';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import type { World } from '../../src/testing/archive-server/world.ts';

const WORLD = fileURLToPath(new URL('../../fixtures/demo/world.json', import.meta.url));

let server: ArchiveServer;
let folder: string;
let events: CellineEvent[];

beforeAll(async () => {
  const world = JSON.parse(await readFile(WORLD, 'utf8')) as World;
  const limits = { ncbiPerSecond: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY };
  server = await startArchiveServer({ world, limits });
});
afterAll(() => server.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'celline-event-log-'));
  events = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Opens the project of the test's folder, does the work and closes it. */
async function within(
  work: (project: Project) => Promise<unknown>,
  env: Readonly<Record<string, string>> = {},
  command = 'add GSM9900002',
): Promise<void> {
  const project = await openProject({
    cwd: folder,
    command,
    env: {
      GEO_API_URL: server.url,
      INSDC_API_URL: server.url,
      CELLINE_CONFIG_DIR: folder,
      CELLINE_RUNTIME_DIR: join(folder, 'runtime'),
      CELLINE_LOG_FILE: 'celline.log',
      ...env,
    },
    flags: {},
    reporter: { emit: (event) => events.push(event) },
    signal: new AbortController().signal,
  });
  try {
    await work(project);
  } finally {
    await project.close();
  }
}

const add = (id: string) => async (project: Project) => {
  for await (const _row of project.add([id]));
};

async function lines(): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder, 'celline.log'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test('003-19 one add leaves lines of what was fetched and of every table that was written', async () => {
  await within(add('GSM9900002'));
  const found = await lines();
  expect(found[0]).toMatchObject({ event: 'began', message: 'celline add GSM9900002' });
  expect(found.at(-1)).toMatchObject({ event: 'ended', exitCode: 0 });
  for (const line of found) {
    expect(line).toMatchObject({ by: systemUser(), pid: process.pid, command: 'add GSM9900002' });
    expect(new Date(String(line.time)).toISOString()).toBe(line.time);
  }
  const fetched = found.filter(({ event }) => event === 'exchange');
  expect(fetched.length).toBeGreaterThan(1);
  expect(fetched.every(({ handler, operator, status }) => handler && operator && status === 200)).toBe(true);
  const written = found.filter(({ event }) => event === 'written');
  expect(Object.fromEntries(written.map(({ table, added }) => [table, added]))).toMatchObject({
    GEO_SAMPLES: 1,
    INSDC_RUNS: 2,
    ASKED: 1,
  });
});

test('004-12 lines carry the number of the job: of the command, and of the id that they are about', async () => {
  await within(add('GSM9900002'));
  const found = await lines();
  expect(found.find(({ event }) => event === 'answered')).toMatchObject({ job: '1.1', message: 'GSM9900002: added' });
  expect(found.filter(({ event }) => event === 'written').map(({ job }) => job)).toContain('1');
  expect(found.at(-1)?.job).toBe('1');
});

test('003-19 what is removed, noted and rolled back is written down too, with the command that did it', async () => {
  await within(add('GSM9900002'));
  await within(
    (project) => project.annotate([{ id: 'GSM9900002', name: 'condition', value: 'treated' }]),
    {},
    'annotate',
  );
  await within((project) => project.remove(['GSM9900002'], { cascade: true }), {}, 'rm GSM9900002');
  const noted = (await lines()).findLast(({ command, event }) => command === 'annotate' && event === 'written');
  const sequence = Number(noted?.sequence);
  await within(async (project) => (await project.care()).history.rollback(sequence), {}, 'db rollback');
  const written = (await lines()).filter(({ event }) => event === 'written');
  const of = (command: string) => written.filter((line) => line.command === command);
  expect(of('annotate')).toMatchObject([{ table: 'ANNOTATIONS', added: 1 }]);
  expect(of('rm GSM9900002')).toContainEqual(expect.objectContaining({ table: 'GEO_SAMPLES', removed: 1 }));
  expect(of('db rollback')).toContainEqual(
    expect.objectContaining({ kind: 'rollback', table: 'GEO_SAMPLES', added: 1 }),
  );
});

test('003-26 the level of the file filters its lines', async () => {
  const levels = async (level: string) => {
    await rm(join(folder, 'celline.log'), { force: true });
    await within(add('GSM9900002'), { CELLINE_LOG_FILE_LEVEL: level, CELLINE_DB_DIR: `DB-${level}` });
    return new Set((await lines().catch(() => [])).map((line) => line.level));
  };
  expect(await levels('warn')).toEqual(new Set());
  expect(await levels('info')).toEqual(new Set(['info']));
  expect(await levels('debug')).toEqual(new Set(['info', 'debug']));
});

test('000-46 with debug every run that was saved has a line', async () => {
  await within(add('GSM9900002'), { CELLINE_LOG_FILE_LEVEL: 'debug' });
  const saved = (await lines()).filter(({ event }) => event === 'committed').map(({ message }) => message);
  expect(saved).toContain('sample GSM9900002 added');
  expect(saved.filter((message) => /^run SRR\d+ added$/.test(String(message)))).toHaveLength(2);
});

test('keys do not come into the log, wherever they stand', async () => {
  const key = 'k3y-of-the-lab-0123456789';
  await within(add(`x-${key}`), { NCBI_API_KEY: key, CELLINE_LOG_FILE_LEVEL: 'debug' }, `add x-${key}`);
  const text = await readFile(join(folder, 'celline.log'), 'utf8');
  expect(text).toContain('"command":"add x-***"');
  expect(text).not.toContain(key);
  expect(JSON.stringify(events)).not.toContain(key);
});

test('a log that cannot be written is one warning, and the command works', async () => {
  await writeFile(join(folder, 'file'), '');
  await within(add('GSM9900002'), { CELLINE_LOG_FILE: 'file/celline.log' });
  expect(events.filter(({ type }) => type === 'warning')).toEqual([
    { type: 'warning', message: expect.stringContaining('celline.log is incomplete') },
  ]);
  expect(events).toContainEqual(expect.objectContaining({ type: 'answered' }));
});

test('004-11 the stream of a command, in order', async () => {
  await within(add('GSM9900002'));
  expect(events[0]?.type).toBe('began');
  expect(events.at(-1)?.type).toBe('ended');
  const place = (is: (event: CellineEvent) => boolean) => events.findIndex(is);
  const places = [
    place((event) => event.type === 'job' && event.change === 'created'),
    place((event) => event.type === 'request'),
    place((event) => event.type === 'exchange'),
    place((event) => event.type === 'written' && 'GEO_SAMPLES' in event.tables),
    place((event) => event.type === 'committed'),
    place((event) => event.type === 'answered'),
    place((event) => event.type === 'job' && event.change === 'finished' && event.parent === null),
  ];
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});
