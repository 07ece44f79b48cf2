import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pruneCompiled } from '../../src/plugins/prune-compiled.ts';

/** A folder with so many compiled modules, the first the oldest. */
function compiled(count: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-compiled-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (let index = 0; index < count; index += 1) {
    const path = join(folder, `lab-${String(index).padStart(2, '0')}.mjs`);
    writeFileSync(path, 'x');
    utimesSync(path, 1000 + index, 1000 + index);
  }
  return folder;
}

test('002-22 of more compiled modules than are kept the oldest go, down to four fifths', async () => {
  const folder = compiled(11);
  await pruneCompiled(folder, 10);
  expect(readdirSync(folder)).toEqual(['03', '04', '05', '06', '07', '08', '09', '10'].map((no) => `lab-${no}.mjs`));
});

test('as many as are kept stay, and a folder that is not there is none', async () => {
  const folder = compiled(10);
  await pruneCompiled(folder, 10);
  expect(readdirSync(folder)).toHaveLength(10);
  await pruneCompiled(join(folder, 'missing'), 10);
});
