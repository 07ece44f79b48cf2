import { describe, expect, test } from 'vitest';
import { createBlobRegistry } from '../../src/cache/blob/registry.ts';
import { createMetadataRegistry } from '../../src/cache/metadata/registry.ts';
import { errorText } from '../../src/cli/error-text.ts';
import { exitCodeOfError } from '../../src/cli/exit-code.ts';

const SECRET = 'hush-hush';
const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: SECRET };

const postgresql = (options: Record<string, string>, env: Record<string, string> = {}) =>
  createMetadataRegistry().open('postgresql', { folder: '', now: () => 0, options, env });

const failure = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => null,
    (error: unknown) => error,
  );

describe('a service that is away is an error of ours: who, where, which setting, what to do', () => {
  const url = `postgresql://ada:${SECRET}@127.0.0.1:1/celline?password=${SECRET}`;
  test.each([
    ['the setting', { url }, {}, '127.0.0.1:1/celline', 'cache.metadata.url'],
    ['the variable', {}, { CELLINE_CACHE_URL: url }, '127.0.0.1:1/celline', 'CELLINE_CACHE_URL'],
    [
      'no port',
      { url: 'postgresql://no-such-host.invalid/x' },
      {},
      'no-such-host.invalid:5432/x',
      'cache.metadata.url',
    ],
  ])('postgresql by %s', async (_what, options, env, place, setting) => {
    const backend = await postgresql(options, env);
    expect(backend.place).toBe(place);
    const error = await failure(backend.getStats());
    expect(error).toMatchObject({
      code: 'CACHE',
      message: expect.stringContaining(`the cache metadata back end "postgresql" cannot be used (${place}): `),
      hint: expect.stringContaining(setting),
    });
    const text = errorText(error, true);
    expect(text).toMatch(/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/);
    expect(text).not.toContain('fault of celline');
    expect(text).not.toContain(SECRET);
    expect(exitCodeOfError(error)).toBe(1);
    await backend.close();
  });

  test('s3, for one object and for the list of all', async () => {
    const options = { bucket: 'answers', endpoint: 'http://127.0.0.1:1' };
    const blobs = await createBlobRegistry().open('s3', { folder: '', now: () => 0, options, env: KEYS });
    const list = async () => {
      for await (const _ of blobs.listKeys('')) throw new Error('there can be none');
    };
    for (const error of [await failure(blobs.exists('geo/aa')), await failure(list())]) {
      expect(error).toMatchObject({
        code: 'CACHE',
        message: expect.stringContaining('the cache blob back end "s3" cannot be used (http://127.0.0.1:1/answers/): '),
        hint: expect.stringContaining('cache.blob.endpoint'),
      });
      expect(errorText(error, false)).not.toMatch(/fault of celline|hush/);
    }
    await blobs.close();
  });
});
