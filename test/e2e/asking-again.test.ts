import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { outcomeLines } from '../support/outcome-lines.ts';

const IDS = ['GSM99000001', 'SRR99000007', 'GSE990002'];
/** As NCBI with a key: the rate is not what these tests are about. */
const KEY = { NCBI_API_KEY: 'key' };

/** A project that has these ids, its archives, and a way to count what a command asks of them. */
async function filledProject(ids: readonly string[] = IDS) {
  const world = generateWorld({ series: 2, samplesPerSeries: 6 });
  let isBroken = false;
  const server = await startArchiveServer({
    world,
    // A 400 is not tried again, so that the test need not wait.
    faults: () => (isBroken ? { kind: 'status', status: 400 } : undefined),
  });
  onTestFinished(() => server.close());
  const folder = projectFolder();
  const run = async (...args: string[]) => {
    const before = server.requests.length;
    const { code, stdout, stderr } = await cellineHere(args, { folder, url: server.url, env: KEY });
    return { code, stdout, stderr, rows: outcomeLines(stdout), requests: server.requests.length - before };
  };
  const first = await run('add', ...ids);
  expect([first.code, first.rows.map((row) => row.outcome)], first.stderr).toEqual([0, ids.map(() => 'added')]);
  return {
    run,
    /** Gives a sample another title, as its submitter may. */
    retitle: (position: number, title: string) => Object.assign(world.samples[position] ?? {}, { title }),
    breakArchives: (broken: boolean) => {
      isBroken = broken;
    },
  };
}

function outcomesOf(rows: ReturnType<typeof outcomeLines>): Record<string, string> {
  return Object.fromEntries(rows.map((row) => [row.id, row.outcome]));
}

describe('adding again', () => {
  it('is unchanged, with the same counts and no request, within the TTL; --dry-run asks nothing, --ttl 0 does', async () => {
    const { run } = await filledProject();
    const again = await run('add', ...IDS);
    expect([again.code, again.requests]).toEqual([0, 0]);
    expect(again.rows.map(({ id, outcome, runs }) => [id, outcome, runs]).toSorted()).toEqual([
      ['GSE990002', 'unchanged', 6],
      ['GSM99000001', 'unchanged', 1],
      ['SRR99000007', 'unchanged', 1],
    ]);
    const plan = await run('add', ...IDS, 'GSM99000009', 'GSM1x', '--dry-run');
    expect([plan.code, plan.requests]).toEqual([0, 0]);
    expect(plan.stdout).toContain('geo');
    expect((await run('list', 'asked', '--columns', 'id', '--where', 'id=GSM99000009')).stdout.trim()).toBe('id');
    const anew = await run('add', ...IDS, '--ttl', '0');
    expect(anew.requests).toBeGreaterThan(2);
    expect([...new Set(anew.rows.map((row) => row.outcome))]).toEqual(['unchanged']);
  });

  it('with --force asks again and says what changed', async () => {
    const { run, retitle } = await filledProject();
    retitle(0, 'another title');
    const again = await run('add', ...IDS, '--force');
    expect(again.requests).toBeGreaterThan(2);
    expect(outcomesOf(again.rows)).toEqual({
      GSM99000001: 'updated',
      SRR99000007: 'unchanged',
      GSE990002: 'unchanged',
    });
    expect(again.rows.find((row) => row.id === 'GSM99000001')?.reason).toContain('title');
    expect((await run('list', '--where', 'key=GSM99000001', '--columns', 'title')).stdout).toContain('another title');
  });

  it('offline answers what is stored, and says not_cached of the rest', async () => {
    const { run } = await filledProject();
    const offline = await run('add', ...IDS, 'GSM99000003', '--offline');
    expect([offline.code, offline.requests]).toEqual([3, 0]);
    expect(outcomesOf(offline.rows)).toMatchObject({ GSM99000001: 'unchanged', GSM99000003: 'not_cached' });
    // A row that is gone comes back from the cache of answers alone.
    expect((await run('rm', 'GSM99000001', '--cascade', '--yes')).code).toBe(0);
    const back = await run('add', 'GSM99000001', '--offline');
    expect([back.requests, outcomesOf(back.rows)]).toEqual([0, { GSM99000001: 'added' }]);
  });
});

describe('refresh', () => {
  it('asks for what failed, by default and with --failed', async () => {
    const { run, breakArchives } = await filledProject();
    breakArchives(true);
    const failed = await run('add', 'GSM99000003', 'SRR99000005');
    expect([failed.code, outcomesOf(failed.rows)]).toEqual([
      6,
      { GSM99000003: 'http_error', SRR99000005: 'http_error' },
    ]);
    breakArchives(false);
    const planned = await run('refresh', '--failed', '--dry-run');
    expect(planned.requests).toBe(0);
    const mended = await run('refresh', '--failed');
    expect([mended.code, outcomesOf(mended.rows)]).toEqual([0, { GSM99000003: 'added', SRR99000005: 'added' }]);
    const nothing = await run('refresh');
    expect([nothing.code, nothing.rows, nothing.requests]).toEqual([0, [], 0]);
  });

  it('of an id asks again, whatever its age', async () => {
    const { run, retitle } = await filledProject();
    retitle(6, 'another title');
    const again = await run('refresh', 'SRR99000007');
    expect(again.requests).toBeGreaterThan(0);
    expect(outcomesOf(again.rows)).toEqual({ SRR99000007: 'updated' });
  });
});

describe('rm', () => {
  it('--cascade takes a sample with all that is its own, and add brings all of it back', async () => {
    const { run } = await filledProject();
    const tables = ['samples', 'runs', 'files'];
    const sql = `SELECT ${tables.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`).join(', ')}`;
    const count = async () => Object.values<number>(JSON.parse((await run('query', sql, '--format', 'ndjson')).stdout));
    const before = await count();
    const removed = await run('rm', 'GSM99000001', '--cascade', '--yes');
    expect(removed.code, removed.stderr).toBe(0);
    const between = await count();
    expect(between.every((some, index) => some < (before[index] ?? 0))).toBe(true);
    expect((await run('show', 'SRX99000001')).code).not.toBe(0);
    const back = await run('add', 'GSM99000001');
    expect(outcomesOf(back.rows)).toEqual({ GSM99000001: 'added' });
    expect(await count()).toEqual(before);
  });
});

it('003-29 a report of nothing, though the study has runs, is not kept', async () => {
  const world = generateWorld({ series: 1, samplesPerSeries: 3 });
  let lies = 2;
  const isReport = (path: string) => path.includes('filereport');
  const server = await startArchiveServer({
    world,
    // Twice: nothing at all is asked again once.
    faults: ({ path }) => (isReport(path) && lies-- > 0 ? { kind: 'header-only' } : undefined),
  });
  onTestFinished(() => server.close());
  const options = { folder: projectFolder(), url: server.url, env: KEY };
  const added = await cellineHere(['add', 'PRJNA9900001'], options);
  expect(outcomeLines(added.stdout)).toMatchObject([{ outcome: 'added', runs: 3 }]);
  expect(lies).toBe(0);
  const kept = (await cellineHere(['cache', 'list'], options)).stdout;
  expect(kept).toContain('esearch');
  expect(kept).not.toContain('filereport');
});
