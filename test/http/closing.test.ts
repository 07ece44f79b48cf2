import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { closeAll } from '../../src/http/close-all.ts';
import { temporaryFolder } from '../cache/temporary-folder.ts';
import { memoryCache, startStack } from './stack-under-test.ts';

test('what cannot be closed keeps nothing else open, and is one warning without a secret', async () => {
  const folder = await temporaryFolder();
  const cache = memoryCache({ now: () => 1 });
  let isClosed = false;
  const away = () => Promise.reject(new Error('no place for user:hush-hush-key'));
  const under = await startStack(() => ({ body: 'x'.repeat(9_000_000) }), {
    cache: {
      ...cache,
      metadata: { ...cache.metadata, close: away },
      blobs: {
        ...cache.blobs,
        close: async () => {
          isClosed = true;
        },
      },
    },
    hidden: ['hush-hush-key'],
    spoolFolders: [folder],
  });
  await under.http.send(under.request('/x'));
  expect(await readdir(folder)).toHaveLength(1);
  await under.close();
  expect([isClosed, await readdir(folder)]).toEqual([true, []]);
  expect(under.events.filter(({ type }) => type === 'warning')).toEqual([
    { type: 'warning', message: expect.stringMatching(/^the cache could not be tidied: no place for user:(?!hush)/) },
  ]);
});

test('all are closed in their order, and all that failed are told', async () => {
  const closed: string[] = [];
  const fails = (name: string) => () => {
    closed.push(name);
    throw new Error(name);
  };
  await expect(closeAll([fails('recorder'), fails('spool'), () => closed.push('blobs')])).rejects.toThrow(
    'recorder; spool',
  );
  expect(closed).toEqual(['recorder', 'spool', 'blobs']);
});
