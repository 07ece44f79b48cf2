import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Processes } from '../../ports/processes.ts';
import type { GarbageReport } from '../../ports/store-care.ts';
import {
  diskError,
  fileState,
  listFolder,
  moveFile,
  readTextIfThere,
  removeIfThere,
  replaceText,
  syncFolder,
  TEMPORARY_PREFIX,
  temporaryBeside,
} from '../disk/disk.ts';
import { type Layout, manifestNumber, manifestPath } from '../disk/layout.ts';
import { listPins, type Pin } from '../disk/pins.ts';
import { STUB_TEXT } from '../manifest/manifest.ts';
import type { ManifestLog } from '../manifest/manifest-log.ts';
import { findKept, KEPT_MS, type KeptManifests, namedBy, readManifest } from './kept-manifests.ts';

/** What the collection needs. */
export interface GarbageContext {
  readonly layout: Layout;
  readonly log: ManifestLog;
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly processes?: Processes;
}

/** How garbage is collected. */
export interface GarbageOptions {
  /** Also when the last collection was less than an hour ago. */
  readonly now?: boolean;
  /** Only counts. */
  readonly dryRun?: boolean;
}

/** Milliseconds after which a file that no manifest names is left by a dead writer. */
export const ORPHAN_MS = 3_600_000;

/** Milliseconds between two collections; nothing becomes garbage before a day, so that every command need not look. */
export const COLLECT_EVERY_MS = 3_600_000;

const NOTHING: GarbageReport = { segments: 0, bytes: 0, temporary: 0, pins: 0 };

/** What the last collection found, so that the next need not look at every old manifest. */
interface Collected {
  /** Below this number there are stubs only, but for these. */
  readonly below: number;
  readonly kept: readonly number[];
}

/**
 * Removes what no kept manifest names: old segments, temporary files of killed writers, pins of dead processes. At most once
 * an hour. Old manifests become stubs first, then pins and newer manifests are read again, then segments go: who pins a
 * manifest before reading it finds either a stub or all of its segments.
 */
export async function collectGarbage(context: GarbageContext, options: GarbageOptions = {}): Promise<GarbageReport> {
  const { layout, clock, log } = context;
  const now = clock.now();
  const last = await fileState(layout.collected);
  const age = last === null ? Number.POSITIVE_INFINITY : now - last.changedAt;
  // One that was in the future was made while the clock was wrong.
  if (options.now !== true && age >= 0 && age < COLLECT_EVERY_MS) return NOTHING;
  const newest = await log.newest();
  if (newest.sequence === 0) return NOTHING;
  const before = parseCollected(await readTextIfThere(layout.collected), newest.sequence);
  // Written first: other commands that end now need not look as well.
  if (options.dryRun !== true) await writeCollected(context, before);
  const pins = await listPins(context);
  const held = pins.live.map(({ sequence }) => sequence);
  const kept = await findKept(layout, newest, held, now);
  if (options.dryRun !== true) await makeStubs(context, kept, before);
  const removal = { now, dryRun: options.dryRun === true };
  // Before the newest manifest is read again: a writer that stood still can then not link what names segments that go.
  const temporary = await removeTemporary(layout, removal);
  const late = await namedMeanwhile(context, newest.sequence, kept);
  const isBlocked = late === null || held.some((sequence) => sequence > 0 && kept.unreadable.has(sequence));
  for (const name of late ?? []) kept.named.add(name);
  const segments = isBlocked ? { files: 0, bytes: 0 } : await removeSegments(layout, kept, pins.live, removal);
  if (!removal.dryRun) {
    for (const path of pins.void) await removeIfThere(path);
    await writeCollected(context, { below: kept.since, kept: [...kept.older] });
  }
  return { segments: segments.files, bytes: segments.bytes, temporary, pins: pins.void.length };
}

function parseCollected(text: string | null, newest: number): Collected | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value !== 'object' || value === null || !('below' in value) || !('kept' in value)) return null;
    const { below, kept } = value as { below: unknown; kept: unknown };
    const isSound = Number.isSafeInteger(below) && Number(below) <= newest && Array.isArray(kept);
    return isSound ? { below: Number(below), kept: kept.filter((number) => Number.isSafeInteger(number)) } : null;
  } catch {
    return null;
  }
}

async function writeCollected({ layout, randomId }: GarbageContext, collected: Collected | null): Promise<void> {
  await replaceText(layout.collected, JSON.stringify(collected), randomId());
}

