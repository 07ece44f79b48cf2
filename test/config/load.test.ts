import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { effectiveValues } from '../../src/config/effective.ts';
import { type ConfigRequest, type LoadedConfig, loadConfig, withHandlers } from '../../src/config/load.ts';
import { ConfigError } from '../../src/errors/config-error.ts';

let base: string;
let project: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'celline-config-')));
  project = join(base, 'project');
  mkdirSync(project);
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

/** Writes a file below the test's folder; objects as JSON. */
function write(path: string, content: unknown): string {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function load(request: Partial<ConfigRequest> = {}): Promise<LoadedConfig> {
  return loadConfig({ cwd: project, env: {}, flags: {}, homeDir: join(base, 'home'), ...request });
}

async function failure(request: Partial<ConfigRequest> = {}): Promise<ConfigError> {
  const error = await load(request).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError: ${error}`);
  return error;
}

describe('which files are read', () => {
  test('none: defaults, and the working folder is the project', async () => {
    const loaded = await load();
    expect(loaded).toMatchObject({ root: project, files: [], profile: null, warnings: [] });
    expect(loaded.config).toMatchObject({ dbDir: 'DB', concurrency: 5, cache: { ttl: 3600 }, log: { level: 'warn' } });
    expect(new Set(Object.values(loaded.sources))).toEqual(new Set(['default']));
  });

  test.each([
    ['celline.config.json', '{"concurrency": 7}'],
    ['celline.config.json', '\uFEFF{"concurrency": 7}'],
    ['celline.config.yaml', '# mine\nconcurrency: 7\n'],
    ['celline.config.yml', 'concurrency: 7\n'],
    ['celline.config.js', 'module.exports = { concurrency: 3 + 4 };'],
    ['package.json', '{"name": "x", "celline": {"concurrency": 7}}'],
  ])('%s with %j', async (name, text) => {
    const file = write(`project/${name}`, text);
    const loaded = await load();
    expect(loaded.config.concurrency).toBe(7);
    expect(loaded.files).toEqual([file]);
    expect(loaded.sources).toMatchObject({ concurrency: `file ${file}`, dbDir: 'default' });
  });

  test('celline.config.js as a module', async () => {
    write('project/package.json', { type: 'module' });
    write('project/celline.config.js', 'export default { concurrency: 7 };');
    expect((await load()).config.concurrency).toBe(7);
  });

  test.each(['celline.config.json', 'celline.config.yaml', 'package.json'])(
    '%s of a folder above is the project',
    async (name) => {
      write(`project/${name}`, name === 'package.json' ? { celline: { concurrency: 7 } } : '{"concurrency": 7}');
      const cwd = join(project, 'a', 'b');
      mkdirSync(cwd, { recursive: true });
      write('project/a/package.json', { name: 'somebody else' });
      const loaded = await load({ cwd });
      expect(loaded).toMatchObject({ root: project, config: { concurrency: 7 } });
    },
  );

  test('--project-dir: nothing is looked for above it', async () => {
    write('project/celline.config.json', { concurrency: 7 });
    mkdirSync(join(project, 'sub'));
    expect(await load({ projectDir: 'sub' })).toMatchObject({ root: join(project, 'sub'), files: [] });
    expect(await load({ cwd: base, projectDir: 'project' })).toMatchObject({
      root: project,
      config: { concurrency: 7 },
    });
  });

  test('--config: that file, in the same project', async () => {
    write('project/celline.config.json', { concurrency: 7 });
    const other = write('other/mine.yaml', 'concurrency: 8\n');
    expect(await load({ configPath: '../other/mine.yaml' })).toMatchObject({
      root: project,
      files: [other],
      config: { concurrency: 8 },
    });
  });

  test('code above the working folder is not run, unless named', async () => {
    const code = write('project/celline.config.js', 'throw new Error("was run");');
    const cwd = join(project, 'sub');
    mkdirSync(cwd);
    const loaded = await load({ cwd });
    expect(loaded).toMatchObject({ root: cwd, files: [] });
    expect(loaded.warnings).toEqual([expect.stringContaining(`${code} is not read`)]);
    expect((await failure({ cwd, configPath: code })).message).toContain('was run');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'a file above the working folder that belongs to another user is not read',
    async () => {
      chownSync(write('celline.config.json', { dbDir: '/elsewhere' }), 4242, 4242);
      const loaded = await load();
      expect(loaded).toMatchObject({ root: project, config: { dbDir: 'DB' } });
      expect(loaded.warnings).toEqual([expect.stringContaining('another user')]);
    },
  );

  test('two files in one folder: the first is read, the other is named', async () => {
    write('project/celline.config.json', { concurrency: 7 });
    const other = write('project/celline.config.yaml', 'concurrency: 8\n');
    const loaded = await load();
    expect(loaded.config.concurrency).toBe(7);
    expect(loaded.warnings).toEqual([`${other} is not read: celline.config.json is beside it`]);
  });

  test.each([
    ['home/.config/celline/celline.config.json', {}],
    ['xdg/celline/celline.config.json', { XDG_CONFIG_HOME: 'XDG' }],
    ['mine/celline.config.json', { CELLINE_CONFIG_DIR: 'MINE' }],
  ])('the user file %s lies below the project file', async (path, names) => {
    const user = write(path, { concurrency: 2, query: { timeout: 9 } });
    const file = write('project/celline.config.json', { concurrency: 7 });
    const env = Object.fromEntries(
      Object.entries(names).map(([name, folder]) => [name, join(base, folder.toLowerCase())]),
    );
    const loaded = await load({ env });
    expect(loaded.files).toEqual([user, file]);
    expect(loaded.config).toMatchObject({ concurrency: 7, query: { timeout: 9 } });
    expect(loaded.sources).toMatchObject({ concurrency: `file ${file}`, 'query.timeout': `file ${user}` });
  });
});

test('000-56: flags before environment before profile before project before user before defaults', async () => {
  write('home/.config/celline/celline.config.json', {
    cache: { ttl: 1 },
    log: { level: 'error' },
    query: { timeout: 1 },
    maxWait: 1,
    email: 'user',
  });
  write('project/celline.config.json', {
    cache: { ttl: 2 },
    log: { level: 'info' },
    query: { timeout: 2 },
    maxWait: 2,
    env: { ci: { cache: { ttl: 3 }, log: { level: 'debug' }, query: { timeout: 3 } } },
  });
  const loaded = await load({
    env: { CELLINE_ENV: 'ci', CELLINE_LOG_LEVEL: 'WARN', CUSTOM_DB_CACHE_TTL: '4' },
    flags: { cache: { ttl: 5 } },
    handlers: [{ name: 'custom', envPrefix: 'CUSTOM_DB' }],
  });
  const rows = [
    'cache.ttl',
    'log.level',
    'query.timeout',
    'maxWait',
    'email',
    'concurrency',
    'handlers.custom.cacheTtl',
  ].map((path) => {
    const row = effectiveValues(loaded).find((value) => value.path === path);
    return [path, row?.value, row?.source.replace(base, '')];
  });
  expect(rows).toEqual([
    ['cache.ttl', 5, 'flag'],
    ['log.level', 'warn', 'environment CELLINE_LOG_LEVEL'],
    ['query.timeout', 3, 'profile ci'],
    ['maxWait', 2, `file ${project}/celline.config.json`.replace(base, '')],
    ['email', 'user', expect.stringContaining('celline.config.json')],
    ['concurrency', 5, 'default'],
    ['handlers.custom.cacheTtl', 4, 'environment CUSTOM_DB_CACHE_TTL'],
  ]);
});

describe('003-27: profiles', () => {
  beforeEach(() => {
    write('project/celline.config.json', {
      concurrency: 7,
      env: { ci: { concurrency: 2 }, cluster: { concurrency: 90 } },
    });
  });

  test('CELLINE_ENV and --profile choose a block; the flag wins', async () => {
    expect((await load()).config.concurrency).toBe(7);
    expect(await load({ env: { CELLINE_ENV: 'ci' } })).toMatchObject({ profile: 'ci', config: { concurrency: 2 } });
    expect(await load({ env: { CELLINE_ENV: 'ci' }, profile: 'cluster' })).toMatchObject({
      config: { concurrency: 90 },
    });
  });

  test('one that is not there: an error for the flag, a warning for the variable', async () => {
    expect(await failure({ profile: 'clutser' })).toMatchObject({ hint: 'Did you mean "cluster"?' });
    expect((await load({ env: { CELLINE_ENV: 'development' } })).warnings).toEqual([
      expect.stringContaining('"development"'),
    ]);
    expect(await failure({ profile: 'constructor' })).toMatchObject({ hint: expect.stringContaining('ci, cluster') });
  });

  test('blocks that are not chosen are checked too, and hold no blocks', async () => {
    write('project/celline.config.json', { env: { ci: { concurency: 2 } } });
    expect(await failure()).toMatchObject({
      message: expect.stringContaining('env.ci'),
      hint: 'Did you mean "concurrency"?',
    });
    write('project/celline.config.json', { env: { ci: { env: {} } } });
    expect((await failure()).message).toContain('"ci" holds an env block');
  });
});

describe('002-21, 000-13, 000-56: what cannot be used is named', () => {
  test.each([
    [{ concurency: 3 }, 'unknown key "concurency"', 'Did you mean "concurrency"?'],
    [{ cache: { tll: 3 } }, 'unknown key "cache.tll"', 'Did you mean "cache.ttl"?'],
    [{ db_dir: 'x' }, 'unknown key "db_dir"', 'Did you mean "dbDir"?'],
    [
      { handlers: { geo: { apiurl: 'x' } } },
      'unknown key "handlers.geo.apiurl"',
      'Did you mean "handlers.geo.apiUrl"?',
    ],
    [{ colour: 'x' }, 'unknown key "colour"', 'Known keys there: $schema, dbDir,'],
    [{ concurrency: 'many' }, 'concurrency in file', ''],
    [{ concurrency: 0 }, 'concurrency in file', ''],
    [{ log: { level: 'loud' } }, 'log.level in file', ''],
    [{ handlers: { geo: { apiUrl: 'localhost' } } }, 'handlers.geo.apiUrl in file', ''],
    [[], 'holds no settings', ''],
    ['{"a": 1,}', 'is no JSON', ''],
    ['', 'is no JSON', ''],
  ])('%j', async (content, message, hint) => {
    const file = write('project/celline.config.json', content);
    const error = await failure();
    expect(error.message).toContain(message);
    expect(error.message).toContain(file);
    expect(error.hint).toContain(hint);
  });

  test('an error in a file that another source overrides is still told', async () => {
    write('home/.config/celline/celline.config.json', { concurrency: 'many' });
    write('project/celline.config.json', { concurrency: 2 });
    expect((await failure()).message).toContain(join(base, 'home'));
  });

  test.each([
    ['celline.config.yaml', 'a: [', /celline\.config\.yaml cannot be used/],
    ['celline.config.js', 'throw new Error("no");', /celline\.config\.js cannot be used: .*no/],
  ])('%s', async (name, text, message) => {
    write(`project/${name}`, text);
    expect((await failure()).message).toMatch(message);
  });

  test('--config of a file that is not there', async () => {
    expect((await failure({ configPath: 'none.json' })).message).toContain(
      `${join(project, 'none.json')} is not there`,
    );
    expect((await failure({ configPath: 'none.yaml' })).message).toContain(
      `${join(project, 'none.yaml')} is not there`,
    );
  });

  const handlers = [{ name: 'custom', envPrefix: 'CUSTOM_DB' }];
  test.each([
    ['CUSTOM_DB_RATE_LIMIT', 'abc'],
    ['CUSTOM_DB_RATE_LIMIT', '0'],
    ['CUSTOM_DB_RATE_LIMIT', '-1'],
    ['CUSTOM_DB_RATE_LIMIT', '2,5'],
    ['CUSTOM_DB_RATE_LIMIT', 'Infinity'],
    ['CUSTOM_DB_CACHE_TTL', '1h'],
    ['CUSTOM_DB_API_URL', 'example.org'],
    ['CELLINE_OFFLINE', 'maybe'],
    ['CELLINE_LOG_LEVEL', 'loud'],
  ])('001-14: %s=%s names the variable', async (name, value) => {
    const error = await failure({ env: { [name]: value }, handlers });
    expect(error.message).toContain(name);
  });
});

describe('000-56, 003-26: the environment', () => {
  test.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['Yes', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['no', false],
    ['OFF', false],
  ])('001-14: %s is %s', async (text, value) => {
    expect((await load({ env: { CELLINE_OFFLINE: text } })).config.offline).toBe(value);
  });

  test('variables of the tool, relative to the working folder; empty ones are not set', async () => {
    const { config, sources } = await load({
      env: {
        CELLINE_DB_DIR: 'tables',
        CELLINE_CACHE_DIR: '/var/cache/celline',
        CELLINE_OFFLINE: 'yes',
        CELLINE_LOG_FILE: 'log.ndjson',
        CELLINE_LOG_LEVEL: '',
        NCBI_EMAIL: 'ada@example.org',
      },
    });
    expect(config).toMatchObject({
      dbDir: join(project, 'tables'),
      cacheDir: '/var/cache/celline',
      offline: true,
      email: 'ada@example.org',
      log: { level: 'warn', file: join(project, 'log.ndjson') },
    });
    expect(sources).toMatchObject({
      dbDir: 'environment CELLINE_DB_DIR',
      offline: 'environment CELLINE_OFFLINE',
      'log.level': 'default',
    });
  });

  test('000-13: variables of a handler; a slash at the end of its address goes', async () => {
    write('project/celline.config.json', { handlers: { custom: { rateLimit: 9, enabled: false } } });
    const env = {
      CUSTOM_DB_API_URL: 'http://127.0.0.1:8080/v1/',
      CUSTOM_DB_RATE_LIMIT: '2.0',
      CUSTOM_DB_API_KEY: ' k1 ',
      MY_ARCHIVE_API_URL: 'https://my.example.org',
    };
    const handlers = [{ name: 'custom', envPrefix: 'CUSTOM_DB', auth: 'content' as const }, { name: 'my-archive' }];
    const { config, secrets, sources } = await load({ env, handlers });
    expect(config.handlers.custom).toMatchObject({ apiUrl: 'http://127.0.0.1:8080/v1', rateLimit: 2, enabled: false });
    expect(config.handlers['my-archive']?.apiUrl).toBe('https://my.example.org');
    expect(secrets).toEqual({
      handlers: { custom: { key: { text: 'k1', variable: 'CUSTOM_DB_API_KEY', file: null } } },
    });
    expect(sources['secrets.handlers.custom.key']).toBe('environment CUSTOM_DB_API_KEY');
  });

  test('handlers of plug-ins, known only later', async () => {
    const env = { CUSTOM_DB_RATE_LIMIT: '2', CUSTOM_DB_API_KEY: 'k1', CELLINE_OFFLINE: '1' };
    const loaded = await load({ env, flags: { concurrency: 3 } });
    expect(loaded.config.handlers).toEqual({});
    const later = await withHandlers(loaded, {
      env,
      cwd: project,
      handlers: [{ name: 'custom', envPrefix: 'CUSTOM_DB', auth: 'content' }],
    });
    expect(later.config).toMatchObject({ offline: true, concurrency: 3, handlers: { custom: { rateLimit: 2 } } });
    expect(later.secrets.handlers.custom?.key?.text).toBe('k1');
    expect(later.sources).toMatchObject({
      concurrency: 'flag',
      'handlers.custom.rateLimit': 'environment CUSTOM_DB_RATE_LIMIT',
    });
  });

  test('keys from a file; the variable itself wins', async () => {
    write('project/key.txt', 'from-file\n');
    const env = { NCBI_API_KEY_FILE: 'key.txt' };
    expect((await load({ env })).secrets.ncbiKey?.text).toBe('from-file');
    expect((await load({ env })).sources['secrets.ncbiKey']).toBe('environment NCBI_API_KEY_FILE');
    expect((await load({ env: { ...env, NCBI_API_KEY: 'direct' } })).secrets.ncbiKey?.text).toBe('direct');
    expect((await load({ env: { NCBI_API_KEY: ' ' } })).secrets).toEqual({ handlers: {} });
  });

  test('a key file that cannot be read names the variable', async () => {
    expect((await failure({ env: { NCBI_API_KEY_FILE: 'none.txt' } })).message).toContain('NCBI_API_KEY_FILE');
    write('project/empty.txt', '\n');
    expect((await failure({ env: { NCBI_API_KEY_FILE: 'empty.txt' } })).message).toContain('is empty');
  });
});

test('no secret is in the effective values', async () => {
  write('project/celline.config.json', {
    handlers: {
      custom: {
        options: { signingKey: 'hunter2', nested: { passwordOfGuests: 'hunter2' }, pageSize: 5 },
      },
    },
  });
  const values = effectiveValues(await load({ env: { NCBI_API_KEY: 'hunter2' } }));
  expect(JSON.stringify(values)).not.toContain('hunter2');
  expect(values).toContainEqual({
    path: 'handlers.custom.options.pageSize',
    value: 5,
    source: expect.stringContaining('file'),
  });
  expect(values).toContainEqual({ path: 'secrets.ncbiKey', value: '********', source: 'environment NCBI_API_KEY' });
});

test.skipIf(process.getuid?.() === 0)('a file without read permission is named', async () => {
  chmodSync(write('project/celline.config.json', {}), 0o000);
  expect((await failure()).message).toContain('cannot be read');
});
