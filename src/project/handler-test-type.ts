import type { TestArchive } from '../testing/contract/handler.ts';

/** How a handler is tested. */
export interface HandlerTestOptions {
  /** Ask the real archive for the examples of its patterns, in place of `archive`. */
  readonly live?: boolean;
  /** Starts an archive that has the examples; without it only what needs none is tested. */
  archive?(): Promise<TestArchive>;
}

/** What became of one test. */
export interface HandlerTestResult {
  readonly test: string;
  /** Null: it was not run, since the archive does not name what it needs. */
  readonly passed: boolean | null;
  /** What was found instead, or what is needed; null when it passed. */
  readonly reason: string | null;
}
