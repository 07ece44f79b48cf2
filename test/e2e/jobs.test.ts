import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder, startCelline } from '../support/celline-process.ts';

/** Asks the server for each id; throws for those whose record has no title, until the laboratory has mended them. */
const LAB = `
  import { defineHandler } from 'celline';
  export default defineHandler({
    name: 'lab', source: 'LAB', baseUrl: 'https://lab.example.org', rate: { perSecond: 1000 },
    pattern: { pattern: /^LAB\\d+$/, example: 'LAB1' },
    async fetchSample(id: string, { http }: any): Promise<any> {
      const { title } = await http.json('/samples/' + id);
      return { title: title.toUpperCase() };
    },
    async fetchRun() { return null; },
  });
`;

let server: ScriptedServer;
let broken = new Set<string>();
/** Ids whose answer never comes. */
let silent = new Set<string>();
let asked: string[] = [];

beforeAll(async () => {
  server = await startScriptedServer(async ({ path }) => {
    const id = path.split('/').at(-1) ?? '';
    asked.push(id);
    if (silent.has(id)) await new Promise(() => undefined);
    return { body: JSON.stringify(broken.has(id) ? {} : { title: id }) };
  });
});
afterAll(() => server.close());
beforeEach(() => {
  broken = new Set();
  silent = new Set();
  asked = [];
});

function lab() {
  const folder = projectFolder({ plugins: ['./lab.ts'] });
  writeFileSync(join(folder, 'lab.ts'), LAB);
  const options = { folder, env: { LAB_API_URL: server.url } };
  const run = (...args: string[]) => cellineHere(args, options);
  const jobs = async (...args: string[]) => JSON.parse((await run('jobs', ...args, '--json')).stdout);
  return { folder, run, jobs, options };
}

const IDS = ['LAB1', 'LAB2', 'LAB3', 'LAB4', 'LAB5'];

