import { BadResponseError } from '../../src/ports/handler.ts';

/** What a document should look like, and what of it is wanted. */
export interface XmlFormat {
  /** Whose answer it is, for messages: `NCBI's experiment packages`. */
  readonly what: string;
  /** Names that the root element may have. */
  readonly roots: readonly string[];
  /** Names of the elements that are records; one inside another belongs to the outer one. */
  readonly records: readonly string[];
  /** Names of elements inside records that are left out with all that is below them. */
  readonly skip: readonly string[];
}

/** Why a document was refused. `cut`: it ends too early; `error_text`: the archive's own error message. */
export type XmlFault = 'cut' | 'malformed' | 'wrong_root' | 'error_text' | 'too_deep' | 'too_long' | 'incomplete';

/** The error for a document that is not what the endpoint answers. `problem` completes "… of NCBI's experiment packages". */
export function badXml(format: XmlFormat, kind: XmlFault, problem: string): BadResponseError {
  return new BadResponseError(`${format.what}: ${problem}`, {
    fields: { kind, what: format.what },
    hint: 'The archive may be overloaded or may have changed its format; run the command again later.',
  });
}
