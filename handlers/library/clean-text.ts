import type {
  FilePatch,
  JsonObject,
  ProjectPatch,
  RecordUnit,
  RunPatch,
  SamplePatch,
} from '../../src/ports/handler.ts';

/** C0 and C1 control characters and DEL, without tab and line feed: no part of any text, but a danger to terminals. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text without control characters; a carriage return before a line feed goes with them. */
export function cleanText(text: string): string {
  return text.replace(CONTROL, '');
}

/** The unit with every text of its rows cleaned of control characters. Keys are accessions and need none. */
export function cleanUnit(unit: RecordUnit): RecordUnit {
  return {
    ...unit,
    samples: unit.samples.map(cleanRow),
    runs: unit.runs.map(cleanRow),
    projects: unit.projects.map(cleanRow),
    files: unit.files.map(cleanRow),
  };
}

/** A row with every text of it cleaned; absent properties stay absent. */
export function cleanRow<T extends SamplePatch | RunPatch | ProjectPatch | FilePatch>(row: T): T {
  const cells = Object.entries(row).map(([column, value]) => [column, cleanCell(value)] as const);
  return Object.fromEntries(cells) as T;
}

function cleanCell(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanCell);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as JsonObject);
    return Object.fromEntries(entries.map(([name, values]) => [cleanText(name), values.map(cleanText)]));
  }
  return value;
}
