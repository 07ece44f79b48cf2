/** A stored answer, as people see it. Times are ISO 8601 UTC. */
export interface CachedAnswer {
  /** `<handler>/<32 hex digits>`. */
  readonly key: string;
  readonly handler: string;
  /** Without credentials. */
  readonly url: string;
  readonly status: number;
  /** True for "there is none": 404, 410, and pages that say so. */
  readonly isNegative: boolean;
  /** Bytes of the body, as it came. */
  readonly bytes: number;
  /** What the body was checked against (`json`, `tsv:run_accession`, …). */
  readonly checkedAs: string;
  /** As the archive sent it; null when it sent none. */
  readonly contentType: string | null;
  /** SHA-256 (hex) of the body. */
  readonly sha256: string;
  /** When the archive gave the answer, or last confirmed it. */
  readonly fetchedAt: string;
  /** When it was last stored or served. */
  readonly usedAt: string;
  /** Whole seconds since `fetchedAt`. */
  readonly ageSeconds: number;
  /** True when it is served without asking. */
  readonly isFresh: boolean;
}

/** Which answers; all that is given must hold. */
export interface AnswerFilter {
  readonly handler?: string;
  /** Part of the address, in any case. */
  readonly urlText?: string;
  /** Only those that are fresh no more. */
  readonly stale?: boolean;
  /** Only "there is none". */
  readonly negative?: boolean;
  /** Only those that were fetched longer ago than so many milliseconds. */
  readonly olderThanMs?: number;
}

/** What requests made of the cache. */
export interface CacheUse {
  /** Answers served without a request. */
  readonly hits: number;
  /** Questions that no stored answer was there for. */
  readonly misses: number;
  /** Of the misses: a stored answer was torn, altered or gone. */
  readonly damaged: number;
  /** Questions whose stored answer was fresh no more. */
  readonly stale: number;
  /** Of the stale ones: the archive said that they have not changed. */
  readonly revalidated: number;
  /** Bytes of bodies that were stored. */
  readonly bytesStored: number;
}

/** Use over some commands. */
export interface CacheUseRecord extends CacheUse {
  /** When the first of them asked (ISO 8601 UTC). */
  readonly since: string;
  readonly commands: number;
}

/** Answers of one handler from one operator. */
export interface CacheShare {
  readonly handler: string;
  /** Name of the operator; of a host that the handler does not declare (a mirror) the host. */
  readonly operator: string;
  readonly entries: number;
  /** Bytes of the stored bodies; one that several answers share counts once. */
  readonly bytes: number;
  readonly negative: number;
  readonly fresh: number;
}

/** What there is in the cache, and what it was good for. */
export interface CacheFigures {
  readonly entries: number;
  /** Bytes of all stored bodies. */
  readonly bytes: number;
  /** `cache.maxBytes`. */
  readonly maxBytes: number;
  readonly negative: number;
  readonly fresh: number;
  /** Least and greatest `fetchedAt`; null when there is no entry. */
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly shares: readonly CacheShare[];
  /** Bodies that no entry names. */
  readonly orphans: { readonly bodies: number; readonly bytes: number };
  /** The last command that asked; null when none is on record. */
  readonly lastUse: CacheUseRecord | null;
  /** All commands that are on record: the last some thousand. */
  readonly allUse: CacheUseRecord | null;
  /** Names of the back ends in use. */
  readonly backends: { readonly metadata: string; readonly blob: string };
}

/** What was removed, or would be. */
export interface CacheRemoval {
  readonly entries: number;
  readonly bodies: number;
  /** Bytes of the bodies. */
  readonly bytes: number;
}

/** What is wrong with a part of the cache. */
export interface CacheFinding {
  /**
   * `unreadable` (an entry that cannot be read, or of another version), `body_missing`, `body_altered`, and, which harm nobody
   * but take room, `orphan` (a body without an entry) and `leftover` (half written by a process that was killed).
   */
  readonly kind: 'unreadable' | 'body_missing' | 'body_altered' | 'orphan' | 'leftover';
  /** Key of the entry or of the body, or the name of what was left. */
  readonly name: string;
  /** Address of the answer; null where none is known. */
  readonly url: string | null;
  /** Bytes that are or should be there; null when nobody knows. */
  readonly bytes: number | null;
  readonly isRemoved: boolean;
}

/** A look through the whole cache. */
export interface CacheExamination {
  /** As they are found; with `repair` each is removed before it is told. */
  readonly findings: AsyncIterable<CacheFinding>;
  /** Entries that were looked at so far. */
  entries(): number;
}

/** A back end that can be chosen. */
export interface BackendInfo {
  readonly kind: 'metadata' | 'blob';
  readonly name: string;
  readonly description: string;
  readonly requiredPackages: readonly string[];
  /** Null when it can be used here, else why not. */
  readonly unavailable: string | null;
  readonly isInUse: boolean;
}

/** What looks after the response cache, whatever its back ends are, also while other processes use it. */
export interface CacheCare {
  /** Looks at every entry. */
  figures(): Promise<CacheFigures>;
  /** Answers as they are found, in no order. */
  list(filter?: AnswerFilter): AsyncIterable<CachedAnswer>;
  /** Those that have one of these keys or addresses, each once. */
  find(names: readonly string[]): Promise<readonly CachedAnswer[]>;
  /** The body of an answer as it came; null when it is not there or not what was stored. */
  body(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** Removes answers by their keys or addresses, also those that cannot be read, with bodies that no other answer has. */
  remove(
    names: readonly string[],
    options?: { readonly dryRun?: boolean },
  ): Promise<CacheRemoval & { readonly unknown: readonly string[] }>;
  /** Removes the answers that the filter has. */
  prune(filter: AnswerFilter, options?: { readonly dryRun?: boolean }): Promise<CacheRemoval>;
  /** Removes the least recently used until the bodies take no more than so many bytes. */
  shrink(maxBytes: number, options?: { readonly dryRun?: boolean }): Promise<CacheRemoval>;
  /** Removes everything. */
  clear(options?: { readonly dryRun?: boolean }): Promise<CacheRemoval>;
  /** Compares every body with its checksum. What is younger than an hour and has no entry yet may be in the making: it is passed by. */
  verify(options?: { readonly repair?: boolean }): CacheExamination;
  /** Those that can be chosen, with those in use. */
  backends(): readonly BackendInfo[];
  close(): Promise<void>;
}
