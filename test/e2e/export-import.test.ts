import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';

const SAMPLES = 'key,title,tissue,batch\nL1,=1+1,brain,3\nL2,"two\nlines",liver,\nGSM5,of GEO,,\n,nameless,,\n';

describe('the built command', () => {
  it('imports a list kept by hand, tells what it refused, and exports it in every format', async () => {
    const folder = projectFolder();
    writeFileSync(join(folder, 'lab.csv'), SAMPLES);
    const run = (...args: string[]) => cellineHere(args, { folder });
    const imported = await run('import', 'lab.csv', '--source', 'LAB', '--rejects', 'bad.ndjson');
    expect(imported.code, imported.stderr).toBe(3);
    expect(imported.stdout).toBe(
      'file\ttable\trows\tadded\tupdated\tunchanged\trefused\tkept\nlab.csv\tsamples\t4\t2\t0\t0\t2\t0\n',
    );
    expect(imported.stderr).toContain('lab.csv:5: GSM5 is a GEO sample');
    expect(imported.stderr).toContain('lab.csv:6: it has no key');
    const rejects = readFileSync(join(folder, 'bad.ndjson'), 'utf8').trim().split('\n');
    expect(rejects.map((line) => JSON.parse(line).line)).toEqual([5, 6]);
    expect(readdirSync(join(folder, 'DB')).filter((name) => name.endsWith('.parquet'))).toEqual([
      'JOBS.parquet',
      'JOB_FILES.parquet',
      'LAB_SAMPLES.parquet',
    ]);

    const csv = await run('export', '--columns', 'key,title', '--where', 'tissue=liver', '--format', 'csv');
    expect(csv.stdout).toBe('key,title\r\nL2,"two\nlines"\r\n');
    const query = await run('export', '--query', 'SELECT count(*) AS n FROM samples', '--format', 'ndjson');
    expect(query.stdout).toBe('{"n":2}\n');
    const sheet = await run('export', '--output', 'lab.xlsx');
    expect(sheet.code, sheet.stderr).toBe(0);
    expect(sheet.stderr).toContain('Wrote 2 rows');
    expect(readFileSync(join(folder, 'lab.xlsx')).subarray(0, 2).toString()).toBe('PK');
  });

  it('brings all tables into another project, or none of them', async () => {
    const [from, to] = [projectFolder(), projectFolder()];
    writeFileSync(join(from, 'lab.csv'), 'key,title\nL1,one\n');
    writeFileSync(join(from, 'runs.csv'), 'key,parent\nR1,L1\n');
    const there = await cellineHere(['import', 'lab.csv', 'runs.csv'], { folder: from });
    expect(there.code, there.stderr).toBe(0);
    const all = await cellineHere(['export', '--all', '--output', 'tables'], { folder: from });
    expect(all.code, all.stderr).toBe(0);
    const tables = join(from, 'tables');
    expect(readdirSync(tables).sort()).toEqual(
      ['annotations', 'asked', 'files', 'job_files', 'jobs', 'links', 'projects', 'runs', 'samples'].map(
        (name) => `${name}.parquet`,
      ),
    );
    writeFileSync(join(from, 'bad.csv'), 'key\nGSM1\n');
    const refused = await cellineHere(['import', tables, join(from, 'bad.csv'), '--atomic'], { folder: to });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Nothing was imported (--atomic)');
    expect((await cellineHere(['list', '--ids-only'], { folder: to })).stdout).toBe('');
    const taken = await cellineHere(['import', tables, '--atomic'], { folder: to });
    expect(taken.code, taken.stderr).toBe(0);
    const rows = await cellineHere(
      ['query', 'SELECT s.children, r.parent FROM samples s JOIN runs r ON r.parent = s.key'],
      { folder: to },
    );
    expect(rows.stdout).toBe('children\tparent\nR1\tL1\n');
  });

  it.each([
    [['export', '--format', 'table'], 'celline list prints one'],
    [['export', '--format', 'xlsx'], '--output FILE.xlsx'],
    [['export', '--all'], '--output FOLDER'],
    [['export', 'runs', '--query', 'SELECT 1'], 'celline export samples'],
    [['export', '--output', 'DB/mine.csv'], 'somewhere else'],
    [['import', 'nowhere.csv'], 'Check the path'],
    [['import', '.', '--source', 'lab'], '--source LAB'],
    [['list', '--output', 'a.xlsx'], 'celline export samples --output'],
  ])('%j is a mistake on the command line, with the next step', async (args, hint) => {
    const run = await cellineHere(args, { folder: projectFolder() });
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(hint);
  });
});

it('what comes through a pipe is imported like a file, and faults are told by its name', async () => {
  const folder = projectFolder();
  const piped = await cellineHere(['import', '-', '--source', 'LAB'], {
    folder,
    stdin: 'key,tissue\nL1,brain\nL1,liver\n',
  });
  expect(piped.code, piped.stderr).toBe(3);
  expect(piped.stdout.split('\n')[1]).toBe('-\tsamples\t2\t1\t0\t0\t1\t0');
  expect(piped.stderr).toContain('-:3: L1 was on line 2 already');
  const empty = await cellineHere(['import', '-'], { folder, stdin: '' });
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('stdin is empty')]);
  const fifo = join(folder, 'pipe');
  execFileSync('mkfifo', [fifo]);
  const writer = spawn('sh', ['-c', 'printf \'{"key":"L2"}\\n{"key":"L3"}\\n\' > "$0"', fifo]);
  const read = await cellineHere(['import', fifo, '--table', 'samples', '--source', 'LAB'], { folder });
  writer.kill();
  expect(read.code, read.stderr).toBe(0);
  expect((await cellineHere(['list', '--ids-only'], { folder })).stdout).toBe('L1\nL2\nL3\n');
});

/** A disk of 1 MB; null where this user may not make one. */
function smallDisk(folder: string): string | null {
  const path = join(folder, 'small');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    return null;
  }
}

it('a full disk is exit 5, and leaves what stood there', async (context) => {
  const folder = projectFolder();
  const disk = smallDisk(folder);
  if (disk === null) return context.skip();
  try {
    const sql = 'SELECT range AS n, sha256(range::VARCHAR) AS text FROM range(60000)';
    for (const format of ['csv', 'parquet', 'xlsx']) {
      const path = join(disk, `out.${format}`);
      writeFileSync(path, 'before');
      const run = await cellineHere(['export', '--query', sql, '--output', path], { folder });
      expect(run.code, `${format}: ${run.stderr}`).toBe(5);
      expect(run.stderr).toMatch(/disk is full|No space left/);
      expect(readFileSync(path, 'utf8')).toBe('before');
    }
    expect(readdirSync(disk).sort()).toEqual(['out.csv', 'out.parquet', 'out.xlsx']);
  } finally {
    execFileSync('umount', [disk]);
  }
});
