import { sqlText } from './column-sql.ts';

/**
 * A path as an SQL text that means this file only: DuckDB reads `*`, `?` and `[` in a path as a pattern, so that
 * `samples[1].parquet` would be `samples1.parquet`.
 */
export function fileText(path: string): string {
  return sqlText(path.replaceAll(/[*?[]/g, '[$&]'));
}

/**
 * The rows of Parquet files as an SQL table. A folder called `key=value` is no column: DuckDB would put `value` in the place
 * of what the files say.
 */
export function parquetRows(paths: string | readonly string[], options: readonly string[] = []): string {
  const files = typeof paths === 'string' ? fileText(paths) : `[${paths.map(fileText).join(', ')}]`;
  return `read_parquet(${[files, 'hive_partitioning = false', ...options].join(', ')})`;
}
