import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createBlobRegistry } from '../../../src/cache/blob/registry.ts';
import { createMetadataRegistry } from '../../../src/cache/metadata/registry.ts';
import { createSerializerRegistry } from '../../../src/cache/serializers/registry.ts';
import type { BodySerializer } from '../../../src/ports/cache-serializer.ts';
import { temporaryFolder } from '../../cache/temporary-folder.ts';
import { startStack } from '../stack-under-test.ts';

async function* shifted(chunks: AsyncIterable<Uint8Array>, by: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield chunk.map((byte) => byte + by);
}

/** Adds to each byte a number that only its notes tell. */
function createShifting(byNow: () => number): BodySerializer {
  return {
    name: 'shifting',
    description: 'adds a number to each byte',
    suffix: '.shifted',
    canHandle: () => true,
    put: async (body) => ({ chunks: shifted(body, byNow()), notes: { by: byNow(), why: 'a test', sure: true } }),
    get: (stored, { notes }) => shifted(stored, -Number(notes.by)),
  };
}

test('002-07 what a serializer notes is kept with the entry and given back to it', async () => {
  let by = 7;
  const serializers = createSerializerRegistry();
  serializers.registerSerializer(
    createShifting(() => by),
    { priority: 0 },
  );
  const folder = await temporaryFolder();
  const context = { folder, now: () => Date.UTC(2026, 0, 1) };
  const cache = {
    metadata: await createMetadataRegistry().open('json', context),
    blobs: await createBlobRegistry().open('filesystem', context),
    serializers,
    maxBytes: 1e9,
  };
  const { http, request, server, close } = await startStack(({ path }) => ({ body: `text of ${path}` }), { cache });
  onTestFinished(close);
  expect(await http.text(request('/a'))).toBe('text of /a');
  by = 11;
  expect(await http.text(request('/a'))).toBe('text of /a');
  expect(server.requests).toHaveLength(1);
  const names = await readdir(folder, { recursive: true });
  const [stored = ''] = names.filter((name) => name.endsWith('.shifted.body'));
  expect(await readFile(join(folder, stored), 'latin1')).not.toContain('text of');
  const [entry = ''] = names.filter((name) => name.endsWith('.cache'));
  const { encoding } = JSON.parse(await readFile(join(folder, entry), 'utf8'));
  expect(encoding).toMatchObject({ serializer: 'shifting', notes: { by: 7, why: 'a test', sure: true } });
});
