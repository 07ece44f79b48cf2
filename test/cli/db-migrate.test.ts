import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { copyProject, digestOf } from '../store/care/migrate/fixture-project.ts';
import { removeFolders } from '../store/open-test-store.ts';
import { runCli } from './run-cli.ts';

afterAll(removeFolders);

/** The command line over a copy of the project of format 1; `folder` is its root. */
async function oldProject() {
  const dir = await copyProject(1);
  const folder = dirname(dir);
  await writeFile(join(folder, 'celline.config.json'), '{}');
  const cli = (...argv: string[]) => runCli(argv, { cwd: folder, env: { CELLINE_CONFIG_DIR: join(folder, 'none') } });
  return { dir, folder, cli };
}

describe('003-14 celline db status and migrate', () => {
  test('status names what is pending and the next command, reading commands change nothing', async () => {
    const { dir, cli } = await oldProject();
    const before = await digestOf(dir);
    const status = await cli('db', 'status');
    expect(status.code).toBe(0);
    expect(status.stdout).toContain('version\t1 segments\tdone\t');
    expect(status.stdout).toContain('version\t2 checksums\tpending\t');
    expect(status.stdout).toContain('version\t3 jobs\tpending\t');
    expect(status.stderr).toContain('Version 1 of 3. Next: celline db migrate');
    expect((await cli('list', '--ids-only')).stdout).toContain('GSM9900001\n');
    expect((await cli('query', 'SELECT count(*) AS n FROM samples')).stdout).toMatch(/^n\n\d+\n$/);
    const plan = await cli('db', 'migrate', '--dry-run');
    expect([plan.code, plan.stdout.split('\n')[1]?.slice(0, 5)]).toEqual([0, '2\tup\t']);
    expect(await digestOf(dir)).toEqual(before);
  });

  test('the first command that writes migrates, and says so on stderr; its data on stdout are as always', async () => {
    const { cli } = await oldProject();
    const written = await cli('annotate', 'GSM9900001', 'condition=treated');
    expect(written.code).toBe(0);
    expect(written.stdout).toBe('key\tname\tvalue\tchange\nGSM9900001\tcondition\ttreated\tadded\n');
    expect(written.stderr).toMatch(
      /warning: The tables were of version 1 and are now of version 3; backup before it: \S+-1\./,
    );
    expect((await cli('db', 'backups')).stdout).toContain('before migration to version 3');
    expect((await cli('db', 'status')).stderr).toContain('Version 3, the newest.');
    expect((await cli('annotate', 'GSM9900001', 'batch=1')).stderr).not.toContain('warning');
  });

  test('003-15 down asks first, and a script must say --yes; up needs no answer', async () => {
    const { dir, cli } = await oldProject();
    expect((await cli('db', 'migrate')).code).toBe(0);
    const unsure = await cli('db', 'migrate', '--to', '1');
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('Add --yes.')]);
    const down = await cli('db', 'migrate', '--to', '1', '--yes');
    expect([down.code, down.stderr]).toEqual([0, expect.stringMatching(/To undo it: celline db restore \S+/)]);
    expect(JSON.parse(await readFile(join(dir, '.store/v1/format.json'), 'utf8')).format).toBe(1);
    const again = await cli('db', 'migrate', '--to', '1');
    expect([again.code, again.stderr]).toEqual([0, 'The tables are of version 1 already.\n']);
  });

  test.each([
    [['--to', '7'], 'There is no version 7 of the tables.'],
    [['--to', 'newest'], "'newest' is no version."],
    [['--to', '1', '--draft'], '--draft and --to do not go together.'],
  ])('%j is refused as a mistake of the command line', async (flags, message) => {
    const { cli } = await oldProject();
    const refused = await cli('db', 'migrate', ...flags);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('a damaged migration of the project is named; one whose tables have no rows has nothing to do', async () => {
    const { folder, cli } = await oldProject();
    const path = join(folder, 'migrations', '0001-lab.json');
    await mkdir(dirname(path));
    const steps = [{ step: 'drop_column', table: 'samples', column: 'score' }];
    await writeFile(path, JSON.stringify({ says: 'score goes', source: 'LAB', steps }));
    expect((await cli('db', 'status')).stdout).toContain('migration\t0001-lab\tempty\tscore goes\n');
    expect((await cli('db', 'migrate', '--draft')).stderr).toContain('No column of a plug-in needs a migration');
    await writeFile(path, '{');
    const damaged = await cli('db', 'migrate');
    expect([damaged.code, damaged.stderr]).toEqual([
      2,
      expect.stringContaining(`${path} is no migration: it is not JSON.`),
    ]);
  });
});

describe('003-16 tables of a newer celline', () => {
  test('are exit 5 for whoever asks, by name, and nothing is touched', async () => {
    const { dir, cli } = await oldProject();
    const path = join(dir, '.store/v1/format.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"format":1', '"format":999'));
    const before = await digestOf(dir);
    for (const argv of [
      ['list'],
      ['query', 'SELECT 1'],
      ['rm', 'GSM9900001', '--yes'],
      ['db', 'status'],
      ['db', 'migrate'],
    ]) {
      const refused = await cli(...argv);
      expect([argv, refused.code, refused.stdout]).toEqual([argv, 5, '']);
      expect(refused.stderr).toContain(`${path} has format 999`);
      expect(refused.stderr).toContain('Update celline');
    }
    expect(await digestOf(dir)).toEqual(before);
  });
});
