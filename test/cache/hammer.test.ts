import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildChildProgram } from '../support/child-program.ts';
import { startCacheServices } from './cache-services.ts';
import { hammerCache } from './hammer.ts';
import { temporaryFolder } from './temporary-folder.ts';

const services = await startCacheServices();
afterAll(() => services.remove());

let program: string;
beforeAll(async () => {
  const built = mkdtempSync(join(tmpdir(), 'celline-hammer-'));
  program = await buildChildProgram('test/cache/hammer-child.ts', built);
  return () => rmSync(built, { recursive: true });
});

// `bench cache-hammer` does this with more processes, kills and steps.
describe.each(['json', 'sqlite', 'postgresql'])('002-14 several processes on metadata %s', (metadata) => {
  const names = ['filesystem', 's3'];
  test.skipIf(metadata in services.skipped).each(names)(
    'and blobs %s, killed: nothing torn, nothing lost',
    async (blobs) => {
      const folder = await temporaryFolder();
      const cache = { metadata, blobs, services, folder };
      const report = await hammerCache({ ...cache, program, processes: 4, kills: 1, steps: 4, reads: 4 });
      expect(report.faults).toEqual([]);
      expect(report.kills).toBe(4);
      expect(report.acknowledged).toBeGreaterThanOrEqual(4 * (4 + 1));
      expect(report.found).toBe(report.acknowledged);
      expect(report.unreadable).toBe(0);
    },
    180_000,
  );
});
