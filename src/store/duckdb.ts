import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  DuckDBTimestampTZValue,
  LIST,
  VARCHAR,
} from '@duckdb/node-api';
import type { CellValue, Column, Row } from '../records/table.ts';
import { engineError } from './engine-error.ts';

/** A value that can be bound: `$1`, `$2`, … Lists are bound as VARCHAR[]. */
export type Parameter = string | number | bigint | boolean | null | readonly string[];

/** How much of the machine the engine may take. */
export interface EngineSettings {
  /** DuckDB's own limit of memory, such as `128MB`. */
  readonly memoryLimit: string;
  /** Folder for what does not fit into memory. */
  readonly spill: string;
}

/** Rows to be written to one Parquet file. */
export interface RowsToWrite {
  /** Column names with their DuckDB types, in file order. */
  readonly definition: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** `COPY written TO …` */
  readonly copy: string;
}

/** DuckDB behind four verbs; each call has a connection of its own, so that they may overlap. */
export interface Engine {
  /** Runs a statement and gives all its rows; for answers that are small. */
  rows(sql: string, parameters?: readonly Parameter[]): Promise<unknown[][]>;
  /** Runs a query with one text column and gives its values in batches of up to 2,048. */
  texts(sql: string, parameters?: readonly Parameter[]): AsyncIterable<string[]>;
  /** Runs a statement for its effect. */
  run(sql: string, parameters?: readonly Parameter[]): Promise<void>;
  /** Brings rows from JavaScript into a temporary table `written` and runs `copy`. */
  write(input: RowsToWrite): Promise<void>;
  /** Gives the memory back. */
  close(): void;
}

function bind(statement: DuckDBPreparedStatement, parameters: readonly Parameter[]): void {
  for (const [index, value] of parameters.entries()) {
    if (value === null) statement.bindNull(index + 1);
    else if (typeof value === 'string') statement.bindVarchar(index + 1, value);
    else if (typeof value === 'number') statement.bindDouble(index + 1, value);
    else if (typeof value === 'bigint') statement.bindBigInt(index + 1, value);
    else if (typeof value === 'boolean') statement.bindBoolean(index + 1, value);
    else statement.bindList(index + 1, value, LIST(VARCHAR));
  }
}

/** Milliseconds → what the appender takes. */
function instant(text: string): DuckDBTimestampTZValue {
  return new DuckDBTimestampTZValue(BigInt(Date.parse(text)) * 1000n);
}

/** UTF-8 holds no half of a surrogate pair; JSON text of one would be refused by DuckDB later, when it is read. */
function jsonText(value: CellValue): string {
  return JSON.stringify(value, (_, item) => (typeof item === 'string' ? wellFormed(item) : item));
}

function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replaceAll(/\p{Surrogate}/gu, '\ufffd') : text;
}

/**
 * 250 rows of 26 columns through the appender and COPY take 6 ms, as one JSON text through `from_json` 14 ms
 * (1,000 rows: 14 and 40 ms; DuckDB 1.5.6, 2 cores, 2026-11).
 */
async function append(connection: DuckDBConnection, input: RowsToWrite): Promise<void> {
  const appender = await connection.createAppender('written');
  const types = input.columns.map((column) => column.type);
  const names = input.columns.map((column) => column.name);
  const lists = LIST(VARCHAR);
  for (const row of input.rows) {
    for (let index = 0; index < names.length; index += 1) {
      const value = row[names[index] ?? ''];
      if (value === null || value === undefined) appender.appendNull();
      else if (types[index] === 'timestamp') appender.appendTimestampTZ(instant(value as string));
      else if (types[index] === 'json') appender.appendVarchar(jsonText(value));
      else if (typeof value === 'string') appender.appendVarchar(value);
      else if (typeof value === 'bigint') appender.appendBigInt(value);
      else if (typeof value === 'number') appender.appendInteger(value);
      else if (typeof value === 'boolean') appender.appendBoolean(value);
      else appender.appendList(value as readonly string[], lists);
    }
    appender.endRow();
  }
  appender.closeSync();
}

/** Opens DuckDB in memory. The one place that loads it for the store: 100 to 200 ms, so only when rows are needed. */
export async function openEngine(settings: EngineSettings): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: settings.memoryLimit,
    // The second thread halves a compaction (112 → 80 ms for 20,000 rows); a third would wait on a 2-core machine.
    threads: '2',
    temp_directory: settings.spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // The last connection gives its freed memory back to the system.
    allocator_flush_threshold: '8MB',
  });
  const withConnection = async <T>(sql: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } catch (error) {
      throw engineError(error, sql);
    } finally {
      connection.disconnectSync();
    }
  };
  const prepared = async (connection: DuckDBConnection, sql: string, parameters: readonly Parameter[]) => {
    const statement = await connection.prepare(sql);
    bind(statement, parameters);
    return statement;
  };
  return {
    rows: (sql, parameters = []) =>
      withConnection(sql, async (connection) => {
        const statement = await prepared(connection, sql, parameters);
        return (await statement.runAndReadAll()).getRows();
      }),
    run: (sql, parameters = []) =>
      withConnection(sql, async (connection) => {
        await (await prepared(connection, sql, parameters)).run();
      }),
    write: (input) =>
      withConnection(input.copy, async (connection) => {
        await connection.run(`CREATE TEMP TABLE written (${input.definition})`);
        await append(connection, input);
        await connection.run(input.copy);
        await connection.run('DROP TABLE written');
      }),
    texts: (sql, parameters = []) => streamTexts(instance, sql, parameters),
    close: () => instance.closeSync(),
  };
}

async function* streamTexts(
  instance: DuckDBInstance,
  sql: string,
  parameters: readonly Parameter[],
): AsyncGenerator<string[]> {
  const connection = await instance.connect();
  try {
    const statement = await connection.prepare(sql);
    bind(statement, parameters);
    const result = await statement.stream();
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk.getColumnValues(0) as string[];
    }
  } catch (error) {
    throw engineError(error, sql);
  } finally {
    connection.disconnectSync();
  }
}
