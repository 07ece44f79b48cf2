import { expect, test } from 'vitest';
import { createRegistry } from '../../src/dispatcher/registry.ts';
import { PluginError } from '../../src/errors/plugin-error.ts';
import { scriptedHandler } from './scripted-handler.ts';

const names = (registry: ReturnType<typeof createRegistry>) => registry.listHandlers().map((entry) => entry.name);

test.each([
  { priority: undefined, expected: ['a', 'b', 'c'] },
  { priority: 0, expected: ['c', 'a', 'b'] },
  { priority: -5, expected: ['c', 'a', 'b'] },
  { priority: 1, expected: ['a', 'c', 'b'] },
  { priority: 99, expected: ['a', 'b', 'c'] },
])('002-03 priority $priority gives the order $expected', ({ priority, expected }) => {
  const registry = createRegistry();
  registry.registerHandler(scriptedHandler({ name: 'a' }));
  registry.registerHandler(scriptedHandler({ name: 'b' }));
  registry.registerHandler(scriptedHandler({ name: 'c' }), priority === undefined ? {} : { priority });
  expect(names(registry)).toEqual(expected);
  expect(registry.listHandlers().map((entry) => entry.priority)).toEqual([0, 1, 2]);
});

test('002-04, 002-06 a handler at priority 0 takes ids over and gives them back when it goes', () => {
  const registry = createRegistry();
  registry.registerHandler(scriptedHandler({ name: 'built-in' }), { builtIn: true });
  registry.registerHandler(scriptedHandler({ name: 'lab' }), { priority: 0 });
  expect(registry.claims('TEST1').map((claim) => claim.handler.name)).toEqual(['lab', 'built-in']);
  expect(registry.unregisterHandler('lab')).toBe(true);
  expect(registry.claims('TEST1').map((claim) => claim.handler.name)).toEqual(['built-in']);
  expect(registry.unregisterHandler('lab')).toBe(false);
  expect(registry.unregisterHandler('built-in')).toBe(true);
  expect(registry.claims('TEST1')).toEqual([]);
});

test('a name that is taken is refused, and another name can be given', () => {
  const registry = createRegistry();
  registry.registerHandler(scriptedHandler({ name: 'a' }));
  expect(() => registry.registerHandler(scriptedHandler({ name: 'a' }))).toThrow(PluginError);
  registry.registerHandler(scriptedHandler({ name: 'a' }), { name: 'a2' });
  expect(names(registry)).toEqual(['a', 'a2']);
});

test.each([
  { order: [], expected: ['a', 'b', 'c'], unknown: [] },
  { order: ['c'], expected: ['c', 'a', 'b'], unknown: [] },
  { order: ['b', 'nobody', 'a'], expected: ['b', 'a', 'c'], unknown: ['nobody'] },
  { order: ['c', 'b', 'a'], expected: ['c', 'b', 'a'], unknown: [] },
])('the order $order of the configuration gives $expected', ({ order, expected, unknown }) => {
  const registry = createRegistry();
  for (const name of ['a', 'b', 'c']) registry.registerHandler(scriptedHandler({ name }));
  expect(registry.arrange(order)).toEqual(unknown);
  expect(names(registry)).toEqual(expected);
  expect(registry.claims('TEST1').map((claim) => claim.handler.name)).toEqual(expected);
});

test('002-05 the list says of each its name, its place from 0 on, and whether celline brought it', () => {
  const registry = createRegistry();
  registry.registerHandler(scriptedHandler({ name: 'geo' }), { builtIn: true });
  registry.registerHandler(scriptedHandler({ name: 'lab' }));
  registry.registerHandler(scriptedHandler({ name: 'mirror' }), { priority: 0 });
  expect(registry.listHandlers().map(({ name, priority, builtIn }) => ({ name, priority, builtIn }))).toEqual([
    { name: 'mirror', priority: 0, builtIn: false },
    { name: 'geo', priority: 1, builtIn: true },
    { name: 'lab', priority: 2, builtIn: false },
  ]);
});
