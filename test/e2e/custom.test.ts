import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ScriptedServer } from '../../src/testing/scripted-server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';
import {
  HANDBOOK_RUNS,
  HANDBOOK_SAMPLE,
  type SampleServiceSettings,
  sampleWithoutRuns,
  someSamples,
  startSampleService,
} from '../support/sample-service.ts';

const HANDBOOK = { samples: { CUSTOM123456: HANDBOOK_SAMPLE }, runs: HANDBOOK_RUNS };
const KEY = 'a-key-of-the-laboratory';

interface Scene {
  readonly service: ScriptedServer;
  readonly folder: string;
  run(...args: string[]): ReturnType<typeof cellineHere>;
  /** `GET /v1/samples/X`, in the order of arrival. */
  asked(): string[];
}

/** A service, a new project, and celline between them; at 100 requests per second, where the rate is not the matter. */
async function scene(settings: SampleServiceSettings, env: Record<string, string> = {}, config = {}): Promise<Scene> {
  const service = await startSampleService(settings);
  onTestFinished(() => service.close());
  const folder = projectFolder(config);
  const own = { CUSTOM_DB_API_URL: `${service.url}/v1/`, CUSTOM_DB_RATE_LIMIT: '100', ...env };
  return {
    service,
    folder,
    run: (...args) => cellineHere(args, { folder, env: own }),
    asked: () => service.requests.map(({ method, path }) => `${method} ${path}`),
  };
}

