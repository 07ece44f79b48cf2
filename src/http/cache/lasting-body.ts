import { isAbsent } from '../../disk/system-code.ts';
import { CacheError } from '../../errors/cache-error.ts';
import { type BodyFacts, bodyOfStream, type RawBody } from '../body/body.ts';
import type { HeldFile } from '../body/held-file.ts';

/** Where the bytes of a large body are. */
export interface LastingBytes {
  /** The file, held until it was read once, whoever removes it; null: there is none, or nobody is going to read it. */
  readonly held: HeldFile | null;
  /** Undoes what the store did to the bytes of the file. */
  readonly decode: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** The body from where it is by then, for those who read it a second time. */
  readonly again: () => AsyncIterable<Uint8Array>;
  /** Address for messages. */
  readonly url: string;
}

/**
 * A large body that may be moved or removed at any time: its first reading does not depend on that. `known`: the body parsed as
 * JSON, where it was.
 */
export function lastingBody(
  facts: BodyFacts,
  bytes: LastingBytes,
  known?: ReturnType<RawBody['jsonInMemory']>,
): RawBody {
  const { held, decode, again, url } = bytes;
  let unread = held;
  const stream = async function* () {
    const first = unread;
    unread = null;
    if (first === null) return yield* orRemoved(again(), url);
    try {
      yield* decode(first.stream());
    } finally {
      await first.release();
    }
  };
  return bodyOfStream(facts, null, stream, known);
}

async function* orRemoved(bytes: AsyncIterable<Uint8Array>, url: string): AsyncIterable<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new CacheError(`the stored answer of ${url} was removed before it was read again`, {
      hint: 'run the command again; a larger cache.maxBytes keeps answers longer',
      fields: { url },
      cause: error,
    });
  }
}
