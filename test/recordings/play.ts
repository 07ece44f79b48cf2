import { setMaxListeners } from 'node:events';
import { geo } from '../../handlers/geo.ts';
import { insdc } from '../../handlers/insdc.ts';
import { dispatch } from '../../src/dispatcher/dispatch.ts';
import { createRegistry } from '../../src/dispatcher/registry.ts';
import { createHttpStack, type HttpStack } from '../../src/http/client.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Handler, HandlerContext } from '../../src/ports/handler.ts';
import type { OutcomeRow } from '../../src/ports/reporter.ts';
import type { Row, TableName } from '../../src/records/table.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { collect } from '../handlers/text-chunks.ts';
import type { Playback } from './playback/server.ts';

/** What asking for some ids in an empty project left. */
export interface Played {
  readonly outcomes: ReadonlyMap<string, OutcomeRow>;
  readonly samples: ReadonlyMap<string, Row>;
  readonly runs: ReadonlyMap<string, Row>;
  readonly projects: ReadonlyMap<string, Row>;
  readonly files: ReadonlyMap<string, Row>;
  readonly links: readonly Row[];
  /** Requests that it took. */
  readonly requests: number;
}

/** Asks for ids in an empty project, by the real dispatcher, handlers and HTTP stack; the store is the one in memory. */
export async function play(
  ids: readonly string[],
  playback: Playback,
  options: { readonly full?: boolean } = {},
): Promise<Played> {
  const clock = createFakeClock();
  const before = playback.requests.length;
  const stack = createHttpStack({
    clock,
    random: () => 0,
    report: () => {},
    userAgent: 'celline/0.0.0',
    cache: null,
    spoolFolders: [],
  });
  const registry = createRegistry();
  registry.registerHandler(geo);
  registry.registerHandler(insdc);
  const store = createMemoryStore();
  const outcomes = new Map<string, OutcomeRow>();
  const full = options.full ?? false;
  const { signal } = new AbortController();
  // Many commits wait at once: more than ten listeners are no leak.
  setMaxListeners(0, signal);
  const contexts = new Map(
    [geo, insdc].map((handler) => [handler, contextFor(handler, { stack, clock, playback, full, signal })]),
  );
  const rows = dispatch(ids, {
    registry,
    store,
    clock,
    reporter: { emit: () => {} },
    concurrency: 4,
    force: false,
    full,
    signal,
    job: null,
    ttlOf: () => 3600,
    contextOf: (handler) => contexts.get(handler) as HandlerContext,
  });
  for await (const row of rows) outcomes.set(row.id, row);
  await stack.close();
  const all = async (table: TableName): Promise<Row[]> => (await collect(store.select({ table }))).flat();
  const byKey = async (table: TableName): Promise<Map<string, Row>> =>
    new Map((await all(table)).map((row) => [String(row.key), row]));
  return {
    outcomes,
    samples: await byKey('samples'),
    runs: await byKey('runs'),
    projects: await byKey('projects'),
    files: await byKey('files'),
    links: await all('links'),
    requests: playback.requests.length - before,
  };
}

interface ContextParts {
  readonly stack: HttpStack;
  readonly clock: Clock;
  readonly playback: Playback;
  readonly full: boolean;
  readonly signal: AbortSignal;
}

/** The handler's context; the hosts' limits are lifted, since the playback is nobody's archive. */
function contextFor(handler: Handler, { stack, clock, playback, full, signal }: ContextParts): HandlerContext {
  const hosts = handler.hosts.map((host) => ({ ...host, perSecond: 1_000_000, connections: 10 }));
  return {
    http: stack.forHandler({ name: handler.name, hosts, ttl: 3600, apiUrl: playback.url, signal }),
    signal,
    full,
    hasKey: false,
    options: {},
    memo: new Map(),
    now: () => new Date(clock.now()).toISOString(),
    log: () => {},
  };
}
