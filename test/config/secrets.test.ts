import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorText } from '../../src/cli/error-text.ts';
import { effectiveValues } from '../../src/config/effective.ts';
import { loadConfig } from '../../src/config/load.ts';
import { checkLayer } from '../../src/config/validate.ts';
import { ConfigError } from '../../src/errors/config-error.ts';

const KEY = 'k-0123456789abcdef';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'celline-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CUSTOM = { name: 'custom', envPrefix: 'CUSTOM_DB', auth: 'content' as const };

const load = (env: Record<string, string>, handlers: Parameters<typeof loadConfig>[0]['handlers'] = [CUSTOM]) =>
  loadConfig({ cwd: folder, env, flags: {}, homeDir: folder, handlers });

async function failure(env: Record<string, string>): Promise<string> {
  const error = await load(env).then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return errorText(error, true);
}

function keyFile(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('000-19, 000-20: credentials of a handler', () => {
  test('a key, from the variable or the file', async () => {
    const path = keyFile('key', `${KEY}\n`);
    expect((await load({ CUSTOM_DB_API_KEY: KEY })).secrets.handlers.custom?.key).toMatchObject({
      text: KEY,
      file: null,
    });
    const { secrets, sources, warnings } = await load({ CUSTOM_DB_API_KEY_FILE: 'key' });
    expect(secrets.handlers.custom?.key).toEqual({ text: KEY, variable: 'CUSTOM_DB_API_KEY', file: path });
    expect(sources['secrets.handlers.custom.key']).toBe('environment CUSTOM_DB_API_KEY_FILE');
    expect(warnings).toEqual([]);
  });

  test('a user and a password, from the variable or the file', async () => {
    keyFile('password', `${KEY}\n`);
    const env = { CUSTOM_DB_USER: 'ada', CUSTOM_DB_PASSWORD_FILE: 'password' };
    const loaded = await load(env);
    expect(loaded.secrets.handlers.custom?.login).toMatchObject({ user: 'ada', password: { text: KEY } });
    expect(JSON.stringify(effectiveValues(loaded))).not.toContain(KEY);
    expect(effectiveValues(loaded)).toContainEqual({
      path: 'secrets.handlers.custom.password',
      value: '********',
      source: 'environment CUSTOM_DB_PASSWORD_FILE',
    });
  });

  test('half a login names the other half, unless there is a key', async () => {
    expect(await failure({ CUSTOM_DB_USER: 'ada' })).toContain('CUSTOM_DB_USER is set, CUSTOM_DB_PASSWORD is not');
    expect(await failure({ CUSTOM_DB_PASSWORD: KEY })).toContain('CUSTOM_DB_PASSWORD is set, CUSTOM_DB_USER is not');
    await load({ CUSTOM_DB_USER: 'ada', CUSTOM_DB_API_KEY: KEY });
  });

  test.each([
    ['a key with a space', { CUSTOM_DB_API_KEY: `${KEY} ${KEY}` }, 'CUSTOM_DB_API_KEY holds something that is no key'],
    ['a key with a line break', { NCBI_API_KEY: `${KEY}\n${KEY}` }, 'NCBI_API_KEY holds something that is no key'],
    ['a user with a colon', { CUSTOM_DB_USER: 'a:b', CUSTOM_DB_PASSWORD: KEY }, 'CUSTOM_DB_USER holds a colon'],
  ])('%s is refused by the name of the variable, never with the value', async (_what, env, said) => {
    const text = await failure(env);
    expect(text).toContain(said);
    expect(text).not.toContain(KEY);
  });

  test('a file that others can read is a warning, as ssh does', async () => {
    const path = keyFile('key', KEY, 0o644);
    expect((await load({ NCBI_API_KEY_FILE: 'key' })).warnings).toEqual([
      `${path} (NCBI_API_KEY_FILE) can be read by others: chmod 600 ${path}`,
    ]);
    keyFile('key', KEY, 0o440);
    expect((await load({ NCBI_API_KEY_FILE: 'key' })).warnings).toHaveLength(1);
  });

  test('a key of a handler that takes none is not read, and said to be of no use', async () => {
    const loaded = await load({ GEO_API_KEY: KEY, GEO_USER: 'ada' }, [{ name: 'geo', auth: 'rate' }]);
    expect(loaded.secrets).toEqual({ handlers: {} });
    expect(loaded.warnings).toEqual([
      'GEO_API_KEY is not used: the handler geo takes no key of its own; the key of NCBI is NCBI_API_KEY',
    ]);
  });
});

describe('a key in a configuration file is refused, with the variable to use, without the value', () => {
  test.each([
    [{ handlers: { 'my-lab': { apiKey: KEY } } }, 'handlers.my-lab.apiKey', 'MY_LAB_API_KEY'],
    [{ handlers: { custom: { api_key: KEY } } }, 'handlers.custom.api_key', 'CUSTOM_DB_API_KEY'],
    [{ handlers: { custom: { password: KEY } } }, 'handlers.custom.password', 'CUSTOM_DB_PASSWORD'],
    [{ handlers: { custom: { options: { token: KEY } } } }, 'handlers.custom.options.token', 'CUSTOM_DB_API_KEY'],
    [
      { handlers: { custom: { options: { a: { 'access-token': KEY } } } } },
      'options.a.access-token',
      'CUSTOM_DB_API_KEY',
    ],
    [{ ncbiKey: KEY }, 'ncbiKey', 'NCBI_API_KEY'],
    [
      { handlers: { geo: { apiKey: KEY } } },
      'handlers.geo.apiKey',
      'geo takes no key of its own. For that of NCBI set NCBI_API_KEY',
    ],
    [
      { handlers: { insdc: { apiKey: KEY } } },
      'handlers.insdc.apiKey',
      'insdc takes no key of its own. For that of NCBI',
    ],
    [{ env: { ci: { handlers: { custom: { apiKey: KEY } } } } }, 'handlers.custom.apiKey', 'CUSTOM_DB_API_KEY'],
  ])('%j', (settings, named, variable) => {
    let error: unknown;
    try {
      checkLayer({ source: () => 'file celline.config.json', settings });
    } catch (caught) {
      error = caught;
    }
    const text = errorText(error, true);
    expect(text).toContain(named);
    expect(text).toContain('celline.config.json');
    expect(text).toContain(variable);
    expect(text).not.toContain(KEY);
  });

  test('options that only sound like one are taken', () => {
    const settings = { handlers: { custom: { options: { keyColumn: 'id', tokens: 5, apiKeyHeader: 'x-key' } } } };
    expect(() => checkLayer({ source: () => 'x', settings })).not.toThrow();
  });

  test('a user and password in an address, or a key in its query', () => {
    for (const apiUrl of [
      `https://ada:${KEY}@example.org/v1`,
      `https://example.org/v1?api_key=${KEY}`,
      `https://example.org#${KEY}`,
    ]) {
      const check = () => checkLayer({ source: () => 'x', settings: { handlers: { custom: { apiUrl } } } });
      expect(check).toThrow(/without user and password, query/);
      expect(check).not.toThrow(KEY);
    }
    for (const apiUrl of ['https://example.org', 'https://example.org:8/a@b', 'http://[::1]:8/']) {
      expect(() => checkLayer({ source: () => 'x', settings: { handlers: { custom: { apiUrl } } } })).not.toThrow();
    }
  });
});
