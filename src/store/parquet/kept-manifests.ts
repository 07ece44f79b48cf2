import { fileState, readTextIfThere } from '../disk/disk.ts';
import { type Layout, manifestPath } from '../disk/layout.ts';
import { type Manifest, parseManifest, STUB_TEXT, segmentsOf } from '../manifest/manifest.ts';

/** Manifests that stay readable whatever their age. */
export const KEPT_MANIFESTS = 20;

/** Milliseconds for which a manifest stays readable after it was the newest: a reader may still be at it. */
export const KEPT_MS = 24 * 3_600_000;

/** Manifests of the last day that are read one by one; of more only those where something may have come back. */
const READ_ALL = 200;

/** Which manifests stay, and what they name. */
export interface KeptManifests {
  /** Everything from this number on is younger than a day. */
  readonly since: number;
  /** Numbers below `since` that stay too. */
  readonly older: ReadonlySet<number>;
  /** Segments that stay. */
  readonly named: Set<string>;
  /** Numbers that were to be read and are stubs, or gone. */
  readonly unreadable: ReadonlySet<number>;
  /** False: segments that were made within the last day may be named although they are not in `named`. */
  readonly isExact: boolean;
}

/** A manifest by its number; null when it is a stub or not there. */
export async function readManifest(layout: Layout, sequence: number): Promise<Manifest | null> {
  const path = manifestPath(layout, sequence);
  const text = await readTextIfThere(path);
  // Empty: a stub whose text a power cut took.
  return text === null || text === '' ? null : parseManifest(text, path);
}

/**
 * Finds what stays: the newest 20 manifests, those of the last day, the last one of each of the last 50 commands, and what
 * pins hold. Of a day with more than 200 manifests it reads few: a segment is named by manifests that follow each other,
 * so that one which the oldest of them does not name was made later, unless tables went back, which the epoch tells.
 */
export async function findKept(
  layout: Layout,
  newest: Manifest,
  pinned: readonly number[],
  now: number,
): Promise<KeptManifests> {
  const since = await firstWithin(layout, newest.sequence, now - KEPT_MS);
  const isExact = newest.sequence - since <= READ_ALL;
  const oldest = Math.min(since, Math.max(1, newest.sequence - KEPT_MANIFESTS + 1));
  const older = new Set([...(newest.runs ?? []).map(({ sequence }) => sequence), ...pinned]);
  for (let number = oldest; number < since; number += 1) older.add(number);
  const wanted = new Set(older);
  const last = Math.max(1, newest.sequence - KEPT_MANIFESTS + 1);
  for (let number = isExact ? since : last; number <= newest.sequence; number += 1) wanted.add(number);
  wanted.add(since);
  const read = new Map<number, Manifest | null>([[newest.sequence, newest]]);
  const look = async (number: number): Promise<Manifest | null> => {
    const known = read.get(number);
    const manifest = known === undefined ? await readManifest(layout, number) : known;
    read.set(number, manifest);
    return manifest;
  };
  for (const number of wanted) if (number >= 1) await look(number);
  if (!isExact) await lookWhereTablesWentBack(look, since, newest.sequence);
  const unreadable = [...read].filter(([, manifest]) => manifest === null).map(([number]) => number);
  return {
    since,
    older: new Set([...older].filter((number) => number < since)),
    named: namedBy([...read.values()]),
    unreadable: new Set(unreadable),
    isExact,
  };
}

/** Segments that some manifests name. */
export function namedBy(manifests: readonly (Manifest | null)[]): Set<string> {
  const named = new Set<string>();
  for (const manifest of manifests) {
    for (const state of Object.values(manifest?.tables ?? {})) {
      for (const segment of segmentsOf(state)) named.add(segment.file);
    }
  }
  return named;
}

/**
 * The first manifest that was still the newest after this moment (ms since 1970): a manifest stopped being the newest when
 * the one after it was made. Found by halving, since manifests are made in order.
 */
async function firstWithin(layout: Layout, newest: number, moment: number): Promise<number> {
  const wasReplacedBefore = async (number: number): Promise<boolean> => {
    const next = await fileState(manifestPath(layout, number + 1));
    // A stub was written later than the manifest that it stands for.
    return next === null || next.bytes === STUB_TEXT.length || next.changedAt <= moment;
  };
  let [low, high] = [1, newest];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await wasReplacedBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Reads the first manifest of each epoch: what a rollback brought back is named by it. */
async function lookWhereTablesWentBack(
  look: (number: number) => Promise<Manifest | null>,
  from: number,
  to: number,
): Promise<void> {
  const [first, last] = [await look(from), await look(to)];
  if (to - from <= 1 || first?.epoch === last?.epoch) return;
  const middle = Math.floor((from + to) / 2);
  await lookWhereTablesWentBack(look, from, middle);
  await lookWhereTablesWentBack(look, middle, to);
}
