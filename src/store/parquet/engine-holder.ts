import type { Engine } from '../segments/duckdb.ts';

/** The engine of a store: loaded at the first call that needs it, and again after it was closed. */
export interface EngineHolder {
  /** The engine; it may be kept, each call of it goes to the one that is open then. */
  readonly open: () => Promise<Engine>;
  readonly close: () => Promise<void>;
}

/** What the engine is opened with. */
export interface HeldEngineSettings {
  /** DuckDB's own limit of memory, such as `128MB`. */
  readonly memoryLimit: string;
  /** Folder for what does not fit into memory. */
  readonly spill: string;
  /** Rows that it will go through at once; asked when it is opened. */
  readonly rows: () => Promise<number>;
}

/**
 * Rows from which on a second thread pays: a compaction of 20,000 takes 80 ms instead of 112. For fewer its wake-ups cost more than
 * it does (a fifth of the processor time of small commits). A third would wait on a machine with 2 cores.
 */
const MANY_ROWS = 20_000;

/** An engine that is not loaded yet. */
export function holdEngine({ memoryLimit, spill, rows }: HeldEngineSettings): EngineHolder {
  let engine: Promise<Engine> | null = null;
  const load = async (): Promise<Engine> => {
    const [{ openEngine }, many] = await Promise.all([import('../segments/duckdb.ts'), rows()]);
    return openEngine({ memoryLimit, spill, threads: many < MANY_ROWS ? 1 : 2 });
  };
  const current = (): Promise<Engine> => {
    engine ??= load();
    return engine;
  };
  const close = async (): Promise<void> => {
    const open = engine;
    engine = null;
    await (await open)?.close();
  };
  // Who waits between asking for the engine and using it may find it closed by maintenance; a call that has begun is safe.
  const held: Engine = {
    rows: async (sql, parameters) => (await current()).rows(sql, parameters),
    run: async (sql, parameters) => (await current()).run(sql, parameters),
    write: async (input) => (await current()).write(input),
    texts: async function* (sql, parameters) {
      yield* (await current()).texts(sql, parameters);
    },
    close,
  };
  return {
    open: async () => {
      await current();
      return held;
    },
    close,
  };
}
