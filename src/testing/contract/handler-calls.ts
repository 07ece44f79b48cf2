import assert from 'node:assert/strict';
import { checkUnit } from '../../dispatcher/check-unit.ts';
import { liftHandler } from '../../dispatcher/lift-handler.ts';
import { errorMessage } from '../../errors/error-message.ts';
import { failureName } from '../../errors/failure-name.ts';
import { createHttpStack } from '../../http/client.ts';
import { isBatchForm } from '../../ports/check-handler.ts';
import type { Handler, HandlerContext, HandlerOutcome, SearchHit, SmallHandler } from '../../ports/handler.ts';
import type { Http } from '../../ports/http.ts';
import type { RecordUnit } from '../../records/record-unit.ts';
import { createFakeClock } from '../fake-clock.ts';

/** An archive as a handler meets it: at an address of the test, or behind the door of a running celline. */
export interface HandlerDoor {
  /** Address that stands in place of the archive's own. */
  readonly url?: string;
  /** How the handler asks; default a door of its own to `url`, which waits for nothing. */
  readonly http?: Http;
}

/** What a call of a handler brought. */
export interface CallAnswer {
  /** By id; each has exactly one. */
  readonly outcomes: ReadonlyMap<string, HandlerOutcome>;
  readonly units: readonly RecordUnit[];
  /** Ids that were handed back, to be asked too. */
  readonly next: readonly string[];
}

/** How a handler is called. */
export interface CallSettings {
  readonly signal?: AbortSignal;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The handler in batch form; deadlines do not pass in a test. */
export function inBatchForm(handler: SmallHandler | Handler): Handler {
  return isBatchForm(handler) ? handler : liftHandler(handler, { sleep: () => new Promise(() => {}) });
}

/** Asks a handler for ids as celline does, and checks what comes: one outcome per id, and records that the tables can hold. */
export async function callHandler(
  asked: SmallHandler | Handler,
  ids: readonly string[],
  door: HandlerDoor,
  settings: CallSettings = {},
): Promise<CallAnswer> {
  const handler = inBatchForm(asked);
  return withContext(handler, door, settings, async (context) => {
    const outcomes = new Map<string, HandlerOutcome>();
    const units: RecordUnit[] = [];
    const next: string[] = [];
    try {
      for await (const event of handler.fetchBatch(ids, context)) {
        if (event.type === 'records') {
          checkUnit(event.unit, handler.columns);
          units.push(event.unit);
        }
        if (event.type === 'next') next.push(...event.ids);
        if (event.type !== 'outcome') continue;
        assert.ok(ids.includes(event.id), `an outcome for ${event.id}, which was not asked`);
        assert.ok(!outcomes.has(event.id), `a second outcome for ${event.id}`);
        outcomes.set(event.id, event);
      }
    } catch (error) {
      // What a handler lets through is the answer of every id that is open.
      if (error instanceof assert.AssertionError || context.signal.aborted) throw error;
      for (const id of ids) if (!outcomes.has(id)) outcomes.set(id, outcomeOf(id, error));
    }
    const missing = ids.filter((id) => !outcomes.has(id));
    assert.deepEqual(missing, [], 'ids without an outcome');
    return { outcomes, units, next };
  });
}

function outcomeOf(id: string, error: unknown): HandlerOutcome {
  const reason = errorMessage(error);
  return { type: 'outcome', id, outcome: failureName(error), key: null, reason };
}

/** Searches as celline does. */
export async function callSearch(
  handler: Handler,
  query: Readonly<Record<string, string>>,
  door: HandlerDoor,
  settings: CallSettings = {},
): Promise<readonly SearchHit[]> {
  return withContext(handler, door, settings, async (context) => {
    return (await handler.search?.(query, { ...context, limit: 100 })) ?? [];
  });
}

async function withContext<T>(
  handler: Handler,
  door: HandlerDoor,
  { signal = new AbortController().signal, options = {} }: CallSettings,
  work: (context: HandlerContext) => Promise<T>,
): Promise<T> {
  const stack = door.http === undefined ? openStack() : null;
  const globalFetch = globalThis.fetch;
  globalThis.fetch = () => Promise.reject(new Error('a handler asks through context.http, not through fetch'));
  try {
    const http = door.http ?? stack?.forHandler(doorSettings(handler, door, signal));
    assert.ok(http, 'no archive');
    const now = () => '2026-01-01T00:00:00.000Z';
    const log = () => {};
    return await work({ http, signal, full: false, hasKey: false, options, memo: new Map(), now, log });
  } finally {
    globalThis.fetch = globalFetch;
    await stack?.close();
  }
}

/** The stack of celline itself, with a clock whose waits end at once. */
function openStack() {
  return createHttpStack({
    clock: createFakeClock(),
    random: () => 0,
    report: () => {},
    userAgent: 'celline/test',
    cache: null,
    spoolFolders: [],
  });
}

function doorSettings(handler: Handler, { url }: HandlerDoor, signal: AbortSignal) {
  const { name, hosts, baseUrl, attempts, ttl = 3600 } = handler;
  return {
    name,
    hosts,
    ttl,
    signal,
    ...(url === undefined ? {} : { apiUrl: url }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(attempts === undefined ? {} : { attempts }),
  };
}
