import { BadResponseError } from '../../errors/bad-response-error.ts';
import { HttpStatusError } from '../../errors/http-status-error.ts';
import { NotCachedError } from '../../errors/not-cached-error.ts';
import { bodyFault } from '../../ports/body-faults.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpEvent } from '../../ports/http.ts';
import { bodyOfBytes } from '../body/body.ts';
import type { CacheKey, Exchange, Reply, Send } from '../exchange.ts';
import { isoTime } from '../iso-time.ts';
import { questionText } from '../recording/question.ts';
import { publicUrl } from '../secrets/public-url.ts';
import { withoutConditions } from '../wire/request-headers.ts';
import type { EntryStore, StoredAnswer } from './entry.ts';
import { checkedAs, isFresh, isNegative, isStorable, REFUSAL, revalidationHeaders } from './policy.ts';

/** What the cache layer needs. */
export interface CacheLayerSettings {
  readonly clock: Clock;
  readonly report: (event: HttpEvent) => void;
  /** Null: nothing is stored. */
  readonly entries: EntryStore | null;
  readonly offline: boolean;
}

/** The layer that answers from what is stored, and stores what comes. */
export function createCacheLayer(settings: CacheLayerSettings): (next: Send) => Send {
  const { clock, entries, offline } = settings;
  return (next) => async (exchange) => {
    const { key } = exchange;
    if (entries === null || !exchange.storable) {
      if (offline) throw notCached(exchange);
      return next(exchange);
    }
    // With `refresh` the archive is asked without conditions, so that a wrong stored answer goes for sure.
    if (exchange.refresh && !offline) {
      exchange.notes.cache = 'refreshed';
      return fetchAndStore(exchange, key, next, entries, settings);
    }
    const stored = await entries.read(key, checkedAs(exchange.expect));

    // Offline: any age will do, and nothing else is asked.
    if (offline) {
      if (stored === null) throw notCached(exchange);
      return serve(exchange, key, stored, entries, settings);
    }

    // Absent: one request. Fresh: none.
    exchange.notes.cache = stored === null ? 'miss' : 'replaced';
    if (stored === null) return fetchAndStore(exchange, key, next, entries, settings);
    if (isFresh(stored.entry, exchange.ttl, clock.now())) return serve(exchange, key, stored, entries, settings);

    // Stale: ask whether it changed, if the archive gave something to ask with.
    entries.stale();
    const conditions = revalidationHeaders(stored.entry);
    if (conditions === null) return fetchAndStore(exchange, key, next, entries, settings);
    // A condition of the handler's own is about what the handler has: it confirms nothing that is stored.
    const headers = { ...withoutConditions(exchange.headers), ...conditions };
    const reply = await fetchAndStore({ ...exchange, headers }, key, next, entries, settings);
    if (reply.status !== 304) return reply;
    const confirmed = { ...stored.entry, fetchedAt: reply.fetchedAt };
    exchange.notes.cache = 'revalidated';
    await entries.confirm(key, confirmed);
    return { ...replyOf({ entry: confirmed, body: stored.body }), fromCache: false };
  };
}

async function serve(
  exchange: Exchange,
  key: CacheKey,
  stored: StoredAnswer,
  entries: EntryStore,
  { clock, report }: CacheLayerSettings,
): Promise<Reply> {
  exchange.notes.cache = 'hit';
  await entries.used(key, clock.now());
  const { status, bodySize: bytes } = stored.entry;
  const { name: operator } = exchange.operator;
  report({ type: 'answer', operator, url: publicUrl(exchange.url), status, bytes, ms: 0, fromCache: true });
  if (stored.entry.checkedAs === REFUSAL) throw storedRefusal(exchange, stored);
  if (isNegative(status)) throw storedNegative(exchange, status, stored);
  return replyOf(stored);
}

function replyOf({ entry, body }: StoredAnswer): Reply {
  return { status: entry.status, headers: entry.headers, body, fromCache: true, fetchedAt: entry.fetchedAt };
}

async function fetchAndStore(
  exchange: Exchange,
  key: CacheKey,
  next: Send,
  entries: EntryStore,
  { clock }: Pick<CacheLayerSettings, 'clock'>,
): Promise<Reply> {
  const url = publicUrl(exchange.url);
  const wanted = checkedAs(exchange.expect);
  try {
    const reply = await next(exchange);
    if (!isStorable(reply.status, exchange.ttl)) return reply;
    return { ...reply, body: await entries.write(key, url, wanted, reply, exchange.statedTtl) };
  } catch (error) {
    // "There is none" is an answer too: its text is stored as the body.
    if (error instanceof HttpStatusError && isNegative(error.status)) {
      await entries.write(key, url, wanted, negativeReply(error), exchange.statedTtl);
    }
    // So is a page that says why there is no record; any other page is an accident.
    if (error instanceof BadResponseError && error.fields.kind === 'answer') {
      const reply = refusalReply(error, clock.now());
      await entries.write(key, url, REFUSAL, reply, exchange.statedTtl);
    }
    throw error;
  }
}

function negativeReply(error: HttpStatusError): Reply {
  const { said, fetchedAt } = error.fields;
  const body = bodyOfBytes(new TextEncoder().encode(typeof said === 'string' ? said : ''));
  return { status: error.status, headers: {}, body, fromCache: false, fetchedAt: String(fetchedAt) };
}

function refusalReply({ page, fields }: BadResponseError, now: number): Reply {
  const body = bodyOfBytes(new TextEncoder().encode(page ?? ''));
  const fetchedAt = isoTime(now);
  return { status: Number(fields.status), headers: {}, body, fromCache: false, fetchedAt };
}

function storedRefusal(exchange: Exchange, { entry, body }: StoredAnswer): BadResponseError {
  const url = publicUrl(exchange.url);
  const operator = exchange.operator.name;
  return new BadResponseError(`${operator} answered ${url} with a page that says why there is no record`, {
    hint: bodyFault('answer').hint,
    fields: { kind: 'answer', status: entry.status, url, operator },
    page: body.headText,
  });
}

function storedNegative(exchange: Exchange, status: number, { entry, body }: StoredAnswer): HttpStatusError {
  const url = publicUrl(exchange.url);
  const operator = exchange.operator.name;
  const said = body.headText;
  return new HttpStatusError(status, `${operator} answered ${status} to ${url}`, {
    fields: { status, url, operator, said, fetchedAt: entry.fetchedAt },
  });
}

function notCached(exchange: Exchange): NotCachedError {
  const { label, operator } = exchange;
  const what = label === null ? '' : ` for ${label}`;
  return new NotCachedError(`offline, and not in the cache: ${questionText(exchange.question())}${what}`, {
    hint: 'run the command once without --offline',
    fields: { url: publicUrl(exchange.url), operator: operator.name },
  });
}
