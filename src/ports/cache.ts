import type { BodySerializers, SerializerNotes } from './cache-serializer.ts';

/** What the cache knows about one stored answer; the body is a blob. Holds no secret. */
export interface CacheEntry {
  /** Version of this shape. An entry of another version is a miss. */
  readonly version: 1;
  /** SHA-256 (hex) of the full cache key, so that two keys whose names collide are told apart. */
  readonly keyHash: string;
  /** Address that was asked, without credentials. */
  readonly url: string;
  /** HTTP status: 200 to 299, or 404 and 410 for a negative answer. */
  readonly status: number;
  /** When the archive gave the answer, or last confirmed it (ISO 8601 UTC). */
  readonly fetchedAt: string;
  /** Header names in lower case, without cookies. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the body was checked against (`json`, `tsv:run_accession`, …). */
  readonly checkedAs: string;
  /** SHA-256 (hex) of the body as it came; also the last part of the blob's key. */
  readonly bodyHash: string;
  /** Bytes of the body as it came. */
  readonly bodySize: number;
  /** How the stored body differs from the one that came; absent: not at all. */
  readonly encoding?: BodyEncoding;
  /** Seconds for which it is fresh, where the request said so; absent: as long as the handler says. */
  readonly ttl?: number;
}

/** Who wrote a stored body, so that it is read the same way whatever is chosen later. */
export interface BodyEncoding {
  /** Name of the serializer. */
  readonly serializer: string;
  /** What the blob's key ends with: `.json.gz`. */
  readonly suffix: string;
  /** What the serializer noted when it wrote, and gets back to read. */
  readonly notes?: SerializerNotes;
}

/** An entry with its place in the order of use. */
export interface ListedEntry {
  readonly key: string;
  readonly entry: CacheEntry;
  /** Milliseconds since 1970-01-01 UTC: when the entry was last written or served. */
  readonly usedAt: number;
}

/** Something that a killed process left half written. */
export interface Leftover {
  /** A path, an id. */
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970-01-01 UTC: when it was last written to. */
  readonly writtenAt: number;
  /** True when it was still there. */
  remove(): Promise<boolean>;
}

/** Facts about a metadata back end. */
export interface MetadataStats {
  readonly backend: string;
  readonly entries: number;
}

/** The index of the cache. Keys are `<handler>/<32 hex digits>`. */
export interface MetadataBackend {
  /** Where the entries are, for people and without credentials; absent: in the cache folder or in memory. */
  readonly place?: string;
  /** Writes the entry whole or not at all; an existing one is replaced. */
  putEntry(key: string, entry: CacheEntry): Promise<void>;
  /** The entry, or null when there is none; rejects with a `SyntaxError` when there is one that cannot be read. */
  getEntry(key: string): Promise<CacheEntry | null>;
  /** True when there was one. */
  removeEntry(key: string): Promise<boolean>;
  /** Entries whose key starts with the prefix, in no order; at most `limit` (default all). Damaged ones are left out. */
  listEntries(prefix: string, limit?: number): AsyncIterable<ListedEntry>;
  /** Notes that the entry was served now; `at` in milliseconds since 1970-01-01 UTC. No error when it is gone. */
  updateAccessTime(key: string, at: number): Promise<void>;
  getStats(): Promise<MetadataStats>;
  /** Removes every entry and gives their number. */
  clear(): Promise<number>;
  /** Keys of entries that are there and cannot be read; absent: there can be none. */
  listUnreadable?(): AsyncIterable<string>;
  /** Absent: nothing can be half written. */
  listLeftovers?(): AsyncIterable<Leftover>;
  close(): Promise<void>;
}

/** A body to store: bytes, or a file that the back end may move away; where it is left, it stays the caller's. */
export type BlobInput = Uint8Array | { readonly file: string; readonly size: number };

/** A stored body. */
export interface StoredBlob {
  /** Bytes. */
  readonly size: number;
  /** The bytes; may be called more than once while the blob exists. */
  stream(): AsyncIterable<Uint8Array>;
  /** The file of these bytes, where there is one: it is held open while it is read, and may be removed meanwhile. */
  readonly file?: string;
}

/** A key of a blob with what eviction needs. */
export interface ListedBlob {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly storedAt: number;
}

/** The bodies of the cache. Keys are `<handler>/<64 hex digits of the SHA-256 of the content>`, perhaps with an ending (`.json.gz`). */
export interface BlobBackend {
  /** Where the bodies are, for people and without credentials; absent: in the cache folder or in memory. */
  readonly place?: string;
  /** Stores the body whole or not at all and says where (a path, an id). */
  put(key: string, body: BlobInput): Promise<string>;
  /** The body, or null when there is none. */
  get(key: string): Promise<StoredBlob | null>;
  /** True when there was one. */
  delete(key: string): Promise<boolean>;
  exists(key: string): Promise<boolean>;
  /** Blobs whose key starts with the prefix, in no order. */
  listKeys(prefix: string): AsyncIterable<ListedBlob>;
  /** Absent: nothing can be half written. */
  listLeftovers?(): AsyncIterable<Leftover>;
  close(): Promise<void>;
}

/** Both halves of an open cache. */
export interface CacheBackends {
  readonly metadata: MetadataBackend;
  readonly blobs: BlobBackend;
  /** How bodies are kept. Default: all as they came. */
  readonly serializers?: BodySerializers;
  /** True when a half is a service that others may read: answers to a credential stay out. Default false. */
  readonly shared?: boolean;
}
