import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startScriptedServer } from '../../src/testing/scripted-server.ts';
import { celline, projectFolder } from '../support/celline-process.ts';

const HANDLER = `defineHandler({
  name: 'lab', source: 'LAB', baseUrl: 'https://lab.example.org/v1', rate: { perSecond: 1000 },
  pattern: { pattern: /^LAB\\d+$/, example: 'LAB1' },
  fetchSample: async (id, { http }) => http.json('/samples/' + id),
  fetchRun: async () => null,
})`;

/** A back end for the index of the cache that keeps its entries in memory, and a serializer that turns bodies round. */
const EVERYTHING = `
  import { defineHandler } from 'celline';
  const entries = new Map();
  const index = {
    name: 'lab-index', description: 'in memory, for a test',
    open: () => ({
      putEntry: async (key, entry) => void entries.set(key, entry),
      getEntry: async (key) => entries.get(key) ?? null,
      removeEntry: async (key) => entries.delete(key),
      async *listEntries() { yield* entries.entries(); },
      updateAccessTime: async () => {},
      getStats: async () => ({ entries: entries.size }),
      clear: async () => { const { size } = entries; entries.clear(); return size; },
      close: async () => {},
    }),
  };
  export default (celline) => {
    celline.registerHandler(${HANDLER}, { priority: 0 });
    celline.registerMetadataBackend(index);
    celline.registerStore({ name: 'lab-store', description: 'refuses', open: () => { throw new Error('the store of the lab'); } });
  };
`;

test('a plug-in brings handlers, back ends and stores; a function registers them', async () => {
  const folder = projectFolder({ plugins: ['./lab.mjs'], cache: { metadata: { backend: 'lab-index' } } });
  writeFileSync(join(folder, 'lab.mjs'), EVERYTHING);
  const server = await startScriptedServer(() => ({ body: '{"title":"one"}' }));
  const run = await celline(['add', 'LAB1', 'LAB1'], { folder, env: { LAB_API_URL: server.url } });
  await server.close();
  expect(run.stderr).not.toContain('warning');
  expect(run.code).toBe(0);
  const handlers = await celline(['handlers', '--format', 'json'], { folder });
  expect((JSON.parse(handlers.stdout) as { name: string }[])[0]?.name).toBe('lab');
  const backends = await celline(['cache', 'backends', '--format', 'json'], { folder });
  expect(JSON.parse(backends.stdout)).toContainEqual(expect.objectContaining({ name: 'lab-index' }));
  // What only reads the tables loads the plug-in too when it alone knows where they are.
  writeFileSync(
    join(folder, 'celline.config.json'),
    JSON.stringify({ plugins: ['./lab.mjs'], store: { backend: 'lab-store' } }),
  );
  const listed = await celline(['list'], { folder });
  expect(listed.stderr).toContain('the store of the lab');
});

test('a package is a plug-in, also where celline itself is not installed', async () => {
  const folder = projectFolder({ plugins: ['celline-plugin-lab'] });
  const place = join(folder, 'node_modules', 'celline-plugin-lab');
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'package.json'),
    JSON.stringify({ name: 'celline-plugin-lab', version: '1.0.0', type: 'module', exports: './index.js' }),
  );
  writeFileSync(join(place, 'index.js'), `import { defineHandler } from 'celline';\nexport default ${HANDLER};\n`);
  const run = await celline(['resolve', 'LAB1', '--format', 'json'], { folder });
  expect(JSON.parse(run.stdout)).toMatchObject([{ id: 'LAB1', handler: 'lab' }]);
  expect(run.stderr).toBe('');
});

