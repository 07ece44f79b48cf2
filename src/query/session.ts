import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  StatementType,
} from '@duckdb/node-api';
import { InterruptedError } from '../errors/interrupted-error.ts';
import { StoreError } from '../errors/store-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { QueryAnswer } from '../ports/query.ts';
import type { CellValue, Row } from '../records/table.ts';
import type { Layout } from '../store/disk/layout.ts';
import { type Manifest, segmentsOf } from '../store/manifest/manifest.ts';
import { sqlText } from '../store/segments/column-sql.ts';
import { engineError } from '../store/segments/engine-error.ts';
import { findDamage } from '../store/segments/segments.ts';
import { cellReader } from './cell-value.ts';
import { checkStatementTree, explainedStatement, refused } from './check-statement.ts';
import { type Budget, within } from './time-budget.ts';
import { viewStatements } from './views.ts';

/** What a session needs. */
export interface SessionSettings {
  readonly layout: Layout;
  readonly clock: Clock;
  /** DuckDB's limit of memory. */
  readonly memoryLimit: string;
  /** The one file that may be written, for `writeParquet`. */
  readonly output?: string;
}

/** DuckDB in memory that can read the segments and nothing else; its settings cannot be changed any more. */
export interface Session {
  /** Makes the views show this manifest, unless they do. */
  show(manifest: Manifest): Promise<void>;
  /** Runs one checked statement; its rows are streamed. */
  run(sql: string, parameters: readonly string[], budget: Budget): Promise<QueryAnswer>;
  /** Writes the rows of one checked statement to the session's output file. */
  copy(sql: string, parameters: readonly string[], budget: Budget): Promise<void>;
  close(): void;
}

/** Settings that close the session; in this order, the last one makes the others final. */
function closingStatements({ layout, output }: SessionSettings): string[] {
  const paths = output === undefined ? [] : [`SET GLOBAL allowed_paths = [${sqlText(output)}]`];
  return [
    "SET GLOBAL TimeZone = 'UTC'",
    `SET GLOBAL allowed_directories = [${sqlText(`${layout.segments}/`)}]`,
    ...paths,
    'SET GLOBAL enable_external_access = false',
    'SET GLOBAL lock_configuration = true',
  ];
}

/** What the parts of a session share. */
interface Shared {
  readonly settings: SessionSettings;
  readonly instance: DuckDBInstance;
  /** For views and parsing; statements of users have a connection each. */
  readonly own: DuckDBConnection;
  shown: Manifest | null;
}

/** Opens a session. Loads DuckDB: 100 to 200 ms. */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: settings.memoryLimit,
    temp_directory: settings.layout.spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const own = await instance.connect();
  for (const statement of closingStatements(settings)) await own.run(statement);
  const shared: Shared = { settings, instance, own, shown: null };
  return {
    show: (manifest) => showManifest(shared, manifest),
    run: (sql, parameters, budget) => runStatement(shared, sql, parameters, budget),
    copy: (sql, parameters, budget) => copyRows(shared, sql, parameters, budget),
    close: () => {
      own.disconnectSync();
      instance.closeSync();
    },
  };
}

/** What went wrong, in the terms of the store: a damaged segment before all else. */
async function meaning(shared: Shared, error: unknown, sql: string, manifest = shared.shown): Promise<unknown> {
  // A stop by the user is neither.
  if (error instanceof InterruptedError) return error;
  const meant = engineError(error, sql);
  const segments = Object.values(manifest?.tables ?? {}).flatMap(segmentsOf);
  return (await findDamage(shared.settings.layout.segments, segments, meant)) ?? meant;
}

async function showManifest(shared: Shared, manifest: Manifest): Promise<void> {
  if (shared.shown?.sequence === manifest.sequence) return;
  shared.shown = null;
  try {
    const statements = viewStatements(shared.settings.layout.segments, manifest);
    for (const statement of statements) await shared.own.run(statement);
  } catch (error) {
    throw await meaning(shared, error, '', manifest);
  }
  shared.shown = manifest;
}

/** The first check: what DuckDB's parser makes of the statement, before anything of it is bound or run. */
async function checkStatement(shared: Shared, sql: string): Promise<void> {
  const statement = explainedStatement(sql) ?? sql;
  const tree = await shared.own.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [statement]);
  checkStatementTree(String(tree.getRows()[0]?.[0]));
}

async function runStatement(
  shared: Shared,
  sql: string,
  parameters: readonly string[],
  budget: Budget,
): Promise<QueryAnswer> {
  await checkStatement(shared, sql);
  const { clock } = shared.settings;
  const connection = await shared.instance.connect();
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
    return answerOf(connection, result, next);
  } catch (error) {
    connection.disconnectSync();
    throw await meaning(shared, error, sql);
  }
}

async function copyRows(shared: Shared, sql: string, parameters: readonly string[], budget: Budget): Promise<void> {
  await checkStatement(shared, sql);
  if (explainedStatement(sql) !== null) throw refused('EXPLAIN has no rows to write');
  const { clock, output = '' } = shared.settings;
  // Written out anew from its tree: without a final semicolon or comment that would hide the end of COPY.
  const text = await shared.own.runAndReadAll('SELECT json_deserialize_sql(json_serialize_sql($1::VARCHAR))', [sql]);
  const query = String(text.getRows()[0]?.[0]);
  const target = `${sqlText(output)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`;
  const connection = await shared.instance.connect();
  try {
    await within(connection, clock, budget, async () => {
      const statement = await connection.prepare(`COPY (${query}) TO ${target}`);
      bindAll(statement, parameters);
      await statement.run();
    });
  } catch (error) {
    throw await meaning(shared, error, sql);
  } finally {
    connection.disconnectSync();
  }
}

/** The second check, by DuckDB's own kind of the statement. */
async function prepareOne(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw refused(`there are ${statements.count} statements, one is allowed`);
  const statement = await statements.prepare(0);
  const isReading = [StatementType.SELECT, StatementType.EXPLAIN].includes(statement.statementType);
  if (!isReading) throw refused(`this is a statement of kind ${StatementType[statement.statementType]}`);
  return statement;
}

function bindAll(statement: DuckDBPreparedStatement, parameters: readonly string[]): void {
  const count = statement.parameterCount;
  if (count !== parameters.length) {
    throw new StoreError(
      'query',
      `The statement has ${count} parameters ($1, …), ${parameters.length} values were given.`,
      {
        hint: 'Give one value per parameter, in order.',
      },
    );
  }
  for (const [index, value] of parameters.entries()) statement.bindVarchar(index + 1, value);
}

function answerOf(
  connection: DuckDBConnection,
  result: DuckDBResult,
  next: () => Promise<DuckDBDataChunk | null>,
): QueryAnswer {
  const names = result.deduplicatedColumnNames();
  const types = result.columnTypes();
  const readers = types.map(cellReader);
  const columns = names.map((name, index) => ({ name, type: types[index]?.alias ?? String(types[index]) }));
  async function* rows(): AsyncGenerator<Row[]> {
    try {
      for (;;) {
        const chunk = await next();
        if (chunk === null || chunk.rowCount === 0) return;
        const batch: Record<string, CellValue>[] = Array.from({ length: chunk.rowCount }, () => ({}));
        for (const [index, name] of names.entries()) {
          const read = readers[index] ?? (() => null);
          for (const [row, value] of chunk.getColumnValues(index).entries()) {
            const target = batch[row];
            if (target !== undefined) target[name] = read(value);
          }
        }
        yield batch;
      }
    } finally {
      connection.disconnectSync();
    }
  }
  return { columns, rows };
}