/** Old manifests become stubs. Their numbers stay taken: a writer that slept through a day must not get one. */
async function makeStubs(context: GarbageContext, kept: KeptManifests, before: Collected | null): Promise<void> {
  const { layout } = context;
  const numbers = await oldNumbers(layout, kept.since, before);
  let made = 0;
  for (const number of numbers) {
    if (kept.older.has(number)) continue;
    const path = manifestPath(layout, number);
    const state = await fileState(path);
    if (state === null || state.bytes === STUB_TEXT.length) continue;
    await makeStub(path, context.randomId());
    made += 1;
  }
  if (made > 0) await syncFolder(layout.manifests);
}

/** Not synced: that a power cut leaves an empty file instead is no loss, and 10,000 of them would take half a minute. */
async function makeStub(path: string, id: string): Promise<void> {
  const temporary = temporaryBeside(path, id);
  await writeFile(temporary, STUB_TEXT, { flag: 'wx' }).catch((error) => {
    throw diskError(error, 'write', temporary);
  });
  await moveFile(temporary, path);
}

/** Numbers below `since` that may not be stubs yet. */
async function oldNumbers(layout: Layout, since: number, before: Collected | null): Promise<number[]> {
  if (before === null) {
    const listed = (await listFolder(layout.manifests)).map(manifestNumber);
    return listed.filter((number) => number !== null && number < since) as number[];
  }
  const numbers = before.kept.filter((number) => number < since);
  for (let number = before.below; number < since; number += 1) numbers.push(number);
  return numbers;
}

/** What was published since the first look; null when somebody pinned what is a stub now. */
async function namedMeanwhile(
  context: GarbageContext,
  seen: number,
  kept: KeptManifests,
): Promise<ReadonlySet<string> | null> {
  const pins = (await listPins(context)).live;
  const isLost = ({ sequence }: Pin): boolean => sequence > 0 && sequence < kept.since && !kept.older.has(sequence);
  if (pins.some(isLost)) return null;
  const newest = await context.log.newest();
  const later = [];
  for (let number = seen + 1; number <= newest.sequence; number += 1) {
    later.push(await readManifest(context.layout, number));
  }
  return namedBy(later);
}

/** Whether files go or are only counted, and the time (ms since 1970) against which they are old. */
interface Removal {
  readonly now: number;
  readonly dryRun: boolean;
}

async function removeSegments(
  layout: Layout,
  kept: KeptManifests,
  pins: readonly Pin[],
  removal: Removal,
): Promise<{ files: number; bytes: number }> {
  const oldest = removal.now - ORPHAN_MS - (kept.isExact ? 0 : KEPT_MS);
  // What a transaction has written and not published yet is as old as the transaction.
  const before = Math.min(oldest, ...pins.map(({ since }) => since - ORPHAN_MS));
  const files = await listFolder(layout.segments);
  const unnamed = files.filter((file) => !kept.named.has(file) && !file.startsWith(TEMPORARY_PREFIX));
  return removeOld(layout.segments, unnamed, before, removal);
}

async function removeTemporary(layout: Layout, removal: Removal): Promise<number> {
  let count = 0;
  for (const folder of [layout.segments, layout.manifests, layout.root, layout.pins, layout.spill]) {
    const isTemporary = (file: string): boolean => folder === layout.spill || file.startsWith(TEMPORARY_PREFIX);
    const files = (await listFolder(folder)).filter(isTemporary);
    count += (await removeOld(folder, files, removal.now - ORPHAN_MS, removal)).files;
  }
  return count;
}

/** Files that are looked at together. */
const AT_ONCE = 32;

/** Removes those of the files that were last changed before this moment, and counts them. */
async function removeOld(
  folder: string,
  files: readonly string[],
  before: number,
  { dryRun }: Removal,
): Promise<{ files: number; bytes: number }> {
  const count = { files: 0, bytes: 0 };
  for (let index = 0; index < files.length; index += AT_ONCE) {
    const looks = files.slice(index, index + AT_ONCE).map(async (file) => {
      const path = join(folder, file);
      const state = await fileState(path);
      if (state === null || state.changedAt > before) return;
      if (!dryRun) await removeIfThere(path);
      count.files += 1;
      count.bytes += state.bytes;
    });
    await Promise.all(looks);
  }
  return count;
}
