import type { AccessionPattern, Handler } from '../ports/handler.ts';
import { createOrderedRegistry } from '../registry/ordered-registry.ts';
import { checkColumns } from './check-columns.ts';

/** Where a handler stands. */
export interface RegisteredHandler {
  readonly handler: Handler;
  readonly name: string;
  /** Position, 0 is asked first. */
  readonly priority: number;
  readonly builtIn: boolean;
}

/** A handler that claims an id, with the pattern by which it does. */
export interface Claim {
  readonly handler: Handler;
  readonly pattern: AccessionPattern;
}

/** The handlers in the order in which they are asked. */
export interface Registry {
  /**
   * Adds a handler. `priority` 0 is asked first, none is appended, a negative counts as 0, beyond the end appends.
   * `name` replaces the handler's own. A name that is taken, or columns that cannot be, are a `PluginError`.
   */
  registerHandler(handler: Handler, options?: { priority?: number; name?: string; builtIn?: boolean }): void;
  /** Takes a handler away, built-ins too; false when there is none of that name. */
  unregisterHandler(name: string): boolean;
  /** All handlers, first asked first. */
  listHandlers(): readonly RegisteredHandler[];
  /** Every handler whose pattern matches, first asked first. */
  claims(id: string): readonly Claim[];
  /** The handler of this name, or undefined. */
  find(name: string): Handler | undefined;
}

/** An empty registry. */
export function createRegistry(): Registry {
  const entries = createOrderedRegistry<Handler>('handler');
  return {
    registerHandler(handler, options) {
      entries.register(handler, options, (name) => {
        checkColumns(
          { ...handler, name },
          entries.list().map((entry) => ({ ...entry.item, name: entry.name })),
        );
      });
    },
    unregisterHandler: (name) => entries.unregister(name),
    listHandlers: () => entries.list().map(({ item: handler, ...place }) => ({ handler, ...place })),
    claims: (id) => entries.list().flatMap(({ item }) => claimOf(item, id)),
    find: (name) => entries.find(name),
  };
}

function claimOf(handler: Handler, id: string): Claim[] {
  const pattern = handler.patterns.find((one) => one.pattern.test(id));
  return pattern === undefined ? [] : [{ handler, pattern }];
}
