import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import type { World } from '../../src/testing/archive-server/world.ts';
import { type Result, runCli } from '../cli/run-cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let server: ArchiveServer;
let cwd: string;

beforeAll(async () => {
  const world = JSON.parse(readFileSync(join(ROOT, 'fixtures/demo/world.json'), 'utf8')) as World;
  const limits = { ncbiPerSecond: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY };
  server = await startArchiveServer({ world, limits });
});
afterAll(() => server.close());
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'celline-variable-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const RUNS = 'GSM9900002';

/** Runs the real command line in the test's folder, whose archives are the test server, with these variables besides. */
function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const all = {
    GEO_API_URL: server.url,
    INSDC_API_URL: server.url,
    CELLINE_CONFIG_DIR: join(cwd, 'no-user'),
    CELLINE_RUNTIME_DIR: join(cwd, 'runtime'),
    ...env,
  };
  return runCli(argv, { cwd, env: all });
}

/** The value of a setting as `config get` tells it. */
const setting = async (key: string, env: Readonly<Record<string, string>>) =>
  (await run(['config', 'get', key], env)).stdout.trim();

/** The addresses and forms that a server which knows no sample is asked for one. */
async function askedUrls(env: Readonly<Record<string, string>>): Promise<string[]> {
  const urls: string[] = [];
  const archive = createServer(async (request, response) => {
    urls.push(`${request.url}?${await text(request)}`);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(archive.address() as AddressInfo).port}`;
  await run(['add', 'GSM1'], { GEO_API_URL: url, INSDC_API_URL: url, ...env });
  await new Promise((resolve) => archive.close(resolve));
  return urls;
}

/** What a command changes when the variable is set, each against the same command without it. */
const CHANGES: Readonly<Record<string, () => Promise<void>>> = {
  async CELLINE_DB_DIR() {
    await run(['add', RUNS], { CELLINE_DB_DIR: 'tables' });
    expect(existsSync(join(cwd, 'tables', 'GEO_SAMPLES.parquet'))).toBe(true);
    expect(existsSync(join(cwd, 'DB'))).toBe(false);
  },
  async CELLINE_CACHE_DIR() {
    await run(['add', RUNS], { CELLINE_CACHE_DIR: 'answers' });
    expect(readdirSync(join(cwd, 'answers'))).not.toEqual([]);
    expect(existsSync(join(cwd, '.cache'))).toBe(false);
  },
  async CELLINE_OFFLINE() {
    const before = server.requests.length;
    expect((await run(['add', RUNS], { CELLINE_OFFLINE: 'yes' })).code).not.toBe(0);
    expect(server.requests.length).toBe(before);
  },
  async CELLINE_RECORD() {
    await run(['add', RUNS], { CELLINE_RECORD: 'kept' });
    expect(readdirSync(join(cwd, 'kept'))).not.toEqual([]);
  },
  async CELLINE_REPLAY() {
    await run(['add', RUNS], { CELLINE_RECORD: 'kept' });
    const before = server.requests.length;
    const again = await run(['add', RUNS, '--force'], { CELLINE_REPLAY: 'kept', CELLINE_DB_DIR: 'again' });
    expect(again.stdout).toContain(`${RUNS}\tadded`);
    expect(server.requests.length).toBe(before);
  },
  async CELLINE_TRACE() {
    await run(['add', RUNS], { CELLINE_TRACE: 'trace.ndjson' });
    expect(readFileSync(join(cwd, 'trace.ndjson'), 'utf8')).toContain('"url"');
  },
  async CELLINE_LOG_LEVEL() {
    const quiet = await run(['add', RUNS]);
    expect(quiet.stderr).not.toContain('run SRR');
    const loud = await run(['add', RUNS, '--force'], { CELLINE_LOG_LEVEL: 'info', CELLINE_DB_DIR: 'again' });
    expect(loud.stderr).toMatch(/run SRR\d+ added/);
  },
  async CELLINE_LOG_FILE() {
    await run(['add', RUNS], { CELLINE_LOG_FILE: 'log.ndjson' });
    expect(readFileSync(join(cwd, 'log.ndjson'), 'utf8')).toContain('"event":"written"');
  },
  async CELLINE_LOG_FILE_LEVEL() {
    await run(['add', RUNS], { CELLINE_LOG_FILE: 'log.ndjson', CELLINE_LOG_FILE_LEVEL: 'debug' });
    expect(readFileSync(join(cwd, 'log.ndjson'), 'utf8')).toMatch(/"message":"run SRR\d+ added"/);
  },
  async CELLINE_CONFIG_DIR() {
    mkdirSync(join(cwd, 'mine'));
    writeFileSync(join(cwd, 'mine', 'celline.config.json'), '{"concurrency": 3}');
    expect(await setting('concurrency', {})).toBe('5');
    expect(await setting('concurrency', { CELLINE_CONFIG_DIR: 'mine' })).toBe('3');
  },
  async CELLINE_ENV() {
    writeFileSync(join(cwd, 'celline.config.json'), '{"env": {"ci": {"concurrency": 2}}}');
    expect(await setting('concurrency', {})).toBe('5');
    expect(await setting('concurrency', { CELLINE_ENV: 'ci' })).toBe('2');
  },
  async CELLINE_DEBUG() {
    expect((await run(['list', 'nothing-like-this'])).stderr).not.toMatch(/^ +at /m);
    writeFileSync(join(cwd, 'celline.config.json'), '{');
    expect((await run(['config'], { CELLINE_DEBUG: 'false' })).stderr).not.toMatch(/^ +at /m);
    expect((await run(['config'], { CELLINE_DEBUG: '1' })).stderr).toMatch(/^ +at /m);
    const wrong = await run(['config'], { CELLINE_DEBUG: 'perhaps' });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('CELLINE_DEBUG is "perhaps"');
  },
  async CELLINE_RUNTIME_DIR() {
    await run(['add', RUNS], { CELLINE_RUNTIME_DIR: join(cwd, 'shared') });
    expect(readdirSync(join(cwd, 'shared'))).not.toEqual([]);
    expect(existsSync(join(cwd, 'runtime'))).toBe(false);
  },
  async NCBI_EMAIL() {
    expect((await askedUrls({})).join()).not.toContain('email=');
    expect((await askedUrls({ NCBI_EMAIL: 'ada@lab.example' })).join()).toContain('email=ada%40lab.example');
  },
  async NCBI_API_KEY() {
    expect((await askedUrls({})).join()).not.toContain('api_key=');
    expect((await askedUrls({ NCBI_API_KEY: 'k3y-of-the-lab' })).join()).toContain('api_key=k3y-of-the-lab');
  },
  async GEO_API_URL() {
    const before = server.requests.length;
    await run(['add', 'GSE990001'], { INSDC_API_URL: 'http://127.0.0.1:9' });
    expect(server.requests.length).toBeGreaterThan(before);
  },
  async INSDC_API_URL() {
    const before = server.requests.length;
    await run(['add', 'SRR99000001'], { GEO_API_URL: 'http://127.0.0.1:9' });
    expect(server.requests.length).toBeGreaterThan(before);
  },
  ...ofHandler('GEO', 'geo'),
  ...ofHandler('INSDC', 'insdc'),
  ...ofHandler('CUSTOM_DB', 'custom'),
  async CUSTOM_DB_API_URL() {
    expect(await setting('handlers.custom.apiUrl', { CUSTOM_DB_API_URL: 'http://127.0.0.1:9/v1/' })).toBe(
      'http://127.0.0.1:9/v1',
    );
  },
};

/** Limits and freshness of a handler are read from its variables; 000-56. */
function ofHandler(prefix: string, name: string): typeof CHANGES {
  return {
    async [`${prefix}_RATE_LIMIT`]() {
      expect(await setting(`handlers.${name}.rateLimit`, { [`${prefix}_RATE_LIMIT`]: '0.5' })).toBe('0.5');
      const wrong = await run(['add', RUNS], { [`${prefix}_RATE_LIMIT`]: 'abc' });
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toContain(`${prefix}_RATE_LIMIT is "abc"`);
    },
    async [`${prefix}_CACHE_TTL`]() {
      expect(await setting(`handlers.${name}.cacheTtl`, { [`${prefix}_CACHE_TTL`]: '60' })).toBe('60');
    },
  };
}

/** Variables that need more than a folder and a server, and the tests that show them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  CELLINE_CACHE_URL: 'test/cache/postgresql.test.ts',
  AWS_ACCESS_KEY_ID: 'test/cache/s3.test.ts',
  AWS_SECRET_ACCESS_KEY: 'test/cache/s3.test.ts',
  AWS_SESSION_TOKEN: 'test/cache/s3.test.ts',
  AWS_REGION: 'test/cache/s3.test.ts',
  NCBI_API_KEY_FILE: 'test/config/secrets.test.ts',
  CUSTOM_DB_API_KEY: 'test/http/credentials.test.ts',
  CUSTOM_DB_USER: 'test/config/secrets.test.ts',
  CUSTOM_DB_PASSWORD: 'test/config/secrets.test.ts',
  XDG_STATE_HOME: 'test/project/user-secret.test.ts',
  XDG_CONFIG_HOME: 'test/config/load.test.ts',
  HTTPS_PROXY: 'test/project/network-settings.test.ts',
  HTTP_PROXY: 'test/project/network-settings.test.ts',
  ALL_PROXY: 'test/project/network-settings.test.ts',
  NO_PROXY: 'test/project/network-settings.test.ts',
  NODE_EXTRA_CA_CERTS: 'test/project/network-settings.test.ts',
  NO_COLOR: 'test/cli/help.test.ts',
  FORCE_COLOR: 'test/cli/render/table.test.ts',
};

/** Of the client of PostgreSQL, which reads them itself. */
const OF_OTHERS: ReadonlySet<string> = new Set(['PGHOST', 'PGUSER', 'PGPASSWORD']);

test.each(Object.entries(CHANGES))('003-26 %s changes what is done', async (_name, change) => {
  await change();
});

test('003-26 every variable of the handbook is shown by a test, and --help lists those of celline', async () => {
  const page = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| `[A-Z]/.test(line));
  const named = rows.flatMap((row) =>
    [...(row.split(' | ')[0] ?? '').matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name ?? ''),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !(name in CHANGES) && !(name in ELSEWHERE) && !OF_OTHERS.has(name))).toEqual([]);
  for (const [name, path] of Object.entries(ELSEWHERE)) {
    const source = readFileSync(join(ROOT, path), 'utf8');
    expect(source.includes(name), `${path} names ${name}`).toBe(true);
  }
  const { stdout } = await run(['config', '--help']);
  for (const name of named.filter((one) => one.startsWith('CELLINE_'))) expect(stdout).toContain(name);
});