describe('what celline add brings', () => {
  it('000-14, 000-40, 000-43, 000-59: one sample with its runs, in the tables of its source', async () => {
    const { run, folder, asked } = await scene(HANDBOOK);
    const added = await run('add', 'CUSTOM123456');
    expect(outcomeLines(added.stdout), added.stderr).toMatchObject([
      { id: 'CUSTOM123456', outcome: 'added', key: 'CUSTOM123456', runs: 2, files: 3 },
    ]);
    expect(added.code).toBe(0);
    expect(asked()).toEqual(['GET /v1/samples/CUSTOM123456', 'GET /v1/runs/RUN001', 'GET /v1/runs/RUN002']);
    const samples = await readPlainTable(folder, 'CUSTOM_SAMPLES');
    const runs = await readPlainTable(folder, 'CUSTOM_RUNS');
    expect(samples.rows.map(({ key }) => key)).toEqual(['CUSTOM123456']);
    expect(runs.rows.map(({ key }) => key)).toEqual(['RUN001', 'RUN002']);
  });

  it('000-08, 000-09, 000-11, 000-12: columns are mapped; what the service does not say is NULL', async () => {
    const { run, folder } = await scene(HANDBOOK);
    await run('add', 'CUSTOM123456');
    const [sample] = (await readPlainTable(folder, 'CUSTOM_SAMPLES')).rows;
    expect(sample).toMatchObject({
      title: 'Test Sample',
      organism: 'Homo sapiens',
      species: 'Homo sapiens',
      tissue: 'brain',
      cell_type: 'neuron',
      instrument: 'Illumina NovaSeq 6000',
      parent: 'STUDY001',
      children: 'RUN001,RUN002',
      date: '2024-01-15',
    });
    const [first, second] = (await readPlainTable(folder, 'CUSTOM_RUNS')).rows;
    const links = 'https://files.example.org/RUN001_1.fastq.gz,https://files.example.org/RUN001_2.fastq.gz';
    expect(first).toMatchObject({ strategy: 'RNA-Seq', raw_link: links, file_size: 12_000_000_000n });
    const only = 'https://files.example.org/RUN002.fastq.gz';
    expect(second).toMatchObject({ raw_link: only, file_type: 'fastq', file_size: null, title: null, strategy: null });
  });

  it('000-10: relations are plain columns that fit each other', async () => {
    const { run } = await scene(HANDBOOK);
    await run('add', 'CUSTOM123456');
    const sql = `SELECT r.key, r.parent = s.key AS fits, string_split(s.children, ',') AS children
                 FROM samples s JOIN runs r ON r.parent = s.key ORDER BY 1`;
    const rows = JSON.parse((await run('query', sql, '--json')).stdout);
    const children = ['RUN001', 'RUN002'];
    expect(rows).toEqual(children.map((key) => ({ key, fits: true, children })));
  });

  it('000-41: a sample that is not there leaves nothing, and no run is asked', async () => {
    const { run, folder, asked } = await scene(HANDBOOK);
    const added = await run('add', 'CUSTOM000009');
    expect([added.code, outcomeLines(added.stdout)[0]?.outcome]).toEqual([1, 'not_found']);
    expect(asked()).toEqual(['GET /v1/samples/CUSTOM000009']);
    expect(existsSync(join(folder, 'DB', 'CUSTOM_SAMPLES.parquet'))).toBe(false);
  });

  it('000-42: a run that is missing is named; refresh brings it', async () => {
    const { RUN001 = {}, RUN002 = {} } = HANDBOOK_RUNS;
    const runs: Record<string, typeof RUN001> = { RUN001 };
    const { run, folder } = await scene({ ...HANDBOOK, runs });
    const added = await run('add', 'CUSTOM123456');
    const [row] = outcomeLines(added.stdout);
    expect([added.code, row?.outcome, row?.runs]).toEqual([3, 'partial', 1]);
    expect(row?.reason).toBe('1 run missing: RUN002 (not found)');
    expect((await readPlainTable(folder, 'CUSTOM_SAMPLES')).rows).toHaveLength(1);
    runs.RUN002 = RUN002;
    expect(outcomeLines((await run('refresh')).stdout)).toMatchObject([{ outcome: 'updated', runs: 2 }]);
  });

  it('000-44: twice is once; a changed title replaces', async () => {
    const samples: Record<string, Record<string, unknown>> = { ...someSamples(2), CUSTOM123456: HANDBOOK_SAMPLE };
    const { run, folder } = await scene({ ...HANDBOOK, samples });
    const ids = Object.keys(samples);
    await run('add', ...ids);
    const before = (await readPlainTable(folder, 'CUSTOM_SAMPLES')).rows;
    samples.CUSTOM123456 = { ...HANDBOOK_SAMPLE, title: 'another title' };
    const again = outcomeLines((await run('add', ...ids, '--force')).stdout);
    const said = Object.fromEntries(again.map(({ id, outcome }) => [id, outcome]));
    expect(said).toEqual({ CUSTOM000001: 'no_runs', CUSTOM000002: 'no_runs', CUSTOM123456: 'updated' });
    const after = (await readPlainTable(folder, 'CUSTOM_SAMPLES')).rows;
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
    expect(after.find(({ key }) => key === 'CUSTOM123456')?.title).toBe('another title');
    expect(after.filter(({ key }) => key !== 'CUSTOM123456')).toEqual(
      before.filter(({ key }) => key !== 'CUSTOM123456'),
    );
  });

  it('000-47: addresses of all runs, in order; none is exit 1', async () => {
    const { run } = await scene(HANDBOOK);
    await run('add', 'CUSTOM123456');
    const urls = await run('urls', 'CUSTOM123456');
    const names = urls.stdout
      .trim()
      .split('\n')
      .map((url) => url.split('/').at(-1));
    expect(names).toEqual(['RUN001_1.fastq.gz', 'RUN001_2.fastq.gz', 'RUN002.fastq.gz']);
    expect(await run('urls', 'CUSTOM000001')).toMatchObject({ code: 1, stdout: '' });
  });

  it('000-53: from a folder below, the tables are those of the project', async () => {
    const { service, folder, run } = await scene(HANDBOOK);
    await run('add', 'CUSTOM123456');
    const env = { CUSTOM_DB_API_URL: `${service.url}/v1` };
    const below = await cellineHere(['list', '--ids-only'], { folder: join(folder, 'DB'), env });
    expect(below.stdout).toBe('CUSTOM123456\n');
  });
});

