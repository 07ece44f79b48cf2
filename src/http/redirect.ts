import { BadResponseError } from '../errors/bad-response-error.ts';
import { ANONYMOUS, type Exchange, type Reply, type Send } from './exchange.ts';
import { publicUrl } from './secrets/public-url.ts';

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

/** Headers that go along to another host. Any other may hold a credential, whatever its name, and stays with the host it was meant for. */
const OPEN_HEADERS = new Set(['accept', 'accept-language', 'range', 'if-none-match', 'if-modified-since']);

/** The layer that follows redirects; every hop is a request of its own for the limit below. */
export function createRedirectLayer(mask: (text: string) => string): (next: Send) => Send {
  return (next) => {
    const follow = (asked: Exchange, hop: Exchange, hops: number): Promise<Reply> =>
      next(hop).then((reply) => {
        const lead = leadOf(reply, mask);
        if (lead === null) return reply;
        if (hops === MOST_HOPS) throw refused(asked, reply, `it leads on more than ${MOST_HOPS} times`);
        return follow(asked, nextHop(hop, reply, lead), hops + 1);
      });
    return (exchange) => follow(exchange, exchange, 0);
  };
}

/** Where an answer leads. */
interface Lead {
  readonly location: string;
  readonly keepsMethod: boolean;
  readonly mask: (text: string) => string;
}

function leadOf({ status, headers: { location } }: Reply, mask: Lead['mask']): Lead | null {
  const redirect = REDIRECTS.get(status);
  return redirect === undefined || location === undefined ? null : { location, mask, ...redirect };
}

function nextHop(exchange: Exchange, reply: Reply, { location, keepsMethod, mask }: Lead): Exchange {
  const from = exchange.url;
  if (!URL.canParse(location, from.href)) throw refused(exchange, reply, 'the address it names is none');
  const to = new URL(location, from);
  const method = keepsMethod || exchange.method === 'HEAD' ? exchange.method : 'GET';
  const payload = method === 'POST' ? exchange.payload : null;
  if (to.origin === from.origin) return { ...exchange, url: to, shownUrl: publicUrl(to), method, payload };
  const route = exchange.routeOf(to);
  const url = route?.url ?? to;
  if (route === null && to.protocol !== 'https:')
    throw refused(exchange, reply, `it leads to ${to.protocol}//${to.host}`);
  const shownUrl = publicUrl(url);
  const moved = { ...exchange, url, shownUrl, operator: route?.operator ?? exchange.operator, method, payload };
  if (isSameHost(from, to)) return moved;
  // A server that builds the new address of the one that it was asked at would send our key to the other host.
  if (mask(shownUrl) !== shownUrl) throw refused(exchange, reply, 'the address holds a credential');
  return { ...moved, url: new URL(shownUrl), identity: ANONYMOUS, headers: openHeaders(exchange.headers) };
}

/** True for the same host by https instead of http; another port is another server. */
function isSameHost(from: URL, to: URL): boolean {
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:';
  return isUpgrade && to.hostname === from.hostname && from.port === '' && to.port === '';
}

function openHeaders(headers: Exchange['headers']): Exchange['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => OPEN_HEADERS.has(name)));
}

function refused(exchange: Exchange, reply: Reply, why: string): BadResponseError {
  const { shownUrl: url } = exchange;
  return new BadResponseError(`the redirect of ${url} is not followed: ${why}`, {
    fields: { kind: 'wrong_type', status: reply.status, url, operator: exchange.operator.name },
  });
}
