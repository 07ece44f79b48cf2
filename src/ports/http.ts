/** What a good body looks like; anything else under status 200 is a `BadResponseError`, never data, never cached. */
export type BodyExpectation =
  /** JSON that parses, without a top-level `error` (E-utilities) or `eutilsresult.ERROR`. */
  | { readonly kind: 'json' }
  /** XML whose root element has one of these names and closes; no `<ERROR>` child of the root. */
  | { readonly kind: 'xml'; readonly roots: readonly string[] }
  /** TAB-separated text whose first line holds this column name; ends with a newline. */
  | { readonly kind: 'tsv'; readonly column: string }
  /**
   * Comma-separated text whose first line holds this column name, or whose first cell fits `firstCell` (NCBI leaves the
   * heading of a run table out when it is asked through its history); quotes close, ends with a newline. May be empty.
   */
  | { readonly kind: 'csv'; readonly column: string; readonly firstCell?: RegExp }
  /** GEO SOFT text: starts with `^`; `gzip`: the file itself is gzip (not the transport) and its trailer is checked. */
  | { readonly kind: 'soft'; readonly gzip: boolean }
  /** Plain text of any form, but no HTML page. */
  | { readonly kind: 'text' }
  /** Anything: only the headers count. The body is asked for as it lies there, and left when it is longer than 64 KiB. */
  | { readonly kind: 'headers' };

/** One request, as a handler describes it. */
export interface HttpRequest {
  /** Absolute URL at the archive's own host; the stack replaces the origin when the configuration says so. */
  readonly url: string;
  /** Default GET, or POST when `form` or `json` is given. */
  readonly method?: 'GET' | 'HEAD' | 'POST';
  /** Form fields of a POST (application/x-www-form-urlencoded). */
  readonly form?: Readonly<Record<string, string>>;
  /** JSON body of a POST. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** True for a POST that only looks up, so that it may be sent again. GET and HEAD always may. */
  readonly lookup?: boolean;
  readonly expect: BodyExpectation;
  /** Seconds for which a stored answer is fresh; default the handler's, 0 stores nothing. */
  readonly ttl?: number;
  /** True: ask the archive even if a fresh answer is stored, and store the new one. */
  readonly refresh?: boolean;
  /** Cache key instead of the URL, for answers that hold or use a session token (WebEnv). */
  readonly cacheAs?: string;
  /** Milliseconds to the first byte (default that of the host, else 30,000). */
  readonly firstByteTimeoutMs?: number;
  /** Most bytes that the body may have after decompression of the transport; default 512 MiB, of JSON 64 MiB. */
  readonly maxBytes?: number;
  /** Fewer attempts than the usual 3, for halves of a split batch. */
  readonly attempts?: number;
  /**
   * True when a failure may lie in what is asked: a batch that is then asked in parts, an id that failed before. It is told at once,
   * a time-out is not met with the same again, and it is no sign that the archive is in trouble.
   */
  readonly doubtful?: boolean;
  /** True for the question whether an archive answers: it is sent at once, even while others wait for an archive in trouble. */
  readonly evenInTrouble?: boolean;
  /** What the request is for, for `--trace` and progress ("ENA runs of 412 experiments"). */
  readonly label?: string;
}

/** A body that has arrived whole and was found good. Held in memory, or in a file when it is large. */
export interface HttpBody {
  /** Bytes. */
  readonly size: number;
  /** The bytes, as they came (transport compression undone). May be called more than once. */
  stream(): AsyncIterable<Uint8Array>;
  /** The whole body as UTF-8 text; only for bodies that are known to be small. */
  text(): Promise<string>;
  /**
   * The body parsed as JSON (control characters inside strings are tolerated); a `SyntaxError` when it is none. Equal requests
   * share the value: it is not to be changed.
   */
  json(): Promise<unknown>;
}

/** An answer with a good status and a good body. */
export interface HttpAnswer {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpBody;
  /** True when no request was made for it. */
  readonly fromCache: boolean;
  /** When the archive gave it (ISO 8601 UTC). */
  readonly fetchedAt: string;
}

