import { ConfigError } from '../../../errors/config-error.ts';

/** The part of `node:sqlite` that is used; the types of the oldest supported Node do not have it. */
export interface Sqlite {
  readonly DatabaseSync: new (path: string) => SqliteDatabase;
}

/** An open database. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** A prepared statement; parameters are positional. */
export interface SqliteStatement {
  run(...parameters: readonly (string | number)[]): { readonly changes: number | bigint };
  get(...parameters: readonly (string | number)[]): Record<string, unknown> | undefined;
  all(...parameters: readonly (string | number)[]): Record<string, unknown>[];
}

/** The first Node whose SQLite needs no flag. */
const SINCE = '22.13';

/** Why SQLite cannot be used here, or null. */
export async function missingSqlite(): Promise<string | null> {
  try {
    await importSqlite();
    return null;
  } catch {
    return `Node ${SINCE} or newer (this is ${process.versions.node})`;
  }
}

/** Node's own SQLite; a `ConfigError` where this Node has none. */
export async function loadSqlite(): Promise<Sqlite> {
  try {
    return await importSqlite();
  } catch (cause) {
    const needed = `Node ${SINCE} or newer; this is ${process.versions.node}`;
    throw new ConfigError(`the cache metadata back end "sqlite" needs ${needed}`, {
      hint: 'use a newer Node, or set cache.metadata.backend to "json"',
      fields: { backend: 'sqlite', node: process.versions.node },
      cause,
    });
  }
}

/** Node warns on stderr that its SQLite is new; that is no news for the user of this tool. */
async function importSqlite(): Promise<Sqlite> {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...more: unknown[]) => {
    if (/SQLite is an experimental feature/.test(String(warning))) return;
    Reflect.apply(emitWarning, process, [warning, ...more]);
  };
  try {
    // As a variable: the bundler must not look for it, and the types of Node 20 do not know it.
    const name = 'node:sqlite';
    return (await import(name)) as Sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
}
