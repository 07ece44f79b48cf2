import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../src/errors/rate-limited-error.ts';
import { StoreError } from '../../src/errors/store-error.ts';
import { fakeProject } from './fake-project.ts';
import { runCli } from './run-cli.ts';

describe('add', () => {
  it('prints one outcome row per id and what it amounts to', async () => {
    const { open, calls } = fakeProject({
      answers: { GSM9: { outcome: 'not_found', key: null, runs: 0, files: 0, reason: 'GSM9 is not in GEO' } },
    });
    const result = await runCli(['add', 'GSM1', 'GSM9', '--full', '--handler', 'geo', '--concurrency', '2'], { open });
    expect(result.code).toBe(3);
    expect(result.stdout).toBe(
      'id\toutcome\tkey\truns\tfiles\treason\nGSM1\tadded\tGSM1\t1\t2\t\nGSM9\tnot_found\t\t0\t0\tGSM9 is not in GEO\n',
    );
    expect(result.stderr).toBe('1 added, 1 not_found\n  not_found: GSM9 (GSM9 is not in GEO)\nnext: celline list\n');
    expect(calls.add[0]).toMatchObject({
      ids: ['GSM1', 'GSM9'],
      options: { full: true, handler: 'geo', concurrency: 2 },
    });
    expect(calls.closed).toBe(1);
  });

  it('counts duplicates apart, so that nobody takes answers for records', async () => {
    const again = { outcome: 'added', key: 'GSM1', runs: 1, files: 2, reason: 'duplicate' } as const;
    const { open } = fakeProject({ answers: { gsm1: again } });
    const { stderr } = await runCli(['add', 'GSM1', 'gsm1'], { open });
    expect(stderr).toContain('2 added (of these 1 duplicate)\n');
  });

  it('takes ids from arguments, stdin and a file, in this order', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'celline-cli-'));
    const file = join(folder, 'ids.csv');
    await writeFile(file, 'n,sample\n1,GSM5\n2,GSM6\n');
    const { open, calls } = fakeProject();
    await runCli(['add', 'GSM1', '-', '--from', file, '--column', 'sample'], { open, stdin: 'sample\nGSM3\nGSM4\n' });
    expect(calls.add[0]?.ids).toEqual(['GSM1', 'GSM3', 'GSM4', 'GSM5', 'GSM6']);
  });

  it.each([
    [['add'], 'No ids were given.'],
    [['add', '--from', '/nowhere/ids.txt'], 'cannot be read'],
    [['add', 'GSM1', '--concurrency', '0'], 'from 1'],
    [['add', 'GSM1', '--ttl', 'soon'], 'a number'],
    [['add', 'GSM1', '--json', '--format', 'csv'], 'exclude each other'],
    [['add', 'GSM1', '--frm', 'x'], "Unknown option '--frm'"],
    [['add', '--from', 'a.txt', '--from', 'b.txt'], '--from was given twice: a.txt and b.txt'],
    [['add', 'GSM1', '--trace', ''], '--trace was given an empty name.'],
    [['add', 'GSM1', '--events='], '--events was given an empty name.'],
    [['add', 'GSM1', '-o', ' '], '--output was given an empty name.'],
    [['add', '--from', ''], '--from was given an empty name.'],
    [['add', 'GSM1', '--force', '--offline'], '--force and --offline exclude each other'],
    [['add', 'GSM1', '-q', '-v'], '--quiet and --verbose exclude each other'],
    [['lsit'], "Unknown command 'lsit'"],
  ])('%j is wrong usage', async (argv, message) => {
    const { open, calls } = fakeProject();
    const result = await runCli(argv, { open });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain('hint: ');
    expect(calls.add).toEqual([]);
  });

  it('groups what failed and names the next command', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `GSM${index}`);
    const answers = Object.fromEntries(
      ids.map((id) => [id, { outcome: 'http_error' as const, reason: `${id}: status 500 from NCBI` }]),
    );
    const { open } = fakeProject({ answers, behind: 3 });
    const result = await runCli(['add', ...ids], { open });
    expect(result.code).toBe(6);
    expect(result.stderr.split('\n')).toEqual([
      '20 http_error',
      '  http_error: GSM0, GSM1, GSM2 and 17 more (the id: status 500 from NCBI)',
      'DB/GEO_SAMPLES.parquet is 3 rows behind: celline db checkpoint',
      'next: celline refresh',
      '',
    ]);
  });

  it('says ten reasons at most', async () => {
    const ids = Array.from({ length: 14 }, (_, index) => `GSM${index}`);
    const answers = Object.fromEntries(
      ids.map((id, index) => [id, { outcome: 'bad_response' as const, reason: `reason ${'x'.repeat(index)}` }]),
    );
    const result = await runCli(['add', ...ids], { open: fakeProject({ answers }).open });
    expect(result.stderr.split('\n').filter((line) => line.startsWith('  bad_response'))).toHaveLength(10);
    expect(result.stderr).toContain('  … and 4 more: --format tsv\n');
  });

  it('streams a row before the next id is answered', async () => {
    const seen: string[] = [];
    let printed = (): string => '';
    const { open } = fakeProject({
      beforeAnswer: () => {
        seen.push(printed());
      },
    });
    await runCli(['add', 'GSM1', 'GSM2', '--format', 'ndjson'], {
      open,
      onStdout: (read) => {
        printed = read;
      },
    });
    expect(seen[0]).toBe('');
    expect(JSON.parse(seen[1] ?? '')).toMatchObject({ id: 'GSM1', outcome: 'added' });
  });

  it('Ctrl-C stops, keeps what is done and exits 130; a second one leaves at once', async () => {
    let press = () => {};
    const { open, calls } = fakeProject({
      beforeAnswer: (id) => {
        if (id === 'GSM2') press();
        if (id === 'GSM3') press();
      },
    });
    const result = await runCli(['add', 'GSM1', 'GSM2', 'GSM3'], {
      open,
      onStart: (pressCtrlC) => {
        press = pressCtrlC;
      },
    });
    expect(result.code).toBe(130);
    expect(result.left).toEqual([130]);
    expect(result.stdout).toContain('GSM1\tadded');
    expect(result.stdout).toContain('GSM3\tnot_tried');
    expect(result.stderr).toContain('Stopping');
    expect(result.stderr).toContain('next: the same command again (add asks only for the rest)');
    expect(calls.closed).toBe(1);
  });

  it('--quiet says nothing on stderr', async () => {
    const result = await runCli(['add', 'GSM1', '-q'], { open: fakeProject().open, stderrColumns: 80 });
    expect(result.stderr).toBe('');
  });

  it('000-46 prints warnings once, and log lines of the level that is asked', async () => {
    const { open } = fakeProject({
      beforeAnswer: (_id, { reporter }) => {
        reporter.emit({ type: 'warning', message: 'ENA is slow\u001b[31m' });
        reporter.emit({ type: 'log', level: 'info', message: 'hello' });
      },
    });
    const { stderr } = await runCli(['add', 'GSM1', 'GSM2'], { open });
    expect(stderr.match(/ENA is slow/g)).toHaveLength(1);
    expect(stderr).not.toContain('hello');
    expect(stderr).not.toContain('\u001b');
    const verbose = await runCli(['add', '-v', 'GSM1', 'GSM2'], { open });
    expect(verbose.stderr.match(/info: hello/g)).toHaveLength(2);
  });

  it('--dry-run prints the plan and asks nothing (001-28)', async () => {
    const { open, calls } = fakeProject();
    const result = await runCli(['add', 'GSM1', 'GSM2', '--dry-run'], { open });
    expect(result.stdout).toBe('handler\tids\toperator\trequests\tup_to\twhat\ngeo\t2\tncbi\t2\t40\tpackages\n');
    expect(result.stderr).toContain('2 requests, about 1 min 15 s at the limits of the archives.');
    expect(result.stderr).toContain(
      '+ up to 40 requests for ids that an archive does not have: about 1 min 40 s in all.',
    );
    expect(result.stderr).toContain('invalid: GSX (no accession)');
    expect(JSON.parse((await runCli(['add', 'GSM1', '--dry-run', '--json'], { open })).stdout).seconds).toBe(75);
    expect(calls.add).toEqual([]);
  });

  it('hands flags to the project', async () => {
    const { open, calls } = fakeProject();
    await runCli(['--offline', '-vv', 'add', 'GSM1', '--ttl', '5', '--project-dir', 'p', '--profile', 'ci'], { open });
    expect(calls.settings[0]).toMatchObject({
      projectDir: 'p',
      profile: 'ci',
      flags: { offline: true, ttl: 5, logLevel: 'debug' },
    });
  });
});

