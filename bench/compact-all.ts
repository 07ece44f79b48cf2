// `node dist/bench/compact-all.js DB` touches every range of the samples and merges; prints time and peak memory.
import { randomUUID } from 'node:crypto';
import { EMPTY_UNIT } from '../src/records/record-unit.ts';
import { commitChange } from '../src/store/parquet/commit.ts';
import { compactTable } from '../src/store/parquet/compact.ts';
import { openContext } from '../src/store/parquet/parquet-store.ts';

const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };
const { context, door } = openContext({ dir: process.argv[2] ?? '', clock, randomId: randomUUID });
const state = (await context.log.newest()).tables.GEO_SAMPLES;
const samples = (state?.base ?? []).map(({ first }) => ({ key: first, source: 'GEO', title: 'touched' }));
await commitChange(context, {
  units: [{ ...EMPTY_UNIT, samples }],
  asked: [],
  at: new Date(clock.now()).toISOString(),
});
const start = performance.now();
await compactTable(context, 'GEO_SAMPLES', true);
const seconds = ((performance.now() - start) / 1000).toFixed(1);
const megabytes = ((process.resourceUsage().maxRSS * 1024) / 1e6).toFixed(0);
process.stdout.write(
  `${samples.length} ranges, ${state?.rows ?? 0} rows in ${seconds} s, peak ${megabytes} MB (at most 800)\n`,
);
await door.close();
