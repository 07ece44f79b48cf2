import { StoreError } from '../../errors/store-error.ts';
import type { HistoryEntry } from '../../ports/store-care.ts';
import { fileState, listFolder } from '../disk/disk.ts';
import { type Layout, manifestPath } from '../disk/layout.ts';
import { type Manifest, STUB_TEXT, segmentsOf } from '../manifest/manifest.ts';
import { readManifest } from '../parquet/kept-manifests.ts';
import type { CareContext } from './care-context.ts';

/** What of the history to give. */
export interface LogOptions {
  /** At most so many; default all. */
  readonly limit?: number;
  /** Compactions too, which change no row. */
  readonly compactions?: boolean;
}

/** The kept manifests, newest first, as the history shows them. One is in memory at a time. */
export async function* readLog({ context }: CareContext, options: LogOptions = {}): AsyncGenerator<HistoryEntry> {
  const { layout } = context;
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const newest = await context.log.newest();
  const files = new Set(await listFolder(layout.segments));
  let count = 0;
  for await (const manifest of keptManifests(layout, newest)) {
    if (count >= limit) return;
    const entry = entryOf(manifest, files);
    if (entry.kind === 'compaction' && options.compactions !== true) continue;
    count += 1;
    yield entry;
  }
}

/** Numbers of manifests that can be read, newest first. */
export async function keptNumbers(layout: Layout, newest: Manifest): Promise<number[]> {
  const isThere = async (number: number): Promise<boolean> => {
    const bytes = (await fileState(manifestPath(layout, number)))?.bytes ?? 0;
    return bytes > 0 && bytes !== STUB_TEXT.length;
  };
  const numbers: number[] = [];
  for (let number = newest.sequence; number >= 1 && (await isThere(number)); number -= 1) numbers.push(number);
  for (const number of olderNumbers(newest, numbers.at(-1) ?? 0)) if (await isThere(number)) numbers.push(number);
  return numbers;
}

/** From the newest down to the first stub, then the last manifests of the commands before. */
async function* keptManifests(layout: Layout, newest: Manifest): AsyncGenerator<Manifest> {
  let number = newest.sequence;
  if (number > 0) yield newest;
  for (number -= 1; number >= 1; number -= 1) {
    const manifest = await readIfWhole(layout, number);
    if (manifest === 'damaged') continue;
    if (manifest === null) break;
    yield manifest;
  }
  for (const older of olderNumbers(newest, number)) {
    const manifest = await readIfWhole(layout, older);
    if (manifest !== null && manifest !== 'damaged') yield manifest;
  }
}

function olderNumbers(newest: Manifest, below: number): number[] {
  const numbers = (newest.runs ?? []).map(({ sequence }) => sequence);
  return numbers.filter((number) => number < below).sort((a, b) => b - a);
}

/** A damaged manifest of the past must not hide the others; `celline db check` names it. */
async function readIfWhole(layout: Layout, number: number): Promise<Manifest | null | 'damaged'> {
  try {
    return await readManifest(layout, number);
  } catch (error) {
    if (error instanceof StoreError && error.failure === 'integrity') return 'damaged';
    throw error;
  }
}

function entryOf({ sequence, at, made, tables }: Manifest, files: ReadonlySet<string>): HistoryEntry {
  const states = Object.values(tables);
  return {
    sequence,
    at,
    by: made?.by ?? '',
    command: made?.command ?? '',
    job: made?.job ?? null,
    kind: made?.kind ?? null,
    tables: made?.tables ?? {},
    rows: states.reduce((sum, state) => sum + state.rows, 0),
    isKept: states.every((state) => segmentsOf(state).every(({ file }) => files.has(file))),
  };
}
