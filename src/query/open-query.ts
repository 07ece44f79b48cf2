import { dirname, join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { Query } from '../ports/query.ts';
import { moveFile, removeIfThere, syncFile, TEMPORARY_PREFIX } from '../store/disk/disk.ts';
import { type Layout, storeLayout } from '../store/disk/layout.ts';
import { createManifestLog } from '../store/manifest/manifest-log.ts';
import type { Session } from './session.ts';
import type { Budget } from './time-budget.ts';
import { queryViews } from './views.ts';

/** What queries need. */
export interface QuerySettings {
  /** The tables folder (`DB/`); it need not exist. */
  readonly dir: string;
  readonly clock: Clock;
  /** A text that nobody else has: letters, digits and `-`. */
  readonly randomId: () => string;
  /** Milliseconds of DuckDB's work after which a query is stopped; default 30,000. */
  readonly timeoutMs?: number;
  /** DuckDB's limit of memory; default `512MB`, beyond it spills to disk. */
  readonly memoryLimit?: string;
  /** Stops a running query when it aborts. */
  readonly signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Opens a session over the layout; `output` is the one file that it may write. */
type OpenSession = (output?: string) => Promise<Session>;

function sessionOpener(settings: QuerySettings, layout: Layout): OpenSession {
  const memoryLimit = settings.memoryLimit ?? '512MB';
  return async (output) => {
    const { openSession } = await import('./session.ts');
    return openSession({ layout, clock: settings.clock, memoryLimit, ...(output === undefined ? {} : { output }) });
  };
}

function budgetOf({ timeoutMs, signal }: QuerySettings, ms = timeoutMs ?? DEFAULT_TIMEOUT_MS): Budget {
  return { total: ms, left: ms, ...(signal === undefined ? {} : { signal }) };
}

/** Read-only SQL over the newest state of the tables in `dir`. Loads DuckDB at the first query. */
export function openQuery(settings: QuerySettings): Query {
  const layout = storeLayout(settings.dir);
  const log = createManifestLog({ ...settings, layout });
  const open = sessionOpener(settings, layout);
  let session: Promise<Session> | null = null;
  // Views are replaced by one query at a time.
  let shown: Promise<void> = Promise.resolve();
  return {
    run: async (sql, parameters = [], options = {}) => {
      const manifest = await log.newest();
      session ??= open();
      const current = await session;
      shown = shown.catch(() => undefined).then(() => current.show(manifest));
      await shown;
      return current.run(sql, parameters, budgetOf(settings, options.timeoutMs));
    },
    writeParquet: async (sql, parameters, path) => {
      const temporary = join(dirname(path), `${TEMPORARY_PREFIX}${settings.randomId()}.parquet`);
      const manifest = await log.newest();
      // A session of its own: only here may one file be written, and it is this one.
      const writer = await open(temporary);
      try {
        await writer.show(manifest);
        await writer.copy(sql, parameters, budgetOf(settings));
        await syncFile(temporary);
        await moveFile(temporary, path);
      } finally {
        writer.close();
        await removeIfThere(temporary);
      }
    },
    views: queryViews,
    close: async () => {
      const current = session;
      session = null;
      (await current)?.close();
    },
  };
}
