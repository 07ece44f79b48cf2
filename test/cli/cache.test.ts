import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { readAge, readSize } from '../../src/cli/read-amount.ts';
import { NO_USE } from '../../src/http/cache/use-log.ts';
import { type FilledCache, HOUR, openFilledCache } from '../http/cache/filled-cache.ts';
import { fakeProject } from './fake-project.ts';
import { type Result, runCli, type Wishes } from './run-cli.ts';

let cache: FilledCache;
let sample: string;
let absent: string;

beforeEach(async () => {
  cache = await openFilledCache();
  sample = await cache.put('geo', 'GSM1', HOUR);
  absent = await cache.put('insdc', 'SRX2', 3 * 24 * HOUR, { status: 404 });
});

function run(argv: readonly string[], wishes: Wishes = {}): Promise<Result> {
  const { open } = fakeProject({ cache: { ...cache.care, close: async () => undefined } });
  return runCli(['cache', ...argv], { open, cwd: cache.folder, env: { NO_COLOR: '1' }, ...wishes });
}

describe('celline cache', () => {
  it('stats: rows by handler and operator; hit rate of the last command and of all', async () => {
    const use = { ...NO_USE, bytesStored: 24 };
    await cache.useLog.note({ ...use, at: '2026-06-01T10:05:00.000Z', run: 'a', misses: 2, stale: 1, hits: 1 });
    await cache.useLog.note({ ...use, at: '2026-06-02T10:05:00.000Z', run: 'b', hits: 4 });
    const { code, stdout, stderr } = await run(['stats']);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(
      'handler\toperator\tentries\tbytes\tfresh\tnegative\ngeo\tNCBI\t1\t12\t1\t0\ninsdc\tena.example\t1\t12\t0\t1\n',
    );
    expect(stderr).toBe(
      '2 entries, 24 B of 10.0 KB (0.2 %), kept in json and filesystem.\n' +
        'Fetched from 2026-06-12 00:00 to 2026-06-14 23:00.\n' +
        'Answered without a request: 100 % by the last command, 63 % over 2 commands since 2026-06-01 10:05.\n',
    );
    const { stdout: text } = await run(['stats', '--json']);
    expect(JSON.parse(text)).toMatchObject({
      entries: 2,
      bytes: 24,
      share: 0.0024,
      lastCommand: { hits: 4, hitRate: 1 },
      allCommands: { hitRate: 0.625, commands: 2 },
    });
  });

  it('stats of an empty cache', async () => {
    await cache.care.clear();
    const { code, stdout, stderr } = await run(['stats']);
    expect([code, stdout]).toEqual([0, 'handler\toperator\tentries\tbytes\tfresh\tnegative\n']);
    expect(stderr).toContain('0 entries, 0 B of 10.0 KB (0 %)');
    expect(stderr).toContain('No command on record has asked yet.');
  });

  it('list: one row per answer, filtered and limited', async () => {
    const all = await run(['list', '--format', 'ndjson']);
    const rows = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toContainEqual({
      key: sample,
      handler: 'geo',
      url: 'https://www.nih.example/GSM1',
      status: 200,
      bytes: 12,
      fetched_at: '2026-06-14T23:00:00.000Z',
      used_at: '2026-06-14T23:00:00.000Z',
      age_seconds: 3600,
      fresh: true,
    });
    expect(rows).toHaveLength(2);
    for (const flags of [['--negative'], ['--stale'], ['--handler', 'insdc'], ['--url', 'srx']]) {
      expect((await run(['list', ...flags])).stdout.split('\n')[1], flags.join(' ')).toContain(absent);
    }
    expect((await run(['list', '--limit', '1'])).stdout.trim().split('\n')).toHaveLength(2);
    expect((await run(['list', '--limit', '0'])).stdout.trim().split('\n')).toHaveLength(1);
    expect((await run(['list', '--handler', 'nobody'])).stderr).toBe('No stored answer matches.\n');
    expect((await run(['list', '--limit', 'x'])).code).toBe(2);
    const table = await run(['list', '--stale'], { stdoutColumns: 120 });
    expect(table.stdout).toMatch(/404 +12 B +3 d +false/);
  });

  it('list: more rows than are printed at once', async () => {
    for (let i = 0; i < 250; i += 1) await cache.put('geo', `GSM${i + 10}`, 0);
    expect((await run(['list'])).stdout.trim().split('\n')).toHaveLength(253);
    expect((await run(['list', '--limit', '120'])).stdout.trim().split('\n')).toHaveLength(121);
  });

  it('show: by key and by address; the body byte for byte, to stdout and to a file', async () => {
    const byAddress = await run(['show', 'https://www.nih.example/GSM1', '--json']);
    expect(JSON.parse(byAddress.stdout)).toMatchObject([{ key: sample, checked_as: 'text', negative: false }]);
    const shown = await run(['show', sample], { stdoutColumns: 100 });
    expect(shown.stdout).toContain('fetched_at    2026-06-14T23:00:00.000Z (1 h 0 min ago, fresh)\n');
    expect((await run(['show', sample, '--body'])).stdout).toBe('body of GSM1');
    const { code } = await run(['show', sample, '--body', '-o', 'body.txt']);
    expect(code).toBe(0);
    expect(await readFile(join(cache.folder, 'body.txt'), 'utf8')).toBe('body of GSM1');
    const unknown = await run(['show', 'geo/ffffffffffffffffffffffffffffffff']);
    expect([unknown.code, unknown.stdout]).toEqual([1, '']);
    expect(unknown.stderr).toContain('Not in the cache: geo/ffff');
  });

  it('show --body of several answers, and of a damaged one, says what to do', async () => {
    const { blobs, metadata } = cache.backends;
    const entry = await metadata.getEntry(sample);
    await metadata.putEntry('geo/0123456789abcdef0123456789abcdef', { ...(entry as NonNullable<typeof entry>) });
    const two = await run(['show', 'https://www.nih.example/GSM1', '--body']);
    expect([two.code, two.stdout]).toEqual([2, '']);
    expect(two.stderr).toContain(sample);
    await blobs.put(`geo/${entry?.bodyHash}`, new TextEncoder().encode('something else'));
    const damaged = await run(['show', sample, '--body']);
    expect([damaged.code, damaged.stdout]).toEqual([1, '']);
    expect(damaged.stderr).toContain('celline cache verify --repair');
  });

  it('rm: by key and by address, exit 3 when one is not there', async () => {
    const dry = await run(['rm', sample, '--dry-run']);
    expect(dry).toMatchObject({ code: 0, stdout: 'entries\tbodies\tbytes\n1\t1\t12\n' });
    expect(dry.stderr).toBe('12 B would be freed. Nothing was removed (--dry-run).\n');
    const removed = await run(['rm', sample, 'https://ena.example/SRX2', 'https://ena.example/SRX3']);
    expect(removed).toMatchObject({ code: 3, stdout: 'entries\tbodies\tbytes\n2\t2\t24\n' });
    expect(removed.stderr).toBe('24 B freed.\nNot in the cache: https://ena.example/SRX3\n');
    expect((await run(['rm', sample])).code).toBe(1);
    expect((await run(['rm'])).code).toBe(2);
  });

  it('prune: by age, staleness, handler and room', async () => {
    expect((await run(['prune', '--older-than', '7d'])).stdout).toContain('0\t0\t0');
    expect((await run(['prune', '--handler', 'geo', '--stale', '--dry-run'])).stdout).toContain('0\t0\t0');
    expect((await run(['prune', '--stale', '--dry-run'])).stdout).toContain('1\t1\t12');
    expect((await run(['prune', '--older-than', '2d', '--to', '1GB'])).stdout).toContain('1\t1\t12');
    expect((await run(['prune', '--to', '0'])).stdout).toContain('1\t1\t12');
    const nothing = await run(['prune']);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('celline cache clear');
    for (const wrong of [
      ['--older-than', '7'],
      ['--to', '1 parsec'],
      ['--to', '1GB', '--stale', '--dry-run'],
    ]) {
      expect((await run(['prune', ...wrong])).code, wrong.join(' ')).toBe(2);
    }
  });

  it('clear asks, and removes nothing where it cannot ask', async () => {
    expect(await run(['clear'])).toMatchObject({ code: 2, stdout: '' });
    expect((await run(['clear', '--dry-run'])).stdout).toContain('2\t2\t24');
    const keyboard = new PassThrough();
    keyboard.end('n\n');
    const no = await run(['clear'], { keyboard, stderrColumns: 80 });
    expect(no.code).toBe(1);
    expect(no.stderr).toContain('Remove 2 stored answers, 24 B? [y/N]');
    expect((await cache.care.figures()).entries).toBe(2);
    expect((await run(['clear', '--yes'])).stdout).toContain('2\t2\t24');
    expect((await cache.care.figures()).entries).toBe(0);
  });

  it('verify: exit 1 while something bad stays, 0 when it was removed', async () => {
    expect(await run(['verify'])).toMatchObject({ code: 0, stderr: '2 entries looked at: all is whole.\n' });
    await writeFile(join(cache.folder, 'v1/geo', sample.slice(4, 6), `${sample.slice(4)}.cache`), '{"version": 1,');
    const found = await run(['verify']);
    expect(found).toMatchObject({
      code: 1,
      stdout: `kind\tname\turl\tbytes\tremoved\nunreadable\t${sample}\t\t\tfalse\n`,
    });
    expect(found.stderr).toBe(
      '2 entries looked at: 1 bad; 0 removed.\nTo remove what was found: celline cache verify --repair\n',
    );
    expect(await run(['verify', '--repair'])).toMatchObject({
      code: 0,
      stderr: '2 entries looked at: 1 bad; 1 removed.\n',
    });
    expect(await run(['verify'])).toMatchObject({ code: 0, stderr: '1 entry looked at: all is whole.\n' });
  });

  it('002-12 backends: those that can be chosen, which are in use', async () => {
    const { stdout } = await run(['backends']);
    expect(stdout).toBe(
      'kind\tname\tin_use\tusable\twhy_not\tpackages\tdescription\n' +
        'metadata\tjson\ttrue\ttrue\t\t\tmetadata json\nblob\tfilesystem\ttrue\ttrue\t\t\tblob filesystem\n',
    );
  });
});

describe('ages and sizes', () => {
  it.each([
    ['90s', 90_000],
    ['1.5h', 5_400_000],
    ['7 d', 604_800_000],
    ['2W', 1_209_600_000],
  ])('an age of %s', (text, ms) => expect(readAge(text, 'older-than')).toBe(ms));

  it.each([
    ['10', 10],
    ['1.5 kb', 1500],
    ['1GB', 1e9],
    ['0', 0],
  ])('a size of %s', (text, bytes) => expect(readSize(text, 'to')).toBe(bytes));

  it.each(['', '7', 'd', '-1d', '1y', '1e3d', 'toString', '1 constructor'])('%j is no age', (text) => {
    expect(() => readAge(text, 'older-than')).toThrow('--older-than takes an age');
  });

  it.each(['', 'GB', '-1', '1.5', '1GiB'])('%j is no size', (text) => {
    expect(() => readSize(text, 'to')).toThrow('--to takes a size');
  });
});
