import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { fileState, listFolder, readTextIfThere, removeIfThere, replaceText, TEMPORARY_PREFIX } from '../disk/disk.ts';
import { type Layout, manifestNumber, manifestPath } from '../disk/layout.ts';
import { type Manifest, parseManifest, STUB_TEXT, segmentsOf } from '../manifest/manifest.ts';

/** What the collection needs. */
export interface GarbageContext {
  readonly layout: Layout;
  readonly clock: Clock;
  readonly randomId: () => string;
}

/** Manifests that stay readable whatever their age. */
export const KEPT_MANIFESTS = 20;

/** Milliseconds for which a manifest stays readable after it was the newest: a reader may still be at it. */
export const KEPT_MS = 24 * 3_600_000;

/** Milliseconds after which a file that no manifest names is left by a dead writer. */
export const ORPHAN_MS = 3_600_000;

/** Milliseconds between two collections; nothing becomes garbage before a day, so that every command need not look. */
export const COLLECT_EVERY_MS = 3_600_000;

/** Removes what no kept manifest names: old segments, temporary files of killed writers. At most once an hour. */
export async function collectGarbage(context: GarbageContext): Promise<void> {
  const { layout, clock } = context;
  const now = clock.now();
  const last = await fileState(layout.collected);
  if (last !== null && now - last.changedAt < COLLECT_EVERY_MS) return;
  await replaceText(layout.collected, new Date(now).toISOString(), context.randomId());
  const numbers = (await listFolder(layout.manifests)).map(manifestNumber).filter((number) => number !== null);
  numbers.sort((a, b) => b - a);
  const named = new Set<string>();
  let newerSince = Number.POSITIVE_INFINITY;
  for (const [index, number] of numbers.entries()) {
    const isKept = index < KEPT_MANIFESTS || newerSince > now - KEPT_MS;
    // A manifest stopped being the newest when the one after it was made.
    newerSince = (await fileState(manifestPath(layout, number)))?.changedAt ?? newerSince;
    if (isKept) await nameSegments(layout, number, named);
    else await makeStub(context, number);
  }
  const segments = await listFolder(layout.segments);
  await removeOld(
    layout.segments,
    segments.filter((file) => !named.has(file)),
    now,
  );
  for (const folder of [layout.manifests, layout.root]) {
    await removeOld(
      folder,
      (await listFolder(folder)).filter((file) => file.startsWith(TEMPORARY_PREFIX)),
      now,
    );
  }
  await removeOld(layout.spill, await listFolder(layout.spill), now);
}

async function nameSegments(layout: Layout, number: number, named: Set<string>): Promise<void> {
  const path = manifestPath(layout, number);
  const text = await readTextIfThere(path);
  const manifest: Manifest | null = text === null ? null : parseManifest(text, path);
  for (const state of Object.values(manifest?.tables ?? {})) {
    for (const segment of segmentsOf(state)) named.add(segment.file);
  }
}

/** The number stays taken: a writer that slept through a day must not get it. */
async function makeStub(context: GarbageContext, number: number): Promise<void> {
  const path = manifestPath(context.layout, number);
  const state = await fileState(path);
  if (state === null || state.bytes === STUB_TEXT.length) return;
  await replaceText(path, STUB_TEXT, context.randomId());
}

async function removeOld(folder: string, files: readonly string[], now: number): Promise<void> {
  for (const file of files) {
    const path = join(folder, file);
    const state = await fileState(path);
    if (state !== null && now - state.changedAt >= ORPHAN_MS) await removeIfThere(path);
  }
}
