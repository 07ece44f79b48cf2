import { describe, expect, it } from 'vitest';
import { exitCodeOfAddresses } from '../../src/cli/check-addresses.ts';
import { afterStep, initialProgress, progressLine } from '../../src/cli/progress-state.ts';
import type { AddressFacts } from '../../src/project/project.ts';
import { fakeProject, fileRow } from './fake-project.ts';
import { runCli } from './run-cli.ts';

function facts(more: Partial<AddressFacts> = {}): AddressFacts {
  return {
    url: 'https://host.example/a.gz',
    state: 'ok',
    bytes: 10n,
    found: 10n,
    type: 'application/gzip',
    reason: null,
    failure: null,
    parent: 'SRR1',
    name: 'a.gz',
    ...more,
  };
}

const MISSING = facts({ state: 'missing', found: null, type: null, reason: 'the host answered 404', parent: 'SRR2' });
const UNASKED = facts({ state: 'unknown', found: null, type: null, reason: 's3:// is not asked', url: 's3://b/a' });
const AWAY = facts({ state: 'unknown', found: null, type: null, reason: 'no answer', failure: 'network_error' });

describe('urls --check', () => {
  const run = (addresses: readonly AddressFacts[], args: readonly string[] = [], wishes = {}) => {
    const { open } = fakeProject({ files: [fileRow('a.gz')], addresses });
    return runCli(['urls', 'GSM1', '--check', ...args], { open, ...wishes });
  };

  it('003-12: prints one row per address on stdout, counts and the next command on stderr', async () => {
    const { code, stdout, stderr } = await run([facts(), MISSING, UNASKED]);
    expect(stdout).toBe(
      [
        'url\tstate\tbytes\tfound\ttype\treason\tparent\tname',
        'https://host.example/a.gz\tok\t10\t10\tapplication/gzip\t\tSRR1\ta.gz',
        'https://host.example/a.gz\tmissing\t10\t\t\tthe host answered 404\tSRR2\ta.gz',
        's3://b/a\tunknown\t10\t\t\ts3:// is not asked\tSRR1\ta.gz',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe(
      '3 addresses: 1 ok, 1 missing, 1 unknown.\nThe archive may have other files by now: celline refresh SRR2\n',
    );
    expect(code).toBe(3);
  });

  it('says nothing more when all are there', async () => {
    expect(await run([facts()])).toMatchObject({ code: 0, stderr: '1 address: 1 ok.\n' });
  });

  it('gives rows for programs, and for people what they need first', async () => {
    const [row] = JSON.parse((await run([facts()], ['--json'])).stdout);
    expect(row).toEqual({
      url: 'https://host.example/a.gz',
      state: 'ok',
      bytes: 10,
      found: 10,
      type: 'application/gzip',
      reason: null,
      parent: 'SRR1',
      name: 'a.gz',
    });
    const { stdout } = await run([MISSING], ['--no-color'], { stdoutColumns: 100 });
    expect(stdout.split('\n')[0]?.trim().split(/\s+/)).toEqual(['state', 'bytes', 'found', 'reason', 'url']);
  });

  it('names a few of many records with the next command', async () => {
    const many = [1, 2, 3, 4].map((number) => ({ ...MISSING, parent: `SRR${number}` }));
    expect((await run(many)).stderr).toContain('celline refresh SRR1 SRR2 SRR3 …\n');
  });

  it('003-12: --tool is refused beside it; an id that is not stored is no success', async () => {
    const { code, stderr } = await run([facts()], ['--tool', 'curl']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--check and --tool exclude each other.')]);
    const some = fakeProject({ files: [fileRow('a.gz')], addresses: [facts()], unknown: ['GSM9'] });
    expect((await runCli(['urls', 'GSM1', 'GSM9', '--check'], { open: some.open })).code).toBe(3);
  });

  it('Ctrl-C ends the check after the rows that it has', async () => {
    let press = () => {};
    const { open } = fakeProject({
      files: [fileRow('a.gz')],
      async *addresses(signal) {
        yield facts();
        press();
        signal?.throwIfAborted();
      },
    });
    const onStart = (pressCtrlC: () => void) => {
      press = pressCtrlC;
    };
    const { code, stdout, stderr } = await runCli(['urls', 'GSM1', '--check'], { open, onStart, stdoutColumns: 100 });
    expect([code, stdout, stderr]).toEqual([
      130,
      expect.stringContaining('https://host.example/a.gz'),
      expect.stringContaining('Stopping the check.'),
    ]);
  });

  it.each([
    [0, []],
    [0, [facts()]],
    [3, [facts(), MISSING]],
    [3, [facts(), AWAY]],
    [1, [MISSING]],
    [1, [UNASKED]],
    [1, [MISSING, AWAY]],
    [6, [AWAY, AWAY]],
    [1, [facts({ state: 'unknown', failure: 'auth_error' })]],
  ])('003-12: exit %i for the addresses %#', (code, addresses) => {
    expect(exitCodeOfAddresses(addresses)).toBe(code);
  });

  it('counts addresses in its bar', () => {
    const state = afterStep(initialProgress(4, 0, 'addresses'));
    expect(progressLine(state, 0, 80)).toContain('1/4 addresses');
  });
});
