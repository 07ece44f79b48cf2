import type { FilePatch } from './file.ts';
import type { ProjectPatch } from './project.ts';
import type { RecordUnit } from './record-unit.ts';
import type { RunPatch } from './run.ts';
import type { SamplePatch } from './sample.ts';
import type { JsonObject } from './table.ts';

/** A unit that may be stored, and what was taken out of it. */
export interface CleanUnit {
  readonly unit: RecordUnit;
  /** Addresses that were dropped, one sentence each. */
  readonly dropped: readonly string[];
}

/** C0 and C1 control characters and DEL, without tab and line feed: no part of any text, but a danger to terminals. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Schemes that an address may have; a `javascript:` or `file:` one would do harm where somebody clicks or fetches it. */
const FETCHABLE = /^(https?|ftp|s3|gs):\/\/\S/i;

/** Text without control characters; a carriage return before a line feed goes with them. */
export function cleanText(text: string): string {
  return text.replace(CONTROL, '');
}

/** True for an address that may be stored: http, https, ftp, s3 or gs. */
function isFetchable(url: string): boolean {
  return FETCHABLE.test(url);
}

/**
 * What every unit passes on its way into the tables, whichever handler it comes from: texts lose their control characters,
 * `raw_link`, `urls` and `url` the addresses that nobody can fetch. What has nothing to lose is given back itself.
 */
export function cleanUnit(unit: RecordUnit): CleanUnit {
  const dropped: string[] = [];
  const clean = <T extends Patch>(patch: T): T => withoutBadLinks(cleanRow(patch), dropped);
  return {
    unit: {
      ...unit,
      samples: unit.samples.map(clean),
      runs: unit.runs.map(clean),
      projects: unit.projects.map(clean),
      files: unit.files.map(clean),
      links: unit.links.map(cleanRow),
      complete: unit.complete.map(cleanRow),
    },
    dropped,
  };
}

type Patch = SamplePatch | RunPatch | ProjectPatch | FilePatch;

function cleanRow<T extends object>(row: T): T {
  let cleaned: Record<string, unknown> | null = null;
  for (const [column, value] of Object.entries(row)) {
    const other = cleanCell(value);
    if (other === value) continue;
    cleaned ??= { ...(row as Record<string, unknown>) };
    cleaned[column] = other;
  }
  return (cleaned as T | null) ?? row;
}

/** The cell without control characters; the cell itself when it has none, or when it is none that a table can hold. */
function cleanCell(value: unknown): unknown {
  if (typeof value === 'string') return hasControl(value) ? cleanText(value) : value;
  if (Array.isArray(value)) return value.some(isDirty) ? value.map(cleanCell) : value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as JsonObject);
  if (!entries.some(([name, items]) => hasControl(name) || (Array.isArray(items) && items.some(isDirty)))) return value;
  return Object.fromEntries(entries.map(([name, items]) => [cleanText(name), cleanCell(items)]));
}

function isDirty(value: unknown): boolean {
  return typeof value === 'string' && hasControl(value);
}

function hasControl(text: string): boolean {
  return text.search(CONTROL) >= 0;
}

function withoutBadLinks<T extends Patch>(patch: T, dropped: string[]): T {
  const note = (column: string, url: string): void => {
    dropped.push(
      `${patch.key}: ${column} was no http, https, ftp, s3 or gs address and is left out: ${url.slice(0, 100)}`,
    );
  };
  const keep = (column: string, urls: readonly string[]): readonly string[] => {
    const good = urls.filter(isFetchable);
    if (good.length === urls.length) return urls;
    for (const url of urls) if (!isFetchable(url)) note(column, String(url));
    return good;
  };
  const links: { raw_link?: unknown; urls?: unknown; url?: unknown } = patch;
  const changed: { raw_link?: string | null; urls?: readonly string[]; url?: null } = {};
  if (typeof links.raw_link === 'string') {
    const given = links.raw_link.split(',');
    const good = keep('raw_link', given);
    if (good !== given) changed.raw_link = good.length === 0 ? null : good.join(',');
  }
  if (Array.isArray(links.urls) && links.urls.every((url) => typeof url === 'string')) {
    const good = keep('urls', links.urls);
    if (good !== links.urls) changed.urls = good;
  }
  if (typeof links.url === 'string' && !isFetchable(links.url)) {
    note('url', links.url);
    changed.url = null;
  }
  return Object.keys(changed).length === 0 ? patch : { ...patch, ...changed };
}
