import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OutcomeRow } from '../../src/ports/reporter.ts';
import { openProject } from '../../src/project/open-project.ts';
import type { Check, Project } from '../../src/project/project.ts';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import type { World } from '../../src/testing/archive-server/world.ts';

let server: ArchiveServer;
let folder: string;

beforeAll(async () => {
  const world = JSON.parse(
    await readFile(join(import.meta.dirname, '../../fixtures/demo/world.json'), 'utf8'),
  ) as World;
  const limits = { ncbiPerSecond: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY };
  server = await startArchiveServer({ world, limits });
});
afterAll(() => server.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'celline-care-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function open(command: string): Promise<Project> {
  return openProject({
    cwd: folder,
    env: {
      GEO_API_URL: server.url,
      INSDC_API_URL: server.url,
      CELLINE_CONFIG_DIR: join(folder, 'none'),
      CELLINE_RUNTIME_DIR: join(folder, 'runtime'),
    },
    flags: {},
    reporter: { emit: () => {} },
    signal: new AbortController().signal,
    command,
  });
}

async function add(id: string): Promise<OutcomeRow['outcome'] | undefined> {
  const project = await open(`add ${id}`);
  const rows: OutcomeRow[] = [];
  for await (const row of project.add([id])) rows.push(row);
  await project.close();
  return rows[0]?.outcome;
}

test('going back forgets what was asked since: the same add brings it again', async () => {
  expect(await add('GSM9900001')).toBe('added');
  expect(await add('GSM9900002')).toBe('added');
  const project = await open('db rollback 1');
  const { history } = await project.care();
  const commands: string[] = [];
  for await (const entry of history.log()) commands.push(entry.command);
  expect([...new Set(commands)]).toEqual(['add GSM9900002', 'add GSM9900001']);
  let first = 0;
  for await (const entry of history.log())
    if (entry.command === 'add GSM9900001') first = Math.max(first, entry.sequence);
  await history.rollback(first);
  expect(await project.store.get('samples', ['GSM9900002'])).toEqual([]);
  expect((await project.store.plainTables()).filter(({ behind }) => behind > 0)).toEqual([]);
  await project.close();
  expect(await add('GSM9900002')).toBe('added');
});

test('the doctor says how commits get their number', async () => {
  await add('GSM9900001');
  const project = await open('doctor');
  const checks: Check[] = [];
  for await (const check of project.doctor({ offline: true })) checks.push(check);
  await project.close();
  const commits = checks.find(({ name }) => name === 'commits');
  expect(commits?.detail).toMatch(/^(by hard links|under a lock file)/);
});

test('the back end memory has no history, and says so', async () => {
  await writeFile(join(folder, 'celline.config.json'), '{"store":{"backend":"memory"}}');
  const project = await open('db log');
  const refused = project.care();
  await expect(refused).rejects.toMatchObject({ code: 'STORE_OPERATIONAL', fields: { backend: 'memory' } });
  await expect(refused).rejects.toThrow('The back end memory has no history');
  await project.close();
});
