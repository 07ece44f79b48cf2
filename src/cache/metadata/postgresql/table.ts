import type { Pool } from 'pg';

/** The table; another shape gets another name. */
export const TABLE = 'celline_cache_v1';

/** Number of the lock under which the table is made; any constant will do that others do not use. */
const LOCK = 4_033_121_907;

/** Makes the table when it is missing; safe when several processes do so at once, and asks for no right when it is there. */
export async function ensureTable(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ found: unknown }>(`SELECT to_regclass('${TABLE}') AS found`);
  if (rows[0]?.found !== null) return;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    // "IF NOT EXISTS" alone fails when two transactions make the table at the same moment.
    await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    // Keys compare by their bytes, whatever the language of the database, so that a prefix is a range of the index.
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${TABLE} (
         namespace text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL,
         entry text NOT NULL, used_at bigint NOT NULL, PRIMARY KEY (namespace, key))`,
    );
    await client.query('COMMIT');
  } finally {
    // Whatever state an error left behind ends with the connection.
    client.release(true);
  }
}
