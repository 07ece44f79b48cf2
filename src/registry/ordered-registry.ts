import { PluginError } from '../errors/plugin-error.ts';

/** Where something stands in its registry. */
export interface Registered<T> {
  readonly item: T;
  readonly name: string;
  /** Position, 0 is asked first. */
  readonly priority: number;
  readonly builtIn: boolean;
}

/** How something is registered. */
export interface Registration {
  /** Place: 0 is asked first, none is appended, a negative counts as 0, beyond the end appends. */
  readonly priority?: number;
  /** Replaces its own name. */
  readonly name?: string;
  readonly builtIn?: boolean;
}

/** Things of one kind in the order in which they are asked: handlers, serializers. */
export interface OrderedRegistry<T extends { readonly name: string }> {
  /** A name that is taken is a `PluginError`. `check` sees the name before anything is changed. */
  register(item: T, options?: Registration, check?: (name: string) => void): void;
  /** Takes one away, built-ins too; false when there is none of that name. */
  unregister(name: string): boolean;
  /** Puts the named ones first, in this order; the others keep theirs. Gives the names that there are none of. */
  arrange(names: readonly string[]): readonly string[];
  /** All, first asked first. */
  list(): readonly Registered<T>[];
  /** The one of this name, or undefined. */
  find(name: string): T | undefined;
}

/** An empty registry; `kind` names its things in messages, e.g. `handler`. */
export function createOrderedRegistry<T extends { readonly name: string }>(kind: string): OrderedRegistry<T> {
  const entries: { item: T; name: string; builtIn: boolean }[] = [];
  return {
    register(item, options = {}, check) {
      const name = options.name ?? item.name;
      if (entries.some((entry) => entry.name === name)) {
        throw new PluginError(`a ${kind} named ${name} is registered already`, {
          hint: 'Give the new one another name, or take the other away first.',
          fields: { [kind]: name },
        });
      }
      check?.(name);
      const position = options.priority === undefined ? entries.length : Math.max(0, options.priority);
      entries.splice(position, 0, { item, name, builtIn: options.builtIn ?? false });
    },
    unregister(name) {
      const position = entries.findIndex((entry) => entry.name === name);
      if (position >= 0) entries.splice(position, 1);
      return position >= 0;
    },
    arrange(names) {
      const placeOf = ({ name }: { readonly name: string }) => {
        const place = names.indexOf(name);
        return place < 0 ? names.length : place;
      };
      // Sorting is stable: equal places keep their order.
      entries.sort((left, right) => placeOf(left) - placeOf(right));
      return names.filter((name) => !entries.some((entry) => entry.name === name));
    },
    list: () => entries.map((entry, priority) => ({ ...entry, priority })),
    find: (name) => entries.find((entry) => entry.name === name)?.item,
  };
}
