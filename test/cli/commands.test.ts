import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OpenProject } from '../../src/cli/app.ts';
import { StoreError } from '../../src/errors/store-error.ts';
import type { RecordView } from '../../src/project/project.ts';
import { TABLES } from '../../src/records/tables.ts';
import { fakeProject, fileRow, RUN, SAMPLE } from './fake-project.ts';
import { runCli } from './run-cli.ts';

const VIEW: RecordView = {
  kind: 'sample',
  record: SAMPLE,
  links: [{ alias: 'SAMN1', kind: 'biosample' }],
  runs: [RUN],
  files: [fileRow('SRR1_1.fastq.gz')],
  samples: [],
  notes: [{ name: 'condition', value: 'treated' }],
};

describe('list', () => {
  it('compiles conditions and passes them on (001-30)', async () => {
    const { open, calls } = fakeProject({ rows: [{ key: 'SRR1', spots: 5n }] });
    const result = await runCli(
      [
        'list',
        'runs',
        '--where',
        'spots>=1000',
        '--where',
        'title~T cell',
        '--where',
        "layout='; DROP",
        '--limit',
        '5',
      ].concat(['--columns', 'key,spots', '--grep', 'x']),
      { open },
    );
    expect(result).toMatchObject({ code: 0, stdout: 'key\tspots\nSRR1\t5\n' });
    expect(calls.selections).toEqual([
      {
        table: 'runs',
        where: [
          { column: 'spots', operator: '>=', value: '1000' },
          { column: 'title', operator: 'like', value: '%T cell%' },
          { column: 'layout', operator: '=', value: "'; DROP" },
        ],
        grep: 'x',
        columns: ['key', 'spots'],
        limit: 5,
      },
    ]);
    expect(calls.closed).toBe(1);
  });

  it.each([
    [['list', '--where', 'tisue=brain'], 'no column tisue', 'Did you mean tissue?'],
    [['list', '--where', 'brain'], 'is no condition', 'column=value'],
    [['list', 'runs', '--where', 'spots>many'], 'whole numbers', 'spots>=1000'],
    [['list', '--columns', 'key,nothing'], 'no column nothing', 'celline schema samples'],
    [['list', '--limit', '1.5'], 'whole number', '--limit 10'],
    [['list', 'sampels'], "There is no table 'sampels'.", 'Did you mean samples? (celline list --help)'],
    [['completion', 'powershell'], "There is no shell 'powershell'.", 'Choose one of bash, zsh, fish.'],
  ])('%j is refused with a hint', async (argv, message, hint) => {
    const { open, calls } = fakeProject();
    const result = await runCli(argv, { open });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain(hint);
    expect(calls.selections).toEqual([]);
  });

  it('takes nothing after = for what is missing, and columns given twice together', async () => {
    const { open, calls } = fakeProject();
    const where = ['--where', 'taxon_id=', '--where', 'tissue != '];
    await runCli(['list', ...where, '--columns', 'key,tissue', '--columns', 'tissue,date'], { open });
    expect(calls.selections[0]).toMatchObject({
      where: [
        { column: 'taxon_id', operator: 'empty' },
        { column: 'tissue', operator: 'filled' },
      ],
      columns: ['key', 'tissue', 'date'],
    });
  });

  it('prints keys alone for the next command', async () => {
    const { open } = fakeProject({ rows: [{ key: 'GSM1' }, { key: 'GSM2' }] });
    expect((await runCli(['list', '--ids-only'], { open })).stdout).toBe('GSM1\nGSM2\n');
  });

  it('leaves no file when the rows of --ids-only end in an error', async () => {
    const { open } = fakeProject();
    const failing: OpenProject = async (settings) => {
      const project = await open(settings);
      async function* select() {
        yield [{ key: 'GSM1' }];
        throw new StoreError('query', 'the disk has gone');
      }
      return { ...project, store: { ...project.store, select } };
    };
    const cwd = await mkdtemp(join(tmpdir(), 'celline-list-'));
    const run = await runCli(['list', '--ids-only', '--output', 'ids.txt'], { open: failing, cwd });
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain('the disk has gone');
    expect(await readdir(cwd)).toEqual([]);
  });

  it('says what to do when there is nothing', async () => {
    const { open } = fakeProject();
    const result = await runCli(['list'], { open });
    expect(result.code).toBe(0);
    expect(result.stderr).toBe('No samples yet: celline add ID.\n');
  });

  it('ends quietly when nobody reads any more', async () => {
    const { open, calls } = fakeProject({ rows: [{ key: 'GSM1' }] });
    const result = await runCli(['list'], { open, closesAfter: 0 });
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(calls.settings[0]?.signal.aborted).toBe(true);
    expect(calls.closed).toBe(1);
  });
});

