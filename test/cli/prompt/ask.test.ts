import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fakeProject } from '../fake-project.ts';
import { runCli } from '../run-cli.ts';

const ROLLBACK = {
  sequence: 9,
  to: 2,
  tables: { GEO_SAMPLES: { before: 7, after: 6, added: 0, updated: 0, removed: 1 } },
};

/** Types into the question of `celline db rollback 2`; tells whether anything was changed. */
async function answer(...keys: string[]) {
  const changes: number[] = [];
  const history = {
    async rollback(to: number, { dryRun = false }: { dryRun?: boolean }) {
      if (!dryRun) changes.push(to);
      return ROLLBACK;
    },
  };
  const { open } = fakeProject({ care: { history } as never });
  const keyboard = new PassThrough();
  for (const key of keys) keyboard.write(key);
  const run = await runCli(['db', 'rollback', '2'], { open, keyboard, stderrColumns: 80 });
  return { ...run, changes };
}

describe('a question', () => {
  it('takes a yes, and everything else for a no', async () => {
    expect(await answer('y\n')).toMatchObject({ code: 0, changes: [2] });
    const no = await answer('maybe\n');
    expect(no).toMatchObject({ code: 1, changes: [] });
    expect(no.stderr).toContain('Nothing was changed.');
  });

  it('Ctrl-D is a no', async () => {
    const run = await answer('\u0004');
    expect(run).toMatchObject({ code: 1, changes: [] });
    expect(run.stderr).toContain('Nothing was changed.');
    expect(run.stderr).not.toContain('error');
  });

  it('Ctrl-C stops with exit 130 and is no fault of celline', async () => {
    const run = await answer('\u0003');
    expect(run).toMatchObject({ code: 130, changes: [] });
    expect(run.stderr).not.toContain('fault');
  });
});

describe('a terminal', () => {
  it('that says that it is 0 wide gets 80 cells', async () => {
    const { open } = fakeProject({ care: { history: { log: async function* () {} } } as never });
    const run = await runCli(['db', 'log'], { open, stdoutColumns: 0, env: { NO_COLOR: '1' } });
    expect(run.stdout).toBe('number  when  changes  rows  command  by\n');
  });
});
