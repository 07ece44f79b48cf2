import pLimit from 'p-limit';
import type { Pool } from 'pg';
import type { CacheEntry, ListedEntry, MetadataBackend } from '../../../ports/cache.ts';
import type { BackendContext } from '../../backend-registry.ts';
import { createBreaker } from '../../breaker.ts';
import { type ServiceName, serviceFault } from '../../service-fault.ts';
import { readableEntry, readEntryText } from '../entry-text.ts';
import { CONNECTIONS, createPool, isAway, readSettings } from './connection.ts';
import { ensureTable, TABLE } from './table.ts';
import { createTouches } from './touches.ts';

/** Rows that are read at once while listing. */
const PAGE_ROWS = 1000;

const PUT = `INSERT INTO ${TABLE} (namespace, key, entry, used_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (namespace, key) DO UPDATE SET entry = excluded.entry, used_at = excluded.used_at`;
const GET = `SELECT entry FROM ${TABLE} WHERE namespace = $1 AND key = $2`;
const REMOVE = `DELETE FROM ${TABLE} WHERE namespace = $1 AND key = $2`;
const COUNT = `SELECT count(*) AS entries FROM ${TABLE} WHERE namespace = $1`;
const CLEAR = `DELETE FROM ${TABLE} WHERE namespace = $1`;
const PAGE = `SELECT key, entry, used_at FROM ${TABLE}
  WHERE namespace = $1 AND key > $2 AND key >= $3 AND starts_with(key, $3) ORDER BY key LIMIT ${PAGE_ROWS}`;

/** One statement on one of the connections. */
export type Query = (
  text: string,
  values: readonly unknown[],
) => Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;

/** Opens the back end: loads `pg` and reads the settings; connects at the first use. */
export async function openPostgresql(context: BackendContext): Promise<MetadataBackend> {
  const { default: pg } = await import('pg');
  const { url, namespace, place, setting } = readSettings(context);
  const pool = createPool(pg.Pool, url);
  const query = createQuery(pool, context.now, { kind: 'cache metadata', backend: 'postgresql', place, setting });
  return { ...createPostgresqlMetadata(pool, query, namespace, context.now), place };
}

/** A metadata back end in one table of a PostgreSQL database, a row per entry, for several machines and projects. */
function createPostgresqlMetadata(pool: Pool, query: Query, namespace: string, now: () => number): MetadataBackend {
  const touches = createTouches(query, namespace);
  const rows = (prefix: string) => readRows(query, namespace, prefix);
  return {
    putEntry: async (key, entry) => void (await query(PUT, [namespace, key, JSON.stringify(entry), Math.round(now())])),
    getEntry: async (key) => {
      const { rows: found } = await query(GET, [namespace, key]);
      return found[0] === undefined ? null : readEntryText(String(found[0].entry));
    },
    removeEntry: async (key) => Number((await query(REMOVE, [namespace, key])).rowCount) > 0,
    async *listEntries(prefix, limit) {
      await touches.flush();
      yield* readEntries(rows(prefix), limit);
    },
    updateAccessTime: (key, at) => touches.add(key, at),
    getStats: async () => {
      const { rows: found } = await query(COUNT, [namespace]);
      return { backend: 'postgresql', entries: Number(found[0]?.entries ?? 0) };
    },
    clear: async () => Number((await query(CLEAR, [namespace])).rowCount ?? 0),
    async *listUnreadable() {
      for await (const { key, entry } of rows('')) if (entry === null) yield key;
    },
    close: async () => {
      await touches.flush().catch(() => {});
      await pool.end();
    },
  };
}

/** Statements on the pool; the table is made before the first, and a server that is away is not asked again for a while. */
function createQuery(pool: Pool, now: () => number, service: ServiceName): Query {
  const guarded = createBreaker(now, isAway);
  const limit = pLimit(CONNECTIONS);
  let ready: Promise<void> | null = null;
  const prepared = () => {
    ready ??= ensureTable(pool).catch((error) => {
      ready = null;
      throw error;
    });
    return ready;
  };
  return (text, values) =>
    limit(() =>
      guarded(async () => {
        await prepared();
        return pool.query(text, [...values]);
      }).catch((error: unknown) => {
        throw serviceFault(service, error);
      }),
    );
}

interface Row {
  readonly key: string;
  /** Null: it cannot be read. */
  readonly entry: CacheEntry | null;
  readonly usedAt: number;
}

async function* readRows(query: Query, namespace: string, prefix: string): AsyncIterable<Row> {
  let after = '';
  for (;;) {
    const { rows } = await query(PAGE, [namespace, after, prefix]);
    for (const { key, entry, used_at } of rows) {
      yield { key: String(key), entry: readableEntry(String(entry)), usedAt: Number(used_at) };
    }
    if (rows.length < PAGE_ROWS) return;
    after = String(rows.at(-1)?.key);
  }
}

async function* readEntries(rows: AsyncIterable<Row>, limit = Number.POSITIVE_INFINITY): AsyncIterable<ListedEntry> {
  let given = 0;
  if (limit <= 0) return;
  for await (const { key, entry, usedAt } of rows) {
    if (entry === null) continue;
    yield { key, entry, usedAt };
    given += 1;
    if (given >= limit) return;
  }
}
