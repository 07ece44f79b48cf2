import { describe, expect, it } from 'vitest';
import type { ImportProblem } from '../../src/import/import-type.ts';
import { fakeProject } from './fake-project.ts';
import { runCli } from './run-cli.ts';

describe('export', () => {
  it('asks the project for what the command line says', async () => {
    const { calls, open } = fakeProject();
    const words = [
      'export',
      'runs',
      '--where',
      'spots>=5',
      '--columns',
      'key,Spots',
      '--limit',
      '3',
      '-o',
      'r.parquet',
    ];
    const run = await runCli([...words, '--compression', 'zstd'], { open, cwd: '/here' });
    expect(run.code, run.stderr).toBe(0);
    const where = [{ column: 'spots', operator: '>=', value: '5' }];
    expect(calls.exported).toEqual([
      {
        source: { selection: { table: 'runs', where, columns: ['key', 'spots'], limit: 3 } },
        target: { path: '/here/r.parquet', format: 'parquet', compression: 'zstd' },
      },
    ]);
  });

  it('refuses a name that says compressed: the text in it would not be', async () => {
    const { calls, open } = fakeProject();
    const run = await runCli(['export', 'samples', '-o', 'samples.csv.gz'], { open });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('hint: celline export --format csv | gzip > samples.csv.gz');
    expect(calls.exported).toEqual([]);
  });

  it('names texts that were cut, and ends with exit 3', async () => {
    const cut = { count: 7, first: [{ row: 'GSE1', column: 'children', length: 50_000 }] };
    const { open } = fakeProject({ exported: { rows: 9, bytes: 1234, cut } });
    const run = await runCli(['export', 'projects', '--output', 'p.xlsx'], { open });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('Wrote 9 rows (1.2 KB) to p.xlsx.');
    expect(run.stderr).toContain('7 texts: GSE1 children (50000), ….');
  });
});

describe('import', () => {
  const report = { file: '/here/a.csv', table: 'samples' as const, rows: 30, added: 5, updated: 0, unchanged: 0 };
  const problems = Array.from({ length: 25 }, (_, index): ImportProblem => {
    return { file: '/here/a.csv', line: index + 2, key: null, reason: 'it has no key', hint: null, kind: 'row' };
  });

  it('tells the first 20 refused rows and counts the others', async () => {
    const { calls, open } = fakeProject({ problems, imported: [{ ...report, refused: 25, kept: 2 }] });
    const run = await runCli(['import', 'a.csv', '--source', 'LAB', '--force'], { open, cwd: '/here' });
    expect(calls.imported[0]).toMatchObject({ paths: ['/here/a.csv'], options: { source: 'LAB', force: true } });
    expect(run.code).toBe(3);
    const lines = run.stderr.trim().split('\n');
    expect(lines.slice(0, 2)).toEqual(['a.csv:2: it has no key', 'a.csv:3: it has no key']);
    expect(lines.slice(20)).toEqual([
      '… and 5 problems more (--rejects FILE lists all).',
      '2 values stayed as an archive said: --force overwrites, celline annotate notes your own.',
    ]);
  });

  it('exit 0 when all was taken, 1 when nothing was, or nothing may be', async () => {
    const codeOf = async (refused: number, added: number, ...more: string[]) => {
      const { open } = fakeProject({ imported: [{ ...report, added, refused, kept: 0 }] });
      return (await runCli(['import', 'a.csv', ...more], { open })).code;
    };
    expect([await codeOf(0, 5), await codeOf(5, 0), await codeOf(5, 5, '--atomic')]).toEqual([0, 1, 1]);
  });
});
