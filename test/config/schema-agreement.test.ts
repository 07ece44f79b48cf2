import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { problemsOf } from '../../src/config/validate.ts';
import { isValid } from '../support/is-valid.ts';

type Node = Readonly<Record<string, unknown>>;

const ROOT: Node = jsonSchema();
const JUNK = fc.constantFrom<unknown>(null, '', 'x', -1, 0.5, true, [], {}, [1], { x: 1 });
const TEXT = fc.constantFrom(
  ...['', 'x', 'debug', 'DB', 'http://a.example', 'https://a.example/v1', 'https://u:p@a.example', 'ftp://a.example'],
  ...['postgresql://u@h:1/d', 'postgresql://u:p@h/d', './plugin.ts', '5GB', '0.5 mb', '0GB', '5 GiB'],
);
const NUMBER = fc.constantFrom(-1, 0, 0.5, 1, 5, 100, 101, 1000, 1001, 1025, 2 ** 53 - 1, 2 ** 53);
/** Names that any key may have; those of keys and passwords are refused by the loader alone. */
const NAMES = ['geo', 'x', 'ci', 'dbdir'];

/** Values that a part of the schema takes, and now and then others. */
function valuesOf(node: Node, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: goodValuesOf(node, depth) }, { weight: 1, arbitrary: JUNK });
}

function goodValuesOf(node: Node, depth: number): fc.Arbitrary<unknown> {
  if (node.$ref !== undefined) return depth > 6 ? fc.constant({}) : goodValuesOf(ROOT, depth);
  if (Array.isArray(node.enum)) return fc.constantFrom(...node.enum);
  if (node.const !== undefined) return fc.constant(node.const);
  if (Array.isArray(node.anyOf)) return fc.oneof(...node.anyOf.map((one: Node) => valuesOf(one, depth + 1)));
  if (node.type === 'object') return objectsOf(node, depth);
  if (node.type === 'array') return fc.array(valuesOf(node.items as Node, depth + 1), { maxLength: 2 });
  if (node.type === 'string') return TEXT;
  if (node.type === 'boolean') return fc.boolean();
  return node.type === 'number' || node.type === 'integer' ? NUMBER : JUNK;
}

/** Some of the keys, so that most objects are right, and now and then one that is not known. */
function objectsOf(node: Node, depth: number): fc.Arbitrary<unknown> {
  const known = Object.entries((node.properties ?? {}) as Readonly<Record<string, Node>>);
  const required = new Set(node.required as readonly string[] | undefined);
  const some = (chance: number, values: fc.Arbitrary<unknown>) => fc.option(values, { freq: chance, nil: undefined });
  const properties = known.map(([key, below]): [string, fc.Arbitrary<unknown>] => [
    key,
    // The chance to be absent grows with the number of keys.
    required.has(key) ? valuesOf(below, depth + 1) : absentOften(valuesOf(below, depth + 1), known.length),
  ]);
  const others = node.additionalProperties;
  const open = typeof others === 'object' && others !== null;
  const more = NAMES.map((name): [string, fc.Arbitrary<unknown>] => [
    name,
    open ? some(1, valuesOf(others as Node, depth + 1)) : absentOften(JUNK, 400),
  ]);
  return fc
    .record(Object.fromEntries([...more, ...properties]))
    .map((record) => JSON.parse(JSON.stringify(record)) as unknown);
}

/** Present about twice in so many keys. */
function absentOften(values: fc.Arbitrary<unknown>, keys: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: keys, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: values });
}

test('the JSON Schema takes what the loader takes, and nothing else', () => {
  const seen = { good: 0, bad: 0 };
  fc.assert(
    fc.property(valuesOf(ROOT, 0), (config) => {
      fc.pre(typeof config === 'object' && config !== null && !Array.isArray(config));
      const problems = problemsOf({ source: () => 'file', settings: config as Node });
      seen[problems.length === 0 ? 'good' : 'bad'] += 1;
      expect(isValid(config, ROOT), problems[0]?.message).toBe(problems.length === 0);
    }),
    { numRuns: 3000 },
  );
  // Both sides were met, or nothing was compared.
  expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(300);
});

test.each([
  [{ env: { ci: { concurrency: 2 } } }, true],
  [{ env: { ci: { env: {} } } }, false],
  [{ env: { ci: { concurency: 2 } } }, false],
  [{ cache: { metadata: { url: 'postgresql://u@h/d' } } }, true],
  [{ cache: { metadata: { url: 'postgresql://u:p@h/d' } } }, false],
])('%j: %s for an editor, as for the loader', (config, isGood) => {
  expect(isValid(config, ROOT)).toBe(isGood);
  expect(problemsOf({ source: () => 'file', settings: config }).length === 0).toBe(isGood);
});
