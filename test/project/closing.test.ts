import { readdirSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CellineEvent } from '../../src/ports/reporter.ts';
import type { Project } from '../../src/project/project.ts';
import { answerAll, scriptedHandler } from '../dispatcher/scripted-handler.ts';
import { openLab } from '../jobs/open-lab.ts';
import { makeTestFolder, removeFolders } from '../store/open-test-store.ts';

afterAll(removeFolders);

/** Files below a folder that this process holds open. */
function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // The descriptor of the listing itself is gone by now.
      return [];
    }
  });
}

async function addAll(project: Project, ids: readonly string[]): Promise<void> {
  for await (const _row of project.add(ids));
}

const lab = scriptedHandler({
  batchSize: 1,
  async *script([id = '']) {
    if (id === 'TEST500') throw new TypeError('on purpose');
    yield* answerAll([id]);
  },
});

const WORKS: readonly (readonly [string, (project: Project) => Promise<void>])[] = [
  [
    'adding and asking',
    async (project) => {
      await addAll(project, ['TEST1', 'TEST2']);
      const answer = await (await project.query()).run('SELECT key FROM samples');
      const keys: unknown[] = [];
      for await (const rows of answer.rows()) keys.push(...rows.map(({ key }) => key));
      expect(keys.sort()).toEqual(['TEST1', 'TEST2']);
    },
  ],
  ['a handler that throws', (project) => addAll(project, ['TEST1', 'TEST500'])],
  [
    'an error in the middle of a transaction',
    async (project) => {
      await addAll(project, ['TEST1']);
      const failing = project.store.transaction(async (transaction) => {
        await transaction.commit({
          units: [],
          asked: [],
          remove: [{ table: 'samples', key: 'TEST1' }],
          at: '2026-01-01',
        });
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
    },
  ],
  [
    'rows that nobody reads to their end',
    async (project) => {
      for await (const _row of project.add(['TEST1', 'TEST2', 'TEST3'])) break;
      const answer = await (await project.query()).run('SELECT * FROM range(100000)');
      for await (const _rows of answer.rows()) break;
    },
  ],
];

test.runIf(process.platform === 'linux').each(WORKS)(
  '002-22 after %s nothing of a closed project is held open, and closing again does nothing',
  async (_what, work) => {
    const folder = await makeTestFolder();
    const project = await openLab(folder, [lab]);
    await work(project);
    await project.close();
    await project.close();
    // A file of our own shows that the list can see one.
    const own = join(folder, 'own');
    const handle = await open(own, 'w');
    expect(openBelow(folder)).toEqual([own]);
    await handle.close();
  },
);

describe('004-15 004-19 closing while ids are asked', () => {
  /** TEST1 answers; the others wait until they are stopped. */
  const slow = scriptedHandler({
    batchSize: 1,
    async *script([id = ''], signal) {
      if (id !== 'TEST1') await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield* answerAll([id]);
    },
  });

  test('stops them though nobody reads the rows: the job ends, nothing is told after the end', async () => {
    const folder = await makeTestFolder();
    const events: CellineEvent[] = [];
    const project = await openLab(folder, [slow], events);
    const rows = project.add(['TEST1', 'TEST2', 'TEST3'])[Symbol.asyncIterator]();
    expect((await rows.next()).value).toMatchObject({ id: 'TEST1', outcome: 'added' });
    await project.close();
    expect(events.at(-1)?.type).toBe('ended');
    expect(readdirSync(join(folder, 'DB/.store/v1/jobs'))).toEqual([]);
    await expect(rows.next()).rejects.toThrow('The project was closed.');
    const again = await openLab(folder, [slow]);
    expect(await again.jobs.get('1')).toMatchObject({ state: 'interrupted', reason: 'The project was closed.' });
    expect((await again.jobs.below('1')).map(({ state }) => state)).toEqual(['finished', 'interrupted', 'interrupted']);
    await again.close();
  });

  test('tells who reads the rows meanwhile that they are not all', async () => {
    const project = await openLab(await makeTestFolder(), [slow]);
    const seen: string[] = [];
    let closing: Promise<void> | undefined;
    const reading = (async () => {
      for await (const { id } of project.add(['TEST1', 'TEST2', 'TEST3'])) {
        if (seen.push(id) === 1) closing = project.close();
      }
    })();
    await expect(reading).rejects.toThrow('The project was closed.');
    await closing;
    expect(seen[0]).toBe('TEST1');
    await expect(addAll(project, ['TEST1'])).rejects.toThrow('The project was closed.');
  });
});
