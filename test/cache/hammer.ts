import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type CacheServices, newSpot } from './cache-services.ts';
import { type HammerPlace, openHammered } from './hammer-work.ts';

/** How a cache is hammered. */
export interface HammerOptions {
  readonly metadata: string;
  readonly blobs: string;
  readonly services: CacheServices;
  /** Folder of the cache. */
  readonly folder: string;
  /** `hammer-child.ts`, bundled. */
  readonly program: string;
  readonly processes: number;
  /** How often each process is killed and started again. */
  readonly kills: number;
  /** Steps of the last life of each process: two writes each. */
  readonly steps: number;
  /** Questions that are asked in each step. */
  readonly reads: number;
}

/** What came of it. */
export interface HammerReport {
  readonly kills: number;
  /** Writes that were acknowledged to processes that lived, or were killed later. */
  readonly acknowledged: number;
  /** Of these, those that a new process finds with their bytes. */
  readonly found: number;
  /** What must not be: torn bodies, lost answers, warnings, processes that failed. */
  readonly faults: readonly string[];
  /** Entries that cannot be read. */
  readonly unreadable: number;
}

/** Lets processes work on one cache, kills them at moments that nobody chose, and looks at what is left. */
export async function hammerCache(options: HammerOptions): Promise<HammerReport> {
  const { folder, metadata, blobs, services, processes } = options;
  const { endpoint, bucket, env } = services.s3;
  const { id } = newSpot(folder);
  const postgresqlUrl = services.postgresql?.url ?? '';
  const place: HammerPlace = { metadata, blobs, folder, id, postgresqlUrl, s3: { endpoint, bucket, env } };
  const seen: Seen = { acknowledged: new Map(), faults: [], kills: 0 };
  await Promise.all(Array.from({ length: processes }, (_, slot) => livesOf(place, slot, options, seen)));
  const { found, unreadable } = await lookAtWhatIsLeft(place, seen);
  return { kills: seen.kills, acknowledged: seen.acknowledged.size, found, faults: seen.faults, unreadable };
}

interface Seen {
  readonly acknowledged: Map<string, number>;
  readonly faults: string[];
  kills: number;
}

async function livesOf(place: HammerPlace, slot: number, options: HammerOptions, seen: Seen) {
  for (let life = 0; life <= options.kills; life += 1) {
    const isLast = life === options.kills;
    const steps = isLast ? options.steps : 1_000_000;
    const args = [options.program, JSON.stringify(place), `${slot}-${life}`, String(steps), String(options.reads)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    await watch(child, isLast ? null : randomInt(1, options.steps), seen);
  }
}

/** Follows a process to its end; kills it after so many acknowledged writes. */
async function watch(child: ChildProcess, killAfter: number | null, seen: Seen): Promise<void> {
  let left = killAfter ?? Number.POSITIVE_INFINITY;
  let isDone = false;
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  for await (const line of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
    const [what, name = '', version] = line.split(' ');
    if (what === 'stored') {
      seen.acknowledged.set(name, Number(version));
      left -= 1;
      if (left === 0) child.kill('SIGKILL');
    } else if (what === 'done') isDone = true;
    else seen.faults.push(line);
  }
  if (killAfter !== null && left <= 0) seen.kills += 1;
  else if (!isDone) seen.faults.push(`a process failed: ${said.slice(-500)}`);
}

async function lookAtWhatIsLeft(place: HammerPlace, { acknowledged, faults }: Seen) {
  const cache = await openHammered(place);
  let found = 0;
  let unreadable = 0;
  for (const [name, version] of acknowledged) {
    const served = await cache.read(name).catch((error: unknown) => String(error));
    if (served === version) found += 1;
    else faults.push(`${name} ${version} is ${served === null ? 'lost' : served}`);
  }
  for await (const _ of cache.backends.metadata.listUnreadable?.() ?? []) unreadable += 1;
  faults.push(...cache.warnings);
  await cache.close();
  return { found, unreadable };
}
