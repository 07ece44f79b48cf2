import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';

it('notes outlive a refresh, and diff tells what the refresh changed', async () => {
  const world = generateWorld({ series: 1, samplesPerSeries: 3, runsPerSample: 1 });
  const server = await startArchiveServer({ world });
  const folder = mkdtempSync(join(tmpdir(), 'celline-e2e-'));
  try {
    const run = (...args: string[]) => cellineHere(args, { folder, url: server.url, env: { NCBI_API_KEY: 'key' } });
    expect((await run('add', 'GSE990001')).code).toBe(0);
    writeFileSync(join(folder, 'sheet.csv'), 'sample,condition,batch\nGSM99000001,treated,1\nGSM99000002,control,\n');
    const noted = await run('annotate', '--from', 'sheet.csv');
    expect([noted.code, noted.stderr.trim()]).toEqual([0, '3 notes: 3 added.']);
    const treated = await run('export', 'samples', '--where', 'condition=treated', '--columns', 'key');
    expect(treated.stdout, treated.stderr).toBe('key\nGSM99000001\n');
    expect((await run('annotate', 'SRX99000001', 'GSM7', 'batch=2')).code).toBe(3);

    // The archive says something else now.
    const changed = structuredClone(world);
    const sample = changed.samples[0];
    if (sample !== undefined) Object.assign(sample, { title: 'another title' });
    await server.close();
    const later = await startArchiveServer({ world: changed });
    try {
      const refreshed = await cellineHere(['refresh', 'GSM99000001'], {
        folder,
        url: later.url,
        env: { NCBI_API_KEY: 'key' },
      });
      expect(refreshed.code, refreshed.stderr).toBe(0);
    } finally {
      await later.close();
    }
    const diff = await run('diff', 'SRX99000001', '--table', 'samples', '--columns', 'title', '--json');
    expect(diff.code, diff.stderr).toBe(0);
    expect(JSON.parse(diff.stdout)).toMatchObject([
      { table: 'samples', key: 'GSM99000001', change: 'changed', column: 'title', after: 'another title' },
    ]);
    expect(diff.stderr).toMatch(/^From \d+ \(.* UTC, annotate.*\) to \d+ \(.*refresh GSM99000001\): 1 row changed/);
    const shown = JSON.parse((await run('show', 'GSM99000001', '--json')).stdout);
    expect(shown[0].notes).toEqual([
      { name: 'batch', value: '2' },
      { name: 'condition', value: 'treated' },
    ]);
    const notes = await run('diff', '--from', '0', '--table', 'annotations', '--summary', '--format', 'csv');
    // The experiment is a name of the sample and of its run: both are noted.
    expect(notes.stdout).toBe('table,change,column,rows\r\nannotations,added,,4\r\n');
  } finally {
    await server.close().catch(() => undefined);
    rmSync(folder, { recursive: true });
  }
});
