import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { removeFromJson, setInJson } from '../../src/config/edit-json.ts';

describe('what is not changed stays as it is written', () => {
  const text = `{
\t"email" : "a@b.c",
\t"cache": { "ttl": 5, "compress":true },
\t"list": [1,
\t\t2]
}`;

  test.each<[string, readonly string[], unknown, string]>([
    ['a value', ['email'], 'x', text.replace('"a@b.c"', '"x"')],
    ['a value below', ['cache', 'ttl'], 60, text.replace('5', '60')],
    ['a new value among those of a line', ['cache', 'maxBytes'], 9, text.replace('true }', 'true, "maxBytes":9 }')],
    ['a new value on a line of its own', ['dbDir'], 'T', text.replace('2]\n', '2],\n\t"dbDir": "T"\n')],
    [
      'new objects',
      ['handlers', 'geo', 'rateLimit'],
      2,
      text.replace('2]\n', '2],\n\t"handlers": {\n\t\t"geo": {\n\t\t\t"rateLimit": 2\n\t\t}\n\t}\n'),
    ],
    ['a value in the way', ['email', 'of'], 1, text.replace('"a@b.c"', '{\n\t\t"of": 1\n\t}')],
  ])('set: %s', (_name, path, value, expected) => {
    expect(setInJson(text, path, value)).toBe(expected);
  });

  test.each<[string, readonly string[], string]>([
    ['the first', ['email'], text.replace('"email" : "a@b.c",\n\t', '')],
    ['the last', ['list'], text.replace(',\n\t"list": [1,\n\t\t2]', '')],
    ['one of a line', ['cache', 'compress'], text.replace(', "compress":true', '')],
    ['an object', ['cache'], text.replace('"cache": { "ttl": 5, "compress":true },\n\t', '')],
    ['one that is not there', ['cache', 'none'], text],
    ['one below a value', ['email', 'none'], text],
  ])('remove: %s', (_name, path, expected) => {
    expect(removeFromJson(text, path)).toBe(expected);
  });

  test('an empty object, and one that gets empty', () => {
    expect(setInJson('{}\n', ['cache', 'ttl'], 1)).toBe('{\n  "cache": {\n    "ttl": 1\n  }\n}\n');
    expect(removeFromJson('{"a": 1, "cache": {"ttl": 5}}', ['cache', 'ttl'])).toBe('{"a": 1}');
    expect(removeFromJson('{"celline": {"cache": {"ttl": 5}}}', ['celline', 'cache', 'ttl'], 1)).toBe(
      '{"celline": {}}',
    );
    expect(setInJson('\uFEFF{"a":1}', ['b'], [1])).toBe('\uFEFF{"a":1,"b":[1]}');
  });
});

const KEY = fc
  .oneof(fc.constantFrom('a', 'b', 'c"d', 'e{', ''), fc.string({ maxLength: 4 }))
  .filter((key) => key !== '__proto__');
const TREE = fc.dictionary(
  KEY,
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(KEY, tie('value'), { noNullPrototype: true }),
    ),
  })).value,
  { noNullPrototype: true },
);
const INDENT = fc.constantFrom(undefined, 1, 2, '\t');

test('property: the edited text means what the edited object means', () => {
  fc.assert(
    fc.property(
      TREE,
      fc.array(KEY, { minLength: 1, maxLength: 4 }),
      fc.jsonValue({ maxDepth: 1 }),
      INDENT,
      (tree, path, value, indent) => {
        const text = JSON.stringify(tree, null, indent);
        const edited = JSON.parse(setInJson(text, path, value));
        expect(edited).toEqual(JSON.parse(JSON.stringify(setIn(tree, path, value))));
        const isNew = JSON.stringify(at(tree, path)) === undefined;
        const removed = JSON.parse(removeFromJson(text, path));
        expect(JSON.stringify(at(removed, path))).toBeUndefined();
        if (isNew) expect(removed).toEqual(JSON.parse(text));
      },
    ),
    { numRuns: 500 },
  );
});

function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key);
  return isObject ? at(Reflect.get(value, key), rest) : undefined;
}

function setIn(tree: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const base = typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? tree : {};
  const below = Object.hasOwn(base, key) ? Reflect.get(base, key) : undefined;
  return { ...base, [key]: setIn(below, rest, value) };
}
