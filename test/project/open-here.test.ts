import { afterAll, expect, test } from 'vitest';
import { openProject } from '../../src/project/open-here.ts';
import { makeTestFolder, removeFolders } from '../store/open-test-store.ts';

afterAll(removeFolders);

test.each([
  [
    'throws',
    (): void => {
      throw new Error('a fault of the listener');
    },
  ],
  ['rejects', () => Promise.reject(new Error('a fault of the listener'))],
] as const)('004-11 a listener that %s is a warning of the process, and the project goes on', async (_how, onEvent) => {
  const warnings: string[] = [];
  const hear = ({ message }: Error) => warnings.push(message);
  process.on('warning', hear);
  const project = await openProject({ projectDir: await makeTestFolder(), env: {}, onEvent });
  expect(await project.jobs.list()).toEqual([]);
  await project.close();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', hear);
  // Of `began` and of `ended`.
  expect(warnings).toEqual(['a fault of the listener', 'a fault of the listener']);
});

test('a setting that there is not is refused by name, with those that there are', async () => {
  const settings = { root: '/somewhere', config: {} };
  await expect(openProject(settings as object)).rejects.toMatchObject({
    name: 'UsageError',
    message: 'openProject has no setting root, config.',
    hint: expect.stringContaining('cwd, projectDir'),
  });
});
