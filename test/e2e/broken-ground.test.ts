import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FaultPlan } from '../../src/testing/archive-server/faults.ts';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { celline, projectFolder } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';
import { smallDisk } from '../support/small-disk.ts';

async function archive(faults: FaultPlan = () => undefined, samplesPerSeries = 250) {
  const server = await startArchiveServer({ world: generateWorld({ series: 4, samplesPerSeries }), faults });
  onTestFinished(() => server.close());
  return { server, env: { NCBI_API_KEY: 'key' } };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `GSM${99_000_001 + index}`);

async function storedKeys(folder: string): Promise<string[]> {
  const { code, stdout, stderr } = await cellineHere(['list', '--ids-only'], { folder });
  expect(code, stderr).toBe(0);
  return stdout.split('\n').filter(Boolean);
}

describe('a disk that does not take it', () => {
  it('full: exit 5 with the reason and a hint, and the tables as before', async (context) => {
    const disk = smallDisk(900);
    if (disk === null) return context.skip('no file system may be mounted here');
    const { server, env } = await archive();
    const folder = projectFolder({ dbDir: disk });
    const first = await cellineHere(['add', ...ids(5)], { folder, url: server.url, env });
    expect(first.code, first.stderr).toBe(0);
    const full = await cellineHere(['add', '-'], { folder, url: server.url, env, stdin: ids(1000).join('\n') });
    expect(full.code, full.stderr).toBe(5);
    expect(full.stderr).toMatch(/no space|full/i);
    expect(full.stderr).toContain('hint:');
    const keys = await storedKeys(folder);
    const acknowledged = outcomeLines(full.stdout).filter((row) => row.outcome === 'added');
    for (const id of [...ids(5), ...acknowledged.map((row) => row.id)]) expect(keys).toContain(id);
    expect(await plainKeys(disk)).toEqual(expect.arrayContaining(ids(5)));
    // With room again the rest goes in.
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    const again = await cellineHere(['add', '-'], { folder, url: server.url, env, stdin: ids(1000).join('\n') });
    expect(again.code, again.stderr).toBe(0);
    expect(await storedKeys(folder)).toHaveLength(1000);
  });

  it('read-only: exit 5, reading still works', async (context) => {
    const disk = smallDisk(8000);
    if (disk === null) return context.skip('no file system may be mounted here');
    const { server, env } = await archive(undefined, 6);
    const folder = projectFolder({ dbDir: disk });
    await cellineHere(['add', ...ids(5)], { folder, url: server.url, env });
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const refused = await cellineHere(['add', 'GSM99000006'], { folder, url: server.url, env });
    expect(refused.code, refused.stderr).toBe(5);
    expect(refused.stderr).toMatch(/read-only|written|EROFS/i);
    expect(refused.stderr).toContain('hint:');
    expect(await storedKeys(folder)).toEqual(ids(5));
    expect((await cellineHere(['query', 'SELECT count(*) AS n FROM runs'], { folder })).stdout).toBe('n\n5\n');
    expect((await cellineHere(['add', 'GSM99000001'], { folder, url: server.url, env })).code).toBe(0);
    // What only reads the tables goes on: also a backup to another disk, which is then wanted most.
    const compared = await cellineHere(['diff', '--from', '1'], { folder });
    expect(compared.code, compared.stderr).toBe(0);
    const saved = await cellineHere(['db', 'backup', '--to', join(folder, 'elsewhere')], { folder });
    expect(saved.code, saved.stderr).toBe(0);
    expect(
      (await cellineHere(['db', 'backups', '--from', join(folder, 'elsewhere'), '--verify'], { folder })).code,
    ).toBe(0);
    const back = await cellineHere(['db', 'rollback', '1', '--yes'], { folder });
    expect([back.code, back.stderr]).toEqual([5, expect.stringContaining('the file system is read-only')]);
  });

  it('full: what a command writes beside the tables is told as a full disk too', async (context) => {
    const disk = smallDisk(40);
    if (disk === null) return context.skip('no file system may be mounted here');
    const sql = "SELECT repeat('x', 1000) AS x FROM range(2000)";
    const run = await cellineHere(['query', sql, '--output', join(disk, 'x.csv')], { folder: projectFolder() });
    expect([run.code, run.stderr]).toEqual([5, expect.stringContaining('x.csv: the disk is full.')]);
    expect(readdirSync(disk)).toEqual([]);
    const folder = projectFolder();
    const onFolder = await cellineHere(['list', '--output', folder], { folder });
    expect([onFolder.code, onFolder.stderr]).toEqual([1, expect.stringContaining('it is a folder')]);
    expect(readdirSync(join(folder, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('a cache folder that cannot be written is a warning, not a failure (000-36)', async () => {
    const { server, env } = await archive(undefined, 6);
    const folder = projectFolder({ cacheDir: 'cache' });
    writeFileSync(join(folder, 'cache'), 'a file where the folder should be');
    const run = await cellineHere(['add', 'GSM99000001'], { folder, url: server.url, env });
    expect([run.code, outcomeCounts(outcomeLines(run.stdout))], run.stderr).toEqual([0, { added: 1 }]);
    expect(run.stderr).toMatch(/cache/);
  });

  it('a file where the tables should be: exit 5, and the file stays (001-04)', async () => {
    const { server, env } = await archive(undefined, 6);
    const folder = projectFolder();
    writeFileSync(join(folder, 'DB'), 'mine');
    const run = await cellineHere(['add', 'GSM99000001'], { folder, url: server.url, env });
    expect(run.code, run.stderr).toBe(5);
    expect(run.stderr).toContain('hint:');
    expect(server.requests).toHaveLength(0);
  });
});

async function plainKeys(disk: string): Promise<unknown[]> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-plain-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'DB'));
  execFileSync('cp', [join(disk, 'GEO_SAMPLES.parquet'), join(folder, 'DB')]);
  return (await readPlainTable(folder, 'GEO_SAMPLES')).rows.map((row) => row.key);
}

describe('damage', () => {
  it('a segment that is gone: exit 5 that names it, and no shorter table', async () => {
    const { server, env } = await archive(undefined, 6);
    const folder = projectFolder();
    await cellineHere(['add', ...ids(5)], { folder, url: server.url, env });
    const segments = join(folder, 'DB', '.store', 'v1', 'segments');
    const [name = ''] = readdirSync(segments).filter((one) => /samples/i.test(one));
    rmSync(join(segments, name));
    const listed = await cellineHere(['list'], { folder });
    expect(listed.code, listed.stderr).toBe(5);
    expect(listed.stderr).toContain(name);
    expect(listed.stderr).toContain('hint:');
  });
});

describe('an archive that lies', () => {
  it('packages without records under status 200 are no answer: nobody is told "no runs"', async () => {
    const { server, env } = await archive(
      ({ endpoint }) => (endpoint === 'efetch sra' ? { kind: 'header-only' } : undefined),
      6,
    );
    const folder = projectFolder({ timeout: 2 });
    const run = await cellineHere(['add', ...ids(3)], { folder, url: server.url, env });
    expect([run.code, outcomeCounts(outcomeLines(run.stdout))], run.stderr).toEqual([1, { bad_response: 3 }]);
  });

  it('fewer ENA rows than runs: asked once more, then the rest comes from NCBI', async () => {
    let left = 2;
    const { server, env } = await archive(({ endpoint, accessions }) => {
      if (endpoint !== 'search' || left === 0) return undefined;
      left -= 1;
      return { kind: 'drop', accessions: accessions.slice(0, 1) };
    }, 6);
    const folder = projectFolder();
    const run = await cellineHere(['add', ...ids(3)], { folder, url: server.url, env });
    expect([run.code, outcomeCounts(outcomeLines(run.stdout))], run.stderr).toEqual([0, { added: 3 }]);
    const { rows } = await readPlainTable(folder, 'INSDC_RUNS');
    expect(rows.every((row) => row.raw_link !== null)).toBe(true);
  });

  it('a search that forgets a sample: the summary names its experiment, so it is found all the same', async () => {
    const { server, env } = await archive(
      ({ endpoint, accessions }) =>
        endpoint === 'esearch sra' && accessions.includes('GSM99000002')
          ? { kind: 'drop', accessions: ['GSM99000002'] }
          : undefined,
      6,
    );
    const folder = projectFolder();
    const run = await cellineHere(['add', ...ids(3)], { folder, url: server.url, env });
    expect([run.code, outcomeCounts(outcomeLines(run.stdout))], run.stderr).toEqual([0, { added: 3 }]);
  });

  it('garbage, and an archive that is down for good, end soon and blame the archive', async () => {
    for (const fault of [{ kind: 'garbage' }, { kind: 'reset' }] as const) {
      const { server, env } = await archive(() => fault, 250);
      const folder = projectFolder({ timeout: 2, maxTrouble: 1 });
      const run = await cellineHere(['add', '-'], { folder, url: server.url, env, stdin: ids(250).join('\n') });
      const counts = outcomeCounts(outcomeLines(run.stdout));
      expect([run.code, counts], run.stderr).toEqual([6, { network_error: 250 }]);
      expect(server.requests.length).toBeLessThan(60);
    }
  });
});

// A process that hangs there would be killed by the time limit of the test.
describe.runIf(existsSync('/proc/self'))('a folder that nobody can make', () => {
  const places: readonly (readonly [string, Readonly<Record<string, unknown>>, number, RegExp])[] = [
    ['the cache: one warning, and the command goes on', { cacheDir: '/proc/celline/cache' }, 0, /warning: the cache/],
    ['the tables: exit 5', { dbDir: '/proc/celline/DB' }, 5, /Cannot make the folder \/proc\/celline/],
    ['a recording: exit 2', { record: '/proc/celline/recording' }, 2, /the recording .* cannot be written/],
  ];
  it.each(places)('%s', async (_name, config, code, said) => {
    const { server, env } = await archive(undefined, 6);
    const run = await celline(['add', 'GSM99000001'], { folder: projectFolder(config), url: server.url, env });
    expect([run.code, run.signal], run.stderr).toEqual([code, null]);
    expect(run.stderr).toMatch(said);
  });
});
