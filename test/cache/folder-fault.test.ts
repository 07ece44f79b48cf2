import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFilesystemBlobs } from '../../src/cache/blob/filesystem.ts';
import { folderFault } from '../../src/cache/folder-fault.ts';
import { createJsonMetadata } from '../../src/cache/metadata/json.ts';
import { temporaryFolder } from './temporary-folder.ts';

const systemError = (code: string) => Object.assign(new Error(`${code}: unlink '/c/v1'`), { code, syscall: 'unlink' });

test.each([
  ['EROFS', 'the file system is read-only', /where the folder can be written/],
  ['EACCES', 'permission denied', /who owns the folder/],
  ['EPERM', 'operation not permitted', /who owns the folder/],
  ['ENOSPC', 'the disk is full', /free some space/],
  ['EDQUOT', 'the disk quota is used up', /free some space/],
  ['EIO', "EIO: unlink '/c/v1'", /check the disk/],
])('%s is an error of the cache that names folder, reason and next step', (code, reason, hint) => {
  const cause = systemError(code);
  expect(folderFault('/c', 'written', cause)).toMatchObject({
    code: 'CACHE',
    message: `the cache folder /c cannot be written: ${reason}`,
    hint: expect.stringMatching(hint),
    fields: { folder: '/c' },
    cause,
  });
});

test('what is no error of the system stays what it is; so does a file that went before it was read', () => {
  for (const error of [new SyntaxError('not JSON'), new RangeError('not a key'), systemError('ENOENT'), 'text']) {
    expect(folderFault('/c', 'read', error)).toBe(error);
  }
});

test('a file in place of a folder, of the cache or above or below it, is told by its path', async () => {
  const folder = await temporaryFolder();
  const [file, below] = [join(folder, 'file'), join(folder, 'file', 'cache')];
  await writeFile(file, 'mine');
  const key = 'geo/fa931a4577cb9013032f37570e44b630';
  const said = async (place: string, deeds: readonly ((place: string) => Promise<unknown>)[]) => {
    return new Set(await Promise.all(deeds.map((deed) => deed(place).then(() => 'no error', String))));
  };
  const deeds = [
    (place: string) => createJsonMetadata(place).getEntry(key),
    (place: string) => createJsonMetadata(place).clear(),
    (place: string) => createJsonMetadata(place).removeEntry(key),
    (place: string) => createFilesystemBlobs(place).get(key),
    (place: string) => createFilesystemBlobs(place).put(key, new Uint8Array(3)),
    (place: string) => createFilesystemBlobs(place).delete(key),
  ];
  expect(await said(file, deeds)).toEqual(new Set([`CacheError: the cache folder ${file} is a file, not a folder`]));
  const above = `CacheError: the cache folder ${below} cannot be used: ${file} is a file, not a folder`;
  expect(await said(below, deeds)).toEqual(new Set([above]));
  const inside = await temporaryFolder();
  await writeFile(join(inside, 'v1'), 'mine');
  const within = `CacheError: the cache folder ${inside} cannot be used: ${join(inside, 'v1')} is a file, not a folder`;
  expect(await said(inside, deeds)).toEqual(new Set([within]));
});
