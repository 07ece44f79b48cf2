import { setTimeout as wait } from 'node:timers/promises';
import { CacheError } from '../../../errors/cache-error.ts';
import { errorMessage } from '../../../errors/error-message.ts';
import type { SqliteDatabase } from './load-sqlite.ts';

/** Milliseconds that a statement waits for another process's write; writes take below one. */
const BUSY_MS = 5000;

/** Tries of turning a new file into one that is written ahead: SQLite refuses at once while another process does the same. */
const OPENINGS = 50;

/** Milliseconds between two of them. */
const PAUSE_MS = 20;

/** SQLite's result code for a file that cannot be opened, or beside which it can make none. */
const CANNOT_OPEN = 14;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, entry TEXT NOT NULL, used_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/**
 * Opens the file, safe when several processes make it at once. What is committed survives the death of the process; `NORMAL`
 * may lose the last entries when the machine dies, which a cache can afford.
 */
export async function openDatabase(create: () => SqliteDatabase, path: string): Promise<SqliteDatabase> {
  for (let opening = 1; ; opening += 1) {
    const database = create();
    try {
      database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;`);
      database.exec(SCHEMA);
      return database;
    } catch (error) {
      database.close();
      if (opening >= OPENINGS || !/locked|busy/i.test(String(error))) throw named(error, path);
    }
    await wait(PAUSE_MS);
  }
}

function named(cause: unknown, path: string): Error {
  const why = errorMessage(cause);
  const cannotOpen = cause instanceof Error && 'errcode' in cause && cause.errcode === CANNOT_OPEN;
  return new CacheError(`the cache metadata back end "sqlite" cannot be used (${path}): ${why}`, {
    hint: cannotOpen
      ? 'SQLite writes beside its file even to read it: use a folder that can be written, or cache.metadata.backend "json"'
      : 'deleting the file and its -wal and -shm files is safe',
    fields: { backend: 'sqlite', place: path },
    cause,
  });
}
