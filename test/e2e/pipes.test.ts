import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { builtCelline } from '../support/built-celline.ts';
import { cellineHere } from '../support/celline-here.ts';
import { celline, freshUser, projectFolder } from '../support/celline-process.ts';
import { outcomeCounts, outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';
import { smallDisk } from '../support/small-disk.ts';

const run = promisify(execFile);

async function archive(series = 2, samplesPerSeries = 6) {
  const server = await startArchiveServer({ world: generateWorld({ series, samplesPerSeries }) });
  onTestFinished(() => server.close());
  const folder = projectFolder();
  return { server, folder, options: { folder, url: server.url, env: { NCBI_API_KEY: 'key' } } };
}

/** Runs a line of bash in which `celline` is the built command; fails when the line does. */
async function shell(line: string, folder: string, url: string): Promise<{ stdout: string; stderr: string }> {
  const script = `celline() { "${process.execPath}" "${builtCelline()}" "$@"; }\n${line}`;
  return run('bash', ['-c', script], { cwd: folder, env: freshUser({ folder, url }), maxBuffer: 1e8 });
}

describe('pipes', () => {
  it('a reader that leaves early ends the command quietly, with exit 0', async () => {
    const { server, folder, options } = await archive(8, 125);
    const stdin = generatedIds(1000).join('\n');
    expect((await cellineHere(['add', '--from', '-'], { ...options, stdin })).code).toBe(0);
    for (const command of [
      'celline list',
      'celline list runs --format ndjson',
      'celline list --json',
      'celline query "FROM files"',
    ]) {
      const { stdout, stderr } = await shell(
        `${command} | head -1 > /dev/null; echo "\${PIPESTATUS[@]}"`,
        folder,
        server.url,
      );
      expect([command, stdout, stderr]).toEqual([command, '0 0\n', '']);
    }
  });

  it('a full disk behind > is exit 5, never a short file with success', async (context) => {
    const disk = smallDisk(64);
    if (disk === null) return context.skip('no file system may be mounted here');
    const sql = "SELECT repeat('x', 100) AS x FROM range(20000)";
    for (const line of [
      `celline query "${sql}"`,
      `celline export --query "${sql}" --format csv`,
      // One text that fits in part.
      `celline query "SELECT repeat('x', 100000) AS x" --format csv`,
    ]) {
      const { stdout, stderr } = await shell(
        `${line} > '${disk}/x' || echo "exit $?"`,
        projectFolder(),
        'http://localhost',
      );
      expect([line, stdout, stderr]).toEqual([line, 'exit 5\n', expect.stringContaining('the disk is full')]);
    }
  });

  it('go into cut, jq and xargs', async () => {
    const { server, folder, options } = await archive();
    await cellineHere(['add', 'GSE990001'], options);
    const cut = await shell('celline list | cut -f1 | tail -n +2 | head -2', folder, server.url);
    expect(cut.stdout).toBe('GSM99000001\nGSM99000002\n');
    const triples = await shell('celline list --ids-only | xargs -n 3 echo | wc -l', folder, server.url);
    expect(triples.stdout.trim()).toBe('2');
    const urls = await shell('celline list --ids-only | celline urls - | wc -l', folder, server.url);
    expect(urls.stdout.trim()).toBe('12');
    const rows = await shell('celline list --format ndjson', folder, server.url);
    expect(
      rows.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).key),
    ).toHaveLength(6);
    const hasJq = await run('jq', ['--version']).then(
      () => true,
      () => false,
    );
    if (!hasJq) return;
    const jq = await shell("celline list --json | jq -r '.[].attributes.tissue[0]' | wc -l", folder, server.url);
    expect(jq.stdout.trim()).toBe('6');
  });
});

describe('lists', () => {
  it.each([
    ['CRLF, BOM, comments and blank lines', '\ufeff# mine\r\nGSM99000001\r\n\r\n  gsm99000002 \r\n'],
    ['a csv with a column id', 'name,id\r\nfirst,GSM99000001\r\n"second, quoted",GSM99000002\r\n'],
    ['a tsv without that column', 'sample\tremark\nGSM99000001\tgood\nGSM99000002\tgood\n'],
    ['several a line', 'GSM99000001, GSM99000002'],
    ['a range', 'GSM99000001-GSM99000002\n'],
  ])('%s', async (_what, text) => {
    const { folder, options } = await archive();
    writeFileSync(join(folder, 'list'), text);
    const { code, stdout, stderr } = await cellineHere(['add', '--from', 'list'], options);
    expect([code, outcomeCounts(outcomeLines(stdout))], stderr).toEqual([0, { added: 2 }]);
  });

  it('an empty list is no error and no request', async () => {
    const { server, options } = await archive();
    const { code, stdout, stderr } = await cellineHere(['add', '-'], { ...options, stdin: '\n# none\n' });
    expect([code, outcomeLines(stdout), server.requests.length]).toEqual([0, [], 0]);
    expect(stderr).toContain('no ids');
  });

  it('100,000 lines of malformed ids and duplicates fit in 256 MB and take no request', async () => {
    const { server, folder, options } = await archive();
    await cellineHere(['add', 'GSM99000001'], options);
    const before = server.requests.length;
    const lines = Array.from({ length: 100_000 }, (_, index) => (index % 2 === 0 ? 'GSM99000001' : `GMS${index}`));
    writeFileSync(join(folder, 'list.txt'), lines.join('\n'));
    const { code, stdout, stderr } = await celline(['add', '--from', 'list.txt'], {
      ...options,
      env: { NODE_OPTIONS: '--max-old-space-size=256' },
    });
    expect([code, outcomeCounts(outcomeLines(stdout))], stderr.slice(0, 500)).toEqual([
      3,
      { invalid: 50_000, unchanged: 50_000 },
    ]);
    expect(server.requests.length).toBe(before);
  });
});

describe('two at once in one project', () => {
  it('with different ids: both are there', async () => {
    const { folder, options } = await archive(8, 25);
    const ids = generatedIds(200);
    const runs = await Promise.all(
      [ids.slice(0, 100), ids.slice(100)].map((some) => celline(['add', '-'], { ...options, stdin: some.join('\n') })),
    );
    for (const { code, stdout, stderr } of runs) {
      expect([code, outcomeCounts(outcomeLines(stdout))], stderr).toEqual([0, { added: 100 }]);
    }
    const { rows } = await readPlainTable(folder, 'GEO_SAMPLES');
    expect(rows.map((row) => row.key)).toEqual(ids);
    expect((await readPlainTable(folder, 'GEO_PROJECTS')).rows).toHaveLength(8);
  });

  it('with the same ids: each is there once, and both commands succeed', async () => {
    const { folder, options } = await archive(4, 25);
    const ids = generatedIds(100);
    const runs = await Promise.all([0, 1].map(() => celline(['add', '-'], { ...options, stdin: ids.join('\n') })));
    for (const { code, stdout, stderr } of runs) {
      const counts = outcomeCounts(outcomeLines(stdout));
      expect([code, (counts.added ?? 0) + (counts.unchanged ?? 0)], stderr).toEqual([0, 100]);
    }
    expect((await readPlainTable(folder, 'GEO_SAMPLES')).rows.map((row) => row.key)).toEqual(ids);
    expect((await readPlainTable(folder, 'INSDC_RUNS')).rows).toHaveLength(100);
  });
});

/** The first GSM of a generated world. */
function generatedIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `GSM${99_000_001 + index}`);
}
