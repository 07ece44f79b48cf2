import { dirname, join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { ParquetOptions, Query, QueryAnswer, RunOptions, SlowQuery } from '../ports/query.ts';
import type { PluginColumns } from '../ports/store-care.ts';
import { moveFile, removeIfThere, syncFile, TEMPORARY_PREFIX } from '../store/disk/disk.ts';
import { type Layout, storeLayout } from '../store/disk/layout.ts';
import { createManifestLog } from '../store/manifest/manifest-log.ts';
import { readNamedQueries } from './named-queries.ts';
import type { EngineOptions, Session } from './session.ts';
import { createSlowLog, type SlowLog } from './slow-log.ts';
import type { StartedEngine } from './start-engine.ts';
import { type Budget, isStop } from './time-budget.ts';
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
  /** Settings of DuckDB by name (`threads`, `memory_limit`, …); they win over ours, of which memory is 512 MB. */
  readonly options?: EngineOptions;
  /** Stops a running query when it aborts. */
  readonly signal?: AbortSignal;
  /** A DuckDB that is being opened already; default: the first query opens one. */
  readonly engine?: Promise<StartedEngine>;
  /** Columns that the registered handlers add, also where no row has one yet; default none. */
  readonly pluginColumns?: PluginColumns;
  /** Folder of the named queries; default none. */
  readonly queriesDir?: string;
  /** Where queries are noted that keep DuckDB busy for so many milliseconds; default nowhere. */
  readonly slow?: { readonly path: string; readonly ms: number; readonly mask: (text: string) => string };
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Opens a session over the layout; `output` is the one file that it may write. */
type OpenSession = (output?: string) => Promise<Session>;

/** What the queries of one process share: one DuckDB, one log. */
interface Parts {
  readonly settings: QuerySettings;
  readonly log: ReturnType<typeof createManifestLog>;
  readonly open: OpenSession;
  readonly slowLog: SlowLog | null;
  session: Promise<Session> | null;
  /** Views are replaced by one query at a time. */
  shown: Promise<void>;
}

/** Read-only SQL over the newest state of the tables in `dir`. Opens DuckDB at the first query, once. */
export function openQuery(settings: QuerySettings): Query {
  const layout = storeLayout(settings.dir);
  const parts: Parts = {
    settings,
    log: createManifestLog({ ...settings, layout }),
    open: sessionOpener(settings, layout),
    slowLog: settings.slow === undefined ? null : createSlowLog(settings.slow.path),
    session: null,
    shown: Promise.resolve(),
  };
  return {
    run: (sql, parameters = [], options = {}) => run(parts, sql, parameters, options),
    writeParquet: (sql, parameters, path, options = {}) => writeParquet(parts, sql, parameters, path, options),
    parametersOf: async (sql) => (await (await sessionOf(parts)).check(sql)).parameters,
    views: () => queryViews(settings.pluginColumns),
    named: async () => (settings.queriesDir === undefined ? [] : readNamedQueries(settings.queriesDir)),
    slowest: async () => (await parts.slowLog?.read()) ?? [],
    close: async () => {
      const { session } = parts;
      parts.session = null;
      await (await session)?.close();
    },
  };
}

function sessionOpener(settings: QuerySettings, layout: Layout): OpenSession {
  const { clock, options = {}, pluginColumns = [] } = settings;
  let { engine } = settings;
  return async (output) => {
    const { openSession } = await import('./session.ts');
    const session = { layout, clock, options, pluginColumns };
    if (output !== undefined) return openSession({ ...session, output });
    const started = engine;
    engine = undefined;
    return openSession({ ...session, ...(started === undefined ? {} : { engine: started }) });
  };
}

function sessionOf(parts: Parts): Promise<Session> {
  parts.session ??= parts.open();
  return parts.session;
}

function budgetOf({ timeoutMs, signal }: QuerySettings, options: RunOptions): Budget {
  const ms = options.timeoutMs ?? timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const signals = [signal, options.signal].filter((one) => one !== undefined);
  return { total: ms, left: ms, ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }) };
}

async function run(
  parts: Parts,
  sql: string,
  parameters: Parameters<Session['run']>[1],
  options: RunOptions,
): Promise<QueryAnswer> {
  const [manifest, session] = await Promise.all([parts.log.newest(), sessionOf(parts)]);
  const { views } = await session.check(sql);
  parts.shown = parts.shown.catch(() => undefined).then(() => session.show(manifest, views));
  await parts.shown;
  const budget = budgetOf(parts.settings, options);
  try {
    const answer = await session.run(sql, parameters, budget);
    return watched(parts, sql, answer);
  } catch (error) {
    if (isStop(error)) await noteIfSlow(parts, sql, budget.total - budget.left, 0, 'stopped');
    throw error;
  }
}

/** The same answer, noted when its rows have ended and it was slow. */
function watched(parts: Parts, sql: string, answer: QueryAnswer): QueryAnswer {
  if (parts.slowLog === null) return answer;
  async function* rows(): ReturnType<QueryAnswer['rows']> {
    let count = 0;
    let outcome: SlowQuery['outcome'] = 'left';
    try {
      for await (const batch of answer.rows()) {
        count += batch.length;
        yield batch;
      }
      outcome = 'answered';
    } catch (error) {
      outcome = 'stopped';
      throw error;
    } finally {
      await noteIfSlow(parts, sql, answer.engineMs(), count, outcome);
    }
  }
  return { ...answer, rows };
}

async function noteIfSlow(
  { settings, slowLog }: Parts,
  sql: string,
  ms: number,
  rows: number,
  outcome: SlowQuery['outcome'],
): Promise<void> {
  if (slowLog === null || settings.slow === undefined || ms < settings.slow.ms) return;
  const at = new Date(settings.clock.now()).toISOString();
  await slowLog.note({ at, ms: Math.round(ms), rows, outcome, sql: settings.slow.mask(sql) });
}

async function writeParquet(
  parts: Parts,
  sql: string,
  parameters: Parameters<Session['copy']>[1],
  path: string,
  options: ParquetOptions,
): Promise<number> {
  const { settings } = parts;
  const temporary = join(dirname(path), `${TEMPORARY_PREFIX}${settings.randomId()}.parquet`);
  const manifest = await parts.log.newest();
  // A session of its own: only here may one file be written, and it is this one.
  const writer = await parts.open(temporary);
  const budget = budgetOf(settings, options);
  let outcome: SlowQuery['outcome'] = 'stopped';
  try {
    const { views } = await writer.check(sql);
    await writer.show(manifest, views);
    const rows = await writer.copy(sql, parameters, budget, options);
    await syncFile(temporary);
    await moveFile(temporary, path);
    outcome = 'answered';
    return rows;
  } finally {
    await writer.close();
    await removeIfThere(temporary);
    await noteIfSlow(parts, sql, budget.total - budget.left, 0, outcome);
  }
}