describe('query', () => {
  const answer = {
    columns: [
      { name: 'organism', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
    ],
    rows: [{ organism: 'Mus musculus', n: 3n }],
  };

  it('binds parameters and says how long it took (001-07, 003-20)', async () => {
    const { open, calls } = fakeProject({ answer });
    const argv = ['query', 'SELECT $1, $2', '--param', "x' or 1=1 --", '--param', 'b', '--timing', '--json'];
    const result = await runCli(argv, { open });
    expect(calls.sql).toEqual([{ sql: 'SELECT $1, $2', parameters: ["x' or 1=1 --", 'b'] }]);
    expect(JSON.parse(result.stdout)).toEqual([{ organism: 'Mus musculus', n: 3 }]);
    expect(result.stderr).toMatch(/^1 row in \d+ ms, 12 ms of them in DuckDB; peak memory [\d.]+ [MG]B\.\n$/);
  });

  it('reads the statement from stdin', async () => {
    const { open, calls } = fakeProject({ answer });
    await runCli(['query', '-'], { open, stdin: 'SELECT 1\n' });
    expect(calls.sql[0]?.sql).toBe('SELECT 1');
    expect((await runCli(['query', '-'], { open, stdin: ' \n' })).code).toBe(2);
  });

  it('writes Parquet to a file and never to a terminal or pipe', async () => {
    const { open, calls } = fakeProject({ answer });
    expect(await runCli(['query', 'SELECT 1', '-o', 'x.parquet'], { open, cwd: '/tmp' })).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(calls.sql[0]?.sql).toBe('SELECT 1 -> /tmp/x.parquet');
    const nowhere = await runCli(['query', 'SELECT 1', '-o', 'no/x.parquet'], { open, cwd: '/tmp' });
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('its folder does not exist')]);
    const refused = await runCli(['query', 'SELECT 1', '--format', 'parquet'], { open, stdoutColumns: 80 });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--output FILE');
  });

  it('prints a table on a terminal', async () => {
    const { open } = fakeProject({ answer });
    const { stdout } = await runCli(['query', 'SELECT 1'], { open, stdoutColumns: 80, env: { NO_COLOR: '1' } });
    expect(stdout).toBe('organism      n\nMus musculus  3\n');
  });
});

describe('urls', () => {
  const files = [
    fileRow('SRR1_1.fastq.gz'),
    fileRow("a'b $(x).bam", { urls: ['https://host.example/it%27s'], md5: null }),
    fileRow('closed.bam', { urls: [], access: 'controlled' }),
  ];

  it('prints one address per line in order (000-47)', async () => {
    const { open } = fakeProject({ files });
    const result = await runCli(['urls', 'GSM1'], { open, stdoutColumns: 40 });
    expect(result.code).toBe(0);
    expect(result.stdout).toBe('https://host.example/SRR1_1.fastq.gz\nhttps://host.example/it%27s\n');
    expect(result.stderr).toContain('1 file without an open address: SRR1/closed.bam (controlled)');
  });

  it('prints every mirror with --all', async () => {
    const { open } = fakeProject({ files });
    const { stdout } = await runCli(['urls', 'GSM1', '--all'], { open });
    expect(stdout.split('\n').filter(Boolean)).toHaveLength(3);
  });

  it('is no success for an unknown id', async () => {
    const none = fakeProject({ unknown: ['GSM9'] });
    const result = await runCli(['urls', 'GSM9'], { open: none.open });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain('Not stored: GSM9 (celline add GSM9)');
    const some = fakeProject({ unknown: ['GSM9'], files });
    expect((await runCli(['urls', 'GSM1', 'GSM9'], { open: some.open })).code).toBe(3);
  });

  it('is good for a stored record without files, and says so (000-02)', async () => {
    const { open } = fakeProject();
    expect(await runCli(['urls', 'GSM1'], { open })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'No addresses are stored.\n',
    });
  });

  it('gives rows with a format', async () => {
    const { open } = fakeProject({ files: [fileRow('a.fastq.gz')] });
    const [row] = JSON.parse((await runCli(['urls', 'GSM1', '--json'], { open })).stdout);
    expect(row).toMatchObject({
      parent: 'SRR1',
      name: 'a.fastq.gz',
      bytes: 1500,
      md5: '0cc175b9c0f1b6a831c399e269772661',
    });
  });
});

