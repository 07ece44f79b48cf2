import type { BodyExpectation } from '../ports/http.ts';
import type { RawBody } from './body/body.ts';
import type { OperatorBudget } from './limit/operator-budget.ts';
import type { ExchangeNotes } from './observe/notes.ts';
import type { Question } from './recording/question.ts';
import type { Stop } from './stop.ts';

/** What says who asks; kept apart from the URL so that it reaches the wire and nothing else. */
export interface Identity {
  /** Query or form parameters: `tool`, `email`, `api_key`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Headers that hold a credential, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The credential among them; null when there is none. */
  readonly credential: SentCredential | null;
}

/** A credential on its way. */
export interface SentCredential {
  /** Where the user keeps it: `NCBI_API_KEY`. */
  readonly name: string;
  /** The request that tells whether it is good; null: the first answer does. */
  readonly check: (() => Exchange) | null;
}

/** Nobody in particular. */
export const ANONYMOUS: Identity = { parameters: {}, headers: {}, credential: null };

/** The body of a POST. */
export type Payload =
  | { readonly type: 'form'; readonly fields: Readonly<Record<string, string>> }
  | { readonly type: 'json'; readonly text: string };

/** Where a declared address leads: the configured origin, the budget that pays, who asks. */
export interface Route {
  /** Address that is really asked, without credentials. It is not to be changed. */
  readonly url: URL;
  /** The address as it may be shown and stored. */
  readonly shownUrl: string;
  /** The setting that names the mirror which is asked, for messages; null: the archive itself is. */
  readonly mirror: string | null;
  readonly operator: OperatorBudget;
  readonly identity: Identity;
}

/** The name of an answer in the cache. */
export interface CacheKey {
  /** What makes the answer another one, as text; holds no secret. */
  readonly text: string;
  /** `<handler>/<md5 hex of the key text>`. */
  readonly name: string;
  /** SHA-256 (hex) of the key text. */
  readonly hash: string;
}

/** One request on its way down the layers; every question about it is settled. */
export interface Exchange extends Route {
  /** Name of the handler that asks. */
  readonly handler: string;
  /** What it is for; null when the handler does not say. */
  readonly label: string | null;
  /** What happens to it on the way. */
  readonly notes: ExchangeNotes;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Names in lower case, without credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Payload | null;
  readonly expect: BodyExpectation;
  /** Equal for equal requests; tells what is shared and what is stored. */
  readonly key: CacheKey;
  /** What a recording keeps it under. */
  readonly question: () => Question;
  /** False: neither looked up nor stored. */
  readonly storable: boolean;
  /** Seconds. */
  readonly ttl: number;
  /** Seconds, where the request itself says so; null: as the handler says. */
  readonly statedTtl: number | null;
  readonly refresh: boolean;
  /** True when sending it twice does no harm: GET, HEAD and look-ups. */
  readonly repeatable: boolean;
  /** Attempts in all. */
  readonly attempts: number;
  /** True when a failure may lie in what is asked. */
  readonly doubtful: boolean;
  /** True: it never waits for an operator in trouble, and tells nothing about it. */
  readonly evenInTrouble: boolean;
  /** The present attempt, from 1. */
  readonly attempt: number;
  /** Milliseconds. */
  readonly firstByteTimeoutMs: number;
  /** Milliseconds. */
  readonly idleTimeoutMs: number;
  /** Bytes after transport decompression. */
  readonly maxBytes: number;
  /** Whoever asked; may stop waiting. */
  readonly asker: Stop;
  /** Ends the request itself: when nobody waits for it any more. */
  readonly stop: Stop;
  /** Follows a redirect to an address; null when it leads to no declared host. */
  readonly routeOf: (url: URL) => Route | null;
}

/** What came back. Below the checking layer the status may be any. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RawBody;
  readonly fromCache: boolean;
  /** ISO 8601 UTC. */
  readonly fetchedAt: string;
}

/** A layer's door: every layer takes the next one's and gives its own. */
export type Send = (exchange: Exchange) => Promise<Reply>;
