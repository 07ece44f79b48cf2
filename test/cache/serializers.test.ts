import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createSerializerRegistry } from '../../src/cache/serializers/registry.ts';
import type { BodySerializer, BodyTraits } from '../../src/ports/cache-serializer.ts';
import { type SampleBody, serializerContract } from '../../src/testing/contract/serializer.ts';

const text = (bytes: string) => Buffer.from(bytes);
const LONG_TEXT = text('run_accession\tfastq_ftp\nSRR000001\tftp.example.org/µ\r\n'.repeat(2000));
const JSON_BODY = text(` {"a": 1e3,\n "rows": [${'{"x": "\\u00b5", "y": null},'.repeat(1000)} 0]}\n`);
const XML_BODY = text(`<?xml version="1.0"?>\n<SET>${'<A b="1">µ</A>\r\n'.repeat(1000)}</SET>`);
const LARGE = text(LONG_TEXT.toString().repeat(100));
const GZIP_BODY = gzipSync(LONG_TEXT);
const PARQUET = Buffer.concat([text('PAR1'), Buffer.alloc(5000, 7), text('PAR1')]);
const SHORT = text('{"count": 0}');
const BINARY = Buffer.alloc(10_000, 0);

const samples: Readonly<Record<string, { takes: SampleBody[]; leaves: SampleBody[] }>> = {
  parquet: {
    takes: [{ bytes: PARQUET }],
    leaves: [{ bytes: text('PAR1') }, { bytes: LONG_TEXT }, { bytes: GZIP_BODY }],
  },
  gzip: { takes: [{ bytes: GZIP_BODY, checkedAs: 'soft.gz' }], leaves: [{ bytes: LONG_TEXT }, { bytes: PARQUET }] },
  json: {
    takes: [
      { bytes: JSON_BODY, checkedAs: 'json' },
      { bytes: JSON_BODY, mediaType: 'application/json' },
      { bytes: JSON_BODY, mediaType: 'application/ld+json' },
    ],
    leaves: [
      { bytes: SHORT, checkedAs: 'json' },
      { bytes: XML_BODY, checkedAs: 'xml:SET', mediaType: 'application/json' },
    ],
  },
  xml: {
    takes: [
      { bytes: XML_BODY, checkedAs: 'xml:SET' },
      { bytes: XML_BODY, mediaType: 'text/xml' },
    ],
    leaves: [{ bytes: JSON_BODY, checkedAs: 'json' }, { bytes: LONG_TEXT }],
  },
  text: {
    takes: [
      { bytes: LONG_TEXT, checkedAs: 'tsv:run_accession' },
      { bytes: LARGE, checkedAs: 'soft' },
    ],
    leaves: [{ bytes: SHORT }, { bytes: BINARY }],
  },
};

const builtIns = createSerializerRegistry().listSerializers();

test('002-07: the built-in serializers, in the order in which they are asked', () => {
  expect(builtIns.map(({ name }) => name)).toEqual(['parquet', 'gzip', 'json', 'xml', 'text']);
  expect(builtIns.every(({ builtIn }) => builtIn)).toBe(true);
  expect(builtIns.map(({ priority }) => priority)).toEqual([0, 1, 2, 3, 4]);
});

describe.each(builtIns)('002-07, 002-24: serializer $name', ({ name, item }) => {
  serializerContract(test, { serializer: item, takes: [], leaves: [], ...samples[name] });
});

test('text is stored as a gzip file, a tenth of its size; what is compressed already, as it came', async () => {
  for (const [name, body] of [
    ['text', LONG_TEXT],
    ['json', JSON_BODY],
    ['xml', XML_BODY],
  ] as const) {
    const stored = await store(name, body);
    expect(gunzipSync(stored).equals(body)).toBe(true);
    expect(stored.length).toBeLessThan(body.length / 10);
  }
  expect((await store('gzip', GZIP_BODY)).equals(GZIP_BODY)).toBe(true);
  expect((await store('parquet', PARQUET)).equals(PARQUET)).toBe(true);
});

test('a body that inflates to more than it was is refused before it fills the memory', async () => {
  const bomb = gzipSync(Buffer.alloc(100_000_000));
  const read = collect(find('text').get(once(bomb), { size: 10, notes: {} }));
  await expect(read).rejects.toThrow(SyntaxError);
});

describe('the registry', () => {
  const traits = traitsOf(LONG_TEXT, 'tsv:run_accession');
  const mine: BodySerializer = { ...find('text'), name: 'mine', suffix: '.mine', canHandle: () => true };

  test('002-03, 002-04: 0 is asked first, none is appended, and the first that takes a body has it', () => {
    const registry = createSerializerRegistry();
    registry.registerSerializer(mine);
    expect(registry.choose(traits)?.name).toBe('text');
    registry.unregisterSerializer('mine');
    registry.registerSerializer(mine, { priority: 0, name: 'first' });
    expect(registry.listSerializers().map(({ name }) => name)).toEqual([
      'first',
      'parquet',
      'gzip',
      'json',
      'xml',
      'text',
    ]);
    expect(registry.choose(traits)).toEqual({ name: 'first', serializer: mine });
    expect(registry.find('first')).toBe(mine);
  });

  test('002-06: built-ins can be taken away; an unknown name is false; nobody left means kept as it came', () => {
    const registry = createSerializerRegistry();
    for (const { name } of registry.listSerializers()) expect(registry.unregisterSerializer(name)).toBe(true);
    expect(registry.unregisterSerializer('text')).toBe(false);
    expect(registry.choose(traits)).toBeNull();
    expect(registry.find('text')).toBeNull();
  });

  test.each([
    ['a name that is taken', { ...mine, name: 'json' }, /named json is registered already/],
    ['no get', { ...mine, get: undefined }, /lacks get/],
    ['a suffix that leaves the folder', { ...mine, suffix: '/../x' }, /cannot be part of a path/],
    ['a name of other characters', { ...mine, name: 'a/b' }, /cannot be part of a path/],
  ])('002-19: %s is refused', (_, serializer, message) => {
    const registry = createSerializerRegistry();
    expect(() => registry.registerSerializer(serializer as BodySerializer)).toThrow(message);
    expect(registry.listSerializers()).toHaveLength(5);
  });
});

function find(name: string): BodySerializer {
  const found = createSerializerRegistry().find(name);
  if (found === null) throw new Error(`no serializer ${name}`);
  return found;
}

function traitsOf(bytes: Buffer, checkedAs: string): BodyTraits {
  return { mediaType: '', checkedAs, size: bytes.length, head: bytes.subarray(0, 1000), tail: bytes.subarray(-100) };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function store(name: string, bytes: Buffer): Promise<Buffer> {
  return collect((await find(name).put(once(bytes), traitsOf(bytes, 'text'))).chunks);
}
