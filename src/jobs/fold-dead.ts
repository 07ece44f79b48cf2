import type { SeenJob } from '../ports/jobs.ts';
import type { Condition, StoreReader } from '../ports/store.ts';
import type { JobRow } from '../records/job.ts';
import { idRow } from './job-rows.ts';
import { isDead } from './job-state.ts';
import type { JobWorld } from './job-world.ts';

/** Dead jobs, with the rows that say so. */
export interface DeadJobs {
  readonly rows: readonly JobRow[];
  /** Their numbers; of those that had none yet, none. */
  readonly numbers: readonly string[];
  /** Their signs of life, to be removed when the rows are written. */
  readonly signs: readonly SeenJob[];
}

/** `7` → everything whose number begins with `7.`. */
export function under(number: string): Condition {
  return { column: 'number', operator: 'like', value: `${number}.%` };
}

/** Finds jobs whose process ended without saying so. They get a state, and each id that was not answered a row. */
export async function findDead(world: JobWorld): Promise<DeadJobs> {
  const now = world.clock.now();
  const signs = (await world.live.list()).filter((job) => isDead(job, now, world.processes));
  const rows: JobRow[] = [];
  const numbers: string[] = [];
  for (const sign of signs) {
    const stored = await storedRow(world.store, sign);
    if (stored === null || stored.state !== 'running') continue;
    numbers.push(stored.number);
    const known = await numbersBelow(world.store, stored.number);
    rows.push(deadRow(stored, sign), ...unansweredRows(stored.number, sign, known, world.randomId));
  }
  return { rows, numbers, signs };
}

/** A process that died between the commit of its job and its sign of life left one without a number. */
async function storedRow(store: StoreReader, { number, uuid }: SeenJob): Promise<JobRow | null> {
  if (number !== null) return ((await store.get('jobs', [number]))[0] as unknown as JobRow | undefined) ?? null;
  for await (const rows of store.select({ table: 'jobs', where: [{ column: 'uuid', operator: '=', value: uuid }] })) {
    return (rows[0] as unknown as JobRow | undefined) ?? null;
  }
  return null;
}

/** The row of a job that says `running` and is dead, as it is. `sign`: its last sign of life; undefined: that is gone, too. */
export function deadRow(stored: JobRow, sign: SeenJob | undefined): JobRow {
  const ended_at = sign === undefined ? null : new Date(sign.seenAt).toISOString();
  const reason = `Process ${stored.pid} on ${stored.host} ended, or fell silent, without a word.`;
  const end = sign?.end ?? { state: 'interrupted', reason, errorClass: null };
  return { ...stored, state: end.state, reason: end.reason, error_class: end.errorClass, ended_at };
}

async function numbersBelow(store: StoreReader, number: string): Promise<Set<string>> {
  const known = new Set<string>();
  for await (const rows of store.select({ table: 'jobs', columns: ['number'], where: [under(number)] })) {
    for (const row of rows) known.add(String(row.number));
  }
  return known;
}

/** Rows of the ids of a dead job that have none: `known` are the numbers of those that have. Pure but for their UUIDs. */
export function unansweredRows(
  number: string,
  { ids, seenAt }: SeenJob,
  known: ReadonlySet<string>,
  randomId: () => string,
): JobRow[] {
  const ended_at = new Date(seenAt).toISOString();
  return ids.flatMap((id, index) => {
    const own = `${number}.${index + 1}`;
    if (known.has(own)) return [];
    const answer = {
      id,
      outcome: 'not_tried' as const,
      key: null,
      reason: 'its job was interrupted',
      errorClass: null,
    };
    return [{ number: own, parent: number, ...idRow(answer, randomId()), ended_at }];
  });
}
