import { StoreError } from '../errors/store-error.ts';
import { TABLES } from '../records/tables.ts';
import { FUNCTIONS, TABLE_FUNCTIONS } from './allowed-functions.ts';

/** What a checked statement needs. */
export interface CheckedStatement {
  /** Views that it reads; null: it looks at the catalog, which shows all of them. */
  readonly views: ReadonlySet<string> | null;
  /** Names of its parameters without the dollar sign, each once: `1`, `2`, … or words. */
  readonly parameters: readonly string[];
}

/** Tables of DuckDB's catalog that may be read without a schema; they tell about the views. */
const CATALOG_TABLES: ReadonlySet<string> = new Set([
  'sqlite_master',
  'sqlite_schema',
  'duckdb_columns',
  'duckdb_schemas',
  'duckdb_tables',
  'duckdb_types',
  'duckdb_views',
]);

/** Schemas that hold nothing but descriptions. */
const CATALOG_SCHEMAS: ReadonlySet<string> = new Set(['information_schema', 'pg_catalog']);

const VIEWS: ReadonlySet<string> = new Set(Object.keys(TABLES));

/** Names of tables that DuckDB can never take for a path: without dot, slash or pattern. */
const PLAIN_NAME = /^[^./\\:*?[\]]+$/;

const HINT = `Use one SELECT, WITH, VALUES, DESCRIBE, SUMMARIZE or SHOW over the views ${[...VIEWS].join(', ')}.`;

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

/** What is gathered on the way through a statement's tree. */
interface Found {
  /** Names that WITH gives, wherever in the statement. */
  readonly named: ReadonlySet<string>;
  readonly views: Set<string>;
  readonly parameters: Set<string>;
  seesCatalog: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks what DuckDB's `json_serialize_sql` made of a statement: parsed, nothing bound or run yet. It takes SELECT-like
 * statements only. Tables must be views, or named by WITH; functions must be on the lists: everything else is refused.
 */
export function checkStatementTree(json: string): CheckedStatement {
  const tree = JSON.parse(json) as {
    error?: boolean;
    error_type?: string;
    error_message?: string;
    statements?: unknown[];
  };
  if (tree.error === true) throw unreadable(tree.error_type, tree.error_message);
  const count = tree.statements?.length ?? 0;
  if (count !== 1)
    throw refused(count === 0 ? 'there is no statement' : `there are ${count} statements, one is allowed`);
  const found: Found = { named: namesOfWith(tree), views: new Set(), parameters: new Set(), seesCatalog: false };
  eachNode(tree.statements, (fields) => checkNode(fields, found));
  return { views: found.seesCatalog ? null : found.views, parameters: [...found.parameters] };
}

function unreadable(type: string | undefined, message = 'unknown reason'): StoreError {
  if (/mixing named and positional/i.test(message)) {
    return new StoreError('query', 'The statement has both $1 and $name as parameters.', { hint: 'Use one kind.' });
  }
  // DuckDB's word for a statement that its parser knows and does not serialize: everything but SELECT.
  if (type === 'not implemented') return refused('this is no SELECT statement');
  return new StoreError('query', `The statement cannot be read: ${message}.`, { hint: HINT });
}

function eachNode(node: unknown, look: (fields: Fields) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) eachNode(item, look);
    return;
  }
  look(node as Fields);
  for (const value of Object.values(node)) eachNode(value, look);
}

/**
 * A name that could be a path may not be given: where WITH does not reach, DuckDB would look for the file. A plain name
 * out of reach is only unknown to it.
 */
function namesOfWith(tree: unknown): Set<string> {
  const names = new Set<string>();
  eachNode(tree, ({ cte_map: ctes }) => {
    for (const { key = '' } of (ctes as { map?: { key?: string }[] } | undefined)?.map ?? []) {
      if (!PLAIN_NAME.test(key)) throw refused(`WITH may not name a table "${key}"`);
      names.add(key.toLowerCase());
    }
  });
  return names;
}

function checkNode(fields: Fields, found: Found): void {
  const { type } = fields;
  if (type === 'TABLE_FUNCTION') checkTableFunction(fields.function, found);
  else if (typeof fields.function_name === 'string') checkFunction(fields.function_name);
  if (type === 'BASE_TABLE') checkTable(fields, found);
  // SHOW TABLES and its like; DESCRIBE has the query that it describes.
  if (type === 'SHOW_REF' && !fields.query) found.seesCatalog = true;
  if (type === 'VALUE_PARAMETER') found.parameters.add(String(fields.identifier));
}

function checkTable(fields: Fields, found: Found): void {
  const [catalog, schema, name] = [fields.catalog_name, fields.schema_name, fields.table_name].map((part) =>
    String(part ?? '').toLowerCase(),
  );
  if (name === undefined || schema === undefined) throw refused('a table has no name');
  const isOurs = (schema === '' || schema === 'main') && (catalog === '' || catalog === 'memory');
  if (isOurs && VIEWS.has(name)) {
    // WITH may give a view's name to something else, which may read the view all the same.
    found.views.add(name);
    return;
  }
  if (schema === '' && catalog === '' && found.named.has(name)) return;
  const isCatalog = CATALOG_SCHEMAS.has(schema) ? PLAIN_NAME.test(name) : isOurs && CATALOG_TABLES.has(name);
  if (!isCatalog) {
    const shown = [fields.catalog_name, fields.schema_name, fields.table_name].filter(Boolean).join('.');
    throw new StoreError('query', `There is no view "${shown}".`, { hint: `Views: ${[...VIEWS].join(', ')}.` });
  }
  found.seesCatalog = true;
}

function checkFunction(name: string): void {
  const known = name.toLowerCase();
  if (FUNCTIONS.has(known) || TABLE_FUNCTIONS.has(known)) return;
  throw refused(`the function ${name} is not allowed`, 'SELECT function_name FROM duckdb_functions() lists functions.');
}

function checkTableFunction(call: unknown, found: Found): void {
  const name = typeof call === 'object' && call !== null && 'function_name' in call ? String(call.function_name) : '';
  const known = name.toLowerCase();
  if (!TABLE_FUNCTIONS.has(known)) {
    throw refused(`the table function ${name} is not allowed`, `Allowed: ${[...TABLE_FUNCTIONS].join(', ')}.`);
  }
  if (known.startsWith('duckdb_')) found.seesCatalog = true;
}
