import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { geoSample, insdcRun, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../store/open-test-store.ts';
import { buildChildProgram } from '../support/child-program.ts';

afterAll(removeFolders);

test('002-22 closing while DuckDB is at work ends no process', async () => {
  const dir = await makeTestFolder();
  const store = openTestStore(dir);
  await store.commit(oneUnit({ samples: [geoSample('GSM1')], runs: [insdcRun('SRR1', 'GSM1')] }));
  await store.close();
  const program = await buildChildProgram('test/query/closing-child.ts', await makeTestFolder());
  const child = spawn(process.execPath, [program, dir, '30'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(said).toMatch(/^\d+ answered\n$/);
});
