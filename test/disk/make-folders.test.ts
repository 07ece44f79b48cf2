import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolders, makeFoldersSync } from '../../src/disk/make-folders.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-folders-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const ways: readonly (readonly [string, (path: string, mode?: number) => Promise<void>])[] = [
  ['makeFolders', makeFolders],
  ['makeFoldersSync', async (path, mode) => makeFoldersSync(path, mode)],
];

describe.each(ways)('%s', (_name, make) => {
  it('makes what is missing, with the rights asked for, and is content with what is there', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a', 'b', 'c');
    await make(path, 0o700);
    await make(path);
    expect([path, join(folder, 'a')].map((made) => statSync(made).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  it('is content with a link to a folder, and refuses a file, at the end and on the way', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    await make(join(folder, 'link'));
    await expect(make(join(folder, 'file'))).rejects.toThrow(/EEXIST/);
    await expect(make(join(folder, 'file', 'below'))).rejects.toThrow(/ENOTDIR/);
  });

  it('several that make the same folder at once all succeed', async () => {
    const path = join(temporaryFolder(), 'a', 'b', 'c', 'd');
    await Promise.all(Array.from({ length: 20 }, () => make(path)));
    expect(existsSync(path)).toBe(true);
  });
});

describe.runIf(existsSync('/proc/self'))('where the system lets nobody make a folder', () => {
  it.each(ways)('%s fails and does not hang', async (_name, make) => {
    await expect(make('/proc/celline')).rejects.toThrow(/ENOENT|EPERM|EACCES/);
    await expect(make('/proc/celline/a/b')).rejects.toThrow(/ENOENT|EPERM|EACCES/);
  });
});
