/** What is known of a body that is to be stored. */
export interface BodyTraits {
  /** Media type as the archive sent it, in lower case, without parameters: `application/json`; empty when it sent none. */
  readonly mediaType: string;
  /** What the body was checked against: `json`, `xml:<roots>`, `tsv:<column>`, `text`, `soft`, `soft.gz`. */
  readonly checkedAs: string;
  /** Bytes. */
  readonly size: number;
  /** The first 64 KiB at most. */
  readonly head: Uint8Array;
  /** The last 4 KiB at most. */
  readonly tail: Uint8Array;
}

/** What a serializer keeps in the entry of a body, by names of its own. */
export type SerializerNotes = Readonly<Record<string, string | number | boolean>>;

/** A body as it goes into the blob store. */
export interface SerializedBody {
  /** The bytes to store; the very iterable that was given when nothing is changed, so that a file can be moved. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Kept in the entry and given back to `get`. */
  readonly notes?: SerializerNotes;
}

/** A way to keep bodies. Whatever it does on the way in, the very bytes come back. */
export interface BodySerializer {
  /** Written into each entry; letters, digits and `-`. */
  readonly name: string;
  /** One line: what it keeps, and how. */
  readonly description: string;
  /** What the keys of its blobs end with, e.g. `.json.gz`: dots, small letters and digits. */
  readonly suffix: string;
  /** True when it keeps such a body; the first that says so is taken. False when a package that it needs is not installed. */
  canHandle(traits: BodyTraits): boolean;
  /** The body as it is stored. */
  put(body: AsyncIterable<Uint8Array>, traits: BodyTraits): Promise<SerializedBody>;
  /**
   * The body as it came: `size` bytes. Ends with a `SyntaxError` when what is stored is cut or not what `put` gave; other errors
   * are those of the store.
   */
  get(
    stored: AsyncIterable<Uint8Array>,
    facts: { readonly size: number; readonly notes: SerializerNotes },
  ): AsyncIterable<Uint8Array>;
}

/** The serializers of a cache, as its layer asks for them. */
export interface BodySerializers {
  /** Who stores such a body, and under which name; null: it is kept as it came. */
  choose(traits: BodyTraits): { readonly name: string; readonly serializer: BodySerializer } | null;
  /** Who reads what this one wrote; null: it is not known here. */
  find(name: string): BodySerializer | null;
}