describe('who answers which id', () => {
  it('000-03: resolve names the handler; what nobody claims is listed, the others are done', async () => {
    const { run } = await scene(HANDBOOK);
    const resolved = JSON.parse((await run('resolve', '--all', 'CUSTOM123456', 'GSM1', '--json')).stdout);
    expect(resolved).toMatchObject([{ handlers: ['custom'], level: 'sample' }, { handlers: ['geo'] }]);
    const added = await run('add', 'CUSTOM123456', 'UNKNOWN1');
    expect(added.code).toBe(3);
    expect(outcomeLines(added.stdout).map(({ id, outcome }) => [id, outcome])).toEqual([
      ['UNKNOWN1', 'invalid'],
      ['CUSTOM123456', 'added'],
    ]);
  });

  it('000-04: six ids, and what looks like one, before any request', async () => {
    const { run, service } = await scene(HANDBOOK);
    const refused = ['CUSTOM12345', 'CUSTOM1234567', 'CUSTOMA23456', 'CUSTOM١٢٣٤٥٦'];
    const taken = ['CUSTOM123456', 'CUSTOM000001', 'custom000002', 'CUSTOM000003\n'];
    const rows: { given: string; handler: string | null }[] = JSON.parse(
      (await run('resolve', ...taken, 'GSM123456', ...refused, '--json')).stdout,
    );
    const handlers = rows.map(({ handler }) => handler);
    expect(handlers).toEqual([...taken.map(() => 'custom'), 'geo', ...refused.map(() => null)]);
    expect(service.requests).toHaveLength(0);
  });

  it('000-05, 000-06: asked for a foreign id, custom refuses it without a request', async () => {
    const { run, service } = await scene(HANDBOOK);
    const added = await run('add', 'GSM1', '--handler', 'custom');
    expect(outcomeLines(added.stdout)).toMatchObject([{ outcome: 'no_handler' }]);
    expect(service.requests).toHaveLength(0);
  });

  it('000-07: handlers tells everything about it', async () => {
    const { run, service } = await scene({});
    const handlers: { name: string }[] = JSON.parse((await run('handlers', '--json')).stdout);
    expect(handlers.at(-1)).toMatchObject({
      name: 'custom',
      priority: 2,
      builtIn: true,
      source: 'CUSTOM',
      patterns: [{ level: 'sample', pattern: '^CUSTOM\\d{6}$', example: 'CUSTOM123456' }],
      auth: 'no credential (CUSTOM_DB_API_KEY, or CUSTOM_DB_USER and CUSTOM_DB_PASSWORD)',
      url: `${service.url}/v1`,
    });
  });
});

