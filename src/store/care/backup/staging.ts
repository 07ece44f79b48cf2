import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../ports/clock.ts';
import type { Processes } from '../../../ports/processes.ts';
import { fileState, listFolder, makeFolder, TEMPORARY_PREFIX } from '../../disk/disk.ts';

/** What a folder that is being filled needs to know of the world. */
export interface StagingContext {
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly processes?: Processes;
}

/** Milliseconds after which a folder that is being filled is left behind, when its process cannot be asked. */
const STAGING_SILENT_MS = 24 * 3_600_000;

const STAGING = /^\.tmp-(\d+)@(.*)@([^@]+)$/;

/** Makes a folder that is filled before it gets its name; its own name says whose it is: `.tmp-<pid>@<host>@<id>`. */
export async function makeStaging(folder: string, context: StagingContext): Promise<string> {
  const { processes } = context;
  const id = context.randomId().replaceAll('@', '-');
  const path = join(folder, `${TEMPORARY_PREFIX}${processes?.pid ?? 0}@${processes?.host ?? ''}@${id}`);
  await makeFolder(path);
  return path;
}

/** Removes a folder with everything in it; what cannot be removed now is removed later. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

/** Removes the folders that dead processes left half filled. */
export async function removeDeadStaging(folder: string, context: StagingContext): Promise<void> {
  const { clock, processes } = context;
  for (const name of await listFolder(folder)) {
    const [, pid, host] = STAGING.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(folder, name);
    const isOurs = processes !== undefined && host === processes.host;
    const isDead = isOurs && !processes.isAlive(Number(pid));
    const silentMs = clock.now() - ((await fileState(path))?.changedAt ?? clock.now());
    if (isDead || (!isOurs && silentMs >= STAGING_SILENT_MS)) await removeFolder(path);
  }
}
