import { randomUUID } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Processes } from '../../src/ports/processes.ts';
import { takeLock } from '../../src/store/disk/file-lock.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { smallDisk } from '../support/small-disk.ts';
import { makeTestFolder, removeFolders, TEST_CLOCK } from './open-test-store.ts';

afterAll(removeFolders);

/** A machine on which only some processes run, told by id and by when they began. */
function machine(pid: number, running: Readonly<Record<number, string>>): Processes {
  const started = running[pid];
  return {
    host: 'here',
    pid,
    ...(started === undefined ? {} : { started }),
    isAlive: (other, since) => running[other] !== undefined && (since === undefined || running[other] === since),
  };
}

function context(processes: Processes) {
  return { clock: TEST_CLOCK, randomId: randomUUID, processes };
}

describe('the lock file', () => {
  test('holds host, process, its start and a nonce, and goes with the holder', async () => {
    const folder = await makeTestFolder();
    const free = await takeLock(folder, context(machine(1, { 1: 'monday' })));
    const holder = JSON.parse(await readFile(join(folder, 'lock'), 'utf8'));
    expect(holder).toMatchObject({ host: 'here', pid: 1, started: 'monday' });
    expect(holder.nonce).toMatch(/^[\w-]{8,}$/);
    await free();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ['a process that is gone', { host: 'here', pid: 3, started: 'monday', nonce: 'x' }],
    ['one whose id another process has by now', { host: 'here', pid: 2, started: 'monday', nonce: 'x' }],
    ['one whose id this very process has by now', { host: 'here', pid: 1, started: 'monday', nonce: 'x' }],
  ])('of %s is taken over', async (_what, holder) => {
    const folder = await makeTestFolder();
    await writeFile(join(folder, 'lock'), JSON.stringify(holder));
    const free = await takeLock(folder, context(machine(1, { 1: 'sunday', 2: 'tuesday' })));
    await free();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    [
      'a living process',
      { host: 'here', pid: 2, started: 'tuesday', since: 0, nonce: 'x' },
      /process 2 on here since 1970/,
    ],
    ['a process of another machine', { host: 'there', pid: 3, nonce: 'x' }, /process 3 on there \(/],
    ['nobody that could be read', 'not json', /another process/],
  ])('of %s is waited for, and named', async (_what, holder, message) => {
    const folder = await makeTestFolder();
    const clock = createFakeClock(Date.now());
    const path = join(folder, 'lock');
    await writeFile(path, JSON.stringify(holder));
    const young = new Date(Date.now() + 60_000);
    await utimes(path, young, young);
    const waiting = takeLock(folder, {
      clock,
      randomId: randomUUID,
      processes: machine(1, { 1: 'sunday', 2: 'tuesday' }),
    });
    await expect(waiting).rejects.toMatchObject({ code: 'STORE_LOCK' });
    await expect(waiting).rejects.toThrow(message);
    expect(clock.sleeps.length).toBeGreaterThan(100);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  test('without a name is that of a process that was killed while it took it', async () => {
    const folder = await makeTestFolder();
    const path = join(folder, 'lock');
    await writeFile(path, '');
    const before = new Date(Date.now() - 25_000);
    await utimes(path, before, before);
    const free = await takeLock(folder, context(machine(1, { 1: 'sunday' })));
    await free();
    expect(await readdir(folder)).toEqual([]);
  });

  test('of a dead process is broken once, whoever comes: never two hold it', async () => {
    const folder = await makeTestFolder();
    const processes = machine(1, { 1: 'sunday' });
    let holders = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        const free = await takeLock(folder, context(processes));
        holders += 1;
        most = Math.max(most, holders);
        await new Promise((resolve) => setImmediate(resolve));
        holders -= 1;
        // Every second holder dies instead of freeing it.
        if (round % 2 === 0) await free();
        else await writeFile(join(folder, 'lock'), JSON.stringify({ host: 'here', pid: 9, nonce: randomUUID() }));
      }
    };
    await writeFile(join(folder, 'lock'), JSON.stringify({ host: 'here', pid: 9, nonce: 'first' }));
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toBe(1);
  });

  test('that another took meanwhile is left alone by who lost it', async () => {
    const folder = await makeTestFolder();
    const free = await takeLock(folder, context(machine(1, { 1: 'sunday' })));
    await writeFile(join(folder, 'lock'), JSON.stringify({ host: 'there', pid: 5, nonce: 'another' }));
    await free();
    expect(await readdir(folder)).toEqual(['lock']);
  });

  test('that cannot be written on a full disk is not left without a name', async (task) => {
    const disk = smallDisk(60);
    if (disk === null) return task.skip('no file system may be mounted here');
    await writeFile(join(disk, 'full'), Buffer.alloc(100_000)).catch(() => undefined);
    const lock = takeLock(disk, context(machine(1, { 1: 'monday' })));
    await expect(lock).rejects.toThrow(/disk is full/);
    expect(await readdir(disk)).toEqual(['full']);
  });
});
