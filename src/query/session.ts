import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBInstance,
  type DuckDBPreparedStatement,
  StatementType,
} from '@duckdb/node-api';
import { ConfigError } from '../errors/config-error.ts';
import { errorMessage } from '../errors/error-message.ts';
import { InterruptedError } from '../errors/interrupted-error.ts';
import { StoreError } from '../errors/store-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { ParquetOptions, QueryAnswer, QueryParameters } from '../ports/query.ts';
import type { PluginColumns } from '../ports/store-care.ts';
import type { Layout } from '../store/disk/layout.ts';
import { type Manifest, segmentsOf } from '../store/manifest/manifest.ts';
import { type CallsUnderWay, createCallsUnderWay } from '../store/segments/calls-under-way.ts';
import { sqlName, sqlText } from '../store/segments/column-sql.ts';
import { engineError } from '../store/segments/engine-error.ts';
import { refuseNewerSegments } from '../store/segments/newer-files.ts';
import { fileText } from '../store/segments/parquet-source.ts';
import { findDamage } from '../store/segments/segments.ts';
import { answerOf } from './answer.ts';
import { valuesInOrder } from './bind-parameters.ts';
import { type CheckedStatement, checkStatementTree, explainedStatement, refused } from './check-statement.ts';
import { type StartedEngine, startEngine } from './start-engine.ts';
import { type Budget, within } from './time-budget.ts';
import { viewStatements } from './views.ts';

/** Settings of DuckDB by name, as `SET` takes them. */
export type EngineOptions = Readonly<Record<string, string | number | boolean>>;

/** What a session needs. */
export interface SessionSettings {
  readonly layout: Layout;
  readonly clock: Clock;
  /** Settings of DuckDB; they win over the defaults below. */
  readonly options: EngineOptions;
  /** Columns that the registered handlers add. */
  readonly pluginColumns: PluginColumns;
  /** A DuckDB that is being opened already, for this session alone. */
  readonly engine?: Promise<StartedEngine>;
  /** The one file that may be written, for `writeParquet`. */
  readonly output?: string;
}

/** DuckDB in memory that can read the segments and nothing else; its settings cannot be changed any more. */
export interface Session {
  /** Checks a statement before anything of it is bound or run. */
  check(sql: string): Promise<CheckedStatement>;
  /** Makes these views, or all, show this manifest, unless they do. */
  show(manifest: Manifest, views: ReadonlySet<string> | null): Promise<void>;
  /** Runs one checked statement; its rows are streamed. */
  run(sql: string, parameters: QueryParameters, budget: Budget): Promise<QueryAnswer>;
  /** Writes the rows of one checked statement to the session's output file and gives their number. */
  copy(sql: string, parameters: QueryParameters, budget: Budget, options: ParquetOptions): Promise<number>;
  /** Gives the memory back when the calls under way have ended; an answer whose rows are still read keeps its connection. */
  close(): Promise<void>;
}

/** Beyond it DuckDB spills to disk. */
const DEFAULT_OPTIONS: EngineOptions = { TimeZone: 'UTC', memory_limit: '512MB' };

/** Settings that close the session; in this order, the last one makes the others final. */
function closingStatements({ layout, output }: SessionSettings): string {
  return [
    // Segments never change: what their footers say is kept (4 ms less for a count over 17 segments and 100 deltas).
    'SET GLOBAL parquet_metadata_cache = true',
    // DuckDB compares the pattern that a path with a bracket is read by, and then the path.
    `SET GLOBAL allowed_directories = [${sqlText(`${layout.segments}/`)}, ${fileText(`${layout.segments}/`)}]`,
    ...(output === undefined ? [] : [`SET GLOBAL allowed_paths = [${sqlText(output)}]`]),
    'SET GLOBAL enable_external_access = false',
    'SET GLOBAL lock_configuration = true',
  ].join('; ');
}

