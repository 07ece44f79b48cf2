import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { FORMAT_VERSION } from '../../../../src/store/manifest/manifest.ts';
import { geoSample, oneUnit } from '../../../../src/testing/contract/store-records.ts';
import { buildChildProgram } from '../../../support/child-program.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../../open-test-store.ts';
import { careOf, newestManifest } from '../care-of.ts';
import { allRowsNow, copyProject, rowsNow } from './fixture-project.ts';

afterAll(removeFolders);

test('003-15 killed at four moments of migrating: old or new, never half, and no row or note is lost', async () => {
  const program = await buildChildProgram('test/store/care/migrate/migrating-child.ts', await makeTestFolder());
  const dir = await copyProject(1);
  const before = await allRowsNow(dir);
  const care = careOf(dir);
  await care.migrations.migrate();
  const note = { key: 'GSM9900001', name: 'condition', value: 'treated', created_at: null, updated_at: null };
  const store = openTestStore(dir);
  await store.commit({ units: [], asked: [], annotations: [note], at: '2026-01-01T00:00:00.000Z' });
  const notes = await rowsNow(dir, 'annotations');
  for (let round = 0; round < 4; round += 1) {
    const child = spawn(process.execPath, [program, dir, '1000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    // A little into the next migration: a moment that no two rounds share.
    for (let turns = 0; turns < round * 80; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
    await exited;
    const { format } = await newestManifest(dir);
    expect([1, FORMAT_VERSION]).toContain(format);
    expect(await allRowsNow(dir), `round ${round}`).toEqual(before);
    expect(await rowsNow(dir, 'annotations')).toEqual(format === 1 ? [] : notes);
  }
  await care.migrations.migrate();
  await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
  await store.close();
  await care.close();
  expect(await rowsNow(dir, 'annotations')).toEqual(notes);
  expect((await allRowsNow(dir)).samples).toHaveLength((before.samples?.length ?? 0) + 1);
});
