import { PluginError } from '../errors/plugin-error.ts';
import type { AccessionPattern, Handler } from '../ports/handler.ts';
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
  const entries: { handler: Handler; name: string; builtIn: boolean }[] = [];
  return {
    registerHandler(handler, options = {}) {
      const name = options.name ?? handler.name;
      if (entries.some((entry) => entry.name === name)) {
        throw new PluginError(`a handler named ${name} is registered already`, {
          hint: 'Give the new one another name, or take the other away first.',
          fields: { handler: name },
        });
      }
      checkColumns(
        { ...handler, name },
        entries.map((entry) => ({ ...entry.handler, name: entry.name })),
      );
      const position = options.priority === undefined ? entries.length : Math.max(0, options.priority);
      entries.splice(position, 0, { handler, name, builtIn: options.builtIn ?? false });
    },
    unregisterHandler(name) {
      const position = entries.findIndex((entry) => entry.name === name);
      if (position >= 0) entries.splice(position, 1);
      return position >= 0;
    },
    listHandlers: () => entries.map((entry, priority) => ({ ...entry, priority })),
    claims: (id) => entries.flatMap(({ handler }) => claimOf(handler, id)),
    find: (name) => entries.find((entry) => entry.name === name)?.handler,
  };
}

function claimOf(handler: Handler, id: string): Claim[] {
  const pattern = handler.patterns.find((one) => one.pattern.test(id));
  return pattern === undefined ? [] : [{ handler, pattern }];
}