test.each([
  [
    'module.exports, with celline',
    'lab.cjs',
    `const { defineHandler } = require('celline');\nmodule.exports = ${HANDLER};`,
  ],
  ['exports.default', 'lab.cjs', `const { defineHandler } = require('celline');\nexports.default = ${HANDLER};`],
  ['a function', 'lab.cjs', `module.exports = ({ registerHandler }) => registerHandler(${HANDLER.slice(14, -1)});`],
  [
    'as compilers write it',
    'lab.js',
    `"use strict"; Object.defineProperty(exports, '__esModule', { value: true });\nconst celline_1 = require('celline');\nexports.default = (0, celline_1.defineHandler)(${HANDLER.slice(14, -1)});`,
  ],
])('000-54: a plug-in in CommonJS: %s', async (_form, file, text) => {
  const folder = projectFolder({ plugins: [`./${file}`] });
  writeFileSync(join(folder, file), text);
  const run = await celline(['resolve', 'LAB1', '--format', 'json'], { folder });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toMatchObject([{ id: 'LAB1', handler: 'lab' }]);
});

test.each([
  ['exports', { exports: './handler.ts' }, 'handler.ts'],
  ['conditions', { exports: { '.': { types: './x.d.ts', import: './handler.ts' } } }, 'handler.ts'],
  ['main', { main: 'handler.ts' }, 'handler.ts'],
  ['its index', { type: 'module' }, 'index.ts'],
])('000-54: a plug-in is a folder, by %s', async (_form, manifest, file) => {
  const folder = projectFolder({ plugins: ['./handlers/lab'] });
  mkdirSync(join(folder, 'handlers', 'lab'), { recursive: true });
  writeFileSync(join(folder, 'handlers', 'lab', 'package.json'), JSON.stringify(manifest));
  const text = `import { defineHandler } from 'celline';\nexport default ${HANDLER};\n`;
  writeFileSync(join(folder, 'handlers', 'lab', file), text);
  const run = await celline(['resolve', 'LAB1', '--format', 'json'], { folder });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toMatchObject([{ id: 'LAB1', handler: 'lab' }]);
});

test('002-19: a back end that is junk, or whose name is taken, is told and costs neither its plug-in nor any id', async () => {
  const folder = projectFolder({ plugins: ['./lab.mjs', './junk.mjs'] });
  const backend = "{ name: 'json', description: 'takes a name', open: () => ({}) }";
  writeFileSync(
    join(folder, 'lab.mjs'),
    `import { defineHandler } from 'celline';
    export default { handlers: [${HANDLER}], metadataBackends: [${backend}], blobBackends: [${backend}], stores: [${backend}] };`,
  );
  writeFileSync(
    join(folder, 'junk.mjs'),
    'export default { stores: [null, { nme: "x" }], serializers: [{ name: "x" }], blobBackends: [{ name: "json" }] };',
  );
  const server = await startScriptedServer(() => ({ body: '{"title":"one"}' }));
  const run = await celline(['add', 'LAB1'], { folder, env: { LAB_API_URL: server.url } });
  await server.close();
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).toContain('a metadata back end of the plug-in ./lab.mjs is left out');
  expect(run.stderr.match(/of the plug-in \.\/junk\.mjs is left out/g)).toHaveLength(4);
  const backends = await celline(['cache', 'backends', '--format', 'json'], { folder });
  const named = (JSON.parse(backends.stdout) as { kind: string; name: string }[]).filter(({ name }) => name === 'json');
  expect(named).toMatchObject([{ kind: 'metadata' }, { kind: 'blob' }]);
});

test('002-09: one that is broken is listed by the name of its folder or file, with the reason', async () => {
  const folder = projectFolder({ plugins: ['./handlers/lab/handler.ts', './second.ts'] });
  mkdirSync(join(folder, 'handlers', 'lab'), { recursive: true });
  writeFileSync(join(folder, 'handlers', 'lab', 'handler.ts'), 'export default { name: ');
  const listed = await celline(['handlers', '--format', 'json'], { folder });
  const broken = (JSON.parse(listed.stdout) as { name: string; state: string; unavailable: string }[]).filter(
    ({ state }) => state === 'unavailable',
  );
  expect(broken).toMatchObject([
    { name: 'lab', unavailable: expect.stringContaining('handler.ts:1') },
    { name: 'second', unavailable: expect.stringContaining('there is no file') },
  ]);
  const tested = await celline(['handlers', 'test', 'lab'], { folder });
  expect(tested.code).toBe(2);
  expect(tested.stderr).toMatch(/error: lab cannot be used: .*handler\.ts:1/s);
});