describe('jobs', () => {
  test('004-06 004-14 must show 3: an exception marks its child failed, siblings finish, exit 3, rerun --failed asks for those alone', async () => {
    const { run, jobs } = lab();
    broken = new Set(['LAB2', 'LAB4']);
    const first = await run('add', ...IDS);
    expect(first.code).toBe(3);
    expect(first.stderr).toContain('next: celline jobs rerun 1 --failed');
    expect(await jobs()).toMatchObject([{ number: '1', task: 'add', state: 'partial', ids: 5, requests: 5 }]);
    const tree = (await jobs('show', '1', '--tree')) as { number: string; state: string; error_class: string | null }[];
    expect(tree.map(({ number, state }) => [number, state])).toEqual([
      ['1', 'partial'],
      ['1.1', 'finished'],
      ['1.2', 'failed'],
      ['1.3', 'finished'],
      ['1.4', 'failed'],
      ['1.5', 'finished'],
    ]);
    expect(tree[2]?.error_class).toBe('TypeError');
    broken = new Set(['LAB4']);
    asked = [];
    expect((await run('jobs', 'rerun', '1', '--failed')).code).toBe(3);
    expect(asked.toSorted()).toEqual(['LAB2', 'LAB4']);
    broken = new Set();
    asked = [];
    const last = await run('jobs', 'rerun', '2', '--failed');
    expect([last.code, asked]).toEqual([0, ['LAB4']]);
    expect((await jobs('--failed')).map(({ number }: { number: string }) => number)).toEqual(['2', '1']);
    expect((await run('jobs', 'rerun', '3', '--failed')).stderr).toContain('Every id of job 3 is answered well.');
  }, 180_000);

  test('004-19 003-21 must show 3: SIGKILL is shown as interrupted, and the next add names it and asks for the rest', async () => {
    const { folder, jobs, options, run } = lab();
    writeFileSync(join(folder, 'ids.txt'), IDS.join('\n'));
    silent = new Set(['LAB4', 'LAB5']);
    const running = startCelline(['add', '--from', 'ids.txt'], options);
    await running.whenLines(4);
    expect(await jobs()).toMatchObject([{ number: '1', state: 'running', ids: 5, done: 3 }]);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(await jobs()).toMatchObject([
      { number: '1', state: 'interrupted', reason: expect.stringContaining('ended') },
    ]);
    // Nothing is written down yet, and nothing is left out.
    const told = (await run('jobs', 'show', '1')).stdout;
    expect(told).toContain('  1.5 LAB5 interrupted: its job was interrupted\nnext: celline jobs rerun 1 --failed\n');
    expect(await jobs('show', '1.4')).toMatchObject({ state: 'interrupted', title: 'LAB4' });
    silent = new Set();
    asked = [];
    const next = await run('add', '--from', 'ids.txt');
    expect(next.code).toBe(0);
    expect(next.stderr).toContain('Job 1 was interrupted with the same ids; job 2 asks for what it left.');
    expect(asked.toSorted()).toEqual(['LAB4', 'LAB5']);
    expect(await jobs('show', '1')).toMatchObject({ state: 'interrupted' });
    expect(await jobs('show', '1.4')).toMatchObject({ state: 'interrupted', outcome: 'not_tried', title: 'LAB4' });
    expect(readdirSync(join(folder, 'DB/.store/v1/jobs'))).toEqual([]);
    expect((await run('db', 'check')).code).toBe(0);
  });

  test('004-14 Ctrl-C on --force names the command that asks for the rest alone', async () => {
    const { options, run } = lab();
    await run('add', ...IDS);
    silent = new Set(['LAB4', 'LAB5']);
    const running = startCelline(['add', ...IDS, '--force'], options);
    await running.whenLines(4);
    running.child.kill('SIGINT');
    const stopped = await running.ended;
    expect([stopped.code, stopped.stderr]).toEqual([
      130,
      expect.stringContaining('next: celline jobs rerun 2 --failed (it asks only for the rest)'),
    ]);
    silent = new Set();
    expect((await run('add', ...IDS, '--force')).stderr).not.toContain('asks for what it left');
    asked = [];
    expect((await run('jobs', 'rerun', '2', '--failed')).code).toBe(0);
    expect(asked.toSorted()).toEqual(['LAB4', 'LAB5']);
  });

  test('004-08 004-07 show lists the file that the ids came from with its MD5, and what was written', async () => {
    const { folder, run } = lab();
    writeFileSync(join(folder, 'ids.txt'), 'LAB1\nLAB2\n');
    await run('add', '--from', 'ids.txt');
    const { stdout } = await run('jobs', 'show', '1');
    expect(stdout).toMatch(/input \S+ids\.txt \(2 rows, 10 bytes, md5 [0-9a-f]{32}\)/);
    expect(stdout).toContain('output DB/LAB_SAMPLES.parquet +2 ~0 -0');
    expect(existsSync(join(folder, 'DB/JOBS.parquet'))).toBe(true);
  });

  test('cancel stops a running job of this machine; it is interrupted, and going back waits for it', async () => {
    const { options, jobs, run } = lab();
    silent = new Set(['LAB2']);
    const running = startCelline(['add', 'LAB1', 'LAB2'], options);
    await running.whenLines(2);
    const back = await run('db', 'rollback', '1', '--yes');
    expect([back.code, back.stderr]).toEqual([5, expect.stringContaining('while job 1 (add) is running')]);
    expect((await run('jobs', 'rm', '1')).stderr).toContain('Job 1 is running.');
    expect((await run('jobs', 'cancel', '1')).code).toBe(0);
    expect((await running.ended).code).toBe(130);
    expect(await jobs()).toMatchObject([{ state: 'interrupted', reason: 'Stopped by the user.' }]);
    expect((await run('jobs', 'cancel', '1')).stderr).toContain('Job 1 does not run: it is interrupted.');
    expect((await run('jobs', 'rm', '1')).stdout).toBe('job\tremoved\n1\t3\n');
  }, 180_000);

  test('the folder of the signs of life may go between jobs; export has all rows', async () => {
    const { folder, run, jobs } = lab();
    await run('add', 'LAB1', 'LAB2');
    rmSync(join(folder, 'DB/.store/v1/jobs'), { recursive: true });
    await run('annotate', 'LAB1', 'batch=1');
    const again = await run('jobs', 'rerun', '2', '--failed');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('Job 2 (annotate) asked for no ids.')]);
    const rows = (await jobs('export')) as { number: string; command: string | null }[];
    expect(rows.map(({ number, command }) => [number, command])).toEqual([
      ['1', 'add LAB1 LAB2'],
      ['1.1', null],
      ['1.2', null],
      ['2', 'annotate LAB1 batch=1'],
    ]);
    const csv = (await run('jobs', 'export', '--format', 'csv')).stdout;
    expect(csv.split('\n')[0]).toContain('number,parent,task,title,state,outcome');
    expect(await jobs('--since', '1h')).toHaveLength(2);
    expect(await jobs('--since', '999999999999d')).toHaveLength(2);
  });
});
