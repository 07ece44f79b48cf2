import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ArchiveProcess } from './archive-process.ts';
import { say } from './figures.ts';

/** Entries of the cache whose body is none that the server gives without a fault. */
export async function cacheBroken(folder: string, archive: ArchiveProcess, when: string): Promise<string[]> {
  const { good } = await archive.answers();
  let entries = 0;
  const wrong: string[] = [];
  const files = readdirSync(join(folder, '.cache'), { recursive: true, encoding: 'utf8' });
  for (const name of files) {
    const entry = name.endsWith('.cache') ? entryIn(join(folder, '.cache', name)) : null;
    if (entry === null) continue;
    entries += 1;
    if (good[entry.keyHash]?.includes(entry.bodyHash) === true) continue;
    const asked = good[entry.keyHash] === undefined ? ' (unknown question)' : '';
    const body = files.find((file) => basename(file).startsWith(entry.bodyHash));
    const text = body === undefined ? 'no body' : startOf(join(folder, '.cache', body));
    wrong.push(`${entry.url} ${entry.status} ${entry.checkedAs}${asked}: ${text}`);
  }
  say(`cache ${when}`, `${entries} entries, ${wrong.length} of them wrong`);
  const few = entries === 0 ? ['no entry of the cache was found'] : [];
  return [...few, ...wrong.slice(0, 10).map((what) => `stored in the cache ${when}: ${what}`)];
}

function startOf(path: string): string {
  const bytes = readFileSync(path);
  const text = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
  return text.toString('utf8').replaceAll(/\s+/g, ' ').slice(0, 600);
}

interface StoredEntry {
  readonly keyHash: string;
  readonly bodyHash: string;
  readonly url: string;
  readonly status: number;
  readonly checkedAs: string;
}

function entryIn(path: string): StoredEntry | null {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<StoredEntry>;
    return typeof value.keyHash === 'string' && typeof value.bodyHash === 'string' ? (value as StoredEntry) : null;
  } catch {
    return null;
  }
}
