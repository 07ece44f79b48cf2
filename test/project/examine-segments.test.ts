import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { examineSegments } from '../../src/project/examine-segments.ts';
import { newGround, sound, withCare } from '../store/care/damaged-store.ts';
import { removeFolders } from '../store/open-test-store.ts';

afterAll(removeFolders);

test('the sizes of all segments are looked at, and what is in them is left to db check', async () => {
  const ground = await newGround();
  await sound(ground);
  const look = () => withCare(ground, (care) => examineSegments(async () => care));
  expect(await look()).toEqual({ name: 'segments', state: 'ok', detail: 'all there in their size', hint: null });
  for (const file of await readdir(ground.segments)) {
    if (/^(GEO_SAMPLES|LINKS)/.test(file)) await truncate(join(ground.segments, file), 400);
  }
  expect(await look()).toMatchObject({
    state: 'error',
    detail: expect.stringMatching(/^(GEO_SAMPLES|LINKS): .*: 400 bytes, written as \d+, and 1 more$/),
    hint: 'Run: celline db check',
  });
});
