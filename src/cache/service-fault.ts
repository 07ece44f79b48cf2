import { CacheError } from '../errors/cache-error.ts';

/** A service that holds a half of the cache, as messages name it. */
export interface ServiceName {
  /** `cache metadata`, `cache blob`. */
  readonly kind: string;
  /** `postgresql`, `s3`. */
  readonly backend: string;
  /** Where it is, without credentials. */
  readonly place: string;
  /** The setting or variable that says so. */
  readonly setting: string;
}

/** The error of ours that a fault of a service is: names the back end, its place and the setting. */
export function serviceFault({ kind, backend, place, setting }: ServiceName, cause: unknown): CacheError {
  if (cause instanceof CacheError) return cause;
  return new CacheError(`the ${kind} back end "${backend}" cannot be used (${place}): ${reasonOf(cause)}`, {
    hint: `check that the service runs and takes these credentials, and ${setting}`,
    fields: { backend, place, setting },
    cause,
  });
}

/** What an error says; one of a host with several addresses says it only in those of each. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(reasonOf))].join(', ');
  }
  return String((error as NodeJS.ErrnoException).code ?? error.name);
}
