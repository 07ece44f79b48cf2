import { expect, test } from 'vitest';
import type { Settings } from '../../src/config/layer.ts';
import { problemsOf, settle } from '../../src/config/validate.ts';

function problems(settings: Settings): string[] {
  return problemsOf({ source: () => 'file F', settings }).map(({ message }) => message);
}

test.each<[Settings, string]>([
  [{ concurrency: 'many' }, 'concurrency in file F: must be a number, not a text'],
  [{ concurrency: 1.5 }, 'concurrency in file F: must be a whole number, not a fraction'],
  [{ concurrency: 0 }, 'concurrency in file F: must be at least 1'],
  [{ concurrency: 1000 }, 'concurrency in file F: must be at most 100'],
  [{ maxWait: 0 }, 'maxWait in file F: must be more than 0'],
  [{ offline: 'yes' }, 'offline in file F: must be true or false, not a text'],
  [{ cacheDir: null }, 'cacheDir in file F: must be a text, not null'],
  [{ dbDir: '' }, 'dbDir in file F: must not be empty'],
  [{ store: [] }, 'store in file F: must be an object, as in {…}, not a list'],
  [{ handlers: { order: 'geo' } }, 'handlers.order in file F: must be a list, as in ["…"], not a text'],
  [{ log: { level: 'loud' } }, 'log.level in file F: must be one of debug, info, warn, error'],
  [{ env: { ci: 3 } }, 'env.ci in file F: must be an object, as in {…}, not a number'],
  [{ query: { slow: true } }, 'query.slow in file F: must be a number of seconds, or false'],
  [{ plugins: [5] }, 'plugins.0 in file F: must be the name of a module, or an object with it'],
  [{ plugins: [{ priority: 1 }] }, 'plugins.0.module in file F: is missing'],
  [{ plugins: [{ module: 'x', priority: 'a' }] }, 'plugins.0.priority in file F: must be a number, not a text'],
  [{ plugins: [{ module: 'x', modul: 'y' }] }, 'unknown key "plugins.0.modul" in file F'],
  [{ cache: { maxBytes: -1 } }, 'cache.maxBytes in file F: must be more than 0'],
  [{ cache: { maxBytes: '5 GiB' } }, 'cache.maxBytes in file F: must be a size with its unit'],
  [{ cache: { maxBytes: '0GB' } }, 'cache.maxBytes in file F: must be a size with its unit'],
  [{ cache: { maxBytes: true } }, 'cache.maxBytes in file F: must be a number of bytes, or a size such as "5GB"'],
])('%j is refused in words of the file, one problem each', (settings, message) => {
  expect(problems(settings)).toEqual([expect.stringContaining(message)]);
});

test.each<[string | number, number]>([
  [5_000_000_000, 5_000_000_000],
  ['5GB', 5_000_000_000],
  ['1.5 gb', 1_500_000_000],
  ['200', 200],
])('cache.maxBytes and log.maxBytes %s', (given, bytes) => {
  const { cache, log } = settle({ cache: { maxBytes: given }, log: { maxBytes: given } });
  expect([cache.maxBytes, log.maxBytes]).toEqual([bytes, bytes]);
});
