import type { CacheBackends } from '../../../ports/cache.ts';
import type { BackendInfo } from '../../../ports/cache-care.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Spool } from '../../body/spool.ts';
import type { UseLog } from '../use-log.ts';

/** What the care of the cache is made of. */
export interface CareContext {
  readonly backends: CacheBackends;
  readonly clock: Pick<Clock, 'now'>;
  readonly spool: Spool;
  readonly useLog: UseLog;
  /** `cache.maxBytes`. */
  readonly maxBytes: number;
  /** Seconds for which answers of a handler are fresh, unless the request said so itself. */
  ttlOf(handler: string): number;
  /** Who runs the host of an address, as the handler declares it; null when it does not. */
  operatorOf(handler: string, host: string): string | null;
  /** Those that can be chosen. */
  readonly known: readonly BackendInfo[];
}
