import { expect, it } from 'vitest';
import { blankLiterals, findFunctions, findImports } from './source-text.ts';

const SOURCE = `import { a } from './a.ts';
import type { B } from '../b.ts';
export { c } from 'c';
// a comment with { and fetch(
const pattern = /[/{'"]/g;
const text = \`x \${call({ y: '}' })} z {\`;
export function plain(one: string, two = { three: 4 }): { readonly five: string } {
  if (one) {
    return { five: one };
  }
  const inner = async () => {
    await import('./lazy.ts');
  };
  return inner as never;
}
class Thing {
  method<T>(value: T): Promise<Map<string, T>> {
    for (const x of [1]) {
      console.log(x);
    }
    return value as never;
  }
}
const object = { key: { nested: 1 } };
`;

it('finds imports of every form', () => {
  expect(findImports(SOURCE).map(({ from }) => from)).toEqual(['./a.ts', '../b.ts', 'c', './lazy.ts']);
});

it('finds functions and their lengths, and no blocks', () => {
  expect(findFunctions(SOURCE)).toEqual([
    { line: 7, lines: 9 },
    { line: 11, lines: 3 },
    { line: 17, lines: 6 },
  ]);
});

it('blanks what is no code, and keeps every line in its place', () => {
  const blank = blankLiterals(SOURCE);
  expect(blank).not.toContain('fetch');
  expect(blank).not.toContain('./a.ts');
  expect(blank.split('\n').map((line) => line.length)).toEqual(SOURCE.split('\n').map((line) => line.length));
  expect(blank.split('{').length).toBe(blank.split('}').length);
});