describe('how it asks', () => {
  it('000-13, 000-15: no double slash; it says who asks, and for JSON', async () => {
    const { run, service } = await scene(HANDBOOK);
    await run('add', 'CUSTOM123456');
    for (const { path, headers } of service.requests) {
      expect(path).not.toContain('//');
      expect(headers.accept).toBe('application/json');
      expect(headers['user-agent']).toMatch(/^celline\/\d+\.\d+\.\d+/);
    }
  });

  it('000-16: a service that hangs costs its time-out, and says so', async () => {
    const { run, asked } = await scene({ instead: () => 'hang' }, {}, { timeout: 0.2 });
    const added = await run('add', 'CUSTOM123456');
    expect(outcomeLines(added.stdout)).toMatchObject([{ outcome: 'network_error' }]);
    expect(outcomeLines(added.stdout)[0]?.reason).toMatch(/0\.2 s|200 ms/);
    expect(asked()).toHaveLength(3);
  });

  it('000-17: with /status down, the doctor says so and add works', async () => {
    const status = ({ path }: { path: string }) => (path.endsWith('/status') ? { status: 503 } : undefined);
    const { run } = await scene({ ...HANDBOOK, instead: status });
    const checks: { check: string; state: string }[] = JSON.parse((await run('doctor', '--json')).stdout);
    expect(checks.find(({ check }) => check === 'custom')?.state).toMatch(/warning|error/);
    expect((await run('add', 'CUSTOM123456')).code).toBe(0);
  });

  it('000-17: nobody is asked about a service that nobody has set up', async () => {
    const run = await cellineHere(['doctor', '--json', '--offline'], { folder: projectFolder() });
    expect(run.stdout).not.toContain('custom');
  });

  it('000-18, 000-30, 000-52: each way to fail has its name, and costs no other id', async () => {
    const faults: Record<string, { status?: number; body?: string } | 'reset'> = {
      CUSTOM000002: { status: 400 },
      CUSTOM000003: 'reset',
      CUSTOM000004: { body: '{"id": "CUST' },
      CUSTOM000005: { body: '{"title": "of nobody"}' },
      CUSTOM000007: { body: '{"id": "CUSTOM000007", "title": 7, "run_ids": []}' },
    };
    const { run, folder } = await scene({
      samples: someSamples(1),
      instead: ({ path }) => faults[path.slice(-12)],
    });
    const ids = ['CUSTOM000001', ...Object.keys(faults), 'CUSTOM000006'];
    const added = await run('add', ...ids);
    const said = Object.fromEntries(outcomeLines(added.stdout).map(({ id, outcome }) => [id, outcome]));
    expect(said).toEqual({
      CUSTOM000001: 'no_runs',
      CUSTOM000002: 'http_error',
      CUSTOM000003: 'network_error',
      CUSTOM000004: 'bad_response',
      CUSTOM000005: 'bad_response',
      CUSTOM000006: 'not_found',
      CUSTOM000007: 'internal_error',
    });
    expect(added.code).toBe(3);
    expect((await readPlainTable(folder, 'CUSTOM_SAMPLES')).rows.map(({ key }) => key)).toEqual(['CUSTOM000001']);
  });

  it('000-14, 000-19, 000-20, 000-21: the key goes with every request and is shown nowhere; a wrong one is one line', async () => {
    const { run, service, folder } = await scene(
      { ...HANDBOOK, key: KEY },
      { CUSTOM_DB_API_KEY: KEY, CUSTOM_DB_USER: 'ada', CUSTOM_DB_PASSWORD: 'secret-of-ada' },
    );
    const added = await run('add', 'CUSTOM123456', '-vv');
    expect(added.code, added.stderr).toBe(0);
    expect(service.requests.map(({ headers }) => headers.authorization)).toEqual(
      service.requests.map(() => `Bearer ${KEY}`),
    );
    expect(added.stdout + added.stderr).not.toContain(KEY);
    for (const path of filesBelow(folder)) expect(readFileSync(path).includes(KEY), path).toBe(false);
    const wrong = await scene({ ...HANDBOOK, key: KEY }, { CUSTOM_DB_API_KEY: 'a-wrong-key-of-somebody' });
    const refused = await wrong.run('add', 'CUSTOM123456', 'CUSTOM000001');
    expect(refused.code).toBe(4);
    expect(wrong.asked()).toEqual(['GET /v1/auth/validate']);
  });

  it('000-20: user and password alone are Basic', async () => {
    const { run, service } = await scene(HANDBOOK, { CUSTOM_DB_USER: 'ada', CUSTOM_DB_PASSWORD: 'secret-of-ada' });
    await run('add', 'CUSTOM123456');
    const basic = `Basic ${Buffer.from('ada:secret-of-ada').toString('base64')}`;
    expect(new Set(service.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([basic]));
  });

  it('000-21: a check that fails for another reason is a warning', async () => {
    const down = ({ path }: { path: string }) => (path.endsWith('/validate') ? { status: 503 } : undefined);
    const { run } = await scene({ ...HANDBOOK, instead: down }, { CUSTOM_DB_API_KEY: KEY });
    const added = await run('add', 'CUSTOM123456');
    expect(added.code).toBe(0);
    expect(added.stderr).toContain('warning');
  });

  it('000-22: at most 2 a second by itself', async () => {
    const { run, service } = await scene({ samples: someSamples(4) }, { CUSTOM_DB_RATE_LIMIT: '' });
    await run('add', ...Object.keys(someSamples(4)), '--concurrency', '5');
    const times = service.requests.map(({ at }) => at);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1400);
  });

  it('000-23, 000-25, 000-26, 000-29: an outage is waited out, and -v says why', async () => {
    let left = 1;
    const busy = () => {
      left -= 1;
      return left >= 0 ? { status: 503 } : undefined;
    };
    const { run, asked } = await scene({ samples: someSamples(1), instead: busy });
    const added = await run('add', 'CUSTOM000001', '-v');
    expect(added.code).toBe(0);
    expect(asked()).toEqual(['GET /v1/samples/CUSTOM000001', 'GET /v1/samples/CUSTOM000001']);
    expect(added.stderr).toMatch(/503.* in 1(\.\d+)? s/);
  });

  it('000-24, 000-25: what is not there, or refused, is asked once', async () => {
    for (const status of [400, 403, 404, 410]) {
      const { run, asked } = await scene({ instead: () => ({ status }) });
      await run('add', 'CUSTOM000001');
      expect([status, asked()]).toEqual([status, ['GET /v1/samples/CUSTOM000001']]);
    }
  });

  it('000-28: two broken connections and an answer', async () => {
    let left = 2;
    const broken = () => {
      left -= 1;
      return left >= 0 ? ('reset' as const) : undefined;
    };
    const { run, asked } = await scene({ samples: someSamples(1), instead: broken });
    expect((await run('add', 'CUSTOM000001')).code).toBe(0);
    expect(asked()).toHaveLength(3);
  });

  it.each([
    ['000-51: five at a time by default', [], 5],
    ['000-31: ten connections at most', ['--concurrency', '50'], 10],
  ])('%s', async (_name, flags, most) => {
    const slow = ({ path }: { path: string }) => {
      return { delayMs: 50, body: JSON.stringify(sampleWithoutRuns(path.slice(-12))) };
    };
    const { run, service } = await scene({ instead: slow }, { CUSTOM_DB_RATE_LIMIT: '1000' });
    await run('add', ...Object.keys(someSamples(30)), ...flags);
    expect(service.requests).toHaveLength(30);
    expect(service.connections()).toBe(most);
  });
});

