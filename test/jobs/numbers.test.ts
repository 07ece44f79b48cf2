import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { makeTestFolder, removeFolders } from '../store/open-test-store.ts';
import { buildChildProgram } from '../support/child-program.ts';
import { openLab } from './open-lab.ts';

afterAll(removeFolders);

test('004-03 processes that number jobs at once give each number once, without a gap, and every part its own', async () => {
  const folder = await makeTestFolder();
  const program = await buildChildProgram('test/jobs/tracking-child.ts', folder);
  const project = join(folder, 'project');
  await mkdir(project);
  const [processes, each] = [4, 6];
  const run = promisify(execFile);
  await Promise.all(Array.from({ length: processes }, () => run(process.execPath, [program, project, String(each)])));
  const lab = await openLab(project);
  const numbers = (await lab.jobs.list()).map(({ number }) => Number(number)).toReversed();
  expect(numbers).toEqual(Array.from({ length: processes * each }, (_, index) => index + 1));
  const parts = (await Promise.all(numbers.map((number) => lab.jobs.below(String(number))))).flat();
  expect(parts.map(({ number }) => number)).toEqual(numbers.map((number) => `${number}.1`));
  expect(new Set(parts.map(({ state }) => state))).toEqual(new Set(['finished']));
  await lab.close();
});
