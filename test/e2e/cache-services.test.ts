import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { startCacheServices } from '../cache/cache-services.ts';
import { builtCelline } from '../support/built-celline.ts';
import { cellineHere } from '../support/celline-here.ts';
import { celline, projectFolder } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';

const services = await startCacheServices();
afterAll(() => services.remove());

const { bucket, endpoint } = services.s3;
const S3 = { backend: 's3', bucket, endpoint };

async function archive() {
  const server = await startArchiveServer({ world: generateWorld({ series: 2, samplesPerSeries: 20 }) });
  onTestFinished(() => server.close());
  return server;
}

const IDS = generateWorld({ series: 2, samplesPerSeries: 20 }).samples.map((one) => one.alias);

/** A project as it is on another machine: nothing in common but the configuration. */
async function addOn(url: string, cache: object, env: Readonly<Record<string, string>>) {
  const folder = projectFolder({ cache });
  writeFileSync(join(folder, 'ids.txt'), IDS.join('\n'));
  const run = await cellineHere(['add', '--from', 'ids.txt'], { folder, url, env: { NCBI_API_KEY: 'key', ...env } });
  return { folder, run, counts: outcomeCounts(outcomeLines(run.stdout)) };
}

function everyFileOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('a cache that several machines share', () => {
  it.skipIf('postgresql' in services.skipped)(
    'answers the second machine, which is offline, with all that it asks',
    async () => {
      const server = await archive();
      const { url = '', password = '' } = services.postgresql ?? {};
      const env = { ...services.s3.env, CELLINE_CACHE_URL: url };
      const cache = { metadata: { backend: 'postgresql' }, blob: S3 };
      const first = await addOn(server.url, cache, env);
      expect([first.run.code, first.counts], first.run.stderr).toEqual([0, { added: IDS.length }]);
      const asked = server.requests.length;
      const second = await addOn(server.url, cache, { ...env, CELLINE_OFFLINE: '1' });
      expect([second.run.code, second.counts, second.run.stderr.includes('warning')]).toEqual([0, first.counts, false]);
      expect(server.requests.length - asked).toBe(0);
      const care = (...args: string[]) => cellineHere(['cache', ...args], { folder: second.folder, env });
      const [listed, verified] = [await care('list'), await care('verify')];
      expect(listed.stdout.trimEnd().split('\n').length).toBeGreaterThan(3);
      expect([verified.code, verified.stdout, verified.stderr].join('\n')).toMatch(/^0\n/);
      const stats = await care('stats');
      expect(stats.stderr).toMatch(/postgresql.*s3/);
      expect((await care('clear', '--yes')).code).toBe(0);
      expect((await care('list')).stdout.trimEnd().split('\n')).toHaveLength(1);
      for (const { folder, run } of [first, second]) {
        const left = everyFileOf(folder) + run.stdout + run.stderr;
        expect([left.includes(password), left.includes(encodeURIComponent(password))]).toEqual([false, false]);
      }
    },
    180_000,
  );

  it('that is away costs one warning, and no id', async () => {
    const server = await archive();
    const env = { ...services.s3.env, CELLINE_CACHE_URL: 'postgresql://celline:hush-hush@127.0.0.1:1/postgres' };
    const { run, counts } = await addOn(server.url, { metadata: { backend: 'postgresql' }, blob: S3 }, env);
    expect([run.code, counts], run.stderr).toEqual([0, { added: IDS.length }]);
    expect(run.stderr.match(/the cache cannot be used/g)).toHaveLength(1);
    expect(run.stderr).not.toContain('hush-hush');
  });
});

describe('a back end that is not set up', () => {
  it.each([
    [{ metadata: { backend: 'redis' } }, {}, 'use one of: json, memory, sqlite, postgresql'],
    [
      { metadata: { backend: 'json', url: 'postgresql://host/db' } },
      {},
      'is of the cache metadata back end "postgresql"',
    ],
    [{ metadata: { backend: 'postgresql', url: 'postgresql://me:hush@host/db' } }, {}, 'must not hold a password'],
    [{ blob: { backend: 's3' } }, {}, 'needs a bucket'],
    [{ blob: S3 }, {}, 'AWS_ACCESS_KEY_ID'],
  ])('%j is refused by name, with exit 2', async (cache, env, message) => {
    const { run } = await addOn('http://127.0.0.1:1', cache, env);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toContain('hush');
  });

  it.runIf('sqlite' in services.skipped)('sqlite names the Node that it needs', async () => {
    const { run } = await addOn('http://127.0.0.1:1', { metadata: { backend: 'sqlite' } }, {});
    expect(run.stderr).toContain('"sqlite" needs Node 22.13 or newer');
    expect(run.code).toBe(2);
  });

  it.skipIf('sqlite' in services.skipped)('sqlite says nothing of being new', async () => {
    const server = await archive();
    const { run, counts } = await addOn(server.url, { metadata: { backend: 'sqlite' } }, {});
    expect([run.code, counts], run.stderr).toEqual([0, { added: IDS.length }]);
    expect(run.stderr).not.toMatch(/experimental/i);
  });

  it.each([
    [{ metadata: { backend: 'postgresql', url: 'postgresql://host/db' } }, 'pg'],
    [{ blob: S3 }, 'aws4fetch'],
  ])('%j names the package that is missing', async (cache, name) => {
    const alone = withoutPackages();
    const folder = projectFolder({ cache });
    const run = await celline(['add', IDS[0] ?? ''], { folder, env: services.s3.env, program: alone });
    expect(run.stderr).toContain(`needs ${name}, which is not installed`);
    expect(run.stderr).toContain(`npm install ${name}`);
  });
});

/** The built command with what it needs in any case, and no package that is installed on demand. */
function withoutPackages(): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-alone-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const built = dirname(dirname(builtCelline()));
  cpSync(built, join(folder, 'dist'), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(import.meta.dirname, '../../node_modules/@duckdb'), join(folder, 'node_modules/@duckdb'));
  return join(folder, 'dist/bin/celline.js');
}