describe('show', () => {
  it('prints text for a person that fits', async () => {
    const { open } = fakeProject({ views: [VIEW] });
    const { stdout, code } = await runCli(['show', 'GSM1'], { open, stdoutColumns: 60, env: { NO_COLOR: '1' } });
    expect(code).toBe(0);
    expect(stdout.startsWith('GSM1  sample  brain, day 3\n')).toBe(true);
    expect(stdout).toContain('cell line');
    expect(stdout).toContain('  SRR1  PAIRED, 1,200,000 spots, NextSeq 500');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('is one JSON document (003-07)', async () => {
    const { open } = fakeProject({ views: [VIEW] });
    const [view] = JSON.parse((await runCli(['show', 'GSM1', '--json'], { open })).stdout);
    expect(view).toMatchObject({ kind: 'sample', record: { key: 'GSM1', attributes: { tissue: ['brain'] } } });
    expect(view.runs[0]).toMatchObject({ key: 'SRR1', spots: 1200000 });
  });

  it('names what is not stored', async () => {
    const { open } = fakeProject({ views: [VIEW] });
    const result = await runCli(['show', 'GSM1', 'GSM2'], { open });
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('Not stored: GSM2');
    expect(result.stdout).toContain('sample\tGSM1\ttissue\tbrain\n');
  });
});

describe('resolve, rm, handlers, doctor, schema, stats', () => {
  it('resolve names the handler and the reason', async () => {
    const { open } = fakeProject();
    const result = await runCli(['resolve', 'gsm1', 'nonsense'], { open });
    expect(result.code).toBe(3);
    expect(result.stdout).toBe(
      'given\tid\tarchive\tlevel\thandler\treason\ngsm1\tGSM1\tGEO\tsample\tgeo\t\nnonsense\t\t\t\t\tno accession\n',
    );
    expect((await runCli(['resolve', 'GSM1', '--all'], { open })).stdout).toContain('geo,mirror');
  });

  it('rm does not guess that you are sure', async () => {
    const { open, calls } = fakeProject();
    expect(await runCli(['rm', 'GSM1'], { open })).toMatchObject({ code: 2, stdout: '' });
    expect(calls.removed).toEqual([]);
    const done = await runCli(['rm', 'GSM1', 'GSM1', '--cascade', '--yes'], { open });
    expect(done).toMatchObject({ code: 0, stdout: 'table\tremoved\nsamples\t1\n' });
    expect(calls.removed).toEqual([{ names: ['GSM1'], options: { cascade: true } }]);
  });

  it('rm --dry-run needs no answer and says that nothing went', async () => {
    const { open, calls } = fakeProject();
    const tried = await runCli(['rm', 'GSM1', '--dry-run', '--keep-notes'], { open });
    expect([tried.code, tried.stderr]).toEqual([0, 'Nothing was removed (--dry-run).\n']);
    expect(calls.removed[0]?.options).toEqual({ cascade: false, dryRun: true, keepNotes: true });
  });

  it('handlers have patterns as text in JSON (000-07)', async () => {
    const { open } = fakeProject();
    const [handler] = JSON.parse((await runCli(['handlers', '--json'], { open })).stdout);
    expect(handler).toMatchObject({ name: 'geo', priority: 0, builtIn: true, patterns: [{ pattern: '^GSM\\d+$' }] });
  });

  it('doctor fails for errors, not for warnings (003-03, 003-32)', async () => {
    const warning = { name: 'disk', state: 'warning' as const, detail: '2 % free', hint: 'make room' };
    const error = { name: 'tables', state: 'error' as const, detail: 'corrupt', hint: null };
    const warned = await runCli(['doctor'], { open: fakeProject({ checks: [warning] }).open });
    expect(warned.code).toBe(0);
    const failed = await runCli(['doctor', '--offline'], { open: fakeProject({ checks: [warning, error] }).open });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toBe('1 error, 1 warning, 2 checks.\n');
  });

  it('doctor says whole below the table what has no room in it', async () => {
    const detail = 'NCBI answered 404 to https://example.org/entrez/eutils/einfo.fcgi?db=sra';
    const checks = [{ name: 'NCBI', state: 'error' as const, detail, hint: 'Try later.' }];
    const { open } = fakeProject({ checks });
    const { stderr } = await runCli(['doctor'], { open, stdoutColumns: 40 });
    expect(stderr).toBe(`error: NCBI: ${detail} (Try later.)\n1 error, 0 warnings, 1 check.\n`);
  });

  it('schema shows whole texts on 80 columns, as many lines as they take', async () => {
    const { open } = fakeProject();
    const { stdout } = await runCli(['schema', 'runs'], { open, stdoutColumns: 80, env: { NO_COLOR: '1' } });
    const words = stdout.replaceAll(/\s+/g, ' ');
    for (const { doc } of TABLES.runs.columns) expect(words).toContain(doc);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/\nraw_link {2,}VARCHAR {2,}URLs.*\n {20,}\S/);
  });

  it('schema needs no project', async () => {
    const { open, calls } = fakeProject();
    const result = await runCli(['schema', 'links', '--format', 'csv'], { open });
    expect(result.stdout.split('\r\n').slice(0, 2)).toEqual([
      'table,column,type,required,doc',
      'links,key,VARCHAR,true,"Key of a sample, run or project."',
    ]);
    expect(calls.settings).toEqual([]);
  });

  it('stats draws bars on a terminal and rows in a pipe (003-09, 003-32)', async () => {
    const rows = [
      { place: 0, dimension: 'organism', value: 'Mus musculus', n: 30n },
      { place: 0, dimension: 'organism', value: null, n: 15n },
    ];
    const { open } = fakeProject({ answer: { columns: [], rows } });
    const chart = await runCli(['stats'], { open, stdoutColumns: 80, env: { NO_COLOR: '1' } });
    expect(chart.stdout).toContain(`  Mus musculus  30  ${'█'.repeat(40)}\n  (not said)    15  ${'█'.repeat(20)}\n`);
    const piped = await runCli(['stats', '--by', 'organism'], { open });
    expect(piped.stdout).toBe('dimension\tvalue\tcount\norganism\tMus musculus\t30\norganism\t\t15\n');
  });
});
