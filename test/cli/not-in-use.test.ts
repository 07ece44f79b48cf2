import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTestFolder } from '../store/open-test-store.ts';
import { runCli } from './run-cli.ts';

const HANDLER = `import { defineHandler } from 'celline';
export default defineHandler({
  name: 'lab', source: 'LAB', pattern: { pattern: /^LIB\\d{4}$/, example: 'LIB0001' },
  baseUrl: 'https://lab.example.org', fetchSample: async () => null, fetchRun: async () => null,
});
`;

async function wishes() {
  const cwd = await makeTestFolder();
  return { cwd, env: { CELLINE_CONFIG_DIR: join(cwd, 'nobody'), CELLINE_RUNTIME_DIR: join(cwd, 'limits') } };
}

it('000-48: a search asks no service that has only an example of an address, and says how to give it one', async () => {
  const found = await runCli(['search', 'tissue=brain'], await wishes());
  expect([found.code, found.stdout]).toEqual([2, '']);
  expect(found.stderr).toContain('no handler that can search has an address');
  expect(found.stderr).toContain('Set handlers.custom.apiUrl (CUSTOM_DB_API_URL).');
});

it('a handler in a folder without a configuration is not run, which is said; other code in such a folder is nobody’s plug-in', async () => {
  const here = await wishes();
  await mkdir(join(here.cwd, 'handlers'));
  await writeFile(join(here.cwd, 'handlers', 'lab.ts'), HANDLER);
  await writeFile(join(here.cwd, 'handlers', 'routes.ts'), 'export const routes = [];\n');
  const before = await runCli(['handlers', '--format', 'csv'], here);
  expect(before.stdout).not.toContain('lab');
  expect(before.stderr).toContain('handlers/lab.ts is not loaded: its folder is no project yet; celline init');
  expect(before.stderr).not.toContain('routes.ts');
  await runCli(['init'], here);
  const after = await runCli(['handlers', '--format', 'csv'], here);
  expect(after.stdout).toContain('lab,3,plug-in');
  expect(after.stderr).not.toContain('lab.ts');
});

it('a setting of a misspelt handler is a warning wherever handlers are used; of an unknown one nobody can tell', async () => {
  const here = await wishes();
  await writeFile(join(here.cwd, 'celline.config.json'), '{"handlers": {"goe": {"rateLimit": 1}, "mine": {}}}');
  for (const words of [['config', 'validate'], ['handlers']]) {
    const { stderr } = await runCli(words, here);
    expect(stderr).toContain('handlers.goe is a setting of no handler; did you mean handlers.geo?');
    expect(stderr).not.toContain('mine');
  }
  expect((await runCli(['list'], here)).stderr).not.toContain('goe');
});