describe('refresh', () => {
  it('asks again for what failed, past freshness', async () => {
    const { open, calls } = fakeProject({ failed: ['GSM9'] });
    await runCli(['refresh'], { open });
    expect(calls.asked).toEqual([{ failed: true }]);
    expect(calls.add[0]).toMatchObject({ ids: ['GSM9'], options: { force: true } });
    await runCli(['refresh', '--all'], { open });
    expect(calls.asked[1]).toEqual({ all: true });
  });

  it('has nothing to do when all is well', async () => {
    const result = await runCli(['refresh'], { open: fakeProject().open });
    expect(result).toMatchObject({ code: 0, stderr: 'Nothing to ask again: every id is answered.\n' });
  });
});

describe('errors', () => {
  it('name the thing, the cause and the next step', async () => {
    const cause = new Error('disk I/O error');
    const error = new StoreError('lock', 'Another celline holds the tables.', {
      hint: 'Wait for it.',
      fields: { pid: 12 },
      cause,
    });
    const open = async () => {
      throw error;
    };
    const result = await runCli(['list'], { open });
    expect(result.code).toBe(5);
    expect(result.stderr).toBe(
      'error: Another celline holds the tables.\n  pid: 12\n  caused by: Error: disk I/O error\nhint: Wait for it.\n',
    );
    expect((await runCli(['list', '--debug'], { open })).stderr).toMatch(/\n {4}at .*add\.test\.ts/);
  });

  it('say nothing of a cause that there is not', async () => {
    const open = async () => {
      throw new StoreError('lock', 'Held.', { cause: null });
    };
    expect((await runCli(['list', '--debug'], { open })).stderr).not.toContain('caused by');
  });

  it('say nothing twice', async () => {
    const cause = new Error('Binder Error: no column x\n\nLINE 1: SELECT x\n               ^');
    const fields = { sql: 'SELECT x FROM runs', column: 'x' };
    const open = async () => {
      throw new StoreError('query', 'Binder Error: no column x', { fields, cause });
    };
    expect((await runCli(['list'], { open })).stderr).toBe(
      'error: Binder Error: no column x\n  sql: SELECT x FROM runs\n',
    );
    expect((await runCli(['list', '--debug'], { open })).stderr).toContain('  caused by: Error: Binder Error');
  });

  it('of the network are exit 6, of the program exit 1', async () => {
    const limited = async () => {
      throw new RateLimitedError('NCBI keeps refusing.');
    };
    expect((await runCli(['list'], { open: limited })).code).toBe(6);
    const broken = async () => {
      throw new TypeError('x is undefined');
    };
    const result = await runCli(['list'], { open: broken });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('error: TypeError: x is undefined');
    expect(result.stderr).toContain('fault of celline');
  });
});
