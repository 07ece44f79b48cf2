import { RecordReader } from './record-reader.ts';
import type { XmlElement } from './xml-element.ts';
import type { XmlFormat } from './xml-format.ts';

/** Characters given to the parser at once, so that a body that comes as one string is still read a few records at a time. */
const PIECE = 64 * 1024;

/**
 * Streams the records of an XML document, one at a time and in document order.
 * Throws a `BadResponseError` for a document that is cut, malformed, an error message or of another kind;
 * records that closed before a cut have been given.
 */
export async function* readRecords(chunks: AsyncIterable<string>, format: XmlFormat): AsyncGenerator<XmlElement> {
  const reader = new RecordReader(format);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      yield* reader.write(chunk.length <= PIECE ? chunk : chunk.slice(at, at + PIECE));
    }
  }
  yield* reader.end();
}
