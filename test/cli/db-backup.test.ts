import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreCare } from '../../src/ports/store-care.ts';
import { addSamples, allRows, careOf, newPlace, type Place } from '../store/care/backed-up-store.ts';
import { removeFolders } from '../store/open-test-store.ts';
import { fakeProject } from './fake-project.ts';
import { type Result, runCli, type Wishes } from './run-cli.ts';

let place: Place;
let root: string;
let care: StoreCare;

beforeEach(async () => {
  place = await newPlace();
  root = dirname(place.dir);
  await addSamples(place, [1, 2]);
  care = careOf(place);
});

afterEach(() => care.close());
afterAll(removeFolders);

function db(argv: readonly string[], wishes: Wishes = {}): Promise<Result> {
  const { open } = fakeProject({ care: { ...care, close: async () => undefined } });
  return runCli(['db', ...argv], { open, cwd: root, env: { NO_COLOR: '1' }, ...wishes });
}

async function backupName(...argv: string[]): Promise<string> {
  const { code, stdout } = await db(['backup', ...argv]);
  expect(code).toBe(0);
  return stdout.split('\n')[1]?.split('\t')[0] ?? '';
}

describe('celline db backup, backups, restore', () => {
  it('003-31 a backup is made, listed, and restored', async () => {
    const made = await db(['backup']);
    expect(made.code, made.stderr).toBe(0);
    const [name = '', number, rows, bytes, path] = made.stdout.split('\n')[1]?.split('\t') ?? [];
    expect([number, rows, path]).toEqual(['2', '8', `backups/${name}`]);
    expect(made.stderr).toBe(`8 rows are safe. To go back to them: celline db restore ${name}\n`);
    const listed = await db(['backups']);
    expect(listed.stdout).toMatch(/^backup\tat\treason\tnumber\trows\tbytes\tversion\tpath\n/);
    expect(listed.stdout).toContain(`\tmanual\t2\t8\t${bytes}\t3\t`);
    await addSamples(place, [3]);
    const restored = await db(['restore', name, '--yes']);
    expect(restored.code, restored.stderr).toBe(0);
    expect(restored.stdout).toContain('GEO_SAMPLES\t3\t2\t-1\n');
    expect(restored.stderr).toMatch(/^4 shows the tables of .*\nWhat was there before: backups\/\d{8}T\d{6}Z-\d\n$/);
    expect((await allRows(place)).samples).toHaveLength(2);
    const again = await db(['restore', `backups/${name}`, '--yes']);
    expect([again.code, again.stdout]).toEqual([0, 'table\tbefore\tafter\tdifference\n']);
    expect(again.stderr).toContain('those of the backup already');
  });

  it('restore asks, and changes nothing where it cannot ask', async () => {
    const name = await backupName();
    await addSamples(place, [3]);
    const refused = await db(['restore', name]);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('Add --yes.');
    expect((await allRows(place)).samples).toHaveLength(3);
  });

  it('an unknown backup is exit 2, with those that there are', async () => {
    const name = await backupName();
    for (const wrong of ['20200101T000000Z-1', 'nowhere', './nowhere']) {
      const { code, stderr } = await db(['restore', wrong, '--yes']);
      expect(code, wrong).toBe(2);
      expect(stderr).toContain(name);
      const asked = await db(['restore', wrong], { keyboard: new PassThrough(), stderrColumns: 80 });
      expect([asked.code, asked.stderr]).toEqual([2, expect.not.stringContaining('[y/N]')]);
    }
  });

  it('backups --verify: exit 5 names what is damaged, and restore refuses it', async () => {
    const [first, second] = [await backupName(), await backupName()];
    expect(await db(['backups', '--verify'])).toMatchObject({ code: 0, stderr: '2 whole backups.\n' });
    const file = (await readdir(join(place.backups, first, 'INSDC_RUNS')))[0] ?? '';
    await truncate(join(place.backups, first, 'INSDC_RUNS', file), 10);
    const verified = await db(['backups', '--verify', '--format', 'ndjson']);
    expect(verified.code).toBe(5);
    const states = verified.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(states.map(({ backup, state }) => [backup, state])).toEqual([
      [second, 'whole'],
      [first, 'damaged'],
    ]);
    expect(verified.stderr).toContain(`${first}: INSDC_RUNS/${file} has 10 bytes`);
    const refused = await db(['restore', first, '--yes']);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(`INSDC_RUNS/${file} has 10 bytes`);
    expect(refused.stderr).toContain('hint: Nothing was changed.');
  });

  it('--to another folder, --keep so many, --from it', async () => {
    const names = [await backupName('--to', 'elsewhere'), await backupName('--to', 'elsewhere', '--keep', '1')];
    expect(await readdir(join(root, 'elsewhere'))).toEqual([names[1]]);
    expect((await db(['backups'])).stderr).toBe('No backups yet: celline db backup\n');
    expect((await db(['backups', '--from', 'elsewhere'])).stdout).toContain(`${names[1]}\t`);
    expect((await db(['restore', `elsewhere/${names[1]}`, '--yes'])).code).toBe(0);
    expect((await db(['backup', '--keep', '0'])).code).toBe(2);
    const spaced = await db(['backup', '--to', 'some where']);
    expect(spaced.stderr).toMatch(/ celline db restore 'some where\/\d{8}T\d{6}Z-\d+'\n$/);
  });

  it('a folder that cannot be written is exit 5, and named', async () => {
    await mkdir(join(root, 'folder'));
    await writeFile(join(root, 'folder', 'file'), '');
    const { code, stderr } = await db(['backup', '--to', 'folder/file']);
    expect(code).toBe(5);
    expect(stderr).toContain(join(root, 'folder', 'file'));
  });
});
