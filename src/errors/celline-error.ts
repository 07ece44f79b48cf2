/** What an error of celline carries besides its message. */
export interface ErrorDetails {
  /** The next step for the user, as one sentence. */
  readonly hint?: string;
  /** Names of the things concerned: id, archive, status, URL without its key, path, table, row. */
  readonly fields?: Readonly<Record<string, string | number | null>>;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * The base of every error that celline raises on purpose.
 * `code` is stable and upper-case; only the command line turns it into an exit code.
 * What is not a CellineError is a fault of the program or of a plug-in (`internal_error`).
 */
export class CellineError extends Error {
  /** Stable name of the kind of error, for programs. */
  readonly code: string;
  /** The next step for the user. */
  readonly hint: string | undefined;
  /** Names of the things concerned. */
  readonly fields: Readonly<Record<string, string | number | null>>;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.fields = details.fields ?? {};
  }
}
