// `npm run build && node dist/bench/run.js NAME…` prints the figures of a benchmark; without a name, its list.
import { benchAddSamples } from './add-samples.ts';
import { benchBackup } from './backup.ts';
import { benchRevalidation, benchSecondRun } from './cache.ts';
import { benchCacheHammer } from './cache-hammer.ts';
import { benchFaults } from './faults.ts';
import { benchFullDisk } from './full-disk.ts';
import { benchHttpOverhead } from './http-overhead.ts';
import { benchHttp2 } from './http2.ts';
import { benchJobs } from './jobs.ts';
import { benchKillAdd } from './kill-add.ts';
import { benchKillStore } from './kill-store.ts';
import { benchLargeCache } from './large-cache.ts';
import { benchLargeSeries } from './large-series.ts';
import { benchManyWriters } from './many-writers.ts';
import { benchRows } from './million-rows.ts';
import { benchPolite } from './polite.ts';
import { benchStartup } from './startup.ts';
import { benchStore } from './store.ts';

const BENCHMARKS: Readonly<Record<string, () => void | Promise<void>>> = {
  startup: benchStartup,
  'add-1000': () => benchAddSamples(40, 25),
  'add-10000': () => benchAddSamples(400, 25),
  'series-5000': () => benchLargeSeries(5000, ['GSE990001', 'PRJNA9900001']),
  'series-20000': () => benchLargeSeries(20_000, ['GSE990001']),
  'cache-10000': () => benchSecondRun(400, 25),
  'cache-304': () => benchRevalidation(2000, 20_000),
  'cache-100000': () => benchLargeCache(100_000),
  'http-overhead': benchHttpOverhead,
  http2: benchHttp2,
  'cache-hammer': () => benchCacheHammer(Number(process.env.BENCH_KILLS ?? 12)),
  jobs: () => benchJobs(8, 100),
  'kill-add': () => benchKillAdd(Number(process.env.BENCH_KILLS ?? 100)),
  'kill-store': () => benchKillStore(Number(process.env.BENCH_KILLS ?? 500)),
  'faults-400': () => benchFaults(400),
  'faults-2000': () => benchFaults(2000),
  'faults-10000': () => benchFaults(10_000),
  'full-disk': benchFullDisk,
  'many-writers': benchManyWriters,
  'polite-3': () => benchPolite(3),
  'polite-10': () => benchPolite(10),
  'polite-25': () => benchPolite(25),
  'store-20000': () => benchStore(20_000),
  'store-100000': () => benchStore(100_000),
  'backup-100000': () => benchBackup(100_000),
  'backup-1000000': () => benchBackup(1_000_000),
  'rows-10000': () => benchRows(10_000),
  'rows-100000': () => benchRows(100_000),
  'rows-1000000': () => benchRows(1_000_000),
  'rows-5000000': () => benchRows(5_000_000),
  'rows-10000000': () => benchRows(10_000_000),
};

const names = process.argv.slice(2);
if (names.length === 0) process.stdout.write(`${Object.keys(BENCHMARKS).join('\n')}\n`);
for (const name of names) {
  const bench = BENCHMARKS[name];
  if (bench === undefined) {
    process.stderr.write(`No benchmark is called ${name}: ${Object.keys(BENCHMARKS).join(', ')}\n`);
    process.exit(2);
  }
  process.stdout.write(`# ${name}\n`);
  await bench();
}
