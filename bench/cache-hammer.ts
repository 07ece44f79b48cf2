import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startCacheServices } from '../test/cache/cache-services.ts';
import { hammerCache } from '../test/cache/hammer.ts';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';

/** Processes at once, and writes of the last life of each. */
const PROCESSES = 8;
const STEPS = 25;

/** Questions asked in each step. */
const READS = 12;

/** Eight processes on one cache, each killed `kills` times, for each pair of back ends that processes can share. */
export async function benchCacheHammer(kills: number): Promise<void> {
  const services = await startCacheServices();
  const program = join(builtFolder(), 'bench/cache-hammer-worker.js');
  try {
    for (const metadata of ['json', 'sqlite', 'postgresql']) {
      if (metadata in services.skipped) continue;
      for (const blobs of ['filesystem', 's3']) {
        const folder = mkdtempSync(join(tmpdir(), 'celline-hammer-'));
        const begin = performance.now();
        const options = {
          metadata,
          blobs,
          services,
          folder,
          program,
          processes: PROCESSES,
          kills,
          steps: STEPS,
          reads: READS,
        };
        const report = await hammerCache(options);
        const seconds = ((performance.now() - begin) / 1000).toFixed(0);
        const { acknowledged, found, unreadable, faults } = report;
        const lost = acknowledged - found;
        say(
          `${metadata} and ${blobs}`,
          `${report.kills} kills, ${acknowledged} acknowledged, ${lost} lost, ${unreadable} unreadable, ${faults.length} faults, ${seconds} s`,
        );
        for (const fault of faults.slice(0, 5)) say('', fault);
        rmSync(folder, { recursive: true, force: true });
      }
    }
  } finally {
    await services.remove();
  }
}
