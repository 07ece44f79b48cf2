import type { JobRow } from '../records/job.ts';
import { ID_LIST_PATH } from '../records/job-file.ts';
import { idListFile } from './job-rows.ts';
import { isDead } from './job-state.ts';
import type { JobWorld } from './job-world.ts';
import { compareNumbers } from './order-numbers.ts';

/** Number of the last job with the same list of ids, when it was interrupted; null when it was not, or the list is one id. */
export async function findResumed(world: JobWorld, ids: readonly string[]): Promise<string | null> {
  const { sha256 } = idListFile(ids, world.digest);
  if (ids.length < 2 || sha256 === null) return null;
  const jobs: string[] = [];
  const where = [
    { column: 'path', operator: '=' as const, value: ID_LIST_PATH },
    { column: 'sha256', operator: '=' as const, value: sha256 },
  ];
  for await (const rows of world.store.select({ table: 'job_files', columns: ['job'], where })) {
    jobs.push(...rows.map((row) => String(row.job)));
  }
  const last = jobs.sort(compareNumbers).at(-1);
  if (last === undefined) return null;
  const row = (await world.store.get('jobs', [last]))[0] as unknown as JobRow | undefined;
  if (row?.state === 'interrupted') return last;
  if (row?.state !== 'running') return null;
  const sign = (await world.live.list()).find(({ number }) => number === last);
  return sign === undefined || isDead(sign, world.clock.now(), world.processes) ? last : null;
}
