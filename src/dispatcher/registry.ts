import { checkHandler, isBatchForm } from '../ports/check-handler.ts';
import type { Clock } from '../ports/clock.ts';
import type { AccessionPattern, Handler, SmallHandler } from '../ports/handler.ts';
import { createOrderedRegistry, type Registration } from '../registry/ordered-registry.ts';
import { checkColumns } from './check-columns.ts';
import { liftHandler } from './lift-handler.ts';

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
   * Adds a handler of either form. `priority` 0 is asked first, none is appended, a negative counts as 0, beyond the end
   * appends. `name` replaces the handler's own. A name that is taken, a member that is missing (all are named), or columns
   * that cannot be, are a `PluginError`.
   */
  registerHandler(handler: SmallHandler | Handler, options?: Registration): void;
  /** Takes a handler away, built-ins too; false when there is none of that name. */
  unregisterHandler(name: string): boolean;
  /** Puts the named handlers first, in this order; the others keep theirs. Gives the names that there are none of. */
  arrange(names: readonly string[]): readonly string[];
  /** Notes a handler that the configuration leaves out: it is not asked, and named to whoever gives an id of its. */
  leaveOut(handler: Handler): void;
  /** The name of a handler left out that would claim the id; null when there is none. */
  leftOutFor(id: string): string | null;
  /** All handlers, first asked first. */
  listHandlers(): readonly RegisteredHandler[];
  /** Every handler whose pattern matches, first asked first. */
  claims(id: string): readonly Claim[];
  /** The handler of this name, or undefined. */
  find(name: string): Handler | undefined;
}

/** Without a clock no call has a deadline. */
const ENDLESS: Pick<Clock, 'sleep'> = { sleep: () => new Promise(() => {}) };

/** An empty registry; `clock` ends calls of handlers that hang. */
export function createRegistry(clock: Pick<Clock, 'sleep'> = ENDLESS): Registry {
  const entries = createOrderedRegistry<Handler>('handler');
  const leftOut: Handler[] = [];
  return {
    registerHandler(handler, options) {
      checkHandler(handler);
      const named = withName(handler, options?.name ?? handler.name);
      checkHandler(named);
      const item = isBatchForm(named) ? named : liftHandler(named, clock);
      const others = () => entries.list().map((entry) => entry.item);
      entries.register(item, options, () => checkColumns(item, others()));
    },
    unregisterHandler: (name) => entries.unregister(name),
    arrange: (names) => entries.arrange(names),
    leaveOut: (handler) => void leftOut.push(handler),
    leftOutFor: (id) => leftOut.find((handler) => claimOf(handler, id).length > 0)?.name ?? null,
    listHandlers: () => entries.list().map(({ item: handler, ...place }) => ({ handler, ...place })),
    claims: (id) => entries.list().flatMap(({ item }) => claimOf(item, id)),
    find: (name) => entries.find(name),
  };
}

/** The handler under another name; its members see itself, also those of a class. */
function withName<T extends SmallHandler | Handler>(handler: T, name: string): T {
  return name === handler.name ? handler : Object.create(handler, { name: { value: name, enumerable: true } });
}

function claimOf(handler: Handler, id: string): Claim[] {
  const pattern = handler.patterns.find((one) => one.pattern.test(id));
  return pattern === undefined ? [] : [{ handler, pattern }];
}
