import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRuntimeFolder } from '../../src/project/runtime-folder.ts';
import { USER_ID } from '../../src/project/system-processes.ts';

/** A number that no user of a test machine has, so that its folder in /tmp is free. */
const NOBODY = 3_999_000_000 + process.pid;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'celline-runtime-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(`/tmp/celline-${NOBODY}`, { recursive: true, force: true });
});

const open = (env: Record<string, string>, userId: number | null = NOBODY) =>
  openRuntimeFolder({ env, cwd: folder, userId });

test('the folder that is named is made and taken, whoever else may write there', () => {
  expect(open({ CELLINE_RUNTIME_DIR: 'a/b' })).toBe(join(folder, 'a', 'b'));
  chmodSync(join(folder, 'a', 'b'), 0o777);
  expect(open({ CELLINE_RUNTIME_DIR: join(folder, 'a', 'b') })).toBe(join(folder, 'a', 'b'));
  writeFileSync(join(folder, 'file'), '');
  expect(() => open({ CELLINE_RUNTIME_DIR: 'file' })).toThrow(`${join(folder, 'file')} `);
});

test.skipIf(USER_ID === null)('a shell, a cron job and a batch job of a user find the same folder, his alone', () => {
  const id = USER_ID as number;
  const found = [{}, { XDG_RUNTIME_DIR: folder }, { TMPDIR: folder }].map((env) => open(env, id));
  expect(new Set(found)).toEqual(new Set([`/tmp/celline-${id}`]));
  const stats = statSync(`/tmp/celline-${id}`);
  expect([stats.uid, stats.mode & 0o777]).toEqual([id, 0o700]);
});

test.skipIf(USER_ID === null)('a name in /tmp that is a link, somebody else’s, or open to others is refused', () => {
  const path = `/tmp/celline-${NOBODY}`;
  mkdirSync(path, { mode: 0o700 });
  expect(() => open({})).toThrow(`${path} belongs to another user`);
  expect(() => open({ XDG_RUNTIME_DIR: join(folder, 'gone') })).toThrow(
    /another user; .*gone.celline cannot be made: ENOENT/,
  );
  rmSync(path, { recursive: true });
  symlinkSync(folder, path);
  expect(() => open({})).toThrow(`${path} is a symbolic link`);
  rmSync(path);
  writeFileSync(path, '');
  expect(() => open({})).toThrow(`${path} is no folder`);
});

test.skipIf(process.platform !== 'linux')('a folder that cannot be made is told, not tried for ever', () => {
  expect(() => open({ CELLINE_RUNTIME_DIR: '/proc/nowhere/runtime' })).toThrow('cannot be made: ENOENT');
});

test('where users have no numbers, the folder of the applications is used', () => {
  expect(open({ LOCALAPPDATA: folder }, null)).toBe(join(folder, 'celline', 'runtime'));
});
