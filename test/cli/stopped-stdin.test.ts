import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fakeProject } from './fake-project.ts';
import { type Result, runCli } from './run-cli.ts';

const SAID = 'Stopped before the end of stdin: nothing was asked, nothing is changed.';

/** Runs a command whose stdin gives some text and stays open, and presses Ctrl-C while it is read. */
async function stopped(argv: readonly string[], text: string, atEnd = false) {
  const { open, calls } = fakeProject();
  let press = (): void => undefined;
  let isGiven = false;
  const keyboard = new Readable({
    read() {
      if (isGiven) return;
      isGiven = true;
      if (text !== '') this.push(text);
      if (atEnd) this.push(null);
      else setImmediate(() => press());
    },
  });
  if (atEnd) keyboard.once('end', () => setImmediate(() => press()));
  const result: Result = await runCli(argv, {
    open,
    keyboard,
    onStart: (pressCtrlC) => {
      press = pressCtrlC;
    },
  });
  return { result, calls };
}

describe('Ctrl-C while stdin is read', () => {
  it.each([
    [['add', '-']],
    [['add', 'GSM1', '--from', '-']],
    [['refresh', '-']],
    [['urls', '-']],
    [['resolve', '-']],
    [['annotate', '--from', '-']],
    [['query', '-']],
  ])('%j ends at once with 130, and says that nothing was asked', async (argv) => {
    const { result, calls } = await stopped(argv, '');
    expect(result).toMatchObject({ code: 130, stdout: '', left: [] });
    expect(result.stderr.trim()).toBe(SAID);
    expect([calls.add, calls.noted, calls.sql]).toEqual([[], [], []]);
  });

  it('what was read of a list is not asked either', async () => {
    const { result, calls } = await stopped(['add', '-'], 'GSM1\n');
    expect(result.code).toBe(130);
    expect(calls.add).toEqual([]);
  });

  it('a signal to a whole pipe, whose writer ends first, asks for no part of a list', async () => {
    const { result, calls } = await stopped(['add', '-'], '', true);
    expect(result.code).toBe(130);
    expect(result.stderr).not.toContain('The list holds no ids.');
    expect(calls.add).toEqual([]);
  });

  it('--quiet says nothing', async () => {
    expect((await stopped(['add', '-', '-q'], '')).result).toMatchObject({ code: 130, stderr: '' });
  });
});

it.each([
  [['add', 'GSM1', 'GSM2'], 'being committed'],
  [['add', 'GSM1', 'GSM2', '--atomic'], 'rolled back (--atomic)'],
  [['refresh', 'GSM1', 'GSM2'], 'being committed'],
  [['refresh', 'GSM1', 'GSM2', '--atomic'], 'rolled back (--atomic)'],
])('%j: Ctrl-C says what becomes of what is done: %s', async (argv, end) => {
  let press = (): void => undefined;
  const { open } = fakeProject({ beforeAnswer: (id) => (id === 'GSM2' ? press() : undefined) });
  const onStart = (pressCtrlC: () => void): void => {
    press = pressCtrlC;
  };
  const { stderr } = await runCli(argv, { open, onStart });
  expect(stderr.split('\n')).toContain(`Stopping: what is done is ${end}. Ctrl-C again leaves at once.`);
});
