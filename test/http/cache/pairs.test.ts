import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createSerializerRegistry } from '../../../src/cache/serializers/registry.ts';
import { createFakeClock } from '../../../src/testing/fake-clock.ts';
import { newSpot, openBlobs, openMetadata, startCacheServices } from '../../cache/cache-services.ts';
import { temporaryFolder } from '../../cache/temporary-folder.ts';
import { type StackUnderTest, startStack } from '../stack-under-test.ts';

const services = await startCacheServices();
afterAll(() => services.remove());

let under: StackUnderTest;
afterEach(() => under.close());

/** Large enough to be compressed, and longer than what is held in memory for `/large`. */
const bodyOf = (path: string, index: number) => `${path} ${index}\n`.repeat(path === '/large' ? 1_000_000 : 1000);

describe.each(['json', 'memory', 'sqlite', 'postgresql'])('002-18: metadata %s', (metadata) => {
  const names = ['filesystem', 'memory', 's3'];
  test.skipIf(metadata in services.skipped).each(names)('with blobs %s: miss, hit, stale, refreshed', async (blobs) => {
    const clock = createFakeClock();
    const spot = newSpot(await temporaryFolder(), () => clock.now());
    const cache = {
      metadata: await openMetadata(metadata, spot, services),
      blobs: await openBlobs(blobs, spot, services),
      serializers: createSerializerRegistry(),
      maxBytes: 1e9,
    };
    const spoolFolders = [spot.folder];
    under = await startStack(({ path, index }) => ({ body: bodyOf(path, index) }), { cache, clock, spoolFolders });
    const ask = async (path: string, refresh = false) => {
      const { body } = await under.http.send(under.request(path, { refresh }));
      const text = await body.text();
      expect([text === bodyOf(path, Number(text.split(/\s/)[1])), body.size]).toEqual([true, text.length]);
      return text.slice(0, text.indexOf('\n'));
    };
    // How a large body travels does not depend on the index.
    const paths = metadata === 'json' ? ['/x', '/large'] : ['/x'];
    for (const path of paths) {
      const first = under.server.requests.length;
      expect([await ask(path), await ask(path)]).toEqual([`${path} ${first}`, `${path} ${first}`]);
      clock.advance(3_599_999);
      expect(await ask(path)).toBe(`${path} ${first}`);
      clock.advance(1);
      expect(await ask(path)).toBe(`${path} ${first + 1}`);
      expect(await ask(path, true)).toBe(`${path} ${first + 2}`);
      expect(await ask(path)).toBe(`${path} ${first + 2}`);
    }
    expect(under.stack.cacheCounts()).toMatchObject({ hits: 3 * paths.length, misses: paths.length, damaged: 0 });
    const stored = [];
    for await (const { key, size } of cache.blobs.listKeys(''))
      stored.push([key.replace(/[0-9a-f]{64}/, ''), size < 200_000]);
    expect(stored).toEqual(Array(3 * paths.length).fill(['test/.txt.gz', true]));
    expect(under.events.filter(({ type }) => type === 'warning')).toEqual([]);
  });
});
