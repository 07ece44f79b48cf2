import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callHandler, handlerContract, loadHandler } from 'celline/testing';
import { startArchive } from './fixture-server.mjs';

const handler = await loadHandler(new URL('./handler.ts', import.meta.url));

// Everything that celline relies on: ids, failures, stopping, records that fit the tables.
handlerContract(test, { handler, archive: startArchive });

// What only this archive has.
test('the columns of a sample and its run', async () => {
  const archive = await startArchive();
  try {
    const { units } = await callHandler(handler, ['CUSTOM123456'], archive);
    const [unit] = units;
    assert.equal(unit.samples[0].tissue, 'brain');
    assert.equal(unit.samples[0].children, 'RUN001');
    assert.equal(unit.runs[0].parent, 'CUSTOM123456');
  } finally {
    await archive.close();
  }
});
