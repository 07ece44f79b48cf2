import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { jsonSchema, keysAt } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { nearestKey } from '../../src/config/nearest-key.ts';
import { configSchema } from '../../src/config/schema.ts';

test('the shipped JSON Schema is the one of the code (npx vitest run test/config/json-schema.test.ts --update)', async () => {
  await expect(`${JSON.stringify(jsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/celline.config.schema.json',
  );
});

test('every key is described, for editors', () => {
  const undescribed: string[] = [];
  const look = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties, description } = schema as { properties?: Record<string, unknown>; description?: string };
    if (description === undefined) undescribed.push(path);
    for (const [key, below] of Object.entries(properties ?? {})) look(below, `${path}.${key}`);
  };
  look(jsonSchema(), 'config');
  expect(undescribed).toEqual([]);
});

test('keys at a path, records included', () => {
  expect(keysAt([])).toEqual(Object.keys(configSchema.shape));
  expect(keysAt(['cache', 'blob'])).toContain('bucket');
  expect(keysAt(['handlers', 'geo'])).toContain('rateLimit');
  expect(keysAt(['env', 'ci', 'cache'])).toEqual([]);
  expect(keysAt(['dbDir'])).toEqual([]);
});

test('the configuration of this repository is valid, and names its schema', async () => {
  const text = readFileSync('celline.config.json', 'utf8');
  const loaded = await loadConfig({
    cwd: process.cwd(),
    env: {},
    flags: {},
    homeDir: `${tmpdir()}/nobody`,
    profile: 'ci',
  });
  expect(loaded).toMatchObject({
    root: process.cwd(),
    profile: 'ci',
    config: { concurrency: 2, log: { level: 'info' } },
  });
  expect(readFileSync(JSON.parse(text).$schema, 'utf8')).toContain('celline.config.json');
});

test.each([
  ['dbdir', 'dbDir'],
  ['db_dir', 'dbDir'],
  ['cachDir', 'cacheDir'],
  ['tll', 'ttl'],
  ['tiemout', 'timeout'],
  ['handler', 'handlers'],
  ['colour', null],
  ['xyz', null],
  ['', null],
])('the key nearest to %j is %j', (key, nearest) => {
  expect(nearestKey(key, ['dbDir', 'cacheDir', 'ttl', 'timeout', 'handlers', 'log', 'env'])).toBe(nearest);
});
