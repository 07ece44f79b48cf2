import { StoreError } from '../errors/store-error.ts';

/**
 * Functions that give rows and touch nothing but their arguments. Every other table function is refused: some read files,
 * `query` runs text, `enable_logging` writes files (DuckDB 1.5.6 lets a SELECT call it).
 */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'json_each',
  'json_tree',
  'repeat',
  'repeat_row',
  'summary',
  'histogram',
  'histogram_values',
  'duckdb_columns',
  'duckdb_functions',
  'duckdb_keywords',
  'duckdb_settings',
  'duckdb_tables',
  'duckdb_types',
  'duckdb_views',
]);

/** Functions of single values that write or read outside of the tables. */
const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set([
  'write_log',
  'getenv',
  'getvariable',
  'parse_duckdb_log_message',
]);

const HINT =
  'Use one SELECT, WITH, VALUES, DESCRIBE, SUMMARIZE or SHOW over the views samples, runs, projects, files, links, asked.';

/** An error that says what of a query is refused. */
export function refused(reason: string, hint = HINT): StoreError {
  return new StoreError('query', `Queries are read-only: ${reason}.`, { hint });
}

/** `EXPLAIN ANALYZE SELECT 1` → `SELECT 1`: an explained statement is checked like any other; null when there is no EXPLAIN. */
export function explainedStatement(sql: string): string | null {
  const match =
    /^\s*explain\b\s*(?:analyze\b\s*)?(?:\(\s*(?:format\s+\w+|analyze)(?:\s*,\s*(?:format\s+\w+|analyze))*\s*\)\s*)?/i.exec(
      sql,
    );
  return match === null ? null : sql.slice(match[0].length);
}

/**
 * Checks what DuckDB's `json_serialize_sql` made of a statement: parsed, nothing bound or run yet. It takes SELECT-like
 * statements only.
 */
export function checkStatementTree(json: string): void {
  const tree = JSON.parse(json) as {
    error?: boolean;
    error_type?: string;
    error_message?: string;
    statements?: unknown[];
  };
  if (tree.error === true) {
    if (tree.error_type === 'not implemented') throw refused('this is no SELECT statement');
    throw new StoreError('query', `The statement cannot be read: ${tree.error_message ?? 'unknown reason'}.`, {
      hint: HINT,
    });
  }
  const count = tree.statements?.length ?? 0;
  if (count !== 1)
    throw refused(count === 0 ? 'there is no statement' : `there are ${count} statements, one is allowed`);
  checkNode(tree.statements);
}

function checkNode(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) checkNode(item);
    return;
  }
  const fields = node as Record<string, unknown>;
  if (fields.type === 'TABLE_FUNCTION') checkTableFunction(fields.function);
  const name = fields.function_name;
  if (typeof name === 'string' && REFUSED_FUNCTIONS.has(name.toLowerCase()))
    throw refused(`the function ${name} is not allowed`);
  for (const value of Object.values(fields)) checkNode(value);
}

function checkTableFunction(call: unknown): void {
  const name = typeof call === 'object' && call !== null && 'function_name' in call ? String(call.function_name) : '';
  if (TABLE_FUNCTIONS.has(name.toLowerCase())) return;
  throw refused(`the table function ${name} is not allowed`, `Allowed: ${[...TABLE_FUNCTIONS].join(', ')}.`);
}
