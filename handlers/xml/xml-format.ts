import { BadResponseError, type BodyFaultKind, bodyFault } from '../../src/ports/handler.ts';

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

/** The error for a document that is not what the endpoint answers. `problem` completes "… of NCBI's experiment packages". */
export function badXml(format: XmlFormat, kind: BodyFaultKind, problem: string): BadResponseError {
  return new BadResponseError(`${format.what}: ${problem}`, {
    fields: { kind, what: format.what },
    hint: bodyFault(kind).hint,
  });
}
