import { PluginError } from '../../errors/plugin-error.ts';
import type { BodySerializer, BodySerializers, BodyTraits } from '../../ports/cache-serializer.ts';
import { createOrderedRegistry, type Registered, type Registration } from '../../registry/ordered-registry.ts';
import { createCompressedSerializer } from './compressed.ts';
import { createUntouchedSerializer } from './untouched.ts';

/** The serializers of a cache in the order in which they are asked, by the rules of handlers. */
export interface SerializerRegistry extends BodySerializers {
  /** A name that is taken, or a member that is missing, is a `PluginError`. */
  registerSerializer(serializer: BodySerializer, options?: Registration): void;
  /** Takes one away, built-ins too; false when there is none of that name. What it wrote is asked for again. */
  unregisterSerializer(name: string): boolean;
  /** All, first asked first. */
  listSerializers(): readonly Registered<BodySerializer>[];
}

/**
 * Bytes from which a text is compressed. A smaller one takes one block of the disk either way; from here on the archives'
 * answers shrink to a third and less, from 16 kB on to an eighth (docs/decisions/0025).
 */
const WORTH_IT = 4096;

const GZIP_MAGIC = [0x1f, 0x8b];
const PARQUET_MAGIC = [0x50, 0x41, 0x52, 0x31];

/** The serializers with the built-in ones: `parquet`, `gzip`, `json`, `xml`, `text`. */
export function createSerializerRegistry(): SerializerRegistry {
  const entries = createOrderedRegistry<BodySerializer>('serializer');
  for (const serializer of BUILT_IN) entries.register(serializer, { builtIn: true });
  return {
    registerSerializer(serializer, options) {
      entries.register(serializer, options, (name) => checkMembers(name, serializer));
    },
    unregisterSerializer: (name) => entries.unregister(name),
    listSerializers: () => entries.list(),
    choose(traits) {
      const chosen = entries.list().find(({ item }) => item.canHandle(traits));
      return chosen === undefined ? null : { name: chosen.name, serializer: chosen.item };
    },
    find: (name) => entries.find(name) ?? null,
  };
}

const BUILT_IN: readonly BodySerializer[] = [
  createUntouchedSerializer({
    name: 'parquet',
    description: 'tables in Parquet, which is compressed: kept as they came',
    suffix: '.parquet',
    canHandle: ({ size, head, tail }) =>
      size > 2 * PARQUET_MAGIC.length &&
      startsWith(head, PARQUET_MAGIC) &&
      startsWith(tail.subarray(-4), PARQUET_MAGIC),
  }),
  createUntouchedSerializer({
    name: 'gzip',
    description: 'files that are compressed already: kept as they came',
    suffix: '.gz',
    canHandle: ({ head }) => startsWith(head, GZIP_MAGIC),
  }),
  createCompressedSerializer({
    name: 'json',
    description: 'JSON, compressed',
    suffix: '.json.gz',
    canHandle: (traits) => traits.size >= WORTH_IT && isKind(traits, /^json$/, /[/+]json$/),
  }),
  createCompressedSerializer({
    name: 'xml',
    description: 'XML, compressed',
    suffix: '.xml.gz',
    canHandle: (traits) => traits.size >= WORTH_IT && isKind(traits, /^xml(:|$)/, /[/+]xml$/),
  }),
  createCompressedSerializer({
    name: 'text',
    description: 'tables and other text, compressed',
    suffix: '.txt.gz',
    canHandle: ({ size, head }) => size >= WORTH_IT && !head.includes(0),
  }),
];

/** What the handler expected says more than the media type, which archives often get wrong. */
function isKind({ checkedAs, mediaType }: BodyTraits, expected: RegExp, media: RegExp): boolean {
  return expected.test(checkedAs) || (checkedAs === 'text' && media.test(mediaType));
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function checkMembers(name: string, serializer: BodySerializer): void {
  const missing = (['canHandle', 'put', 'get'] as const).filter((member) => typeof serializer[member] !== 'function');
  const isNamed = /^[A-Za-z0-9-]+$/.test(name) && /^(\.[a-z0-9]+)*$/.test(serializer.suffix);
  if (missing.length === 0 && isNamed) return;
  const what =
    missing.length > 0 ? `lacks ${missing.join(', ')}` : 'has a name or a suffix that cannot be part of a path';
  throw new PluginError(`the serializer ${name} ${what}`, {
    hint: 'see src/ports/cache-serializer.ts for the members of the port',
    fields: { serializer: name },
  });
}
