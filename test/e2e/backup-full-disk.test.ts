import { execFileSync } from 'node:child_process';
import { readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addSamples, allRows, newPlace, withCare } from '../store/care/backed-up-store.ts';
import { removeFolders } from '../store/open-test-store.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { smallDisk } from '../support/small-disk.ts';

afterAll(removeFolders);

const NUMBERS = Array.from({ length: 6 }, (_, index) => index + 1);

describe('a disk that is full', () => {
  it('003-31 while a backup is made: exit 5 with the reason, no half backup, tables as before', async (context) => {
    const disk = smallDisk(60);
    if (disk === null) return context.skip('no file system may be mounted here');
    const folder = projectFolder({ store: { backupDir: disk } });
    const place = { dir: join(folder, 'DB'), backups: disk };
    await addSamples(place, NUMBERS);
    const before = await allRows(place);
    const full = await cellineHere(['db', 'backup'], { folder });
    expect([full.code, full.stdout], full.stderr).toEqual([5, '']);
    expect(full.stderr).toMatch(/disk is full/);
    expect(full.stderr).toContain('hint:');
    expect(readdirSync(disk)).toEqual([]);
    expect(await allRows(place)).toEqual(before);
    execFileSync('mount', ['-o', 'remount,size=8m', disk]);
    expect((await cellineHere(['db', 'backup'], { folder })).code).toBe(0);
    expect((await cellineHere(['db', 'backups', '--verify'], { folder })).code).toBe(0);
  });

  it('003-31 while a backup is restored: exit 5 with the reason, tables as before, nothing left behind', async (context) => {
    const disk = smallDisk(400);
    if (disk === null) return context.skip('no file system may be mounted here');
    const other = await newPlace();
    await addSamples(other, NUMBERS);
    const { path } = await withCare(other, ({ backups }) => backups.create());
    const folder = projectFolder({ dbDir: disk });
    const place = { dir: disk, backups: join(folder, 'backups') };
    await addSamples(place, [70]);
    const before = await allRows(place);
    // Room for some of the 24 segments.
    const { blocks, bfree, bsize } = statfsSync(disk);
    execFileSync('mount', ['-o', `remount,size=${(blocks - bfree) * bsize + 60_000}`, disk]);
    const segments = join(disk, '.store', 'v1', 'segments');
    const files = readdirSync(segments);
    const full = await cellineHere(['db', 'restore', path, '--yes'], { folder });
    expect([full.code, full.stdout], full.stderr).toEqual([5, '']);
    expect(full.stderr).toMatch(/disk is full/);
    expect(readdirSync(segments)).toEqual(files);
    expect(await allRows(place)).toEqual(before);
    execFileSync('mount', ['-o', 'remount,size=8m', disk]);
    expect((await cellineHere(['db', 'restore', path, '--yes'], { folder })).code).toBe(0);
    // The restoring command is a job of this project alone.
    const { jobs, ...restored } = await allRows(place);
    expect(restored).toEqual({ ...(await allRows(other)), jobs: undefined });
    expect(jobs).toMatchObject([{ task: 'restore', state: 'finished' }]);
  });
});
