import type { Finding } from '../../../ports/store-care.ts';
import type { Column, Table, TableName } from '../../../records/table.ts';
import { TABLES } from '../../../records/tables.ts';
import { INSDC_SOURCES, INSDC_VOCABULARY, OWN_VOCABULARY, type Vocabulary } from '../../../records/vocabulary.ts';
import type { TableState } from '../../manifest/manifest.ts';
import { sourceOf } from '../../manifest/plugin-shape.ts';
import { columnList, sqlName, sqlText } from '../../segments/column-sql.ts';
import { liveRows } from '../../segments/live-rows.ts';
import { type LiveTables, rowName, statesOf } from './row-check.ts';

/** What is odd about the value of one column: an SQL condition, and what to say of such a value (SQL). */
interface Oddity {
  readonly column: Column;
  readonly isOdd: string;
  readonly says: string;
}

/** A check of values, each by itself. `of` gives what may be odd in a physical table. */
export interface ValueCheck {
  /** Stable name: `malformed_url`. */
  readonly name: string;
  readonly severity: Finding['severity'];
  of(table: Table, source: string): readonly Oddity[];
}

/** The part of a text that is shown. */
function shown(value: string): string {
  return `left(${value}, 100)`;
}

/** A row without a key: nothing can name it. */
const EMPTY_KEY: ValueCheck = {
  name: 'empty_key',
  severity: 'error',
  of: (table) =>
    table.columns
      .filter(({ name }) => table.primaryKey.includes(name))
      .map((column) => ({ column, isOdd: `coalesce(${sqlName(column.name)}, '') = ''`, says: `'the key is empty'` })),
};

/** A column that every row has is NULL. */
const MISSING_VALUE: ValueCheck = {
  name: 'missing_value',
  severity: 'error',
  of: (table) =>
    table.columns
      .filter(({ name, required }) => required === true && !table.primaryKey.includes(name))
      .map((column) => ({ column, isOdd: `${sqlName(column.name)} IS NULL`, says: `'every row has a value here'` })),
};

/** Addresses of a column, as a list: `raw_link` joins them with `,`. */
function addressesOf(column: Column): string {
  if (column.type === 'list') return sqlName(column.name);
  return column.name === 'raw_link' ? `string_split(${sqlName(column.name)}, ',')` : `[${sqlName(column.name)}]`;
}

/** An address that no tool can fetch, or that a browser would run. */
const MALFORMED_URL: ValueCheck = {
  name: 'malformed_url',
  severity: 'warning',
  of: (table) =>
    table.columns
      .filter(({ name }) => ['raw_link', 'urls', 'url'].includes(name))
      .map((column) => {
        const bad = `list_filter(${addressesOf(column)}, lambda u: NOT regexp_matches(u, '^(https?|ftp|s3|gs)://\\S', 'i'))`;
        return {
          column,
          isOdd: `len(${bad}) > 0`,
          says: `'no http, https, ftp, s3 or gs address: ' || ${shown(`${bad}[1]`)}`,
        };
      }),
};

/** Control characters, tab and line ends aside; in JSON text they are escapes. */
function hasControl(column: Column): string {
  const name = sqlName(column.name);
  const text = column.type === 'list' ? `array_to_string(${name}, ' ')` : `${name}::VARCHAR`;
  const raw = '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{7f}-\\x{9f}]';
  const escaped = '(^|[^\\\\])(\\\\\\\\)*\\\\(b|f|u00(0[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF]|[89][0-9a-fA-F]))';
  const pattern = column.type === 'json' ? `${raw}|${escaped}` : raw;
  return `regexp_matches(${text}, ${sqlText(pattern)})`;
}

/** A character that is no part of any text, but a danger to terminals. */
const CONTROL_CHARACTER: ValueCheck = {
  name: 'control_character',
  severity: 'warning',
  of: (table) =>
    table.columns
      .filter(({ type }) => type === 'text' || type === 'list' || type === 'json')
      .map((column) => ({ column, isOdd: hasControl(column), says: `'holds a control character'` })),
};

/** A size, count or identifier below zero. */
const NEGATIVE_NUMBER: ValueCheck = {
  name: 'negative_number',
  severity: 'warning',
  of: (table) =>
    table.columns
      .filter(({ type }) => type === 'bigint' || type === 'integer')
      .map((column) => ({
        column,
        isOdd: `${sqlName(column.name)} < 0`,
        says: `${sqlName(column.name)}::VARCHAR || ' is below zero'`,
      })),
};

