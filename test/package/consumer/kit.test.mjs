import assert from 'node:assert/strict';
import test from 'node:test';
import { aSample, createFakeClock, serializerContract, startScriptedServer } from 'celline/testing';

const serializer = {
  name: 'turned',
  description: 'bodies with every bit turned',
  suffix: '.turned',
  canHandle: ({ mediaType }) => mediaType === 'text/plain',
  put: async (body) => ({ chunks: turned(body) }),
  get: (stored) => turned(stored),
};

async function* turned(chunks) {
  for await (const chunk of chunks) yield chunk.map((byte) => byte ^ 255);
}

const bytes = new TextEncoder().encode('a body that is not very long');
serializerContract(test, {
  serializer,
  takes: [{ bytes, mediaType: 'text/plain' }],
  leaves: [{ bytes, mediaType: 'application/json' }],
});

test('a server answers by a script, a clock stands still, a row is whole', async () => {
  const server = await startScriptedServer(({ path }) => (path === '/1' ? { body: 'one' } : { status: 404 }));
  assert.equal(await (await fetch(`${server.url}/1`)).text(), 'one');
  assert.equal((await fetch(`${server.url}/2`)).status, 404);
  assert.deepEqual(
    server.requests.map(({ path }) => path),
    ['/1', '/2'],
  );
  await server.close();
  const clock = createFakeClock(0);
  await clock.sleep(3_600_000);
  assert.equal(clock.now(), 3_600_000);
  assert.equal(aSample({ key: 'GSM7' }).key, 'GSM7');
});
