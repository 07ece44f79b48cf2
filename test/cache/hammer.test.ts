import { afterAll, describe, expect, test } from 'vitest';
import { buildChildProgram } from '../support/child-program.ts';
import { startCacheServices } from './cache-services.ts';
import { hammerCache } from './hammer.ts';
import { temporaryFolder } from './temporary-folder.ts';

const services = await startCacheServices();
afterAll(() => services.remove());

describe.each(['json', 'sqlite', 'postgresql'])('several processes on metadata %s', (metadata) => {
  const names = ['filesystem', 's3'];
  test.skipIf(metadata in services.skipped).each(names)(
    'and blobs %s, killed: nothing torn, nothing lost',
    async (blobs) => {
      const folder = await temporaryFolder();
      const program = await buildChildProgram('test/cache/hammer-child.ts', folder);
      const cache = { metadata, blobs, services, folder };
      const report = await hammerCache({ ...cache, program, processes: 8, kills: 2, steps: 5, reads: 5 });
      expect(report.faults).toEqual([]);
      expect(report.kills).toBe(16);
      expect(report.acknowledged).toBeGreaterThanOrEqual(8 * (5 + 2));
      expect(report.found).toBe(report.acknowledged);
      expect(report.unreadable).toBe(0);
    },
    180_000,
  );
});
