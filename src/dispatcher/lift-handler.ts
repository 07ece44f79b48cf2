import { PluginError } from '../errors/plugin-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { AccessionPattern, Handler, HostLimit, SearchHit, SmallHandler, SmallPattern } from '../ports/handler.ts';
import { type Asking, askSmall } from './ask-small.ts';
import { callWithin } from './call-within.ts';
import { addressOf } from './small-http.ts';

/** Requests per second of a handler that states none. */
const PER_SECOND = 2;

/** Requests in flight of a handler that states none. */
const CONNECTIONS = 5;

/** A small handler in batch form, in which the dispatcher asks it. The handler has passed `checkHandler`. */
export function liftHandler(small: SmallHandler, clock: Pick<Clock, 'sleep'>): Handler {
  const patterns = patternsOf(small);
  const { batchSize = 1, baseUrl, status } = small;
  const isBatched = small.fetchSamples !== undefined || small.fetchRuns !== undefined;
  const lifted: Handler = {
    name: small.name,
    description: small.description ?? small.name,
    source: small.source,
    portVersion: 1,
    patterns,
    hosts: hostsOf(small),
    baseUrl,
    batchSize: isBatched ? batchSize : 1,
    ...kept(small, ['envPrefix', 'credential', 'columns', 'ttl', 'attempts', 'deadline', 'options', 'selfHosted']),
    ...(small.auth === undefined && small.credential === undefined ? {} : { auth: small.auth ?? 'content' }),
    ...(status === undefined
      ? {}
      : {
          checks: [{ url: addressOf(status, baseUrl), expect: { kind: 'text' }, firstByteTimeoutMs: 10_000, ttl: 0 }],
        }),
    fetchBatch: (ids, context) => askSmall(ids, { small, patterns, context, clock }),
    validate: (id) => complaintOf(small, id),
    ...(small.downloadUrls === undefined ? {} : { downloadUrls: (id, runs) => small.downloadUrls?.(id, runs) ?? [] }),
  };
  if (small.search === undefined) return lifted;
  return {
    ...lifted,
    search: (query, context) => searchSmall(query, context.limit, { small, patterns, context, clock }),
  };
}

function patternsOf({ pattern, patterns }: SmallHandler): AccessionPattern[] {
  const listed: readonly SmallPattern[] = patterns ?? (pattern === undefined ? [] : [pattern]);
  return listed.map((one) => ({ level: one.level ?? 'sample', pattern: one.pattern, example: one.example }));
}

function hostsOf({ name, baseUrl, rate, hosts = [] }: SmallHandler): HostLimit[] {
  const { host } = new URL(baseUrl);
  if (hosts.some((one) => one.host === host)) return [...hosts];
  const {
    perSecond = PER_SECOND,
    perSecondWithKey,
    connections = CONNECTIONS,
    source = `the handler ${name}`,
  } = rate ?? {};
  const own = { host, operator: name, perSecond, connections, source };
  return [perSecondWithKey === undefined ? own : { ...own, perSecondWithKey }, ...hosts];
}

/** The named members that are there. */
function kept<Name extends keyof SmallHandler>(small: SmallHandler, names: readonly Name[]): Pick<SmallHandler, Name> {
  const entries = names.filter((name) => small[name] !== undefined).map((name) => [name, small[name]]);
  return Object.fromEntries(entries) as Pick<SmallHandler, Name>;
}

/** Why an id is invalid, by the handler's own rule; null when it is not. */
function complaintOf(small: SmallHandler, id: string): string | null {
  const answer = small.validate?.(id) ?? true;
  if (answer === true) return null;
  return typeof answer === 'string' && answer !== '' ? answer : `${small.name} says that it is no valid id`;
}

/** The hits that the handler claims itself, at most `limit`. */
async function searchSmall(
  query: Readonly<Record<string, string>>,
  limit: number,
  asking: Asking,
): Promise<readonly SearchHit[]> {
  const { small, patterns } = asking;
  const found = await callWithin(
    asking,
    'search',
    async (context) => small.search?.(query, { ...context, limit }) ?? [],
  );
  const hits: unknown = found.value;
  if (!Array.isArray(hits))
    throw new PluginError(`${small.name}: search gave no list of hits`, { hint: 'mend the handler' });
  return (hits as SearchHit[])
    .filter((hit) => typeof hit?.id === 'string' && patterns.some(({ pattern }) => pattern.test(hit.id)))
    .slice(0, limit);
}
