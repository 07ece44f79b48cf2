import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder, startCelline } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';

const UNKNOWN = 'GSM1';
/** The rate is not what these tests are about. */
const KEY = { NCBI_API_KEY: 'key' };

async function archive(series: number, ncbiMs = 0): Promise<{ server: ArchiveServer; ids: string[] }> {
  const world = generateWorld({ series, samplesPerSeries: 25 });
  const limits = { ncbiPerSecondWithKey: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY };
  const latency = { ncbiMs, enaMs: 0, perRecordMs: 0 };
  const server = await startArchiveServer(ncbiMs === 0 ? { world, limits } : { world, latency });
  onTestFinished(() => server.close());
  return { server, ids: world.samples.map((sample) => sample.alias) };
}

/**
 * Checksum of every file that holds records, by its path; what DuckDB may leave in `spill` is no table. That the command ran is
 * remembered: the tables of jobs and the manifests that name them change.
 */
function hashes(folder: string): Record<string, string> {
  const entries = readdirSync(join(folder, 'DB'), { recursive: true, withFileTypes: true });
  const isOfJobs = (name: string): boolean => /^JOB(S|_FILES)\b|^JOB(S|_FILES)-/.test(name);
  const files = entries
    .filter((entry) => entry.isFile() && !isOfJobs(entry.name) && !entry.parentPath.endsWith('/manifest'))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]));
}

describe('001-17 --atomic', () => {
  it('add: with one id that is not found every file of records stays byte for byte, and by default the good ones are kept', async () => {
    const { server, ids } = await archive(2);
    const folder = projectFolder();
    const first = await cellineHere(['add', ids[0] ?? ''], { folder, url: server.url, env: KEY });
    expect(first.code, first.stderr).toBe(0);
    const before = hashes(folder);
    const asked = [...ids.slice(0, 30), UNKNOWN];
    const run = await cellineHere(['add', '--atomic', ...asked], { folder, url: server.url, env: KEY });
    const rows = outcomeLines(run.stdout);
    expect([run.code, outcomeCounts(rows)], run.stderr).toEqual([1, { not_tried: 30, not_found: 1 }]);
    expect(rows.find((row) => row.id === ids[3])?.reason).toBe(`rolled back (--atomic): ${UNKNOWN} is not_found`);
    expect(run.stderr).toContain('Rolled back: the tables are as before (--atomic).');
    expect(hashes(folder)).toEqual(before);
    const plain = await cellineHere(['add', ...asked], { folder, url: server.url, env: KEY });
    expect([plain.code, outcomeCounts(outcomeLines(plain.stdout))]).toEqual([
      3,
      { unchanged: 1, added: 29, not_found: 1 },
    ]);
  });

  it('add and refresh: all good is one commit of records', async () => {
    const { server, ids } = await archive(12);
    const folder = projectFolder();
    const run = await cellineHere(['add', '--atomic', '-'], {
      folder,
      url: server.url,
      env: KEY,
      stdin: ids.join('\n'),
    });
    expect([run.code, outcomeCounts(outcomeLines(run.stdout))], run.stderr).toEqual([0, { added: 300 }]);
    const log = await cellineHere(['refresh', '--atomic', ids[0] ?? ''], { folder, url: server.url, env: KEY });
    expect([log.code, outcomeCounts(outcomeLines(log.stdout))], log.stderr).toEqual([0, { unchanged: 1 }]);
    const list = await cellineHere(['list', '--ids-only'], { folder });
    expect(list.stdout.trimEnd().split('\n').sort()).toEqual(ids.toSorted());
    const manifests = readdirSync(join(folder, 'DB/.store/v1/manifest')).filter((name) => name.endsWith('.json'));
    const kinds = manifests.map((name) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'DB/.store/v1/manifest', name), 'utf8'));
      return `${manifest.made.command} ${manifest.made.kind} ${Object.keys(manifest.made.tables).length > 0}`;
    });
    expect(kinds.filter((kind) => /^add .*commit true$/.test(kind))).toHaveLength(1);
  });

  it('Ctrl-C rolls back and exits 130', async () => {
    const { server, ids } = await archive(40, 150);
    const folder = projectFolder();
    const first = await cellineHere(['add', ids[0] ?? ''], { folder, url: server.url, env: KEY });
    expect(first.code, first.stderr).toBe(0);
    const before = hashes(folder);
    const requests = server.requests.length;
    const run = startCelline(['add', '--atomic', '-'], { folder, url: server.url, env: KEY, stdin: ids.join('\n') });
    while (server.requests.length < requests + 6) await new Promise((resolve) => setImmediate(resolve));
    run.child.kill('SIGINT');
    const { code, stdout, stderr } = await run.ended;
    expect([code, outcomeCounts(outcomeLines(stdout))], stderr).toEqual([130, { not_tried: 1000 }]);
    expect(hashes(folder)).toEqual(before);
  });

  it('killed: nothing happened, and the next command works', async () => {
    const { server, ids } = await archive(40, 60);
    const folder = projectFolder();
    await cellineHere(['add', ids[0] ?? ''], { folder, url: server.url, env: KEY });
    const requests = server.requests.length;
    const run = startCelline(['add', '--atomic', '-'], { folder, url: server.url, env: KEY, stdin: ids.join('\n') });
    while (server.requests.length < requests + 8) await new Promise((resolve) => setImmediate(resolve));
    run.child.kill('SIGKILL');
    await run.ended;
    const list = await cellineHere(['list', '--ids-only'], { folder });
    expect(list.stdout.trimEnd().split('\n')).toEqual([ids[0]]);
    const again = await cellineHere(['add', '--atomic', ...ids.slice(0, 50)], { folder, url: server.url, env: KEY });
    expect([again.code, outcomeCounts(outcomeLines(again.stdout))]).toEqual([0, { unchanged: 1, added: 49 }]);
  });

  it('rm: with an unknown name nothing goes', async () => {
    const { server, ids } = await archive(1);
    const folder = projectFolder();
    await cellineHere(['add', ...ids.slice(0, 3)], { folder, url: server.url, env: KEY });
    const before = hashes(folder);
    const args = ['rm', '--yes', '--cascade', ids[0] ?? '', UNKNOWN];
    const refused = await cellineHere([...args, '--atomic'], { folder });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Nothing was removed (--atomic).')]);
    expect(hashes(folder)).toEqual(before);
    expect((await cellineHere(args, { folder })).code).toBe(3);
    const list = await cellineHere(['list', '--ids-only'], { folder });
    expect(list.stdout.trimEnd().split('\n')).toEqual(ids.slice(1, 3));
  });
});
