import type { CacheState, ExchangeEvent } from '../../ports/http.ts';

/** What requests to one endpoint came to. */
export interface EndpointSummary {
  readonly operator: string;
  /** Path of the address, ids as `*`. */
  readonly endpoint: string;
  /** Requests of handlers. */
  readonly asked: number;
  /** Times that one was sent over the network. */
  readonly sent: number;
  /** Bytes of bodies, transport compression undone. */
  readonly bytes: number;
  /** How often the cache took part in each way. */
  readonly cache: Readonly<Partial<Record<CacheState, number>>>;
  /** Requests that were sent, by the class of their time (see `timeClass`). */
  readonly times: Readonly<Record<number, number>>;
  /** Milliseconds of waiting by cause. */
  readonly waitedMs: Readonly<Record<string, number>>;
  /** Failures by outcome. */
  readonly errors: Readonly<Record<string, number>>;
}

/** The ways in which an answer costs no request. */
const FREE: readonly CacheState[] = ['hit', 'shared', 'replayed'];

/** Each class of times is that much wider than the one before: a figure read from it is right to within 5 %. */
const CLASS_RATIO = 1.1;

/** Gathers requests by endpoint. */
export interface Tally {
  note(event: Omit<ExchangeEvent, 'type'>): void;
  add(summary: EndpointSummary): void;
  /** By operator and endpoint, most asked first. */
  endpoints(): EndpointSummary[];
}

/** An empty tally. */
export function createTally(): Tally {
  const known = new Map<string, EndpointSummary>();
  const add = (summary: EndpointSummary): void => {
    const name = `${summary.operator} ${summary.endpoint}`;
    const before = known.get(name);
    known.set(name, before === undefined ? summary : united(before, summary));
  };
  return {
    note: (event) => add(summaryOf(event)),
    add,
    endpoints: () => [...known.values()].sort((a, b) => b.asked - a.asked || (a.endpoint < b.endpoint ? -1 : 1)),
  };
}

/** Requests that were answered without sending anything. */
export function answeredFree({ cache }: Pick<EndpointSummary, 'cache'>): number {
  return FREE.reduce((sum, state) => sum + (cache[state] ?? 0), 0);
}

/** Milliseconds below which this share of the sent requests stayed; null when none was sent. */
export function quantile({ times }: Pick<EndpointSummary, 'times'>, share: number): number | null {
  const classes = Object.entries(times).map(([name, count]) => [Number(name), count] as const);
  const all = classes.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.max(1, Math.ceil(all * share));
  for (const [name, count] of classes.sort(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return Math.round(CLASS_RATIO ** name - 1);
  }
  return null;
}

/** The path of an address with ids as `*`, so that all requests of a kind are one endpoint. */
export function endpointOf(url: string): string {
  const { pathname } = new URL(url);
  return pathname
    .split('/')
    .map((part) => (/\d{3}|\dnnn$/.test(part) ? '*' : part))
    .join('/');
}

function summaryOf(event: Omit<ExchangeEvent, 'type'>): EndpointSummary {
  const { operator, url, sent, bytes, cache, ms, waitedMs, error } = event;
  return {
    operator,
    endpoint: endpointOf(url),
    asked: 1,
    sent,
    bytes,
    cache: { [cache]: 1 },
    times: sent === 0 ? {} : { [timeClass(ms)]: 1 },
    waitedMs,
    errors: error === null ? {} : { [error]: 1 },
  };
}

function timeClass(ms: number): number {
  return Math.round(Math.log(ms + 1) / Math.log(CLASS_RATIO));
}

function united(a: EndpointSummary, b: EndpointSummary): EndpointSummary {
  return {
    operator: a.operator,
    endpoint: a.endpoint,
    asked: a.asked + b.asked,
    sent: a.sent + b.sent,
    bytes: a.bytes + b.bytes,
    cache: sums(a.cache, b.cache),
    times: sums(a.times, b.times),
    waitedMs: sums(a.waitedMs, b.waitedMs),
    errors: sums(a.errors, b.errors),
  };
}

function sums(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const all: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) all[name] = (all[name] ?? 0) + value;
  return all;
}
