import { StoreError } from '../errors/store-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { sqlName } from '../store/segments/column-sql.ts';
import { fileText, parquetRows } from '../store/segments/parquet-source.ts';
import type { EngineDoor } from '../store/segments/segments.ts';
import { BATCH_ROWS, type RawRow, type RawTable } from './raw-table.ts';

/** Opens a Parquet file of anybody, whatever its compression; `UsageError` names one that is none. */
export async function openParquet(path: string, engine: EngineDoor): Promise<RawTable> {
  const columns = await describe(path, engine);
  const fields = columns.map(({ name, type }) => `${sqlName(name)} := ${fieldSql(name, type)}`);
  const sql = `SELECT to_json(struct_pack(${fields.join(', ')}))::VARCHAR FROM ${parquetRows(path)}`;
  const times = columns.filter(({ type }) => type.startsWith('TIMESTAMP')).map(({ name }) => name);
  return { columns: columns.map(({ name }) => name), rows: () => rowsOf(path, engine, sql, times) };
}

async function describe(path: string, engine: EngineDoor): Promise<{ name: string; type: string }[]> {
  try {
    const rows = await (await engine()).rows(`DESCRIBE SELECT * FROM ${parquetRows(path)}`);
    return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
  } catch (error) {
    throw unreadable(path, 'Parquet', error);
  }
}

/** JSON numbers know no NaN: numbers travel as text, instants as milliseconds. */
function fieldSql(name: string, type: string): string {
  const column = sqlName(name);
  if (/^(U?BIGINT|U?HUGEINT|DECIMAL.*|DATE|BLOB)$/.test(type)) return `${column}::VARCHAR`;
  if (type.startsWith('TIMESTAMP')) return `epoch_ms(${column})`;
  return /^(FLOAT|DOUBLE)$/.test(type) ? `CASE WHEN isfinite(${column}) THEN ${column} END` : column;
}

/** Opens a JSON file: an array of objects, or one object after the other (ndjson). */
export async function openJson(path: string, engine: EngineDoor): Promise<RawTable> {
  const objects = `read_json_objects(${fileText(path)}, format = 'auto', hive_partitioning = false)`;
  const sql = `SELECT json::VARCHAR FROM ${objects}`;
  const names = new Set<string>();
  // The columns are those that any object has: celline's own have all of them, files of others may leave some out.
  const keys = `SELECT DISTINCT unnest(json_keys(json)) FROM ${objects}`;
  try {
    for (const [name] of await (await engine()).rows(keys)) names.add(String(name));
  } catch (error) {
    throw unreadable(path, 'JSON', error);
  }
  return { columns: [...names], rows: () => rowsOf(path, engine, sql, []) };
}

async function* rowsOf(
  path: string,
  engine: EngineDoor,
  sql: string,
  times: readonly string[],
): AsyncGenerator<readonly RawRow[]> {
  let line = 0;
  try {
    for await (const texts of (await engine()).texts(sql)) {
      for (let start = 0; start < texts.length; start += BATCH_ROWS) {
        yield texts.slice(start, start + BATCH_ROWS).map((text) => {
          line += 1;
          return rowOf(text, line, times);
        });
      }
    }
  } catch (error) {
    // What goes wrong while the rows are stored is not the file's fault.
    throw error instanceof StoreError && error.message.includes(path) ? unreadable(path, 'table', error) : error;
  }
}

/** Milliseconds before and after 1970 that a JavaScript date can tell. */
const LONGEST_MS = 8.64e15;

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with numbers that JavaScript would write otherwise (`12345678901234567890`, `1.50`) as texts: none is rounded. */
function exactNumbers(json: string): string {
  return json.replaceAll(STRING_OR_NUMBER, (found) =>
    found.startsWith('"') || String(Number(found)) === found ? found : `"${found}"`,
  );
}

function rowOf(text: string, line: number, times: readonly string[]): RawRow {
  const cells: unknown = JSON.parse(exactNumbers(text));
  if (typeof cells !== 'object' || cells === null || Array.isArray(cells)) {
    return { line, cells: {}, problem: 'this is no object' };
  }
  const named: Record<string, unknown> = { ...cells };
  for (const name of times) {
    const value = named[name];
    // Beyond what a date can be it stays a number, which is no time.
    if (typeof value === 'number' && Math.abs(value) <= LONGEST_MS) named[name] = new Date(value).toISOString();
  }
  return { line, cells: named, problem: null };
}

function unreadable(path: string, kind: string, cause: unknown): Error {
  if (cause instanceof StoreError && cause.failure === 'operational' && !cause.message.includes(path)) return cause;
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new UsageError(`${path} cannot be read as ${kind}: ${reason}`, {
    hint: 'Check the file; celline import takes parquet, csv, tsv, json and ndjson.',
    fields: { path },
    cause,
  });
}
