import type { Operator } from './world.ts';

/** One request as the server saw it. */
export interface RequestRecord {
  /** Milliseconds after the server's start, by a monotonic clock, when the head of the request had arrived. */
  readonly at: number;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly operator: Operator;
  /** The service asked, e.g. `efetch sra`. */
  endpoint: string;
  /** Number of accessions or UIDs named. */
  ids: number;
  /** Status sent; null while none is, and for a request that was reset or left hanging. */
  status: number | null;
  /** Body bytes sent. */
  bytes: number;
  /** Milliseconds after the server's start when the answer ended; null while it has not. */
  endedAt: number | null;
  /** Kind of the fault that was played; null: none. */
  fault: string | null;
}

/** What the log comes to. */
export interface RequestSummary {
  readonly total: number;
  readonly bytes: number;
  /** Requests by `METHOD endpoint`, most first. */
  readonly byEndpoint: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Requests of each operator. */
  readonly byOperator: Readonly<Record<Operator, number>>;
  /** Most requests that arrived within any second. */
  readonly mostPerSecond: Readonly<Record<Operator, number>>;
  /** Requests refused with 429 because they came too fast. */
  readonly tooFast: number;
}

/** Sums the log up. */
export function summarizeRequests(requests: readonly RequestRecord[]): RequestSummary {
  const of = (operator: Operator) => requests.filter((request) => request.operator === operator);
  return {
    total: requests.length,
    bytes: requests.reduce((sum, request) => sum + request.bytes, 0),
    byEndpoint: countBy(requests.map((request) => `${request.method} ${request.endpoint}`)),
    byStatus: countBy(requests.map((request) => String(request.status ?? 'none'))),
    byOperator: { NCBI: of('NCBI').length, ENA: of('ENA').length },
    mostPerSecond: { NCBI: mostWithinSecond(of('NCBI')), ENA: mostWithinSecond(of('ENA')) },
    tooFast: requests.filter((request) => request.status === 429 && request.fault === null).length,
  };
}

/** Most arrivals within any 1,000 ms: the window slides, no second of a clock begins it. */
export function mostWithinSecond(requests: readonly { readonly at: number }[]): number {
  const times = requests.map((request) => request.at).sort((one, other) => one - other);
  let most = 0;
  let oldest = 0;
  times.forEach((time, position) => {
    while ((times[oldest] ?? time) <= time - 1000) oldest += 1;
    most = Math.max(most, position - oldest + 1);
  });
  return most;
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one));
}
