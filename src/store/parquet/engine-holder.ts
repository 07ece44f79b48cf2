import type { Engine } from '../segments/duckdb.ts';

/** The engine of a store: loaded at the first call that needs it, and again after it was closed. */
export interface EngineHolder {
  /** The engine; it may be kept, each call of it goes to the one that is open then. */
  readonly open: () => Promise<Engine>;
  readonly close: () => Promise<void>;
}

/** An engine that is not loaded yet. */
export function holdEngine(memoryLimit: string, spill: string): EngineHolder {
  let engine: Promise<Engine> | null = null;
  const load = async (): Promise<Engine> => {
    const { openEngine } = await import('../segments/duckdb.ts');
    return openEngine({ memoryLimit, spill });
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
