import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLiveFiles } from '../../src/jobs/live-files.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { makeTestFolder, removeFolders } from '../store/open-test-store.ts';

afterAll(removeFolders);

test.each(['', 'null', '{}', '[]', '{"ids":3}', '{"ids":["GSM1"'])(
  '004-19 a file that says %j is no sign of life',
  async (text) => {
    const folder = await makeTestFolder();
    const processes = { host: 'lab', pid: 1, isAlive: () => true };
    const live = createLiveFiles({ folder, clock: createFakeClock(), processes, randomId: () => 'one' });
    await live.hold({ uuid: 'two', task: 'add', title: null, ids: ['GSM1'] });
    await writeFile(join(folder, '7.json'), text);
    expect(await live.list()).toMatchObject([{ number: null, uuid: 'two', ids: ['GSM1'] }]);
  },
);
