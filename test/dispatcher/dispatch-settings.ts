import type { DispatchSettings } from '../../src/dispatcher/dispatch.ts';
import { createRegistry } from '../../src/dispatcher/registry.ts';
import type { Handler, HandlerContext } from '../../src/ports/handler.ts';
import type { CellineEvent } from '../../src/ports/reporter.ts';
import type { Store } from '../../src/ports/store.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';

/** Settings of a dispatch to these handlers, over an empty store. */
export function dispatchSettings(
  handlers: readonly Handler[],
  events: CellineEvent[],
  signal = new AbortController().signal,
): DispatchSettings & { readonly store: Store } {
  const registry = createRegistry();
  for (const handler of handlers) registry.registerHandler(handler);
  return {
    registry,
    store: createMemoryStore(),
    clock: createSystemClock(),
    reporter: { emit: (event) => events.push(event) },
    concurrency: 3,
    force: false,
    full: false,
    signal,
    job: null,
    ttlOf: () => 3600,
    contextOf: () => ({ signal, memo: new Map(), full: false }) as unknown as HandlerContext,
  };
}
