import { DuckDBInstance } from '@duckdb/node-api';

/** A DuckDB in memory with nothing in it, that nobody has used yet. */
export type StartedEngine = DuckDBInstance;

/** Opens DuckDB: it works in a thread of its own, so that something else can be loaded meanwhile. Loads no extension. */
export async function startEngine(): Promise<StartedEngine> {
  return DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
}
