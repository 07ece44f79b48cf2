/** What an error of celline carries besides its message. */
export interface ErrorDetails {
  /** The next step for the user, as one sentence. */
  readonly hint?: string;
  /** Names of the things concerned: id, archive, status, URL without its key, path, table, row. */
  readonly fields?: Readonly<Record<string, string | number | null>>;
  /** The error underneath. */
  readonly cause?: unknown;
}

/** On the prototype of every error of any copy of celline. */
const BRAND = Symbol.for('celline.error');

/**
 * The base of every error that celline raises on purpose.
 * `code` is stable and upper-case; only the command line turns it into an exit code.
 * What is not a CellineError is a fault of the program or of a plug-in (`internal_error`).
 * `instanceof` goes by name: a plug-in may bring a copy of celline of its own, whose errors mean the same.
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

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== 'object' || value === null || !(BRAND in value)) return false;
    for (let kind = Object.getPrototypeOf(value); kind !== null; kind = Object.getPrototypeOf(kind)) {
      // biome-ignore lint/complexity/noThisInStatic: every subclass asks for itself.
      if (kind === this.prototype || (kind.constructor.name === this.name && BRAND in kind)) return true;
    }
    return false;
  }
}

Object.defineProperty(CellineError.prototype, BRAND, { value: true });
