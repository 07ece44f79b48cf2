import type { Handler, PlannedRequests } from '../ports/handler.ts';
import type { OutcomeRow } from '../ports/reporter.ts';
import type { Store } from '../ports/store.ts';
import { isAnswered } from './freshness.ts';
import type { Registry } from './registry.ts';
import { type RouteOptions, route } from './route.ts';

/** What asking for ids would cost. */
export interface DispatchPlan {
  /** One row per handler that claims ids. */
  readonly handlers: readonly {
    readonly handler: string;
    readonly ids: number;
    readonly requests: readonly PlannedRequests[];
  }[];
  /** Ids that are fresh and need no request. */
  readonly fresh: number;
  /** Ids that are refused, with reasons. */
  readonly refused: readonly OutcomeRow[];
  /** Duplicates among the ids. */
  readonly duplicates: number;
  /** Expected seconds: the requests of each operator at its limit; operators work side by side. */
  readonly seconds: number;
  /** Expected seconds with every further request that it may come to (`upTo`). */
  readonly secondsUpTo: number;
}

/** What a plan is made with. */
export interface PlanSettings extends RouteOptions {
  readonly registry: Registry;
  readonly store: Store;
  readonly force: boolean;
  readonly full: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  ttlOf(handler: Handler): number;
  /** Requests per second that the operator allows, as it stands (with or without a key). */
  rateOf(operator: string): number;
}

/** Says what asking for ids would cost; makes no request. */
export async function planDispatch(texts: readonly string[], settings: PlanSettings): Promise<DispatchPlan> {
  const routed = route(texts, settings.registry, settings);
  const claimed = routed.flatMap(({ id, claim }) =>
    id === null || claim === null ? [] : [{ id, handler: claim.handler }],
  );
  const handlerOf = new Map(claimed.map(({ id, handler }) => [id, handler]));
  const asked = settings.force ? new Map() : await settings.store.asked([...handlerOf.keys()]);
  const byHandler = new Map<Handler, string[]>();
  let fresh = 0;
  for (const [id, handler] of handlerOf) {
    if (isAnswered(asked.get(id), settings.now, settings.ttlOf(handler), settings.full)) fresh += 1;
    else byHandler.set(handler, [...(byHandler.get(handler) ?? []), id]);
  }
  const handlers = [...byHandler].map(([handler, ids]) => ({
    handler: handler.name,
    ids: ids.length,
    requests: handler.plan?.(ids, settings.full) ?? smallPlan(handler, ids),
  }));
  const planned = handlers.flatMap((one) => one.requests);
  return {
    handlers,
    fresh,
    refused: routed.flatMap((one) =>
      one.refusal === null ? [] : [{ id: one.given, ...one.refusal, key: null, runs: 0, files: 0 }],
    ),
    duplicates: claimed.length - handlerOf.size,
    seconds: secondsOf(planned, settings),
    secondsUpTo: secondsOf(
      planned.map((one) => ({ ...one, requests: one.requests + (one.upTo ?? 0) })),
      settings,
    ),
  };
}

/** A handler that states no plan is taken to ask once for every id. */
function smallPlan(handler: Handler, ids: readonly string[]): PlannedRequests[] {
  const operator = handler.hosts[0]?.operator ?? handler.name;
  return [{ operator, requests: Math.ceil(ids.length / handler.batchSize), what: 'records, at least' }];
}

function secondsOf(requests: readonly PlannedRequests[], settings: PlanSettings): number {
  const perOperator = new Map<string, number>();
  for (const { operator, requests: count } of requests)
    perOperator.set(operator, (perOperator.get(operator) ?? 0) + count);
  return Math.max(0, ...[...perOperator].map(([operator, count]) => count / settings.rateOf(operator)));
}
