import { describe, expect, it } from 'vitest';
import { fakeProject } from './fake-project.ts';
import { runCli } from './run-cli.ts';

const SHEET = 'gsm,condition,batch\nGSM1,treated,\nGSM2,"a, b",2\n';

describe('annotate', () => {
  it('tells ids from notes; nothing after = takes the note back', async () => {
    const { open, calls } = fakeProject();
    const result = await runCli(['annotate', 'GSM1', 'condition=a=b ', 'GSM2', 'batch=', '--remove', 'x'], { open });
    expect(result.code).toBe(0);
    expect(calls.noted.map(({ id, name, value }) => [id, name, value])).toEqual(
      ['GSM1', 'GSM2'].flatMap((id) => [
        [id, 'condition', 'a=b'],
        [id, 'batch', null],
        [id, 'x', null],
      ]),
    );
    expect(result.stdout.split('\n').slice(0, 2)).toEqual(['key\tname\tvalue\tchange', 'GSM1\tcondition\ta=b\tadded']);
  });

  it.each([
    [['annotate', '--from', '-'], SHEET],
    [
      ['annotate', '--from', '-', '--only', 'condition, batch'],
      SHEET.replaceAll(',', '\t').replace('"a\t b"', '"a, b"'),
    ],
  ])('takes the columns of a table as notes, and empty cells for nothing (%s)', async (argv, stdin) => {
    const { open, calls } = fakeProject();
    expect((await runCli(argv, { open, stdin })).code).toBe(0);
    expect(calls.noted).toEqual([
      { id: 'GSM1', name: 'condition', value: 'treated' },
      { id: 'GSM2', name: 'condition', value: 'a, b' },
      { id: 'GSM2', name: 'batch', value: '2' },
    ]);
  });

  it('takes a table for a list of ids when the notes are given', async () => {
    const { open, calls } = fakeProject();
    await runCli(['annotate', '--from', '-', 'plate=7'], { open, stdin: SHEET });
    expect(calls.noted.map(({ id, name }) => [id, name])).toEqual([
      ['GSM1', 'plate'],
      ['GSM2', 'plate'],
    ]);
  });

  it.each([
    [['annotate', 'GSM1'], '', 'Nothing to note about GSM1'],
    [['annotate', 'condition=treated'], '', 'No ids were given'],
    [['annotate', 'GSM1', '--from', '-'], SHEET, 'There is no note for GSM1'],
    [['annotate', '--from', '-'], 'GSM1\nGSM2\n', 'no columns of notes'],
    [['annotate', '--from', '-', '--only', 'dose'], SHEET, 'no column dose'],
  ])('%s is wrong usage', async (argv, stdin, words) => {
    const { open, calls } = fakeProject();
    const result = await runCli(argv, { open, stdin });
    expect([result.code, result.stdout, calls.noted]).toEqual([2, '', []]);
    expect(result.stderr).toContain(words);
    expect(result.stderr).toContain('hint:');
  });

  it('names what is not stored', async () => {
    const { open } = fakeProject({ unknown: ['GSM9'] });
    const result = await runCli(['annotate', 'GSM1', 'GSM9', 'a=b'], { open });
    expect([result.code, result.stderr.split('\n')[0]]).toEqual([3, 'Not stored: GSM9 (celline add GSM9)']);
  });
});
