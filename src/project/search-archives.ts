import { errorMessage } from '../errors/error-message.ts';
import { failureName } from '../errors/failure-name.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { Handler, HandlerContext, SearchHit } from '../ports/handler.ts';
import type { OutcomeName } from '../records/asked.ts';
import type { ProjectParts } from './create-project.ts';
import { apiUrlSetting, isInUse } from './handler-setup.ts';
import type { SearchAnswer, SearchOptions } from './search-type.ts';

/** Most hits of a search that states no limit. */
const LIMIT = 100;

/** Asks handlers for ids by fields of their archives, side by side; each hit is an id that its handler claims. */
export async function searchArchives(
  query: Readonly<Record<string, string>>,
  options: SearchOptions,
  parts: ProjectParts,
): Promise<SearchAnswer> {
  const { limit = LIMIT } = options;
  const signal = options.signal === undefined ? parts.signal : AbortSignal.any([options.signal, parts.signal]);
  const asked = searchers(options.handler, parts);
  const hits: (SearchHit & { handler: string })[] = [];
  const failed: { handler: string; outcome: OutcomeName; reason: string }[] = [];
  const answers = asked.map(async (handler) => ({
    handler: handler.name,
    ...(await ask(handler, query, limit, signal, parts)),
  }));
  for (const { handler, found, error } of await Promise.all(answers)) {
    signal.throwIfAborted();
    hits.push(...found.map((hit) => ({ ...hit, handler })));
    if (error === null) continue;
    const reason = errorMessage(error);
    failed.push({ handler, outcome: failureName(error), reason });
  }
  return { hits, failed, asked: asked.map(({ name }) => name) };
}

/** The handlers that can search; a `UsageError` when there is none, or the one that is named cannot. */
function searchers(name: string | undefined, { registry, setupOf }: ProjectParts): Handler[] {
  const all = registry.listHandlers().map(({ handler }) => handler);
  const able = all.filter(({ search }) => search !== undefined);
  const names = able.map((handler) => handler.name);
  const hint = names.length === 0 ? 'celline handlers list shows who can.' : `Who can search: ${names.join(', ')}.`;
  if (name === undefined) {
    // The address of a service that everybody runs on their own is an example until somebody sets theirs.
    const inUse = able.filter((handler) => isInUse(setupOf(handler)));
    if (inUse.length > 0) return inUse;
    const settings = able.map(apiUrlSetting);
    throw new UsageError(able.length > 0 ? 'no handler that can search has an address' : 'no handler can search', {
      hint: able.length > 0 ? `Set ${settings.join(', or ')}.` : 'A handler of yours can: docs/handlers.md.',
    });
  }
  const own = able.filter((handler) => handler.name === name);
  if (own.length > 0) return own;
  const isThere = all.some((handler) => handler.name === name);
  throw new UsageError(isThere ? `the handler ${name} cannot search` : `no handler is named ${name}`, {
    hint,
    fields: { handler: name },
  });
}

async function ask(
  handler: Handler,
  query: Readonly<Record<string, string>>,
  limit: number,
  signal: AbortSignal,
  parts: ProjectParts,
): Promise<{ found: readonly SearchHit[]; error: unknown }> {
  try {
    const context = { ...(await contextOf(handler, signal, parts)), limit };
    const found = (await handler.search?.(query, context)) ?? [];
    const own = found.filter(({ id }) => handler.patterns.some(({ pattern }) => pattern.test(id)));
    return { found: own.slice(0, limit), error: null };
  } catch (error) {
    return { found: [], error };
  }
}

async function contextOf(handler: Handler, signal: AbortSignal, parts: ProjectParts): Promise<HandlerContext> {
  const setup = parts.setupOf(handler);
  const { reporter } = parts;
  return {
    http: await parts.httpOf(setup, { refresh: false, signal }),
    signal,
    full: false,
    hasKey: setup.hasKey,
    options: setup.options,
    memo: new Map(),
    now: () => parts.recordedAt() ?? new Date(parts.clock.now()).toISOString(),
    log: (message, level = 'info') => reporter.emit({ type: 'log', level, message: `${handler.name}: ${message}` }),
  };
}
