import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors/config-error.ts';
import { fakeProject } from './fake-project.ts';
import { runCli } from './run-cli.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'celline-events-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const parse = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** A project that sends a request for each id. */
function project() {
  return fakeProject({
    beforeAnswer: (id, { reporter }) =>
      reporter.emit({ type: 'request', operator: 'NCBI', url: `https://host.example/${id}`, attempt: 1 }),
  });
}

describe('004-11 --events', () => {
  test('-: events on stdout, the rows among them, the end last', async () => {
    const { code, stdout, stderr } = await runCli(['add', 'GSM1', 'GSM2', '--events', '-'], project());
    const events = parse(stdout);
    expect(events.map(({ type }) => type)).toEqual([
      'started',
      ...['request', 'answered', 'row'],
      ...['request', 'answered', 'row'],
      'ended',
    ]);
    expect(events[3]).toMatchObject({
      row: { id: 'GSM1', outcome: 'added' },
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(events.at(-1)).toMatchObject({ exitCode: 0, error: null });
    expect(code).toBe(0);
    expect(stderr).toContain('2 added');
  });

  test('-: with --output the rows go there, in its format', async () => {
    const file = join(folder, 'rows.csv');
    const { stdout } = await runCli(['add', 'GSM1', '--events', '-', '--output', file], project());
    expect(parse(stdout).map(({ type }) => type)).toEqual(['started', 'request', 'answered', 'ended']);
    expect(readFileSync(file, 'utf8')).toMatch(/^id,outcome/);
  });

  test('-: text that is no rows', async () => {
    const { open } = fakeProject({ files: [] });
    const events = parse(
      (await runCli(['config', '--files', '--events', '-'], { open, cwd: folder, env: none() })).stdout,
    );
    expect(events).toMatchObject([{ type: 'ended' }]);
    const one = parse(
      (await runCli(['config', 'get', 'cache.ttl', '--events', '-'], { open, cwd: folder, env: none() })).stdout,
    );
    expect(one).toMatchObject([
      { type: 'text', text: '3600' },
      { type: 'ended', exitCode: 0 },
    ]);
  });

  test('a file: stdout stays data', async () => {
    const file = join(folder, 'events.ndjson');
    const { stdout } = await runCli(['add', 'GSM1', '--events', 'events.ndjson'], { ...project(), cwd: folder });
    expect(stdout).toMatch(/^id\toutcome/);
    expect(parse(readFileSync(file, 'utf8')).map(({ type }) => type)).toEqual([
      'started',
      'request',
      'answered',
      'ended',
    ]);
  });

  test('an error is the last event, with its exit code and its hint', async () => {
    const open = () => Promise.reject(new ConfigError('wrong', { hint: 'mend it' }));
    const { code, stdout, stderr } = await runCli(['add', 'GSM1', '--events', '-'], { open });
    expect(code).toBe(2);
    expect(parse(stdout)).toMatchObject([
      { type: 'ended', exitCode: 2, error: { name: 'ConfigError', message: 'wrong', hint: 'mend it' } },
    ]);
    expect(stderr).toContain('error: wrong');
  });

  test('Ctrl-C ends with 130', async () => {
    let press = () => {};
    const { open } = fakeProject({ beforeAnswer: () => press() });
    const onStart = (pressCtrlC: () => void) => {
      press = pressCtrlC;
    };
    expect(parse((await runCli(['add', 'GSM1', '--events', '-'], { open, onStart })).stdout).at(-1)).toMatchObject({
      type: 'ended',
      exitCode: 130,
      error: null,
    });
  });

  test.each([
    [['--events', '-', '--format', 'csv'], 'exclude each other'],
    [['--events', 'none/events.ndjson'], 'cannot be written'],
  ])('%j is wrong usage', async (argv, message) => {
    const result = await runCli(['add', 'GSM1', ...argv], { ...project(), cwd: folder });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain('hint: ');
  });

  test('nobody reads them any more: the command ends as it does without them', async () => {
    const result = await runCli(['add', 'GSM1', 'GSM2', '--events', '-'], { ...project(), closesAfter: 1 });
    expect(result).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
  });
});

const none = () => ({ CELLINE_CONFIG_DIR: join(folder, 'none') });
