import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeProject, SAMPLE } from './fake-project.ts';
import { runCli } from './run-cli.ts';

const VIEW = { kind: 'sample', record: SAMPLE, links: [], runs: [], files: [], samples: [], notes: [] } as const;
const CHECK = { name: 'disk', state: 'warning', detail: '2 % free', hint: 'make room' } as const;
const ANSWER = { columns: [{ name: 'n', type: 'BIGINT' }], rows: [{ n: 3n }] };

test.each([
  ['list'],
  ['list runs'],
  ['list asked'],
  ['show GSM1'],
  ['urls GSM1'],
  ['resolve GSM1 nonsense'],
  ['query SELECT'],
  ['schema'],
  ['schema samples'],
  ['handlers'],
  ['doctor'],
  ['stats'],
  ['config'],
  ['add GSM1 --dry-run'],
])('003-07 celline %s --json is one JSON document, and talk goes to stderr', async (words) => {
  const { open } = fakeProject({
    views: [VIEW],
    rows: [{ key: 'GSM1' }],
    answer: ANSWER,
    checks: [CHECK],
    unknown: ['GSM2'],
  });
  const cwd = await mkdtemp(join(tmpdir(), 'celline-json-'));
  const { stdout, code } = await runCli([...words.split(' '), '--json'], { open, cwd, env: { HOME: cwd } });
  expect([0, 1, 3]).toContain(code);
  expect(typeof JSON.parse(stdout)).toBe('object');
  expect(stdout.endsWith('\n')).toBe(true);
});
