import { BadResponseError } from '../errors/bad-response-error.ts';
import { ANONYMOUS, type Exchange, type Reply, type Send } from './exchange.ts';
import { publicUrl } from './public-url.ts';

/** Hops that are followed at most. */
const MOST_HOPS = 5;

/** Statuses that name another address. 303 and, by custom, 301 and 302 turn a POST into a GET. */
const REDIRECTS = new Map([
  [301, { keepsMethod: false }],
  [302, { keepsMethod: false }],
  [303, { keepsMethod: false }],
  [307, { keepsMethod: true }],
  [308, { keepsMethod: true }],
]);

/** Headers of a handler that hold credentials and stay with the host they were meant for. */
const PRIVATE_HEADERS = new Set(['authorization', 'cookie', 'x-api-key']);

/** The layer that follows redirects; every hop is a request of its own for the limit below. */
export function followRedirects(next: Send): Send {
  return async (exchange) => {
    let hop = exchange;
    for (let hops = 0; ; hops += 1) {
      const reply = await next(hop);
      const location = reply.headers.location;
      const redirect = REDIRECTS.get(reply.status);
      if (redirect === undefined || location === undefined) return reply;
      if (hops === MOST_HOPS) throw refused(exchange, reply, `it leads on more than ${MOST_HOPS} times`);
      hop = nextHop(hop, reply, location, redirect.keepsMethod);
    }
  };
}

function nextHop(exchange: Exchange, reply: Reply, location: string, keepsMethod: boolean): Exchange {
  const from = new URL(exchange.url);
  if (!URL.canParse(location, from.href)) throw refused(exchange, reply, 'the address it names is none');
  const to = new URL(location, from);
  const method = keepsMethod || exchange.method === 'HEAD' ? exchange.method : 'GET';
  const payload = method === 'POST' ? exchange.payload : null;
  if (to.origin === from.origin) return { ...exchange, url: to.href, method, payload };
  const route = exchange.routeOf(to);
  const url = route?.url ?? to.href;
  if (route === null && to.protocol !== 'https:')
    throw refused(exchange, reply, `it leads to ${to.protocol}//${to.host}`);
  const moved = { ...exchange, url, operator: route?.operator ?? exchange.operator, method, payload };
  // The same host by https instead of http is no other host.
  if (to.hostname === from.hostname) return moved;
  return { ...moved, identity: ANONYMOUS, headers: publicHeaders(exchange.headers) };
}

function publicHeaders(headers: Exchange['headers']): Exchange['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !PRIVATE_HEADERS.has(name)));
}

function refused(exchange: Exchange, reply: Reply, why: string): BadResponseError {
  const url = publicUrl(exchange.url);
  return new BadResponseError(`the redirect of ${url} is not followed: ${why}`, {
    fields: { kind: 'wrong_type', status: reply.status, url, operator: exchange.operator.name },
  });
}
