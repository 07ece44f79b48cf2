import type { Registry } from '../dispatcher/registry.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type { Handler } from '../ports/handler.ts';
import type { Condition, Store } from '../ports/store.ts';
import { type FileRow, fileKey } from '../records/file.ts';
import type { RunRow } from '../records/run.ts';
import { inKeyPieces } from './key-pieces.ts';
import { listFiles, type NamedFiles } from './list-files.ts';
import { keysOfNames } from './stored-names.ts';

/** Which files of records are wanted. */
export interface FileWishes {
  readonly all?: boolean;
  readonly where?: readonly Condition[];
}

/** The handlers that say themselves what is downloaded. */
type OwnAddresses = Pick<Registry, 'find'>;

/**
 * The files of records as `listFiles` gives them; for a record whose handler says itself what is downloaded, that. With
 * `all`, or a condition, it is what is stored of every one.
 */
export async function listDownloads(
  names: readonly string[],
  wishes: FileWishes,
  store: Store,
  registry: OwnAddresses,
): Promise<NamedFiles> {
  const isPlain = wishes.all === true || (wishes.where ?? []).length > 0;
  const own = isPlain ? new Map<string, OwnRecord>() : await ownRecords(names, store, registry);
  if (own.size === 0) return listFiles(names, wishes, store);
  const files: FileRow[] = [];
  const unknown: string[] = [];
  let others: string[] = [];
  const listOthers = async (): Promise<void> => {
    const listed = await listFiles(others, wishes, store);
    files.push(...listed.files);
    unknown.push(...listed.unknown);
    others = [];
  };
  for (const name of names) {
    const record = own.get(name);
    if (record === undefined) {
      others.push(name);
      continue;
    }
    await listOthers();
    files.push(...(await ownFiles(record, store)));
  }
  await listOthers();
  return { files, unknown };
}

/** A sample whose handler says itself what is downloaded. */
interface OwnRecord {
  readonly key: string;
  readonly source: string;
  readonly handler: Handler;
}

async function ownRecords(
  names: readonly string[],
  store: Store,
  registry: OwnAddresses,
): Promise<Map<string, OwnRecord>> {
  const keys = await keysOfNames(names, store);
  const samples = await inKeyPieces([...new Set([...keys.values()].flat())], (piece) => store.get('samples', piece));
  const byKey = new Map(samples.map((row) => [String(row.key), row]));
  const found = new Map<string, OwnRecord>();
  for (const name of names) {
    const [key = ''] = keys.get(name) ?? [];
    const row = byKey.get(key);
    const handler = row === undefined ? undefined : registry.find(String(row.handler));
    if (handler?.downloadUrls !== undefined) found.set(name, { key, source: String(row?.source), handler });
  }
  return found;
}

async function ownFiles({ key, source, handler }: OwnRecord, store: Store): Promise<FileRow[]> {
  const runs = (await store.getByParent('runs', [key])) as unknown as RunRow[];
  const addresses: unknown = handler.downloadUrls?.(key, inOrder(runs));
  if (!Array.isArray(addresses) || addresses.some((one) => typeof one !== 'string')) {
    throw new PluginError(`the handler ${handler.name} gave no list of addresses for ${key}`, {
      hint: 'mend its downloadUrls',
      fields: { handler: handler.name, id: key },
    });
  }
  const { files } = await listFiles([key], { all: true }, store);
  const stored = new Map(files.flatMap((file) => file.urls.map((url) => [url, file] as const)));
  return (addresses as string[]).map((url) => stored.get(url) ?? bareFile(key, source, url));
}

function inOrder(runs: readonly RunRow[]): RunRow[] {
  return runs.toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

/** An address that is no stored file. */
function bareFile(parent: string, source: string, url: string): FileRow {
  const name = /([^/]+)\/*$/.exec(url.replace(/[?#].*$/s, ''))?.[1] ?? url;
  const unsaid = {
    role: null,
    read_number: null,
    format: null,
    md5: null,
    bytes: null,
    access: null,
    access_note: null,
  };
  const stamps = { handler: null, fetched_at: null, response_hash: null, created_at: null, updated_at: null };
  const origin = 'submitted' as const;
  return { key: fileKey(parent, origin, name), parent, name, origin, urls: [url], source, ...unsaid, ...stamps };
}
