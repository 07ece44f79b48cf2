// A process that commits samples until it is killed, and prints each number once its commit is acknowledged.
import { randomUUID } from 'node:crypto';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { createParquetStore } from '../../src/store/parquet/parquet-store.ts';
import { askedRow, geoSample, insdcRun, oneUnit, runFile } from '../../src/testing/contract/store-records.ts';

const [dir = '', prefix = '', count = '0'] = process.argv.slice(2);
const store = createParquetStore({ dir, clock: createSystemClock(), randomId: randomUUID });
for (let number = 0; number < Number(count); number += 1) {
  const sample = `GSM${prefix}${number}`;
  const run = `SRR${prefix}${number}`;
  await store.commit(
    oneUnit(
      { samples: [geoSample(sample)], runs: [insdcRun(run, sample)], files: [runFile(run, 'a.gz')] },
      { asked: [askedRow(sample)] },
    ),
  );
  process.stdout.write(`${sample}\n`);
}
await store.close();
