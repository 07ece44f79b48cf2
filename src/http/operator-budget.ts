import pLimit, { type LimitFunction } from 'p-limit';
import type { HostLimit } from '../ports/http.ts';
import { FULL_PACE, type Pace } from './pace.ts';

/** The one budget of requests that all hosts of an operator share. */
export interface OperatorBudget {
  /** As in messages: `NCBI`. */
  readonly name: string;
  /** Starts per second at full pace. */
  perSecond: number;
  /** Runs what holds a connection; at most as many at once as the operator allows. */
  readonly connections: LimitFunction;
  /** Runs what waits for a start time, one after the other. */
  readonly gate: LimitFunction;
  pace: Pace;
}

/** Budgets by operator and by host. */
export interface OperatorBudgets {
  /** The budget of a declared host; declaring a host again can only lower its limits. `hasKey` chooses the higher rate, `rateLimit` lowers it. */
  declare(host: HostLimit, hasKey: boolean, rateLimit?: number): OperatorBudget;
}

/** Creates the budgets of one stack. */
export function createOperatorBudgets(): OperatorBudgets {
  const byOperator = new Map<string, OperatorBudget>();
  const byHost = new Map<string, OperatorBudget>();
  return {
    declare(host, hasKey, rateLimit = Number.POSITIVE_INFINITY) {
      const published = hasKey ? (host.perSecondWithKey ?? host.perSecond) : host.perSecond;
      const perSecond = Math.min(published, rateLimit);
      // The host comes first: a plug-in that names NCBI's host under another operator gets no second budget.
      const known = byHost.get(host.host) ?? byOperator.get(host.operator);
      const budget = known ?? createBudget(host.operator, perSecond, host.connections);
      budget.perSecond = Math.min(budget.perSecond, perSecond);
      budget.connections.concurrency = Math.min(budget.connections.concurrency, host.connections);
      byHost.set(host.host, budget);
      // From now on the two names mean one operator, whatever host comes next.
      byOperator.set(host.operator, budget);
      return budget;
    },
  };
}

function createBudget(name: string, perSecond: number, connections: number): OperatorBudget {
  return { name, perSecond, connections: pLimit(connections), gate: pLimit(1), pace: FULL_PACE };
}
