import { describe, expect, test } from 'vitest';
import { createMemoryBlobs } from '../../src/cache/blob/memory.ts';
import { createBlobRegistry } from '../../src/cache/blob/registry.ts';
import { createMemoryMetadata } from '../../src/cache/metadata/memory.ts';
import { createMetadataRegistry } from '../../src/cache/metadata/registry.ts';
import { createSerializerRegistry } from '../../src/cache/serializers/registry.ts';
import { createRegistry } from '../../src/dispatcher/registry.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createStoreRegistry } from '../../src/store/registry.ts';
import { scriptedHandler } from '../dispatcher/scripted-handler.ts';

/** What every kind of extension can do: names in, names out. */
interface ExtensionPoint {
  register(name: string): void;
  unregister(name: string): boolean;
  names(): string[];
}

const description = 'of the tests';
const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

function handlers(): ExtensionPoint {
  const registry = createRegistry();
  registry.registerHandler(scriptedHandler({ name: 'built-in' }), { builtIn: true });
  return {
    register: (name) => registry.registerHandler(scriptedHandler({ name })),
    unregister: registry.unregisterHandler,
    names: () => namesOf(registry.listHandlers()),
  };
}

function metadata(): ExtensionPoint {
  const registry = createMetadataRegistry();
  return {
    register: (name) => registry.register({ name, description, open: () => createMemoryMetadata(Date.now) }),
    unregister: registry.unregister,
    names: () => namesOf(registry.list()),
  };
}

function blobs(): ExtensionPoint {
  const registry = createBlobRegistry();
  return {
    register: (name) => registry.register({ name, description, open: () => createMemoryBlobs(Date.now) }),
    unregister: registry.unregister,
    names: () => namesOf(registry.list()),
  };
}

function serializers(): ExtensionPoint {
  const registry = createSerializerRegistry();
  const text = registry.find('text');
  if (text === null) throw new Error('there is no serializer for text');
  return {
    register: (name) => registry.registerSerializer({ ...text, name }),
    unregister: registry.unregisterSerializer,
    names: () => namesOf(registry.listSerializers()),
  };
}

function stores(): ExtensionPoint {
  const registry = createStoreRegistry();
  return {
    register: (name) => registry.registerStore({ name, description, open: () => createMemoryStore() }),
    unregister: registry.unregisterStore,
    names: () => namesOf(registry.listStores()),
  };
}

describe('002-01 every kind of extension is registered, listed and taken away by name', () => {
  test.each([
    ['handlers of sources', handlers],
    ['metadata back ends of the cache', metadata],
    ['blob back ends of the cache', blobs],
    ['serializers', serializers],
    ['storage back ends', stores],
  ])('%s', (_kind, open) => {
    const point = open();
    const before = point.names();
    expect(before).not.toEqual([]);
    point.register('lab');
    expect(point.names()).toEqual([...before, 'lab']);
    expect(() => point.register('lab')).toThrow(/lab"? is registered already/);
    expect(point.unregister('lab')).toBe(true);
    expect(point.unregister('lab')).toBe(false);
    expect(point.names()).toEqual(before);
  });
});