/**
 * How a handler asks. Errors are CellineErrors: `HttpStatusError` (404, 400, …), `NetworkError`, `BadResponseError`,
 * `RateLimitedError`, `AuthError`, `NotCachedError`; an abort rejects with the signal's reason.
 */
export interface Http {
  /** Sends the request and gives the whole, checked answer. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Sends the request and parses the body as JSON (control characters inside strings are tolerated). */
  json(request: Omit<HttpRequest, 'expect'>): Promise<unknown>;
  /** Sends the request and gives the body as text. */
  text(request: HttpRequest): Promise<string>;
  /** Sends the request and streams the body as text (UTF-8, chunk by chunk). */
  chunks(request: HttpRequest): Promise<AsyncIterable<string>>;
  /** Removes the stored answer to a request: its reader has found that it is none, or that records are missing in it. */
  forget(request: HttpRequest): Promise<void>;
}

/** What a host allows. */
export interface HostLimit {
  /** Host name as in the URLs, e.g. `eutils.ncbi.nlm.nih.gov`. */
  readonly host: string;
  /** Hosts of one operator share one budget of requests. */
  readonly operator: string;
  /** Requests per second without a key. */
  readonly perSecond: number;
  /** Requests per second with a key; default as without. */
  readonly perSecondWithKey?: number;
  /** Most requests in flight at the operator. */
  readonly connections: number;
  /** Milliseconds to the first byte, default 30,000. */
  readonly firstByteTimeoutMs?: number;
  /** Where the figures come from. */
  readonly source: string;
}

/**
 * How the cache took part in an answer: `none` (nothing is looked up or stored), `hit` (served, no request), `miss` (asked and
 * stored), `refreshed` (asked in spite of what is stored), `revalidated` (stale, and the archive said that it has not changed),
 * `replaced` (stale, and another answer came), `shared` (an equal request was under way),
 * `replayed` (a recording answered, no request).
 */
export type CacheState = 'none' | 'hit' | 'miss' | 'refreshed' | 'revalidated' | 'replaced' | 'shared' | 'replayed';

/** One request of a handler from the asking to its end, whatever it took. Holds no secret. Times in milliseconds. */
export interface ExchangeEvent {
  readonly type: 'exchange';
  /** When it was asked (ISO 8601 UTC). */
  readonly at: string;
  readonly handler: string;
  readonly operator: string;
  readonly method: string;
  /** Without credentials. */
  readonly url: string;
  /** What it was for, as the handler says; null when it does not. */
  readonly label: string | null;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Bytes of the body, transport compression undone. */
  readonly bytes: number;
  /** The outcome that it failed with (`network_error`, `bad_response`, …); null when it was answered. */
  readonly error: string | null;
  /** Times that it was sent over the network; 0 when the cache answered. */
  readonly sent: number;
  readonly cache: CacheState;
  readonly ms: number;
  /** Of `ms`: waiting for a start time, for an operator that refused, before further attempts, and for an operator in trouble. */
  readonly waitedMs: {
    readonly slot: number;
    readonly refusal: number;
    readonly retry: number;
    readonly circuit: number;
  };
}

/** What happens to requests, told to whoever listens (progress, trace, counts). */
export type HttpEvent =
  | ExchangeEvent
  | { readonly type: 'request'; readonly operator: string; readonly url: string; readonly attempt: number }
  | {
      readonly type: 'answer';
      readonly operator: string;
      readonly url: string;
      readonly status: number;
      readonly bytes: number;
      readonly ms: number;
      readonly fromCache: boolean;
    }
  | {
      readonly type: 'waiting';
      readonly operator: string;
      /** "NCBI asked to wait 2 s", "NCBI: server error 503, retrying in 1 s", … */
      readonly reason: string;
      readonly ms: number;
    }
  | { readonly type: 'warning'; readonly message: string };
