import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement, LIST, VARCHAR } from '@duckdb/node-api';
import { instantMs } from '../../records/instant.ts';
import { sqlType } from '../../records/sql-type.ts';
import type { CellValue, Column, Row } from '../../records/table.ts';
import { createCallsUnderWay } from './calls-under-way.ts';
import { sqlName } from './column-sql.ts';
import { engineError } from './engine-error.ts';

/** A value that can be bound: `$1`, `$2`, … Lists are bound as VARCHAR[]. */
export type Parameter = string | number | bigint | boolean | null | readonly string[];

/** How much of the machine the engine may take. */
export interface EngineSettings {
  /** DuckDB's own limit of memory, such as `128MB`. */
  readonly memoryLimit: string;
  /** Folder for what does not fit into memory. */
  readonly spill: string;
  readonly threads: number;
}

/** Rows to be written to one Parquet file. */
export interface RowsToWrite {
  /** In file order. */
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** The path as an SQL text, and the options of COPY. */
  readonly target: string;
}

/** DuckDB behind four verbs; each call has a connection of its own, so that they may overlap. */
export interface Engine {
  /** Runs a statement and gives all its rows; for answers that are small. */
  rows(sql: string, parameters?: readonly Parameter[]): Promise<unknown[][]>;
  /** Runs a query with one text column and gives its values in batches of up to 2,048. */
  texts(sql: string, parameters?: readonly Parameter[]): AsyncIterable<string[]>;
  /** Runs a statement for its effect. */
  run(sql: string, parameters?: readonly Parameter[]): Promise<void>;
  /** Writes rows from JavaScript to a Parquet file. */
  write(input: RowsToWrite): Promise<void>;
  /** Gives the memory back; what still streams keeps its connection. */
  close(): Promise<void>;
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

/** UTF-8 holds no half of a surrogate pair; JSON text of one would be refused by DuckDB later, when it is read. */
function jsonText(value: CellValue): string {
  return JSON.stringify(value, (_, item) => (typeof item === 'string' ? wellFormed(item) : item));
}

function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replaceAll(/\p{Surrogate}/gu, '\ufffd') : text;
}

/** Columns that are appended as text. */
const AS_TEXT: ReadonlySet<Column['type']> = new Set(['list', 'json', 'decimal', 'date', 'time', 'uuid']);

/** A column as the appender takes it fastest: a list costs 4.5 µs as a list and 0.3 µs as JSON text, an instant 2 and 0.3 µs. */
function carrierType(column: Column): string {
  if (column.type === 'timestamp') return 'BIGINT';
  return AS_TEXT.has(column.type) ? 'VARCHAR' : sqlType(column);
}

/** From the carrier to the column itself. */
function fromCarrier(column: Column): string {
  const name = sqlName(column.name);
  if (column.type === 'timestamp') return `make_timestamptz(${name} * 1000) AS ${name}`;
  if (column.type === 'list') return `from_json(${name}, '["VARCHAR"]') AS ${name}`;
  return AS_TEXT.has(column.type) ? `${name}::${sqlType(column)} AS ${name}` : name;
}

/** ISO 8601 → milliseconds since 1970; a commit's instants repeat, so that the last one is kept. */
function createInstantReader(): (text: string) => bigint {
  let lastText = '';
  let last = 0n;
  return (text) => {
    if (text !== lastText) {
      last = BigInt(instantMs(text));
      lastText = text;
    }
    return last;
  };
}

/**
 * 250 rows of 26 columns through the appender and COPY take 6 ms, as one JSON text through `from_json` 14 ms
 * (1,000 rows: 14 and 40 ms; DuckDB 1.5.6, 2 cores, 2026-11).
 */
async function append(connection: DuckDBConnection, input: RowsToWrite): Promise<void> {
  const appender = await connection.createAppender('carrier');
  const instant = createInstantReader();
  for (const row of input.rows) {
    for (const { name, type } of input.columns) {
      const value = row[name];
      if (value === null || value === undefined) appender.appendNull();
      else if (type === 'timestamp') appender.appendBigInt(instant(value as string));
      else if (type === 'float') appender.appendDouble(value as number);
      else if (typeof value === 'string') appender.appendVarchar(value);
      else if (typeof value === 'bigint') appender.appendBigInt(value);
      else if (typeof value === 'number') appender.appendInteger(value);
      else if (typeof value === 'boolean') appender.appendBoolean(value);
      else appender.appendVarchar(jsonText(value));
    }
    appender.endRow();
  }
  appender.closeSync();
}

/** Rows from JavaScript → one Parquet file. */
async function writeRows(connection: DuckDBConnection, input: RowsToWrite): Promise<void> {
  const carrier = input.columns.map((column) => `${sqlName(column.name)} ${carrierType(column)}`);
  await connection.run(`CREATE TEMP TABLE carrier (${carrier.join(', ')})`);
  await append(connection, input);
  await connection.run(`COPY (SELECT ${input.columns.map(fromCarrier).join(', ')} FROM carrier) TO ${input.target}`);
  await connection.run('DROP TABLE carrier');
}

/** Gives a connection of its own to each call. */
type Connect = () => Promise<DuckDBConnection>;

async function withConnection<T>(
  connect: Connect,
  sql: string,
  work: (own: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect();
  try {
    return await work(connection);
  } catch (error) {
    throw engineError(error, sql);
  } finally {
    connection.disconnectSync();
  }
}

async function runStatement(connection: DuckDBConnection, sql: string, parameters: readonly Parameter[]) {
  const statement = await connection.prepare(sql);
  bind(statement, parameters);
  return statement.runAndReadAll();
}

async function createInstance(settings: EngineSettings): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    memory_limit: settings.memoryLimit,
    threads: String(settings.threads),
    temp_directory: settings.spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Freed memory goes back to the system from here on; the default is 128 MB.
    allocator_flush_threshold: '8MB',
  });
}

/** Opens DuckDB in memory. The one place that loads it for the store: 100 to 200 ms, so only when rows are needed. */
export async function openEngine(settings: EngineSettings): Promise<Engine> {
  const instance = await createInstance(settings);
  const connecting = createCallsUnderWay();
  const connect: Connect = () => connecting.add(instance.connect());
  return {
    rows: (sql, parameters = []) =>
      withConnection(connect, sql, async (own) => (await runStatement(own, sql, parameters)).getRows()),
    run: (sql, parameters = []) =>
      withConnection(connect, sql, async (own) => {
        await runStatement(own, sql, parameters);
      }),
    write: (input) => withConnection(connect, `COPY … TO ${input.target}`, (own) => writeRows(own, input)),
    texts: (sql, parameters = []) => streamTexts(connect, sql, parameters),
    close: () => connecting.close(() => instance.closeSync()),
  };
}

async function* streamTexts(connect: Connect, sql: string, parameters: readonly Parameter[]): AsyncGenerator<string[]> {
  const connection = await connect();
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