/** What the parts of a session share. */
interface Shared {
  readonly settings: SessionSettings;
  readonly instance: DuckDBInstance;
  /** For views and parsing; statements of users have a connection each. */
  readonly own: DuckDBConnection;
  /** Calls that `own` and the database must outlive. */
  readonly calls: CallsUnderWay;
  /** Connections whose statement has ended well, for the next ones. */
  readonly idle: DuckDBConnection[];
  /** The manifest that the views below show. */
  shown: Manifest | null;
  readonly made: Set<string>;
  /** Statements that passed the first check. */
  readonly checked: Map<string, CheckedStatement>;
}

/** Opens a session. Loads DuckDB: 100 to 200 ms. */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const instance = await (settings.engine ?? startEngine());
  const own = await instance.connect();
  await applyOptions(own, { temp_directory: settings.layout.spill, ...settings.options });
  await own.run(closingStatements(settings));
  const calls = createCallsUnderWay();
  const shared: Shared = { settings, instance, own, calls, idle: [], shown: null, made: new Set(), checked: new Map() };
  return {
    check: (sql) => checkStatement(shared, sql),
    show: (manifest, views) => showManifest(shared, manifest, views),
    run: (sql, parameters, budget) => runStatement(shared, sql, parameters, budget),
    copy: (sql, parameters, budget, options) => copyRows(shared, sql, parameters, budget, options),
    close: () =>
      calls.close(() => {
        for (const connection of [own, ...shared.idle]) connection.disconnectSync();
        instance.closeSync();
      }),
  };
}

async function applyOptions(own: DuckDBConnection, options: EngineOptions): Promise<void> {
  const settled = Object.entries({ ...DEFAULT_OPTIONS, ...options });
  try {
    await own.run(settled.map(([name, value]) => `SET GLOBAL ${name} = ${sqlText(String(value))}`).join('; '));
  } catch (cause) {
    const reason = errorMessage(cause);
    throw new ConfigError(`DuckDB refuses a setting of query.options: ${reason}`, {
      hint: 'celline config lists the settings and where they come from.',
      cause,
    });
  }
}

/** What went wrong, in the terms of the store: a damaged segment before all else. */
async function meaning(shared: Shared, error: unknown, sql: string, manifest = shared.shown): Promise<unknown> {
  // A stop by the user is neither.
  if (error instanceof InterruptedError) return error;
  const meant = engineError(error, sql);
  const segments = Object.values(manifest?.tables ?? {}).flatMap(segmentsOf);
  return (await findDamage(shared.settings.layout.segments, segments, meant)) ?? asMistake(meant);
}

/** A value that is none of its type came from the statement or from who gave it: the tables are not to blame. */
function asMistake(error: StoreError): StoreError {
  if (error.failure !== 'type_conversion') return error;
  const hint = 'Give a value of that type; TRY_CAST makes NULL of what is none.';
  return new StoreError('query', error.message, { hint, fields: error.fields, cause: error.cause });
}

async function showManifest(shared: Shared, manifest: Manifest, views: ReadonlySet<string> | null): Promise<void> {
  if (shared.shown?.sequence !== manifest.sequence) shared.made.clear();
  shared.shown = manifest;
  if (views !== null && [...views].every((name) => shared.made.has(name))) return;
  const { layout, pluginColumns } = shared.settings;
  const statements = viewStatements(layout.segments, manifest, pluginColumns).filter(
    ({ name }) => !shared.made.has(name) && (views === null || views.has(name)),
  );
  if (statements.length === 0) return;
  const wanted = new Set(statements.map(({ name }) => name));
  const states = Object.values(manifest.tables).filter(({ table }) => wanted.has(table));
  // In one go: a round trip costs as much as a view. The footers are looked at meanwhile.
  const made = shared.calls.add(shared.own.run(statements.map(({ sql }) => sql).join('; ')));
  made.catch(() => undefined);
  await refuseNewerSegments(layout.segments, states.flatMap(segmentsOf));
  try {
    await made;
  } catch (error) {
    throw await meaning(shared, error, '', manifest);
  }
  for (const { name } of statements) shared.made.add(name);
}

