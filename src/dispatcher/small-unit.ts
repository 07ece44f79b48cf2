import { PluginError } from '../errors/plugin-error.ts';
import type {
  FileOrigin,
  FilePatch,
  FileRecord,
  JsonObject,
  LinkRecord,
  LinkRow,
  ProjectPatch,
  ProjectRecord,
  RecordUnit,
  RunPatch,
  RunRecord,
  SamplePatch,
  SampleRecord,
} from '../ports/handler.ts';
import { fileKey } from '../records/file.ts';
import { type CompleteSet, EMPTY_UNIT } from '../records/record-unit.ts';

/** What is written into every record of a handler. */
export interface RecordStamp {
  readonly source: string;
  /** When the archive gave it (ISO 8601 UTC). */
  readonly fetchedAt: string;
}

/** A record as a handler gave it, by the id that it was asked by. */
export interface Given<T> {
  readonly id: string;
  readonly record: T;
}

/** A run with what is known of the sample that it was fetched for. */
type GivenRun = Given<RunRecord> & { readonly sample: string | null };

/** What is written by celline alone. */
const STAMPED: readonly string[] = ['source', 'handler', 'fetched_at', 'response_hash', 'created_at', 'updated_at'];

/** Keys in a record's `children`: a list, or text joined with `,`; trimmed, empty ones left out, each once. */
export function childrenOf(record: { readonly children?: unknown }, what: string): string[] {
  const { children } = record;
  const listed = typeof children === 'string' ? children.split(',') : (children ?? []);
  if (!Array.isArray(listed) || listed.some((one) => typeof one !== 'string')) {
    throw refused(what, 'children', 'is no list of texts and no text joined with ","');
  }
  return [...new Set((listed as string[]).map((one) => one.trim()).filter((one) => one !== ''))];
}

/** A sample with those of its runs that came; `isWhole`: these are all runs that it has. Throws a `PluginError` that names the field. */
export function sampleUnit(
  { id, record }: Given<SampleRecord>,
  runs: readonly Given<RunRecord>[],
  isWhole: boolean,
  stamp: RecordStamp,
): RecordUnit {
  const what = `the sample ${id}`;
  const { runs: embedded, files, links, attributes, children, ...columns } = fieldsOf(record, what);
  const key = keyOf(columns.key, id, what);
  const keys = [...new Set([...childrenOf(record, what), ...(embedded === undefined ? [] : runs.map(runKey))])];
  const sample: Record<string, unknown> = {
    ...columns,
    key,
    source: stamp.source,
    fetched_at: stamp.fetchedAt,
    ...(attributes === undefined ? {} : { attributes: attributesOf(attributes, what) }),
    ...(children === undefined && embedded === undefined
      ? {}
      : { children: children === null ? null : keys.join(',') }),
  };
  const own = ownRows(key, files, links, stamp, what);
  const ofRuns = runs.map((run) => runRows({ ...run, sample: key }, stamp));
  return {
    ...EMPTY_UNIT,
    samples: [sample as unknown as SamplePatch],
    runs: ofRuns.map(({ run }) => run),
    files: [...own.files, ...ofRuns.flatMap((one) => one.files)],
    links: [...own.links, ...ofRuns.flatMap((one) => one.links)],
    complete: [
      ...(isWhole ? [{ table: 'runs' as const, parent: key }] : []),
      ...own.complete,
      ...ofRuns.flatMap((one) => one.complete),
    ],
  };
}

/** A run that was asked for itself, beside what is known of its sample. */
export function runUnit({ id, record }: Given<RunRecord>, stamp: RecordStamp): RecordUnit {
  const { run, ...rows } = runRows({ id, record, sample: null }, stamp);
  return { ...EMPTY_UNIT, runs: [run], ...rows };
}

/** A project's own row. */
export function projectUnit({ id, record }: Given<ProjectRecord>, stamp: RecordStamp): RecordUnit {
  const what = `the project ${id}`;
  const { files, links, children, ...columns } = fieldsOf(record, what);
  const key = keyOf(columns.key, id, what);
  const project: Record<string, unknown> = {
    ...columns,
    key,
    source: stamp.source,
    fetched_at: stamp.fetchedAt,
    ...(children === undefined ? {} : { children: children === null ? null : childrenOf(record, what).join(',') }),
  };
  return {
    ...EMPTY_UNIT,
    projects: [project as unknown as ProjectPatch],
    ...ownRows(key, files, links, stamp, what),
  };
}

/** The key of a run as it will be stored. */
export function runKey({ id, record }: Given<RunRecord>): string {
  return keyOf(record.key, id, `the run ${id}`);
}

interface OwnRows {
  readonly files: readonly FilePatch[];
  readonly links: readonly LinkRow[];
  readonly complete: readonly CompleteSet[];
}

function runRows({ id, record, sample }: GivenRun, stamp: RecordStamp): OwnRows & { readonly run: RunPatch } {
  const what = `the run ${id}`;
  const { files, links, raw_link: rawLink, ...columns } = fieldsOf(record, what);
  const key = keyOf(columns.key, id, what);
  const addresses = addressesOf(rawLink, what);
  const run: Record<string, unknown> = {
    ...columns,
    ...wholeNumbers(columns, ['file_size', 'spots', 'bases'], what),
    ...(columns.parent === undefined && sample !== null ? { parent: sample } : {}),
    ...(rawLink === undefined ? {} : { raw_link: addresses === null ? null : addresses.join(',') }),
    key,
    source: stamp.source,
    fetched_at: stamp.fetchedAt,
  };
  const format = typeof columns.file_type === 'string' ? { format: columns.file_type } : {};
  const linked = rawLink === undefined ? undefined : (addresses ?? []).map((url) => ({ url, ...format }));
  return { run: run as unknown as RunPatch, ...ownRows(key, files ?? linked, links, stamp, what) };
}

