import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defineHandler, openProject, PluginError } from '../../src/index.ts';
import { startScriptedServer } from '../../src/testing/index.ts';

/** A project in a folder of its own, which sees nothing of this machine. */
async function emptyProject() {
  const folder = mkdtempSync(join(tmpdir(), 'celline-handlers-'));
  const env = { HOME: folder, XDG_CONFIG_HOME: folder, CELLINE_RUNTIME_DIR: join(folder, 'runtime') };
  const project = await openProject({ cwd: folder, projectDir: folder, env });
  onTestFinished(async () => {
    await project.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return project;
}

/** A handler for samples of GEO, in place of GEO's own. */
function labHandler(baseUrl: string) {
  return defineHandler({
    name: 'lab',
    source: 'LAB',
    pattern: { pattern: /^GSM\d+$/, example: 'GSM1' },
    baseUrl,
    rate: { perSecond: 1000 },
    fetchSample: async (id, { http }) => ({ ...(await http.json<object>(`/${id}`)), children: [] }),
    fetchRun: async () => null,
  });
}

test('002-03, 002-04, 002-06 a program puts a handler before all others, and takes it away again', async () => {
  const server = await startScriptedServer(() => ({ body: '{"title":"from the lab"}' }));
  onTestFinished(() => server.close());
  const project = await emptyProject();
  const claimants = async () => (await project.resolve(['GSM77'])).flatMap(({ handlers }) => handlers);
  expect(await claimants()).toEqual(['geo']);
  project.registerHandler(labHandler(server.url), { priority: 0 });
  expect(await claimants()).toEqual(['lab', 'geo']);
  expect((await project.handlers())[0]).toMatchObject({ name: 'lab', priority: 0, builtIn: false });
  const rows = [];
  for await (const row of project.add(['GSM77'])) rows.push(row);
  expect(rows).toMatchObject([{ id: 'GSM77', key: 'GSM77' }]);
  expect((await project.records.samples.get('GSM77'))?.title).toBe('from the lab');
  expect(project.unregisterHandler('lab')).toBe(true);
  expect(await claimants()).toEqual(['geo']);
  expect(project.unregisterHandler('lab')).toBe(false);
  expect(server.requests.map(({ path }) => path)).toEqual(['/GSM77']);
});

test('a name that is taken, missing members and columns of its own are refused by name', async () => {
  const project = await emptyProject();
  const lab = labHandler('https://lab.example.org');
  expect(() => project.registerHandler(lab, { name: 'geo' })).toThrow(PluginError);
  expect(() => project.registerHandler({ ...lab, fetchRun: undefined } as never)).toThrow(/fetchRun/);
  const column = { name: 'bench', type: 'text', doc: 'Where it stands.' } as const;
  expect(() => project.registerHandler({ ...lab, columns: { samples: [column] } })).toThrow(/openProject|columns/);
  expect((await project.handlers()).map(({ name }) => name)).not.toContain('lab');
});
