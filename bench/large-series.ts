import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startArchiveProcess } from './archive-process.ts';
import { outcomeCounts, say, sayRequests } from './figures.ts';
import { runCelline } from './run-celline.ts';

/** Adds one series of many samples, by each of its names in a project of its own. Records come fast: 0.2 ms each, as ENA's rows do. */
export async function benchLargeSeries(samples: number, ids: readonly string[]): Promise<void> {
  for (const id of ids) await addSeries(id, samples);
}

/** Prints time, peak memory and requests. */
async function addSeries(id: string, samples: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  try {
    const archive = await startArchiveProcess([
      '--series',
      '1',
      '--samples',
      String(samples),
      '--per-record-ms',
      '0.2',
    ]);
    const run = await runCelline(['add', id], folder, archive.url);
    say(
      `celline add ${id}, ${samples} samples`,
      `${run.seconds.toFixed(2)} s, exit ${run.exitCode}, ${outcomeCounts(run.stdout)}`,
    );
    say('peak memory', `${run.peakMegabytes.toFixed(0)} MB`);
    sayRequests(await archive.summary());
    if (run.exitCode !== 0) process.stderr.write(run.stderr.slice(-2000));
    await archive.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
