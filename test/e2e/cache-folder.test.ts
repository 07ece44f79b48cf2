import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { smallDisk } from '../support/small-disk.ts';

const WORLD = { series: 1, samplesPerSeries: 4 };
const IDS = generateWorld(WORLD).samples.map(({ alias }) => alias);
const [FIRST = '', SECOND = ''] = IDS;
const NO_MOUNT = 'no file system may be mounted here';

async function start(cacheDir: string) {
  const server = await startArchiveServer({ world: generateWorld(WORLD) });
  onTestFinished(() => server.close());
  const folder = projectFolder({ cacheDir });
  const run = (...args: string[]) =>
    cellineHere(args, { folder, url: server.url, env: { NCBI_API_KEY: 'key' }, stdin: '' });
  const forget = () => rmSync(join(folder, 'DB'), { recursive: true });
  return { folder, run, forget, server };
}

const warningsOf = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('warning:'));

/** Files of entries and bodies. */
const filesOf = (disk: string) =>
  readdirSync(disk, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(cache|body)$/.test(name))
    .sort();

/** A file system with a cache on it that has answers to the first id, one of them perhaps damaged, and can be read alone. */
async function readOnlyCache(damaged: boolean) {
  const disk = smallDisk(4000);
  if (disk === null) return null;
  const place = await start(disk);
  expect((await place.run('add', FIRST)).code).toBe(0);
  place.forget();
  const [entry = ''] = filesOf(disk).filter((name) => name.endsWith('.cache'));
  if (damaged) truncateSync(join(disk, entry), 5);
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  return { ...place, disk };
}

describe('a cache that can only be read', () => {
  it.for<[string, string[]]>([
    ['clear', ['--yes']],
    ['prune', ['--handler', 'geo']],
    ['rm', ['KEY']],
    ['verify', ['--repair']],
  ])('cache %s says so: folder and next step, exit 1, no fault of celline', async ([command, options], context) => {
    const place = await readOnlyCache(command === 'verify');
    if (place === null) return context.skip(NO_MOUNT);
    const { disk, run } = place;
    const key = JSON.parse((await run('cache', 'list', '--handler', 'geo', '--json')).stdout)[0]?.key ?? '';
    const before = filesOf(disk);
    const { code, stderr } = await run('cache', command, ...options.map((option) => option.replace('KEY', key)));
    expect(code, stderr).toBe(1);
    expect(stderr).toContain(`error: the cache folder ${disk} cannot be written: the file system is read-only`);
    expect(stderr).toMatch(/^hint: .*CELLINE_CACHE_DIR/m);
    expect(stderr).not.toContain('fault of celline');
    expect(filesOf(disk)).toEqual(before);
  });

  it('it answers without a word; what it cannot take is one warning', async (context) => {
    const place = await readOnlyCache(false);
    if (place === null) return context.skip(NO_MOUNT);
    const { disk, run, forget, server } = place;
    const asked = server.requests.length;
    const offline = await run('--offline', 'add', FIRST);
    expect([offline.code, warningsOf(offline.stderr)], offline.stderr).toEqual([0, []]);
    forget();
    const online = await run('add', FIRST);
    expect([online.code, warningsOf(online.stderr)], online.stderr).toEqual([0, []]);
    expect(server.requests.length).toBe(asked);
    const more = await run('add', SECOND);
    expect(more.code, more.stderr).toBe(0);
    expect(warningsOf(more.stderr)).toEqual([
      expect.stringContaining(`the cache folder ${disk} cannot be written: the file system is read-only`),
    ]);
  });
});

it('a cache on a full disk is one warning that names its folder', async (context) => {
  const disk = smallDisk(400);
  if (disk === null) return context.skip(NO_MOUNT);
  const { run } = await start(disk);
  const { bfree, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'other'), Buffer.alloc(bfree * bsize));
  const { code, stderr } = await run('add', FIRST);
  expect(code, stderr).toBe(0);
  expect(warningsOf(stderr)).toEqual([
    expect.stringMatching(`the cache folder ${disk} cannot be written: the disk is full .*CELLINE_CACHE_DIR`),
  ]);
});

describe('a file where the cache folder should be', () => {
  const placed = async () => {
    const place = await start('answers');
    const file = join(place.folder, 'answers');
    writeFileSync(file, 'mine');
    return { ...place, file, said: `the cache folder ${file} is a file, not a folder` };
  };

  it.each([['stats'], ['list'], ['clear', '--yes'], ['verify'], ['prune', '--stale']])(
    'cache %s says so, with the setting, exit 1',
    async (...args) => {
      const { run, said, file } = await placed();
      const { code, stdout, stderr } = await run('cache', ...args);
      expect([code, stdout], stderr).toEqual([1, '']);
      expect(stderr).toContain(`error: ${said}\n`);
      expect(stderr).toMatch(/^hint: .*cacheDir \(CELLINE_CACHE_DIR\)/m);
      expect(readFileSync(file, 'utf8')).toBe('mine');
    },
  );

  it('add goes on with one warning; doctor says it once', async () => {
    const { run, said } = await placed();
    const added = await run('add', FIRST);
    expect(added.code, added.stderr).toBe(0);
    expect(warningsOf(added.stderr)).toEqual([expect.stringContaining(said)]);
    const row = (await run('doctor', '--offline')).stdout.split('\n').filter((line) => line.includes('answers'));
    expect(row).toHaveLength(1);
    expect(row[0]?.split(said)).toHaveLength(2);
    expect(row[0]).toContain('CELLINE_CACHE_DIR');
  });
});