/** Statements whose check is remembered: a program asks the same one again and again, and the check takes 1 ms. */
const REMEMBERED = 100;

/** The first check: what DuckDB's parser makes of the statement, before anything of it is bound or run. */
async function checkStatement({ own, calls, checked }: Shared, sql: string): Promise<CheckedStatement> {
  const known = checked.get(sql);
  if (known !== undefined) return known;
  const statement = explainedStatement(sql) ?? sql;
  const tree = await calls.add(own.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [statement]));
  const result = checkStatementTree(String(tree.getRows()[0]?.[0]));
  if (checked.size >= REMEMBERED) checked.clear();
  checked.set(sql, result);
  return result;
}

async function runStatement(
  shared: Shared,
  sql: string,
  parameters: QueryParameters,
  budget: Budget,
): Promise<QueryAnswer> {
  const { clock } = shared.settings;
  const connection = shared.idle.pop() ?? (await connect(shared));
  try {
    const result = await within(connection, clock, budget, async () => {
      const statement = await prepareOne(connection, sql);
      bindAll(statement, parameters);
      return statement.stream();
    });
    const next = (): Promise<DuckDBDataChunk | null> =>
      within(connection, clock, budget, () => result.fetchChunk()).catch(async (error) => {
        throw await meaning(shared, error, sql);
      });
    return answerOf(result, {
      next,
      engineMs: () => budget.total - budget.left,
      // One that was stopped, or has rows left, is not used again.
      done: (isWhole) => (isWhole ? shared.idle.push(connection) : connection.disconnectSync()),
    });
  } catch (error) {
    connection.disconnectSync();
    throw await meaning(shared, error, sql);
  }
}

function connect({ instance, calls }: Shared): Promise<DuckDBConnection> {
  return calls.add(instance.connect());
}

/** The options of COPY. */
function parquetOptions({ compression = 'zstd', metadata = {} }: ParquetOptions): string {
  const texts = Object.entries(metadata).map(([name, value]) => `${sqlName(name)}: ${sqlText(value)}`);
  const footer = texts.length === 0 ? '' : `, KV_METADATA {${texts.join(', ')}}`;
  return `(FORMAT parquet, COMPRESSION ${compression}, USE_TMP_FILE false${footer})`;
}

async function copyRows(
  shared: Shared,
  sql: string,
  parameters: QueryParameters,
  budget: Budget,
  options: ParquetOptions,
): Promise<number> {
  if (explainedStatement(sql) !== null) throw refused('EXPLAIN has no rows to write');
  const { clock, output = '' } = shared.settings;
  // Written out anew from its tree: without a final semicolon or comment that would hide the end of COPY.
  const written = 'SELECT json_deserialize_sql(json_serialize_sql($1::VARCHAR))';
  const text = await shared.calls.add(shared.own.runAndReadAll(written, [sql]));
  const query = String(text.getRows()[0]?.[0]);
  const target = `${sqlText(output)} ${parquetOptions(options)}`;
  const connection = await connect(shared);
  try {
    return await within(connection, clock, budget, async () => {
      const statement = await connection.prepare(`COPY (${query}) TO ${target}`);
      bindAll(statement, parameters);
      return (await statement.run()).rowsChanged;
    });
  } catch (error) {
    throw await meaning(shared, error, sql);
  } finally {
    connection.disconnectSync();
  }
}

/** The second check, by DuckDB's own kind of the statement. */
async function prepareOne(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  // One statement it is: the parser has counted. More than one cannot be prepared.
  const statement = await connection.prepare(sql);
  const isReading = [StatementType.SELECT, StatementType.EXPLAIN].includes(statement.statementType);
  if (!isReading) throw refused(`this is a statement of kind ${StatementType[statement.statementType]}`);
  return statement;
}

function bindAll(statement: DuckDBPreparedStatement, parameters: QueryParameters): void {
  const names = Array.from({ length: statement.parameterCount }, (_, index) => statement.parameterName(index + 1));
  for (const [index, value] of valuesInOrder(names, parameters).entries()) statement.bindVarchar(index + 1, value);
}
