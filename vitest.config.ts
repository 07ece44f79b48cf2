import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, mostly because it waits for processes and limits: it starts first, so that nothing is left to wait for at the end. */
const LONG = ['/test/e2e/', '/test/package/', '/test/docs.test.ts', '/test/cache/', '/test/store/', '/test/project/'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONG.findIndex((part) => moduleId.includes(part));
      return index === -1 ? LONG.length : index;
    };
    return (await super.sort(files)).toSorted((left, right) => place(left) - place(right));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/live/**'],
    // No test measures time: a limit is for what hangs, also on a machine with ten times as much to do as it can.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Tests leave nothing behind that another one sees. A worker that starts, and loads the source, anew for each file costs
    // more than most files do: 100 of the smaller ones took 99 s of processor time, and 61 s this way (2 cores, 2026-11).
    isolate: false,
    // Two cores: half of the time of a test is spent waiting for limits and disks.
    maxWorkers: 5,
    sequence: { sequencer: LongFirst },
  },
});