test('variables and options of a plug-in are settings like any other, and config shows them', async () => {
  const folder = projectFolder({ plugins: [{ module: './lab.ts', name: 'second', options: { depth: 4 } }] });
  writeFileSync(join(folder, 'lab.ts'), `import { defineHandler } from 'celline';\nexport default ${HANDLER};\n`);
  const env = { SECOND_RATE_LIMIT: '3', SECOND_CACHE_TTL: '60' };
  const shown = await celline(['config', '--format', 'json'], { folder, env });
  const rows = JSON.parse(shown.stdout) as { key: string; value: unknown; source: string }[];
  const own = rows
    .filter(({ key }) => key.startsWith('handlers.second.'))
    .map(({ key, value }) => [key, String(value)]);
  expect(own).toContainEqual(['handlers.second.rateLimit', '3']);
  expect(own).toContainEqual(['handlers.second.cacheTtl', '60']);
  expect(own).toContainEqual(['handlers.second.options.depth', '4']);
  const wrong = await celline(['resolve', 'LAB1'], { folder, env: { SECOND_RATE_LIMIT: 'abc' } });
  expect(wrong.stderr).toContain('SECOND_RATE_LIMIT is "abc"');
  expect(wrong.code).toBe(2);
});

test('002-21: options that the schema of a plug-in refuses are a problem of the configuration, and cost that handler alone', async () => {
  const folder = projectFolder({ plugins: ['./lab.mjs'], handlers: { lab: { options: { depth: 'deep' } } } });
  const schema =
    "options: { parse: (given) => { if (typeof given.depth !== 'number') throw new Error('depth is a number'); } },";
  writeFileSync(
    join(folder, 'lab.mjs'),
    `import { defineHandler } from 'celline';\nexport default ${HANDLER.replace("name: 'lab',", `name: 'lab', ${schema}`)};\n`,
  );
  const checked = await celline(['config', 'validate', '--json'], { folder });
  expect(checked.code).toBe(2);
  expect(JSON.parse(checked.stdout)).toMatchObject([
    { key: 'handlers.lab.options', problem: expect.stringContaining('depth is a number') },
  ]);
  const resolved = await celline(['resolve', 'GSM1', '--json'], { folder });
  expect([resolved.code, JSON.parse(resolved.stdout)[0].handler]).toEqual([0, 'geo']);
  expect(resolved.stderr).toContain('handlers.lab.options: depth is a number');
});

test('a key in the options of a plug-in is refused like any other in a file', async () => {
  const folder = projectFolder({ plugins: [{ module: './lab.ts', options: { apiKey: 'k-0123456789' } }] });
  const run = await celline(['handlers'], { folder });
  expect(run.stderr).toContain('does not belong into a configuration');
  expect(run.stderr).not.toContain('k-0123456789');
  expect(run.code).toBe(2);
});

test('000-47 a handler says itself what is downloaded; what is not its own stays as it is', async () => {
  const folder = projectFolder({ plugins: ['./lab.ts'] });
  const own = `downloadUrls: (id: string, runs: any[]) => [...runs.map((run) => run.raw_link), 'https://lab.example.org/' + id + '.tar'],
  fetchRun: async (id: string) => ({ raw_link: 'https://lab.example.org/' + id + '.fq' }),`;
  const module = HANDLER.replace('fetchRun: async () => null,', own);
  writeFileSync(join(folder, 'lab.ts'), `import { defineHandler } from 'celline';\nexport default ${module};\n`);
  const server = await startScriptedServer(() => ({ body: '{"children":["RUN2","RUN1"]}' }));
  await celline(['add', 'LAB1'], { folder, env: { LAB_API_URL: server.url } });
  await server.close();
  const urls = await celline(['urls', 'LAB1'], { folder });
  expect(urls.stdout).toBe(
    'https://lab.example.org/RUN1.fq\nhttps://lab.example.org/RUN2.fq\nhttps://lab.example.org/LAB1.tar\n',
  );
  const stored = await celline(['urls', '--all', 'LAB1'], { folder });
  expect(stored.stdout).not.toContain('.tar');
  expect((await celline(['urls', 'LAB9'], { folder })).code).toBe(1);
});
