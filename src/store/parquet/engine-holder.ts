import type { Engine } from '../segments/duckdb.ts';

/** The engine of a store: loaded at the first call that needs it, and again after it was closed. */
export interface EngineHolder {
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
  return {
    open: () => {
      engine ??= load();
      return engine;
    },
    close: async () => {
      const open = engine;
      engine = null;
      await (await open)?.close();
    },
  };
}
