import { ConfigError } from '../errors/config-error.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type { BackendContext, BackendFacts } from '../ports/backend.ts';

export type { BackendContext, BackendFacts, BackendOptions } from '../ports/backend.ts';

/** Back ends of one port by name. */
export interface BackendRegistry<T> {
  /** A `PluginError` when the name is taken or empty, or a fact is missing. */
  register(facts: BackendFacts<T>): void;
  /** True when there was one. */
  unregister(name: string): boolean;
  list(): readonly Omit<BackendFacts<T>, 'open'>[];
  /** The one of this name without opening it, or undefined. */
  find(name: string): Omit<BackendFacts<T>, 'open'> | undefined;
  /** Opens the named one and checks that it has every member of its port. */
  open(name: string, context: BackendContext): Promise<T>;
}

/** Creates a registry; `kind` names the port in messages, `members` are the functions that every back end must have. */
export function createBackendRegistry<T extends object>(
  kind: string,
  members: readonly (keyof T & string)[],
  builtIns: readonly BackendFacts<T>[],
): BackendRegistry<T> {
  const known = new Map(builtIns.map((facts) => [facts.name, facts]));
  return {
    register(facts) {
      checkFacts(kind, facts);
      if (known.has(facts.name)) {
        throw new PluginError(`the ${kind} back end "${facts.name}" is registered already`, {
          hint: 'choose another name, or unregister the other one first',
          fields: { backend: facts.name },
        });
      }
      known.set(facts.name, facts);
    },
    unregister: (name) => known.delete(name),
    list: () => [...known.values()].map(({ open: _, ...shown }) => shown),
    find: (name) => known.get(name),
    open: async (name, context) => {
      const facts = known.get(name);
      if (facts === undefined) {
        throw new ConfigError(`there is no ${kind} back end "${name}"`, {
          hint: `use one of: ${[...known.keys()].join(', ')}`,
          fields: { backend: name },
        });
      }
      checkOptions(kind, facts, known.values(), context);
      return checkMembers(kind, facts, members, await openBackend(kind, facts, context));
    },
  };
}

function checkFacts<T>(kind: string, { name, description, open }: BackendFacts<T>): void {
  const isGood =
    typeof name === 'string' && name !== '' && typeof description === 'string' && typeof open === 'function';
  if (isGood) return;
  throw new PluginError(`a ${kind} back end needs a name, a description and a function open`, {
    hint: 'see BackendFacts of celline',
    fields: { backend: String(name) },
  });
}

/** An option of another back end is a mistake and refused; one that nobody knows may be of another version, and is a warning. */
function checkOptions<T>(
  kind: string,
  chosen: BackendFacts<T>,
  all: Iterable<BackendFacts<T>>,
  { options = {}, warn }: BackendContext,
): void {
  const takes = ({ options: known = {} }: BackendFacts<T>, option: string) => Object.hasOwn(known, option);
  for (const option of Object.keys(options)) {
    if (takes(chosen, option)) continue;
    const owner = [...all].find((facts) => takes(facts, option));
    if (owner === undefined) {
      warn?.(`the ${kind} back end "${chosen.name}" knows no option "${option}"`);
      continue;
    }
    throw new ConfigError(
      `the option "${option}" is of the ${kind} back end "${owner.name}", not of "${chosen.name}"`,
      {
        hint: `remove it, or set the back end to "${owner.name}"`,
        fields: { backend: chosen.name, option },
      },
    );
  }
}

async function openBackend<T>(kind: string, facts: BackendFacts<T>, context: BackendContext): Promise<T> {
  try {
    return await facts.open(context);
  } catch (error) {
    // Only a package that the back end says it needs: a file of its own that is missing is another fault.
    const isMissing = /^(ERR_)?MODULE_NOT_FOUND$/.test(String((error as { code?: unknown } | null)?.code));
    if (!isMissing || facts.requiredPackages === undefined) throw error;
    const packages = facts.requiredPackages.join(' ');
    throw new PluginError(`the ${kind} back end "${facts.name}" needs ${packages}, which is not installed`, {
      hint: `npm install ${packages}`,
      fields: { backend: facts.name },
      cause: error,
    });
  }
}

function checkMembers<T extends object>(
  kind: string,
  facts: BackendFacts<T>,
  members: readonly (keyof T & string)[],
  backend: T,
): T {
  const missing = members.filter((member) => typeof backend?.[member] !== 'function');
  if (missing.length === 0) return backend;
  throw new PluginError(`the ${kind} back end "${facts.name}" lacks ${missing.join(', ')}`, {
    hint: 'see src/ports/cache.ts for the members of the port',
    fields: { backend: facts.name },
  });
}
