import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { missingSqlite } from '../../src/cache/metadata/sqlite/load-sqlite.ts';
import { examineNcbiKey } from '../../src/project/examine-ncbi-key.ts';
import { openProject } from '../../src/project/open-project.ts';
import type { Check } from '../../src/project/project.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';

const noSqlite = await missingSqlite();
const KEY = 'k-0123456789abcdef';
const AWS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: KEY };
const good: Script = () => ({ body: '{}' });

let folder: string;
let server: ScriptedServer;
let answer: Script;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'celline-doctor-'));
  answer = good;
  server = await startScriptedServer((request) => answer(request));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function examine(config: object, env: Record<string, string> = {}, offline = false): Promise<Map<string, Check>> {
  writeFileSync(join(folder, 'celline.config.json'), JSON.stringify(config));
  const mirrors = { GEO_API_URL: server.url, INSDC_API_URL: server.url };
  const project = await openProject({
    cwd: folder,
    env: { HOME: folder, XDG_CONFIG_HOME: folder, CELLINE_RUNTIME_DIR: folder, ...mirrors, ...env },
    flags: {},
    reporter: { emit: () => {} },
    signal: new AbortController().signal,
  });
  const rows = new Map<string, Check>();
  for await (const row of project.doctor({ offline })) rows.set(row.name, row);
  await project.close();
  return rows;
}

describe('the cache', () => {
  test('is told by the back ends in use and where they are', async () => {
    const rows = await examine({ cache: { metadata: { backend: 'memory' } } }, {}, true);
    expect(rows.get('cache')).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/^metadata memory, bodies filesystem; folder \//),
    });
  });

  test('is skipped while a recording answers', async () => {
    expect((await examine({ replay: 'recording' }, {}, true)).get('cache')?.state).toBe('skipped');
  });

  type Row = [what: string, cache: object, said: string, hint: string];
  const SQLITE: Row = ['sqlite on this Node', { metadata: { backend: 'sqlite' } }, '"sqlite" needs Node', 'json'];
  test.each<Row>([
    ['a misspelt name', { metadata: { backend: 'jsn' } }, 'no cache metadata back end "jsn"', 'json'],
    ['postgresql without an address', { metadata: { backend: 'postgresql' } }, '"postgresql" needs an address', 'url'],
    [
      'postgresql that is away',
      { metadata: { backend: 'postgresql', url: 'postgresql://ada@127.0.0.1:1/x' } },
      '"postgresql" cannot be used (127.0.0.1:1/x)',
      'cache.metadata.url',
    ],
    [
      's3 that is away',
      { blob: { backend: 's3', bucket: 'answers', endpoint: 'http://127.0.0.1:1' } },
      '"s3" cannot be used (http://127.0.0.1:1/answers/)',
      'cache.blob.endpoint',
    ],
    ...(noSqlite === null ? [] : [SQLITE]),
  ])('%s is its own error, and the archives are asked all the same', async (_what, cache, said, hint) => {
    const rows = await examine({ cache }, AWS);
    expect(rows.get('cache')).toMatchObject({
      state: 'error',
      detail: expect.stringContaining(said),
      hint: expect.stringContaining(hint),
    });
    expect([rows.get('NCBI')?.detail, rows.get('ENA')?.detail]).toEqual([
      `NCBI (${server.url}) answers`,
      `ENA (${server.url}) answers`,
    ]);
  });
});

test('both halves of a cache that are away are told', async () => {
  const metadata = { backend: 'postgresql', url: 'postgresql://ada@127.0.0.1:1/x' };
  const blob = { backend: 's3', bucket: 'answers', endpoint: 'http://127.0.0.1:1' };
  expect((await examine({ cache: { metadata, blob } }, AWS, true)).get('cache')).toMatchObject({
    state: 'error',
    detail: expect.stringMatching(/"postgresql" cannot be used .*; .*"s3" cannot be used/),
    hint: expect.stringMatching(/cache\.metadata\.url.*cache\.blob\.endpoint/),
  });
});

describe("NCBI's key", () => {
  const keyOf = async (env: Record<string, string> = {}) =>
    (await examine({}, { NCBI_API_KEY: KEY, ...env })).get('NCBI key');
  const set = 'set by environment NCBI_API_KEY; ';

  test('is accepted when NCBI answered to it', async () => {
    expect(await keyOf()).toMatchObject({ state: 'ok', detail: `${set}accepted: 10 requests per second` });
    expect(server.requests.some(({ path }) => path.includes(KEY))).toBe(true);
  });

  test('is an error when NCBI refused it', async () => {
    answer = (request) =>
      request.path.startsWith('/entrez') ? { status: 400, body: '{"error":"API key invalid"}' } : good(request);
    const row = await keyOf();
    expect(row).toMatchObject({ state: 'error', detail: expect.stringContaining('refused NCBI_API_KEY') });
    expect(JSON.stringify(row)).not.toContain(KEY);
  });

  test('is not checked when NCBI was not reached', async () => {
    const away = 'http://127.0.0.1:9';
    expect(await keyOf({ GEO_API_URL: away, INSDC_API_URL: away })).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining(`${set}not checked: no answer from 127.0.0.1:9: `),
      hint: expect.stringContaining('handlers.geo.apiUrl (GEO_API_URL)'),
    });
  });

  test('is not sent to a mirror that is not encrypted', () => {
    const mirror = { url: 'http://mirror.example.org', setting: 'handlers.geo.apiUrl (GEO_API_URL)' };
    expect(examineNcbiKey('environment NCBI_API_KEY', [{ mirror, sendsKey: false, error: null }])).toEqual({
      name: 'NCBI key',
      state: 'warning',
      detail: `${set}not sent to http://mirror.example.org, which is not encrypted: 3 requests per second there`,
      hint: 'Give handlers.geo.apiUrl (GEO_API_URL) with https://.',
    });
  });
});
