import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../errors/store-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Processes } from '../../ports/processes.ts';
import { fileState, listFolder, makeFolder, readTextIfThere, removeIfThere, replaceText, systemCode } from './disk.ts';
import type { Layout } from './layout.ts';

/** What a pin needs to know of the world. */
export interface PinContext {
  readonly layout: Layout;
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly processes?: Processes;
}

/** What somebody needs for a while: garbage collection leaves it alone. */
export interface Pin {
  /** Machine and process that hold it. */
  readonly host: string;
  readonly pid: number;
  /** When that process began, as `Processes` tells it. */
  readonly started?: string;
  /** Milliseconds since 1970: segments written since then that no manifest names are kept. */
  readonly since: number;
  /** Manifest whose segments are kept. */
  readonly sequence: number;
}

/** A pin is touched this often while it is held. */
const TOUCH_MS = 60_000;

/** A pin that was not touched for so long is void, whoever holds it. */
export const PIN_SILENT_MS = 3_600_000;

/** Holds a manifest, and segments that are not published yet, until the function that it gives is called. */
export async function holdPin(context: PinContext, sequence: number): Promise<() => Promise<void>> {
  const { layout, clock, processes } = context;
  const [host, pid] = [processes?.host ?? '', processes?.pid ?? 0];
  const path = join(layout.pins, `${host}-${pid}-${context.randomId()}`);
  await makeFolder(layout.pins);
  const started = processes?.started === undefined ? {} : { started: processes.started };
  const pin: Pin = { host, pid, ...started, since: clock.now(), sequence };
  await replaceText(path, JSON.stringify(pin), context.randomId());
  const stop = new AbortController();
  const touching = keepTouching(path, pin, context, stop.signal);
  return async () => {
    stop.abort();
    await touching;
    await removeIfThere(path);
  };
}

/** What a system says of a place that this process may only read. */
const READ_ONLY: ReadonlySet<string | null> = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * A pin for one that only reads: where the tables may only be read it goes without. What somebody else's garbage collection
 * takes meanwhile is then told as a missing segment.
 */
export async function holdReadingPin(context: PinContext, sequence: number): Promise<() => Promise<void>> {
  try {
    return await holdPin(context, sequence);
  } catch (error) {
    if (error instanceof StoreError && READ_ONLY.has(systemCode(error.cause))) return async () => undefined;
    throw error;
  }
}

async function keepTouching(path: string, pin: Pin, { clock, randomId }: PinContext, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await clock.sleep(TOUCH_MS, stop).catch(() => undefined);
    if (stop.aborted) return;
    const now = new Date(clock.now());
    // That it cannot be touched now is told by the next attempt, at the latest by the commit that it protects. A pin that
    // was removed as silent, because this process stood still, holds again what is still there.
    await utimes(path, now, now).catch((error: unknown) =>
      systemCode(error) === 'ENOENT'
        ? replaceText(path, JSON.stringify(pin), randomId()).catch(() => undefined)
        : undefined,
    );
  }
}

/** The pins that count, and the paths of those that do not: of dead processes of this machine, or silent for an hour. */
export async function listPins(context: PinContext): Promise<{ live: Pin[]; void: string[] }> {
  const { layout, clock, processes } = context;
  const live: Pin[] = [];
  const gone: string[] = [];
  for (const name of await listFolder(layout.pins)) {
    const path = join(layout.pins, name);
    const state = await fileState(path);
    if (state === null) continue;
    const pin = parsePin(await readTextIfThere(path));
    const isSilent = clock.now() - state.changedAt >= PIN_SILENT_MS;
    if (isSilent || (pin !== null && isDead(pin, processes))) gone.push(path);
    else if (pin !== null) live.push(pin);
  }
  return { live, void: gone };
}

function isDead(pin: Pin, processes: Processes | undefined): boolean {
  return processes !== undefined && pin.host === processes.host && !processes.isAlive(pin.pid, pin.started);
}

function parsePin(text: string | null): Pin | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && 'since' in value && 'sequence' in value
      ? (value as Pin)
      : null;
  } catch {
    // Being written just now.
    return null;
  }
}
