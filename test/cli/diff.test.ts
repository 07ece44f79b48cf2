import { describe, expect, it } from 'vitest';
import type { Difference } from '../../src/ports/comparison.ts';
import { fakeProject } from './fake-project.ts';
import { runCli } from './run-cli.ts';

const changed = (column: string, before: Difference['before'], after: Difference['after']): Difference => ({
  table: 'samples',
  key: 'GSM1',
  change: 'changed',
  column,
  before,
  after,
});
const DIFFERENCES: readonly Difference[] = [
  changed('title', 'a', 'b'),
  changed('date', null, '2021-03-04'),
  changed('children', 'SRR1,SRR2', 'SRR2,SRR3'),
  changed('attributes', { age: ['1'], sex: ['f'], cell: ['x'] }, { age: ['2'], sex: ['f'] }),
  { table: 'samples', key: 'GSM2', change: 'added', column: null, before: null, after: 'brain' },
  { table: 'runs', key: 'SRR1', change: 'changed', column: 'spots', before: 7n, after: 8n },
  { table: 'runs', key: 'SRR2', change: 'removed', column: null, before: null, after: null },
];
const SUMMARY =
  'From 1 (2026-01-01 03:04 UTC, command 1) to 2 (2026-01-02 03:04 UTC, command 2): 2 rows changed, 1 added, 1 removed.\n';

describe('diff', () => {
  it('is readable on a terminal', async () => {
    const { open } = fakeProject({ differences: DIFFERENCES });
    const { stdout, code, stderr } = await runCli(['diff'], { open, stdoutColumns: 80, env: { NO_COLOR: '1' } });
    expect([code, stderr]).toEqual([0, SUMMARY]);
    expect(stdout).toBe(
      [
        'samples',
        '  GSM1  title: "a" → "b"',
        '  GSM1  date: nothing → "2021-03-04"',
        '  GSM1  children: - SRR1  + SRR3',
        '  GSM1  attributes.age: "1" → "2"',
        '  GSM1  attributes.cell: "x" → nothing',
        '+ GSM2  brain',
        'runs',
        '  SRR1  spots: 7 → 8',
        '- SRR2',
        '',
      ].join('\n'),
    );
  });

  it('breaks what is too long into lines that fit', async () => {
    const long = 'word '.repeat(30).trim();
    const { open } = fakeProject({ differences: [changed('description', long, `${long} more`)] });
    const { stdout } = await runCli(['diff'], { open, stdoutColumns: 60, env: { NO_COLOR: '1' } });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['samples', '  GSM1  description:']);
    expect(lines[2]?.startsWith('    before  "word word')).toBe(true);
    expect(lines.some((line) => line.startsWith('    after   "word'))).toBe(true);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('gives rows to programs, values as they are in JSON', async () => {
    const { open } = fakeProject({ differences: DIFFERENCES });
    const { stdout } = await runCli(['diff'], { open });
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'table\tkey\tchange\tcolumn\tbefore\tafter',
      'samples\tGSM1\tchanged\ttitle\ta\tb',
    ]);
    const rows = JSON.parse((await runCli(['diff', '--json'], { open })).stdout);
    expect(rows[3]).toMatchObject({ column: 'attributes', before: { cell: ['x'] } });
    expect(rows[5]).toEqual({ table: 'runs', key: 'SRR1', change: 'changed', column: 'spots', before: 7, after: 8 });
  });

  it('counts, and narrows by column', async () => {
    const { open } = fakeProject({ differences: DIFFERENCES });
    const { stdout } = await runCli(['diff', '--summary', '--format', 'csv'], { open });
    expect(stdout.split('\r\n')).toContain('samples,added,,1');
    const narrow = await runCli(['diff', '--columns', 'title,spots', '--format', 'csv'], { open });
    expect(narrow.stdout.trimEnd().split('\r\n')).toHaveLength(3);
    expect(narrow.stderr).toContain('2 rows changed, 0 added, 0 removed.');
  });

  it('reads states as numbers, days and moments; a day ends where it is the end', async () => {
    const { open, calls } = fakeProject();
    const result = await runCli(['diff', 'GSM1', '--from', '2026-11-01', '--to', '2026-11-02', '--table', 'runs'], {
      open,
    });
    await runCli(['diff', '--from', '41', '--to', '2026-11-02 09:30'], { open });
    await runCli(['diff', '--from', 'last'], { open });
    expect(calls.compared).toEqual([
      {
        ids: ['GSM1'],
        tables: ['runs'],
        from: { at: Date.UTC(2026, 10, 1) },
        to: { at: Date.UTC(2026, 10, 3) - 1 },
      },
      { from: { sequence: 41 }, to: { at: Date.UTC(2026, 10, 2, 9, 30) } },
      { from: 'before-last' },
    ]);
    expect([result.code, result.stdout]).toEqual([0, 'table\tkey\tchange\tcolumn\tbefore\tafter\n']);
    expect(result.stderr).toContain('no differences.');
  });

  it.each([
    [['diff', '--from', 'yesterday'], '--from takes a number'],
    [['diff', '--from', '2026-13-01'], '--from takes a number'],
    [['diff', '--to', '4'], '--to needs --from'],
    [['diff', '--columns', 'titel'], 'no column titel'],
  ])('%s is wrong usage', async (argv, words) => {
    const { open } = fakeProject();
    const result = await runCli(argv, { open });
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toContain(words);
  });

  it('names what no state knows', async () => {
    const { open } = fakeProject({ unknown: ['GSM9'] });
    const result = await runCli(['diff', 'GSM1', 'GSM9'], { open });
    expect([result.code, result.stderr.split('\n')[0]]).toEqual([3, 'Not stored: GSM9 (celline add GSM9)']);
  });
});
