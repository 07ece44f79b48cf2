import type { HostLimit } from '../../ports/http.ts';
import { Room } from './room.ts';
import type { LimitedPlace, OperatorSlots, SlotSource } from './slot-source.ts';

/** The one budget of requests that all hosts of an operator share. */
export interface OperatorBudget {
  /** As in messages: `NCBI`. */
  readonly name: string;
  /** Starts per second at full pace. */
  perSecond: number;
  /** What holds a connection is in here; at most as many at once as the operator allows. */
  readonly connections: Room;
  /** What waits for a start time is in here, one after the other. */
  readonly gate: Room;
  /** Start times and pace, shared with whoever shares the source. */
  slots: OperatorSlots;
  /** When this stack first wanted to ask it (milliseconds since 1970-01-01 UTC), or null. */
  askedSince: number | null;
}

/** What else decides about a budget. */
export interface BudgetTerms {
  /** Key or token that the requests carry, or null: then the published rate without a key holds. */
  readonly credential: string | null;
  /** Origin that stands in for the operator's hosts, or null. It counts for itself. */
  readonly origin: string | null;
  /** Requests per second that lower the published rate. */
  readonly rateLimit?: number | undefined;
}

/** Budgets by operator and by host. */
export interface OperatorBudgets {
  /** The budget of a declared host; declaring a host again can only lower its limits. */
  declare(host: HostLimit, terms: BudgetTerms): OperatorBudget;
}

/** Creates the budgets of one stack. */
export function createOperatorBudgets(source: SlotSource): OperatorBudgets {
  const byOperator = new Map<string, OperatorBudget>();
  const byHost = new Map<string, OperatorBudget>();
  const places = new Map<OperatorBudget, LimitedPlace>();

  function create(place: LimitedPlace, connections: number): OperatorBudget {
    const { operator: name, perSecond } = place;
    const slots = source.slotsOf(place);
    const budget = { name, perSecond, connections: new Room(connections), gate: new Room(1), slots, askedSince: null };
    places.set(budget, place);
    return budget;
  }

  /** A budget that gets slower is looked up again: the source may keep fast ones in another way. */
  function lower(budget: OperatorBudget, perSecond: number): void {
    const place = places.get(budget);
    if (place === undefined || perSecond >= budget.perSecond) return;
    budget.perSecond = perSecond;
    budget.slots = source.slotsOf({ ...place, perSecond });
  }

  return {
    declare(host, { credential, origin, rateLimit = Number.POSITIVE_INFINITY }) {
      const published = credential === null ? host.perSecond : (host.perSecondWithKey ?? host.perSecond);
      const place = { operator: host.operator, origin, credential, perSecond: Math.min(published, rateLimit) };
      const at = (name: string) => `${origin ?? ''} ${name}`;
      // The host comes first: a plug-in that names NCBI's host under another operator gets no second budget.
      const known = byHost.get(at(host.host)) ?? byOperator.get(at(host.operator));
      const budget = known ?? create(place, host.connections);
      lower(budget, place.perSecond);
      budget.connections.most = Math.min(budget.connections.most, host.connections);
      byHost.set(at(host.host), budget);
      // From now on the two names mean one operator, whatever host comes next.
      byOperator.set(at(host.operator), budget);
      return budget;
    },
  };
}
