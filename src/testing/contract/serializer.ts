import assert from 'node:assert/strict';
import type { BodySerializer, BodyTraits, SerializerNotes } from '../../ports/cache-serializer.ts';
import type { TestFunction } from './cache.ts';

/** How a serializer is tested. */
export interface SerializerContract {
  readonly serializer: BodySerializer;
  /** Bodies that it takes, with what else is known of them; at least one. */
  readonly takes: readonly SampleBody[];
  /** Bodies that it leaves to others. */
  readonly leaves: readonly SampleBody[];
}

/** A body for a test. */
export interface SampleBody extends Partial<Pick<BodyTraits, 'mediaType' | 'checkedAs'>> {
  readonly bytes: Uint8Array;
}

/** Everything that the cache relies on in a serializer. */
export function serializerContract(test: TestFunction, contract: SerializerContract): void {
  serializerChoice(test, contract);
  serializerBytes(test, contract);
  serializerFaults(test, contract);
}

function serializerChoice(test: TestFunction, { serializer, takes, leaves }: SerializerContract): void {
  test('it takes what it is for and leaves the rest', async () => {
    assert.notEqual(takes.length, 0);
    for (const body of takes) assert.equal(serializer.canHandle(traitsOf(body)), true);
    for (const body of leaves) assert.equal(serializer.canHandle(traitsOf(body)), false);
    assert.match(serializer.suffix, /^(\.[a-z0-9]+)*$/);
    assert.notEqual(serializer.description, '');
  });
}

function serializerBytes(test: TestFunction, { serializer, takes }: SerializerContract): void {
  test('the very bytes come back, in whatever pieces they travel, and as often as they are asked for', async () => {
    for (const body of takes) {
      for (const piece of [1000, body.bytes.byteLength]) {
        const { stored, notes } = await putBody(serializer, body, piece);
        for (let i = 0; i < 2; i += 1) {
          const back = await collect(serializer.get(piecesOf(stored, piece), { size: body.bytes.byteLength, notes }));
          assert.equal(back.equals(body.bytes), true);
        }
      }
    }
  });

  test('the same body is stored as the same bytes', async () => {
    for (const body of takes) {
      const [first, second] = [await putBody(serializer, body, 777), await putBody(serializer, body, 777)];
      assert.equal(first.stored.equals(second.stored), true);
      assert.deepEqual(first.notes, second.notes);
    }
  });
}

function serializerFaults(test: TestFunction, { serializer, takes }: SerializerContract): void {
  test('what was cut or altered ends with a SyntaxError or is another body: never the one that was put', async () => {
    for (const body of takes) {
      const { stored, notes } = await putBody(serializer, body, 64 * 1024);
      for (const bad of [stored.subarray(0, -1), stored.subarray(0, stored.length >> 1), flipped(stored)]) {
        const read = collect(serializer.get(piecesOf(bad, 64 * 1024), { size: body.bytes.byteLength, notes }));
        const back = await read.catch((error: unknown) => {
          if (error instanceof SyntaxError) return null;
          throw error;
        });
        assert.equal(back?.equals(body.bytes) ?? false, false);
      }
    }
  });

  test('an error of the store comes through as it is', async () => {
    const [body] = takes;
    const size = body?.bytes.byteLength ?? 0;
    const failing = async function* () {
      yield new Uint8Array();
      throw new TypeError('the disk is gone');
    };
    await assert.rejects(collect(serializer.get(failing(), { size, notes: {} })), /the disk is gone/);
  });
}

function traitsOf({ bytes, mediaType = '', checkedAs = 'text' }: SampleBody): BodyTraits {
  const size = bytes.byteLength;
  return { mediaType, checkedAs, size, head: bytes.subarray(0, 64 * 1024), tail: bytes.subarray(-4096) };
}

async function putBody(
  serializer: BodySerializer,
  body: SampleBody,
  piece: number,
): Promise<{ readonly stored: Buffer; readonly notes: SerializerNotes }> {
  const { chunks, notes = {} } = await serializer.put(piecesOf(body.bytes, piece), traitsOf(body));
  return { stored: await collect(chunks), notes };
}

async function* piecesOf(bytes: Uint8Array, piece: number): AsyncIterable<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += piece) yield bytes.subarray(start, start + piece);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function flipped(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  const at = other.length >> 1;
  other[at] = (other[at] ?? 0) ^ 0xff;
  return other;
}
