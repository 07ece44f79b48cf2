import { randomUUID } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { createStoreRegistry } from '../store/registry.ts';
import { createSystemProcesses } from './system-processes.ts';

/** The store that the configuration names, over the tables folder. Opens nothing yet. */
export function openStore(config: Config, dir: string, clock: Clock): Store {
  return createStoreRegistry().createStore(config.store.backend, {
    dir,
    clock,
    randomId: randomUUID,
    processes: createSystemProcesses(),
    memoryLimit: config.store.memoryLimit,
    plainTables: config.store.plainTables,
  });
}
