import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateWorld } from '../src/testing/archive-server/generate-world.ts';
import { startArchiveProcess } from './archive-process.ts';
import { outcomeCounts, say, sayRequests } from './figures.ts';
import { runFloor } from './floor.ts';
import { runCelline } from './run-celline.ts';

/** Adds all GSM of a world in one command, after the floor has fetched the same records; prints both. */
export async function benchAddSamples(series: number, samplesPerSeries: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const size = ['--series', String(series), '--samples', String(samplesPerSeries)];
  const ids = generateWorld({ series, samplesPerSeries }).samples.map((sample) => sample.alias);
  try {
    const floor = await measureFloor(ids, size, folder);
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'ids.txt'), `${ids.join('\n')}\n`);
    const archive = await startArchiveProcess(size);
    const run = await runCelline(['add', '--from', 'ids.txt'], project, archive.url);
    say('celline add', `${run.seconds.toFixed(2)} s, exit ${run.exitCode}, ${outcomeCounts(run.stdout)}`);
    say('peak memory', `${run.peakMegabytes.toFixed(0)} MB`);
    sayRequests(await archive.summary());
    say('ratio to the floor', (run.seconds / floor).toFixed(2));
    if (run.exitCode !== 0) process.stderr.write(run.stderr.slice(-2000));
    await archive.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureFloor(ids: readonly string[], size: readonly string[], folder: string): Promise<number> {
  const archive = await startArchiveProcess(size);
  const floor = await runFloor(ids, archive.url, folder);
  const summary = await archive.summary();
  await archive.close();
  say(
    'floor (curl)',
    `${floor.seconds.toFixed(2)} s, ${floor.requests} requests, ${floor.runs} runs, ${floor.rows} ENA rows`,
  );
  say('floor at NCBI', `most starts in a second ${summary.mostPerSecond.NCBI}, 429: ${summary.tooFast}`);
  return floor.seconds;
}
