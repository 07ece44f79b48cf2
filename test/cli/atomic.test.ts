import { expect, it } from 'vitest';
import { afterEvent, initialProgress } from '../../src/cli/progress-state.ts';
import type { CellineEvent, OutcomeRow } from '../../src/ports/reporter.ts';
import { fakeProject } from './fake-project.ts';
import { runCli } from './run-cli.ts';

it.each([
  ['not_found', 1],
  ['partial', 1],
  ['network_error', 1],
] as const)('001-17 add --atomic that is rolled back because of %s exits %i and says it', async (outcome, code) => {
  const { open, calls } = fakeProject({
    answers: {
      GSM1: { outcome: 'not_tried', key: null, reason: `rolled back (--atomic): GSM9 is ${outcome}` },
      GSM9: { outcome, key: null, reason: 'why' },
    },
  });
  const result = await runCli(['add', 'GSM1', 'GSM9', '--atomic'], { open });
  expect(result.code).toBe(code);
  expect(calls.add[0]?.options).toMatchObject({ atomic: true });
  expect(result.stderr).toContain('Rolled back: the tables are as before (--atomic).\nnext: the same command without');
});

it('add --atomic whose only id met no network exits 6 as without it; all good exits 0', async () => {
  const { open } = fakeProject({ answers: { GSM9: { outcome: 'network_error', key: null, reason: 'why' } } });
  expect((await runCli(['add', 'GSM9', '--atomic'], { open })).code).toBe(6);
  const good = await runCli(['add', 'GSM1', '--atomic'], { open });
  expect(good).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Rolled back') });
});

it('rm --atomic is passed on; an unknown name is exit 1', async () => {
  const { open, calls } = fakeProject({ unknown: ['GSM9'] });
  const result = await runCli(['rm', 'GSM1', 'GSM9', '--atomic', '--yes'], { open });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('Nothing was removed (--atomic).');
  expect(calls.removed[0]?.options).toEqual({ cascade: false, atomic: true });
});

it('progress: what is staged counts once', () => {
  const row: OutcomeRow = { id: 'GSM1', outcome: 'added', key: 'GSM1', runs: 1, files: 1, reason: null };
  const events: CellineEvent[] = [
    { type: 'started', ids: 2 },
    { type: 'staged', ids: 0, samples: 2 },
    { type: 'staged', ids: 1, samples: 0 },
    { type: 'staged', ids: 1, samples: 0 },
    { type: 'committed', samples: 2, runs: 0, sequence: 1, records: [] },
    { type: 'answered', row },
    { type: 'answered', row },
  ];
  const end = events.reduce((state, event) => afterEvent(state, event, 0), initialProgress(2, 0));
  expect(end).toMatchObject({ total: 2, done: 2, samples: 2, stagedIds: 0, stagedSamples: 0 });
});
