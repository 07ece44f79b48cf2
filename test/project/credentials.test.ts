import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CredentialFacts } from '../../src/ports/credential.ts';
import type { CellineEvent, OutcomeRow } from '../../src/ports/reporter.ts';
import { openProject } from '../../src/project/open-project.ts';
import type { Check, Project } from '../../src/project/project.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { LAB_CHECK, labHandler } from '../support/lab-handler.ts';

const KEY = 'k-0123456789abcdef';
let folder: string;
let server: ScriptedServer;
let answer: Script;
let events: CellineEvent[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'celline-credentials-'));
  answer = ({ path }) => ({ body: JSON.stringify({ title: `of ${path}` }) });
  server = await startScriptedServer((request) => answer(request));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function withProject<T>(
  env: Record<string, string>,
  use: (project: Project) => Promise<T>,
  credential: CredentialFacts = {},
): Promise<T> {
  events = [];
  const project = await openProject({
    cwd: folder,
    env: { HOME: folder, XDG_CONFIG_HOME: folder, CELLINE_RUNTIME_DIR: folder, LAB_DB_API_URL: server.url, ...env },
    flags: {},
    handlers: [labHandler(credential)],
    reporter: { emit: (event) => events.push(event) },
    signal: new AbortController().signal,
  });
  try {
    return await use(project);
  } finally {
    await project.close();
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const add = (env: Record<string, string>, credential?: CredentialFacts, ids = ['LAB1', 'LAB2', 'LAB3']) =>
  withProject(env, (project): Promise<OutcomeRow[]> => collect(project.add(ids)), credential);

const sent = () => server.requests.map(({ headers }) => headers.authorization);

describe('000-20: Bearer before Basic', () => {
  const login = { LAB_DB_USER: 'ada', LAB_DB_PASSWORD: KEY };
  const basic = `Basic ${Buffer.from(`ada:${KEY}`).toString('base64')}`;

  test.each([
    ['both set: Bearer only', { LAB_DB_API_KEY: KEY, ...login }, {}, `Bearer ${KEY}`],
    ['user and password: Basic', login, {}, basic],
    [
      'a handler that takes Basic alone',
      { LAB_DB_API_KEY: KEY, ...login },
      { takes: [{ scheme: 'basic' }] as const },
      basic,
    ],
    ['neither: nothing', {}, {}, undefined],
  ])('%s', async (_what, env, credential, expected) => {
    expect((await add(env, credential)).map(({ outcome }) => outcome)).toEqual(['added', 'added', 'added']);
    expect(sent()).toEqual([expected, expected, expected]);
  });

  test('a header of the archive, with the key from a file', async () => {
    writeFileSync(join(folder, 'key'), `${KEY}\n`, { mode: 0o600 });
    await add({ LAB_DB_API_KEY_FILE: 'key' }, { takes: [{ scheme: 'header', name: 'X-Lab-Token' }] });
    expect(server.requests.map(({ headers }) => [headers['x-lab-token'], headers.authorization])).toEqual(
      Array(3).fill([KEY, undefined]),
    );
  });
});

test('000-57: key, rate and cache together; another key asks anew, no key too', async () => {
  const ask = (env: Record<string, string>) =>
    withProject(env, (project) => collect(project.add(['LAB1'], { force: false })));
  const requestsOf = async (env: Record<string, string>) => {
    const before = server.requests.length;
    rmSync(join(folder, 'DB'), { recursive: true, force: true });
    await ask(env);
    return server.requests.length - before;
  };
  expect(await requestsOf({ LAB_DB_API_KEY: KEY })).toBe(1);
  expect(await requestsOf({ LAB_DB_API_KEY: KEY })).toBe(0);
  expect(await requestsOf({ LAB_DB_API_KEY: `${KEY}2` })).toBe(1);
  expect(await requestsOf({})).toBe(1);
});

test('without a place for the secret answers are not stored, and one warning says so', async () => {
  writeFileSync(join(folder, 'file'), '');
  await add({ LAB_DB_API_KEY: KEY, XDG_STATE_HOME: join(folder, 'file') });
  const warnings = events.filter(({ type }) => type === 'warning');
  expect(warnings).toEqual([{ type: 'warning', message: expect.stringContaining('are not stored') }]);
  rmSync(join(folder, 'DB'), { recursive: true, force: true });
  await add({ LAB_DB_API_KEY: KEY, XDG_STATE_HOME: join(folder, 'file') });
  expect(server.requests).toHaveLength(6);
});

test('000-21: a refused credential is one request and the same line for every id', async () => {
  answer = () => ({ status: 401, body: 'who are you' });
  const ids = Array.from({ length: 30 }, (_, index) => `LAB${index + 1}`);
  const rows = await add({ LAB_DB_API_KEY: KEY }, {}, ids);
  expect(new Set(rows.map(({ outcome, reason }) => `${outcome}: ${reason}`)).size).toBe(1);
  expect(rows[0]).toMatchObject({ outcome: 'auth_error', reason: expect.stringContaining('LAB_DB_API_KEY') });
  expect(server.requests).toHaveLength(1);
});

describe('doctor', () => {
  const examine = (env: Record<string, string>, credential: CredentialFacts, offline = false) =>
    withProject(
      env,
      async (project): Promise<Check[]> => {
        const checks = await collect(project.doctor({ offline }));
        return checks.filter(({ name }) => name === 'NCBI key' || name === 'credential lab');
      },
      credential,
    );
  const unreachable = { GEO_API_URL: 'http://127.0.0.1:9', INSDC_API_URL: 'http://127.0.0.1:9' };

  test('says what is set and where, never the value; without one what it would bring', async () => {
    writeFileSync(join(folder, 'ncbi'), KEY, { mode: 0o600 });
    const set = await examine({ LAB_DB_API_KEY: KEY, NCBI_API_KEY_FILE: 'ncbi' }, {}, true);
    expect(set).toEqual([
      {
        name: 'NCBI key',
        state: 'ok',
        detail: 'set by environment NCBI_API_KEY_FILE; not checked: offline',
        hint: null,
      },
      {
        name: 'credential lab',
        state: 'ok',
        detail: 'bearer credential set by environment LAB_DB_API_KEY; the archive offers no check',
        hint: null,
      },
    ]);
    expect(JSON.stringify(set)).not.toContain(KEY);
    const missing = await examine({}, { brings: 'private samples' }, true);
    expect(missing.map(({ state, detail, hint }) => [state, detail, hint])).toEqual([
      ['warning', 'no NCBI_API_KEY: 3 requests per second', expect.stringContaining('10')],
      ['warning', 'none set', 'Set LAB_DB_API_KEY, or LAB_DB_USER and LAB_DB_PASSWORD for private samples.'],
    ]);
  });

  test.each([
    [200, 'ok', 'accepted'],
    [401, 'error', 'refused LAB_DB_API_KEY'],
    [503, 'warning', 'not checked'],
  ])('asks the archive once: %i is %s', async (status, state, said) => {
    answer = () => ({ status, body: '{}' });
    const checks = await examine({ ...unreachable, LAB_DB_API_KEY: KEY }, { check: LAB_CHECK });
    expect(checks[1]).toMatchObject({ state, detail: expect.stringContaining(said) });
    expect(server.requests.map(({ path }) => path)).toEqual(['/auth/validate']);
  });
});

test('000-07: handlers tell the state of their credential, never the value', async () => {
  const authOf = (env: Record<string, string>) =>
    withProject(env, async (project) => (await project.handlers()).find(({ name }) => name === 'lab')?.auth);
  expect(await authOf({})).toBe('no credential (LAB_DB_API_KEY, or LAB_DB_USER and LAB_DB_PASSWORD)');
  expect(await authOf({ LAB_DB_API_KEY: KEY })).toBe('bearer credential set');
});

test('the history of the tables holds no key that was typed', async () => {
  await withProject({ LAB_DB_API_KEY: KEY }, async (project) => {
    await collect(project.add(['LAB1']));
  });
  const project = await openProject({
    cwd: folder,
    env: {
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      CELLINE_RUNTIME_DIR: folder,
      LAB_DB_API_URL: server.url,
      LAB_DB_API_KEY: KEY,
    },
    flags: {},
    command: `add LAB2 --note ${KEY}`,
    handlers: [labHandler()],
    reporter: { emit: () => {} },
    signal: new AbortController().signal,
  });
  await collect(project.add(['LAB2']));
  const history = await collect((await project.care()).history.log({}));
  await project.close();
  expect(JSON.stringify(history)).toContain('--note ***');
  expect(JSON.stringify(history)).not.toContain(KEY);
});
