import { dirname, join } from 'node:path';
import { makeFolders } from '../../../disk/make-folders.ts';
import type { CacheEntry, ListedEntry, MetadataBackend } from '../../../ports/cache.ts';
import { CACHE_LAYOUT } from '../../cache-path.ts';
import { readableEntry, readEntryText } from '../entry-text.ts';
import { loadSqlite, type SqliteDatabase } from './load-sqlite.ts';
import { openDatabase } from './open-database.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** Rows that are read at once while listing: other statements and other processes go on in between. */
const PAGE = 1000;

/**
 * A metadata back end in one SQLite file, `.cache/v1/index.sqlite`: one row per entry, written ahead (WAL), so that readers and a
 * writer of several processes go on side by side. For folders on which small files are dear; not for network file systems.
 */
export async function createSqliteMetadata(folder: string, now: () => number): Promise<MetadataBackend> {
  const sqlite = await loadSqlite();
  const path = join(folder, CACHE_LAYOUT, 'index.sqlite');
  let opened: Promise<Statements> | null = null;
  // Opened with the first use: a file that cannot be opened is a broken cache, not a failed command.
  const statements = () => {
    opened ??= open(() => new sqlite.DatabaseSync(path), path).catch((error) => {
      opened = null;
      throw sqliteFault(folder, error);
    });
    return opened;
  };
  const write = async <T>(change: (prepared: Statements) => T): Promise<T> => {
    const prepared = await statements();
    try {
      return change(prepared);
    } catch (error) {
      throw sqliteFault(folder, error);
    }
  };
  return {
    putEntry: (key, entry) => write(({ put }) => void put.run(key, JSON.stringify(entry), now())),
    getEntry: async (key) => entryOf((await statements()).get.get(key)),
    removeEntry: (key) => write(({ remove }) => Number(remove.run(key).changes) > 0),
    listEntries: (prefix, limit) => listEntries(statements, prefix, limit),
    updateAccessTime: (key, at) => write(({ touch }) => void touch.run(Math.round(at), key)),
    getStats: async () => ({ backend: 'sqlite', entries: Number((await statements()).count.get()?.entries ?? 0) }),
    clear: () => write(({ clear }) => Number(clear.run().changes)),
    listUnreadable: () => listUnreadable(statements),
    close: async () => {
      const open = await opened?.catch(() => null);
      opened = null;
      open?.database.close();
    },
  };
}

type Statements = ReturnType<typeof prepare>;

async function open(create: () => SqliteDatabase, path: string): Promise<Statements> {
  await makeFolders(dirname(path));
  return prepare(await openDatabase(create, path));
}

function prepare(database: SqliteDatabase) {
  return {
    database,
    put: database.prepare(
      'INSERT INTO entries (key, entry, used_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET entry = excluded.entry, used_at = excluded.used_at',
    ),
    get: database.prepare('SELECT entry FROM entries WHERE key = ?'),
    remove: database.prepare('DELETE FROM entries WHERE key = ?'),
    page: database.prepare('SELECT key, entry, used_at FROM entries WHERE key >= ? AND key < ? ORDER BY key LIMIT ?'),
    touch: database.prepare('UPDATE entries SET used_at = ? WHERE key = ?'),
    count: database.prepare('SELECT count(*) AS entries FROM entries'),
    clear: database.prepare('DELETE FROM entries'),
  };
}

function entryOf(row: Record<string, unknown> | undefined): CacheEntry | null {
  return row === undefined ? null : readEntryText(String(row.entry));
}

async function* rows(statements: () => Promise<Statements>, prefix: string): AsyncIterable<Record<string, unknown>> {
  const { page } = await statements();
  const end = `${prefix}\u{10ffff}`;
  let start = prefix;
  for (;;) {
    const found = page.all(start, end, PAGE);
    yield* found;
    if (found.length < PAGE) return;
    start = `${String(found.at(-1)?.key)}\0`;
  }
}

async function* listEntries(
  statements: () => Promise<Statements>,
  prefix: string,
  limit = Number.POSITIVE_INFINITY,
): AsyncIterable<ListedEntry> {
  let given = 0;
  if (limit <= 0) return;
  for await (const row of rows(statements, prefix)) {
    const entry = readableEntry(String(row.entry));
    if (entry === null) continue;
    yield { key: String(row.key), entry, usedAt: Number(row.used_at) };
    given += 1;
    if (given >= limit) return;
  }
}

async function* listUnreadable(statements: () => Promise<Statements>): AsyncIterable<string> {
  for await (const row of rows(statements, '')) if (readableEntry(String(row.entry)) === null) yield String(row.key);
}
