import { BadResponseError } from '../errors/bad-response-error.ts';
import { ANONYMOUS, type Exchange, type Payload, type Reply, type Send } from './exchange.ts';
import { hasSecretParameter, isPrivateParameter } from './secrets/private-parameter.ts';
import { publicUrl, withoutParameters } from './secrets/public-url.ts';
import { CONDITIONS, mayBeCredential } from './wire/request-headers.ts';

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
const OPEN_HEADERS = new Set(['accept', 'accept-language', 'range', ...CONDITIONS]);

/** A text with every secret of the stack blanked out. */
type Mask = (text: string) => string;

/** The layer that follows redirects; every hop is a request of its own for the limit below. */
export function createRedirectLayer(mask: Mask): (next: Send) => Send {
  return (next) => {
    const follow = (asked: Exchange, hop: Exchange, hops: number): Promise<Reply> =>
      next(hop).then((reply) => {
        const lead = leadOf(reply);
        if (lead === null) return reply;
        if (hops === MOST_HOPS) throw refused(asked, reply, `it leads on more than ${MOST_HOPS} times`);
        return follow(asked, nextHop({ asked, hop, reply, mask }, lead), hops + 1);
      });
    return (exchange) => follow(exchange, exchange, 0);
  };
}

/** Where an answer leads. */
interface Lead {
  readonly location: string;
  readonly keepsMethod: boolean;
}

/** A request that is led on, with the first one and what it was answered. */
interface Step {
  readonly asked: Exchange;
  readonly hop: Exchange;
  readonly reply: Reply;
  readonly mask: Mask;
}

function leadOf({ status, headers: { location } }: Reply): Lead | null {
  const redirect = REDIRECTS.get(status);
  return redirect === undefined || location === undefined ? null : { location, ...redirect };
}

function nextHop(step: Step, { location, keepsMethod }: Lead): Exchange {
  const { hop, reply } = step;
  const from = hop.url;
  if (!URL.canParse(location, from.href)) throw refused(hop, reply, 'the address it names is none');
  const to = new URL(location, from);
  const method = keepsMethod || hop.method === 'HEAD' ? hop.method : 'GET';
  const payload = method === 'POST' ? hop.payload : null;
  if (to.origin === from.origin) return { ...hop, url: to, shownUrl: publicUrl(to), method, payload };
  const route = hop.routeOf(to);
  if (route === null && to.protocol !== 'https:') throw refused(hop, reply, `it leads to ${to.protocol}//${to.host}`);
  const url = route?.url ?? to;
  const moved = { ...hop, url, shownUrl: publicUrl(url), operator: route?.operator ?? hop.operator, method, payload };
  if (isSameHost(from, to)) return moved;
  if (method === 'POST') checkPosted(step, payload, to, route !== null);
  return { ...moved, url: openAddress(step, url), identity: ANONYMOUS, headers: openHeaders(hop.headers) };
}

/** True for the same host by https instead of http; another port is another server. */
function isSameHost(from: URL, to: URL): boolean {
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:';
  return isUpgrade && to.hostname === from.hostname && from.port === '' && to.port === '';
}

/** What is posted goes to declared hosts only, and with a credential to none but the one that it was written for. */
function checkPosted({ hop, reply, mask }: Step, payload: Payload | null, to: URL, isDeclared: boolean): void {
  if (!isDeclared)
    throw refused(hop, reply, `what is posted would go to ${to.host}, which the handler does not declare`);
  if (payload === null) return;
  const texts = payload.type === 'json' ? [payload.text] : Object.values(payload.fields);
  if (hasSecretParameter(payload) || texts.some((text) => mask(text) !== text))
    throw refused(hop, reply, `what is posted holds a credential, and would go to ${to.host}`);
}

/**
 * The address of another host as it is asked. Storage signs its addresses with parameters of the same names as ours: they stay.
 * A server that builds the new address of the one that it was asked at would send what is ours to the other host: that goes.
 */
function openAddress({ asked, hop, reply, mask }: Step, url: URL): URL {
  const sent = sentValues(asked);
  const isOurs = (value: string) => sent.has(value) || mask(value) !== value;
  const open = withoutParameters(url, (name, value) => isPrivateParameter(name, value) && isOurs(value));
  if (mask(open.href) !== open.href) throw refused(hop, reply, 'the address holds a credential');
  return open;
}

/** Who asks, and what the handler wrote into places of a credential. */
function sentValues({ url, headers, payload, identity }: Exchange): ReadonlySet<string> {
  const fields = payload?.type === 'form' ? Object.entries(payload.fields) : [];
  const own = [...url.searchParams, ...fields].filter(([name, value]) => isPrivateParameter(name, value));
  const inHeaders = Object.entries(headers).filter(([name]) => mayBeCredential(name));
  return new Set([
    ...Object.values(identity.parameters),
    ...own.map(([, value]) => value),
    // `Bearer abc` is `abc` in an address.
    ...inHeaders.flatMap(([, value]) => [value, ...value.split(' ')]),
  ]);
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
