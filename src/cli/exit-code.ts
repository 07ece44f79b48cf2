import { CellineError } from '../errors/celline-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { GOOD_OUTCOMES, type OutcomeName } from '../records/asked.ts';

/** What the process answers its caller. Stable: scripts rely on the numbers. */
export const EXIT = {
  /** Everything that was asked is there. */
  ok: 0,
  /** Nothing that was asked is there. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** A part of what was asked is there. */
  partial: 3,
  /** The archives refused the credentials. */
  auth: 4,
  /** The tables cannot be used: corrupt, locked, or of a newer celline. */
  store: 5,
  /** The archives could not be reached, or asked to come back later. */
  network: 6,
  /** Stopped by the user. */
  interrupted: 130,
} as const;

/** Outcomes that say that an archive did not serve us, whatever the id. */
const NETWORK_OUTCOMES: ReadonlySet<OutcomeName> = new Set(['network_error', 'http_error', 'rate_limited']);

/** The exit code of a command that asked for ids; no outcome at all is success. */
export function exitCodeOfOutcomes(outcomes: Iterable<OutcomeName>): number {
  const names = [...new Set(outcomes)];
  if (names.every((name) => GOOD_OUTCOMES.has(name))) return EXIT.ok;
  if (names.some((name) => name === 'partial' || GOOD_OUTCOMES.has(name))) return EXIT.partial;
  if (names.every((name) => name === 'auth_error')) return EXIT.auth;
  if (names.every((name) => NETWORK_OUTCOMES.has(name))) return EXIT.network;
  return EXIT.failed;
}

/** The exit code of a command that looked for names: how many were found, how many were not. */
export function exitCodeOfFound(found: number, missing: number): number {
  if (missing === 0) return EXIT.ok;
  return found === 0 ? EXIT.failed : EXIT.partial;
}

/** Exit codes by the stable code of an error; what is not listed is 1. */
const BY_CODE: Readonly<Record<string, number>> = {
  USAGE: EXIT.usage,
  CONFIG: EXIT.usage,
  PLUGIN: EXIT.usage,
  AUTH: EXIT.auth,
  NETWORK: EXIT.network,
  HTTP_STATUS: EXIT.network,
  RATE_LIMITED: EXIT.network,
  INTERRUPTED: EXIT.interrupted,
};

/** The exit code of a command that ended with an error. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof StoreError) {
    // SQL that cannot be run is a mistake on the command line, and a query that takes too long no broken store.
    if (error.failure === 'query') return EXIT.usage;
    return error.fields.stoppedAfterMs === undefined ? EXIT.store : EXIT.failed;
  }
  if (error instanceof CellineError) return BY_CODE[error.code] ?? EXIT.failed;
  return EXIT.failed;
}