/** The columns of a record, without those that are undefined; what is no record, or names what celline writes itself, is refused. */
function fieldsOf(record: unknown, what: string): Record<string, unknown> {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw refused(what, 'record', `is ${describe(record)}, not an object of columns`);
  }
  const fields = Object.entries(record).filter(([, value]) => value !== undefined);
  const stamped = fields.find(([name]) => STAMPED.includes(name));
  if (stamped !== undefined) throw refused(what, stamped[0], 'is written by celline itself');
  return Object.fromEntries(fields);
}

function keyOf(key: unknown, id: string, what: string): string {
  if (key === undefined) return id;
  if (typeof key === 'string' && key !== '') return key;
  throw refused(what, 'key', `is ${describe(key)}, not text`);
}

/** Whole numbers as the 64-bit integers that the tables hold. */
function wholeNumbers(
  columns: Record<string, unknown>,
  names: readonly string[],
  what: string,
): Record<string, bigint> {
  const whole = names.flatMap((name): [string, bigint][] => {
    const value = columns[name];
    if (value === undefined || value === null || typeof value === 'bigint') return [];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return [[name, BigInt(value)]];
    throw refused(what, name, `is ${describe(value)}, not a whole number`);
  });
  return Object.fromEntries(whole);
}

/** Addresses one by one; commas inside those of a list are escaped, since the column joins them with `,`. */
function addressesOf(rawLink: unknown, what: string): string[] | null {
  if (rawLink === null || rawLink === undefined) return null;
  const listed = typeof rawLink === 'string' ? rawLink.split(',') : rawLink;
  if (!Array.isArray(listed) || listed.some((one) => typeof one !== 'string')) {
    throw refused(what, 'raw_link', 'is no list of addresses and no text joined with ","');
  }
  return (listed as string[]).map((one) => one.trim().replaceAll(',', '%2C')).filter((one) => one !== '');
}

function attributesOf(attributes: unknown, what: string): JsonObject | null {
  if (attributes === null) return null;
  if (typeof attributes !== 'object' || Array.isArray(attributes)) {
    throw refused(what, 'attributes', `is ${describe(attributes)}, not an object of texts`);
  }
  const entries = Object.entries(attributes as Record<string, unknown>).map(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    if (values.every((one) => typeof one === 'string')) return [name, values];
    throw refused(what, `attributes.${name}`, `is ${describe(value)}, not text or a list of texts`);
  });
  return Object.fromEntries(entries) as JsonObject;
}

function ownRows(parent: string, files: unknown, links: unknown, stamp: RecordStamp, what: string): OwnRows {
  if (files !== undefined && !Array.isArray(files)) throw refused(what, 'files', `is ${describe(files)}, not a list`);
  if (links !== undefined && !Array.isArray(links)) throw refused(what, 'links', `is ${describe(links)}, not a list`);
  const rows = ((files ?? []) as FileRecord[]).map((file, index) =>
    fileRow(parent, file, stamp, `${what}: files[${index}]`),
  );
  const origins: ReadonlySet<FileOrigin> = new Set(
    files === undefined ? [] : ['submitted', ...rows.map((row) => row.origin)],
  );
  return {
    files: rows,
    links: ((links ?? []) as LinkRecord[]).map((link, index) => linkRow(parent, link, `${what}: links[${index}]`)),
    complete: [...origins].map((origin) => ({ table: 'files', parent, origin })),
  };
}

function fileRow(parent: string, file: FileRecord, { source, fetchedAt }: RecordStamp, what: string): FilePatch {
  const { url, name, origin = 'submitted', ...columns } = fieldsOf(file, what) as Record<string, unknown> & FileRecord;
  const urls = typeof url === 'string' ? [url] : url;
  if (!Array.isArray(urls) || urls.some((one) => typeof one !== 'string')) {
    throw refused(what, 'url', 'is neither an address nor a list of them');
  }
  const named = name ?? lastPart(urls[0] as string | undefined);
  if (typeof named !== 'string' || named === '')
    throw refused(what, 'name', 'is missing, and the address ends in none');
  return {
    ...columns,
    ...wholeNumbers(columns, ['bytes'], what),
    ...(typeof columns.md5 === 'string' ? { md5: columns.md5.toLowerCase() } : {}),
    key: fileKey(parent, origin, named),
    parent,
    name: named,
    origin,
    urls: urls as string[],
    source,
    fetched_at: fetchedAt,
  } as unknown as FilePatch;
}

function lastPart(url = ''): string {
  return /([^/]+)\/*$/.exec(url.replace(/[?#].*$/s, ''))?.[1] ?? '';
}

function linkRow(key: string, link: LinkRecord, what: string): LinkRow {
  const { alias, kind } = fieldsOf(link, what);
  if (typeof alias !== 'string' || alias === '') throw refused(what, 'alias', `is ${describe(alias)}, not text`);
  if (typeof kind !== 'string') throw refused(what, 'kind', `is ${describe(kind)}, not text`);
  return { key, alias, kind: kind as LinkRow['kind'] };
}

function refused(what: string, field: string, why: string): PluginError {
  return new PluginError(`${what}: ${field} ${why}`, {
    hint: 'mend the handler: nothing of this record was stored',
    fields: { field },
  });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value).slice(0, 80)}`;
}
