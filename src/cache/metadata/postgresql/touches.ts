import type { Query } from './postgresql.ts';
import { TABLE } from './table.ts';

/** Access times that are sent at once: a hit costs no round trip of its own. */
const BATCH = 200;

/** Access times on their way to the table. */
export interface Touches {
  add(key: string, at: number): Promise<void>;
  /** Sends what is held. */
  flush(): Promise<void>;
}

/** Collects access times. What a killed process held is lost: its entries seem a little older than they are. */
export function createTouches(query: Query, namespace: string): Touches {
  const held = new Map<string, number>();
  const flush = async () => {
    if (held.size === 0) return;
    const all = [...held];
    held.clear();
    // Rows that another process changes at this moment are passed by: two batches in different orders would wait for each other.
    await query(
      `UPDATE ${TABLE} AS t SET used_at = given.at
       FROM unnest($2::text[], $3::bigint[]) AS given (key, at)
       WHERE t.namespace = $1 AND t.key = given.key AND t.key IN (
         SELECT key FROM ${TABLE} WHERE namespace = $1 AND key = ANY ($2::text[]) FOR UPDATE SKIP LOCKED)`,
      [namespace, all.map(([key]) => key), all.map(([, at]) => Math.round(at))],
    );
  };
  return {
    add: async (key, at) => {
      held.set(key, at);
      if (held.size >= BATCH) await flush();
    },
    flush,
  };
}
