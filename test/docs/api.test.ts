import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiReference, unnamedTypes } from './api-reference.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = join(ROOT, 'docs', 'api');

const built = mkdtempSync(join(tmpdir(), 'celline-api-'));
const types = join(built, 'lib', 'types');

beforeAll(() => {
  execFileSync(process.execPath, ['build-types.mjs', built], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
}, 180_000);

afterAll(() => rmSync(built, { recursive: true, force: true }));

describe('docs/api', () => {
  it('is what the declarations say (UPDATE_DOCS=1 npx vitest run test/docs/api.test.ts)', () => {
    const wanted = apiReference(types);
    if (process.env.UPDATE_DOCS === '1') {
      rmSync(PAGES, { recursive: true, force: true });
      mkdirSync(PAGES);
      for (const [name, text] of wanted) writeFileSync(join(PAGES, name), text);
    }
    expect(readdirSync(PAGES).sort()).toEqual([...wanted.keys()].sort());
    for (const [name, text] of wanted) expect(readFileSync(join(PAGES, name), 'utf8'), name).toBe(text);
  });

  it('002-25 every name has a text and its whole declaration', () => {
    const pages = [...apiReference(types)].filter(([name]) => name !== 'README.md');
    const parts = pages.flatMap(([, text]) => text.split(/^## /m).slice(1));
    expect(parts.length).toBeGreaterThan(150);
    const silent = parts.filter((part) => !/^\w+\n\n[^`\n]/.test(part)).map((part) => part.split('\n')[0]);
    expect(silent).toEqual([]);
    for (const part of parts) {
      const code = /```ts\n([\s\S]*?)```/.exec(part)?.[1] ?? '';
      const plain = code.replace(/\/\*\*[\s\S]*?\*\//g, '');
      for (const [open = '', close = ''] of ['{}', '()', '[]'])
        expect(plain.split(open).length, part).toBe(plain.split(close).length);
    }
  });

  it('declarations reach no package and nothing that only works inside', () => {
    const files = readdirSync(types, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));
    expect(files.filter((name) => /src\/(cli|config|http|cache|store|plugins|jobs|query|log)\//.test(name))).toEqual(
      [],
    );
    const packages = files.flatMap(
      (name) => readFileSync(join(types, name), 'utf8').match(/from ['"][^.'"][^'"]*/g) ?? [],
    );
    expect(packages).toEqual([]);
  });

  it('whatever a public declaration mentions is public', () => {
    expect(unnamedTypes(types)).toEqual([]);
  });
});