describe('what is kept', () => {
  it('000-32, 000-49: the same id twice is one request and two rows', async () => {
    const { run, asked } = await scene({ samples: someSamples(1) });
    const added = await run('add', 'CUSTOM000001', 'CUSTOM000001');
    expect(outcomeLines(added.stdout)).toHaveLength(2);
    expect(asked()).toHaveLength(1);
  });

  it('000-49: every id has its row, good or bad', async () => {
    const { run } = await scene({ samples: someSamples(17) });
    const ids = [...Object.keys(someSamples(17)), 'CUSTOM900001', 'CUSTOM900002', 'CUSTOM900003'];
    const rows = outcomeLines((await run('add', ...ids)).stdout);
    expect(rows.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(rows.filter(({ outcome }) => outcome === 'not_found')).toHaveLength(3);
  });

  it('000-33, 000-34, 000-35, 000-37, 000-39: answers are kept under their names; runs too; without them all works', async () => {
    const { run, folder, asked, service } = await scene(HANDBOOK);
    await run('add', 'CUSTOM123456');
    const names = readdirSync(join(folder, '.cache'), { recursive: true, encoding: 'utf8' });
    for (const key of ['sample_CUSTOM123456', 'run_RUN001', 'run_RUN002']) {
      const name = names.find((one) => one.endsWith(`${md5(`${key}\n@${service.url}/v1`)}.cache`));
      expect(name, `${key} in ${names.join(' ')}`).toBeDefined();
    }
    rmSync(join(folder, 'DB'), { recursive: true });
    await run('add', 'CUSTOM123456');
    expect(asked()).toHaveLength(3);
    rmSync(join(folder, '.cache'), { recursive: true });
    rmSync(join(folder, 'DB'), { recursive: true });
    expect((await run('add', 'CUSTOM123456')).code).toBe(0);
    expect(asked()).toHaveLength(6);
  });

  it('000-36: a torn entry is asked again, with a warning', async () => {
    const { run, folder, asked } = await scene({ samples: someSamples(1) });
    await run('add', 'CUSTOM000001');
    rmSync(join(folder, 'DB'), { recursive: true });
    for (const path of filesBelow(join(folder, '.cache')).filter((name) => name.endsWith('.cache')))
      truncateSync(path, 10);
    const again = await run('add', 'CUSTOM000001');
    expect([again.code, asked().length]).toEqual([0, 2]);
    expect(again.stderr).toContain('warning');
  });

  it('000-38: --force asks again', async () => {
    const { run, asked } = await scene({ samples: someSamples(1) });
    await run('add', 'CUSTOM000001');
    await run('add', 'CUSTOM000001');
    expect(asked()).toHaveLength(1);
    await run('add', 'CUSTOM000001', '--force');
    expect(asked()).toHaveLength(2);
  });

  it('000-46: no line per run by default', async () => {
    const { run } = await scene(HANDBOOK);
    const quiet = await run('add', 'CUSTOM123456');
    expect(quiet.stderr).not.toContain('RUN001');
  });

  it('000-57: key, rate and ttl together', async () => {
    const env = { CUSTOM_DB_API_KEY: KEY, CUSTOM_DB_RATE_LIMIT: '4', CUSTOM_DB_CACHE_TTL: '60' };
    const { run, service, folder } = await scene({ ...HANDBOOK, key: KEY }, env);
    await run('add', 'CUSTOM123456');
    const before = service.requests.filter(({ path }) => !path.endsWith('/validate')).length;
    rmSync(join(folder, 'DB'), { recursive: true });
    await run('add', 'CUSTOM123456');
    expect(service.requests.filter(({ path }) => !path.endsWith('/validate'))).toHaveLength(before);
    const times = service.requests.map(({ at }) => at);
    expect((times[3] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(700);
  });
});

describe('settings', () => {
  it('000-56: a number that is none is named; config says where each value comes from', async () => {
    const { run } = await scene({}, { CUSTOM_DB_RATE_LIMIT: 'abc' });
    const added = await run('add', 'CUSTOM000001');
    expect(added.code).toBe(2);
    expect(added.stderr).toContain('CUSTOM_DB_RATE_LIMIT');
    const { run: good } = await scene({}, { CUSTOM_DB_CACHE_TTL: '60' });
    const rows: { key: string }[] = JSON.parse((await good('config', '--effective', '--json')).stdout);
    expect(rows.find(({ key }) => key === 'handlers.custom.cacheTtl')).toMatchObject({
      value: 60,
      source: 'environment CUSTOM_DB_CACHE_TTL',
    });
  });
});

describe('celline search', () => {
  const hits = ['CUSTOM000001', 'CUSTOM000002', 'FOREIGN7'].map(sampleWithoutRuns);

  it('000-48: hits that the handler claims are shown; ids alone go into add', async () => {
    const { run, service } = await scene({ samples: someSamples(2), hits });
    const found = await run('search', '--handler', 'custom', 'tissue=brain', 'organism=Homo sapiens', '--json');
    expect(JSON.parse(found.stdout)).toMatchObject([
      { id: 'CUSTOM000001', title: 'sample CUSTOM000001', handler: 'custom' },
      { id: 'CUSTOM000002', organism: 'Mus musculus' },
    ]);
    expect(found.stderr).toContain('Found 2 ids at custom.');
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({ tissue: 'brain', organism: 'Homo sapiens' });
    const ids = await run('search', 'tissue=brain', '--ids-only', '--limit', '1');
    expect(ids).toMatchObject({ code: 0, stdout: 'CUSTOM000001\n' });
  });

  it('000-14, 000-27, 000-48: an error is an empty list and another exit code; a POST is sent once', async () => {
    const { run, asked } = await scene({ instead: () => ({ status: 503 }) });
    const found = await run('search', 'tissue=brain', '--json');
    expect([found.code, JSON.parse(found.stdout)]).toEqual([6, []]);
    expect(found.stderr).toContain('custom: http_error');
    expect(asked()).toEqual(['POST /v1/samples/search']);
  });

  it('000-48: what is no field, and who cannot search, is said', async () => {
    const { run } = await scene({});
    expect(await run('search', 'brain')).toMatchObject({ code: 2, stderr: expect.stringContaining('tissue=brain') });
    const geo = await run('search', '--handler', 'geo', 'tissue=brain');
    expect(geo).toMatchObject({ code: 2, stderr: expect.stringContaining('Who can search: custom.') });
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
