import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder, startCelline } from '../support/celline-process.ts';

const KEY = 'ncbi-key-0123456789abcdef';

interface Line {
  readonly at: string;
  readonly operator: string;
  readonly url: string;
  readonly status: number | null;
  readonly sent: number;
  readonly cache: string;
  readonly error: string | null;
}

interface Figures {
  readonly operator: string;
  readonly endpoint: string;
  readonly asked: number;
  readonly sent: number;
  readonly cached: number;
  readonly bytes: number;
  readonly slot_ms: number;
}

async function project() {
  const server = await startArchiveServer({
    world: generateWorld({ series: 2, samplesPerSeries: 6 }),
    limits: { ncbiPerSecondWithKey: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY },
  });
  onTestFinished(() => server.close());
  const folder = projectFolder();
  const options = { folder, url: server.url, env: { NCBI_API_KEY: KEY, NCBI_EMAIL: 'me@example.org' } };
  const run = (...args: string[]) => cellineHere(args, options);
  const figures = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('stats', '--http', '--json', ...args);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Figures[];
  };
  return { server, folder, run, figures, options };
}

function linesOf(text: string): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const sum = (figures: readonly Figures[], of: (one: Figures) => number) =>
  figures.reduce((total, one) => total + of(one), 0);

describe('--trace', () => {
  it('has a line for every request, the cache named, without secrets; a second command adds to it', async () => {
    const { server, folder, run, figures } = await project();
    await run('add', 'GSE990001', 'SRR99000008', 'GSM98999999', '--trace', 'trace.ndjson');
    const path = join(folder, 'trace.ndjson');
    const first = linesOf(readFileSync(path, 'utf8'));
    expect(first.reduce((total, line) => total + line.sent, 0)).toBe(server.requests.length);
    await run('add', 'GSE990001', '--trace', path, '--project-dir', '.');
    await run('rm', 'GSE990001', '--cascade', '--yes');
    await run('add', 'GSE990001', '--trace', path);
    const text = readFileSync(path, 'utf8');
    const later = linesOf(text).slice(first.length);
    expect(later.length).toBeGreaterThan(2);
    const hits = later.filter((line) => line.cache === 'hit');
    expect(hits.length).toBeGreaterThan(1);
    expect(hits.every((line) => line.sent === 0 && line.status === 200)).toBe(true);
    for (const hidden of [KEY, 'me@example.org', 'tool=']) expect(text).not.toContain(hidden);
    // The trace and what celline keeps itself say the same.
    const [traced, kept] = [await figures(path), await figures()];
    for (const of of [(one: Figures) => one.asked, (one: Figures) => one.sent, (one: Figures) => one.bytes]) {
      expect(sum(traced, of)).toBe(sum(kept, of));
    }
    expect(sum(traced, (one) => one.asked)).toBe(linesOf(text).length);
    expect(sum(traced, (one) => one.cached)).toBe(hits.length);
  });

  it('goes to stderr with -, beside --quiet too, and leaves stdout alone', async () => {
    const { run } = await project();
    const { stdout, stderr } = await run('add', 'GSM99000001', '--trace', '-', '--quiet');
    expect(linesOf(stderr).length).toBeGreaterThan(1);
    expect(stdout).toMatch(/^id\toutcome/);
    expect(stdout).not.toContain('"url"');
  });

  it('that cannot be written is one warning; the command succeeds', async () => {
    const { run } = await project();
    const { code, stderr } = await run('add', 'GSM99000001', '--trace', '/dev/full');
    expect([code, stderr.match(/the trace \/dev\/full is incomplete/g)?.length]).toEqual([0, 1]);
  });

  it('holds whole lines after a kill, and the next command goes on', async () => {
    const { folder, run, options, figures } = await project();
    const running = startCelline(['add', 'GSE990001', 'GSE990002', '--trace', 'trace.ndjson'], options);
    const path = join(folder, 'trace.ndjson');
    while (!existsSync(path) || statSync(path).size === 0) await new Promise((resolve) => setImmediate(resolve));
    running.child.kill('SIGKILL');
    await running.ended;
    appendFileSync(path, '{"at":"2026-');
    await run('add', 'GSM99000001', '--trace', 'trace.ndjson', '--force');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const torn = lines.filter((line) => !line.endsWith('}'));
    expect(torn).toEqual(['{"at":"2026-']);
    expect(sum(await figures('trace.ndjson'), (one) => one.asked)).toBe(lines.length - 1);
  });
});

describe('stats --http', () => {
  it('sums up by operator and endpoint what all commands asked, in files of bounded size', async () => {
    const { folder, run, figures, server } = await project();
    expect(await figures()).toEqual([]);
    await run('add', 'GSE990001', 'SRR99000008');
    const first = await figures();
    expect(sum(first, (one) => one.sent)).toBe(server.requests.length);
    expect(new Set(first.map((one) => one.operator))).toEqual(new Set(['NCBI', 'ENA']));
    expect(first.map((one) => one.endpoint)).toContain('/geo/series/*/*/soft/*');
    expect(await figures('--since', '1d')).toEqual(first);
    expect(await figures('--since', '2100-01-01')).toEqual([]);
    const path = join(folder, '.cache', 'http-stats.ndjson');
    writeFileSync(path, `${readFileSync(path, 'utf8')}no line\n${'{"version":2}\n'.repeat(20_000)}`);
    await run('add', 'GSM99000008');
    // It is full, and moved aside.
    expect(existsSync(path)).toBe(false);
    const { stderr } = await run('stats', '--http');
    expect(stderr).toMatch(/^\d+ requests, \d+ sent, \d+ % answered without, .* of 2 commands since 20\d\d-/m);
  });

  it.each([
    [['--http', '--queries'], '--http excludes --queries and --by'],
    [['--since', '7d'], '--since belongs to --http'],
    [['--http', '--since', 'yesterday'], '--since takes a date (UTC) or an age'],
    [['--http', '--since', '2026-13-45'], '--since takes a date (UTC) or an age'],
    [['--http', 'nowhere.ndjson'], 'cannot be read'],
  ])('%j is refused', async (args, says) => {
    const run = await cellineHere(['stats', ...args], { folder: projectFolder() });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});