/** Not 32 hex digits in lower case: no file would ever match it. */
const MALFORMED_MD5: ValueCheck = {
  name: 'malformed_md5',
  severity: 'warning',
  of: (table) =>
    table.columns
      .filter(({ name }) => name === 'md5')
      .map((column) => ({
        column,
        isOdd: `NOT regexp_full_match(md5, '[0-9a-f]{32}')`,
        says: `'not 32 hex digits: ' || ${shown('md5')}`,
      })),
};

/** Not a day of the calendar as YYYY-MM-DD. */
const MALFORMED_DATE: ValueCheck = {
  name: 'malformed_date',
  severity: 'warning',
  of: (table) =>
    table.columns
      .filter(({ name, type }) => name === 'date' && type === 'text')
      .map((column) => ({
        column,
        isOdd: `date IS NOT NULL AND (NOT regexp_full_match(date, '\\d{4}-\\d{2}-\\d{2}') OR TRY_CAST(date AS DATE) IS NULL)`,
        says: `'no day as YYYY-MM-DD: ' || ${shown('date')}`,
      })),
};

/** `['a', 'b']` as SQL. */
function sqlList(words: readonly string[]): string {
  return `[${words.map(sqlText).join(', ')}]`;
}

function strangeWord(column: Column, { name, words }: Vocabulary): Oddity {
  const value = sqlName(column.name);
  const strange = `list_filter(string_split(${value}, ','), lambda w: w <> '' AND NOT list_contains(${sqlList(words)}, w))`;
  const word = `${strange}[1]`;
  const twin = `list_filter(${sqlList(words)}, lambda k: lower(k) = lower(${word}))[1]`;
  const says = `'"' || ${shown(word)} || '" is no ${name}' || coalesce('; it differs from ' || ${twin} || ' only in case', '')`;
  return { column, isOdd: `len(${strange}) > 0`, says };
}

/** A word that the vocabulary of its column does not have. */
const UNKNOWN_WORD: ValueCheck = {
  name: 'unknown_word',
  severity: 'warning',
  of: (table, source) => {
    const insdc = table.name === 'samples' || table.name === 'runs' ? INSDC_VOCABULARY[table.name] : {};
    const vocabularies = { ...OWN_VOCABULARY[table.name], ...(INSDC_SOURCES.includes(source) ? insdc : {}) };
    return table.columns.flatMap((column) => {
      const vocabulary = vocabularies[column.name];
      return vocabulary === undefined ? [] : [strangeWord(column, vocabulary)];
    });
  },
};

/** What values say by themselves. Kept as the archive said them: nothing here is mended. */
export const VALUE_CHECKS: readonly ValueCheck[] = [
  EMPTY_KEY,
  MISSING_VALUE,
  MALFORMED_URL,
  CONTROL_CHARACTER,
  NEGATIVE_NUMBER,
  MALFORMED_MD5,
  MALFORMED_DATE,
  UNKNOWN_WORD,
];

/** The queries of all of them, with the columns `_check`, `_table`, `_row`, `_column`, `_detail`. Each physical table is read once. */
export function oddValues(live: LiveTables): string[] {
  return (Object.keys(TABLES) as TableName[]).flatMap((table) =>
    statesOf(live, table).map(([physical, state]) => oddRows(live.folder, physical, state)),
  );
}

function oddRows(folder: string, name: string, state: TableState): string {
  const table = TABLES[state.table];
  const source = sourceOf(name, state.table) ?? '';
  const oddities = VALUE_CHECKS.flatMap((check) => check.of(table, source).map((oddity) => ({ check, ...oddity })));
  const names = new Set([...table.primaryKey, ...oddities.map(({ column }) => column.name)]);
  const read = table.columns.filter((column) => names.has(column.name));
  const marks = oddities.map(
    ({ check, column, isOdd, says }) =>
      `CASE WHEN ${isOdd} THEN {'check': ${sqlText(check.name)}, 'name': ${sqlText(column.name)}, 'says': ${says}} END`,
  );
  const rows = `SELECT ${columnList(read)}, list_filter([${marks.join(', ')}], lambda m: m IS NOT NULL) AS _marks
    FROM (${liveRows(folder, state, read)})`;
  return `SELECT _mark.check AS _check, ${sqlText(name)} AS _table, _row, _mark.name AS _column, _mark.says AS _detail
    FROM (SELECT ${rowName(table)} AS _row, unnest(_marks) AS _mark FROM (${rows}) WHERE len(_marks) > 0)`;
}
