/** One statement that tries to do what a query may not. */
export interface Attack {
  /** What it is after. */
  readonly aim:
    | 'read a file'
    | 'write a file'
    | 'change the engine'
    | 'look at the process'
    | 'run text'
    | 'change tables';
  readonly sql: string;
}

/** Where things are that an attacker would like to reach. Paths without quotes. */
export interface Targets {
  /** A csv file outside of the project that no statement may read. */
  readonly canary: string;
  /** A folder outside of the project that must stay empty. */
  readonly loot: string;
  /** The configuration of the project. */
  readonly config: string;
  /** `DB/.store/v1/segments`, which the engine itself may read. */
  readonly segments: string;
  /** A segment in it. */
  readonly segment: string;
  /** A link in `DB/` and one in the segments folder, both to the canary. */
  readonly links: readonly string[];
}

/** Statements that write, whatever else they do. */
function writing({ loot, segments }: Targets): Attack[] {
  const aim = 'write a file';
  return [
    `COPY samples TO '${segments}/evil.parquet'`,
    `COPY (SELECT 1) TO '${loot}/evil.csv'`,
    `COPY (SELECT 1) TO '${segments}/evil.parquet' (FORMAT parquet)`,
    `copy (select 1) to '${segments}' (FORMAT parquet, PARTITION_BY (a))`,
    `/* harmless */ COPY samples TO '${segments}/evil.parquet' -- SELECT 1`,
    `COPY samples FROM '${segments}/evil.parquet'`,
    `EXPLAIN ANALYZE COPY samples TO '${segments}/evil.parquet'`,
    `EXPLAIN (ANALYZE) COPY samples TO '${segments}/evil.parquet'`,
    `EXPLAIN /* */ ANALYZE COPY samples TO '${segments}/evil.parquet'`,
    `EXPORT DATABASE '${segments}'`,
    `EXPORT DATABASE '${loot}' (FORMAT parquet)`,
    `IMPORT DATABASE '${loot}'`,
    `SELECT 1; COPY samples TO '${segments}/evil.parquet'`,
    `SELECT 1) TO '${segments}/evil.parquet' --`,
    `SELECT 1) TO '${segments}/evil.parquet' (FORMAT csv); SELECT (1`,
    `SELECT * FROM enable_logging(storage = 'file', storage_path = '${segments}')`,
    `SELECT (SELECT count(*) FROM enable_logging('QueryLog'))`,
    `DESCRIBE SELECT * FROM enable_logging(storage = 'file', storage_path = '${segments}')`,
    "SELECT write_log('x', level := 'error', log_type := 'x')",
    'SELECT key FROM samples ORDER BY write_log(key)',
    "SELECT list_transform([1], x -> write_log('x'))",
    "SELECT count(*) FILTER (WHERE write_log('x') IS NULL) FROM samples",
    `SELECT * FROM enable_profiling(save_location = '${segments}/evil.json')`,
    `PRAGMA enable_profiling; PRAGMA profiling_output = '${segments}/evil.json'`,
  ].map((sql) => ({ aim, sql }));
}

/** Functions that read files, each given a path. */
const READERS: readonly string[] = [
  'read_text',
  'read_blob',
  'read_csv',
  'read_csv_auto',
  'read_json',
  'read_json_auto',
  'read_json_objects',
  'read_ndjson',
  'read_parquet',
  'parquet_scan',
  'parquet_metadata',
  'parquet_schema',
  'parquet_file_metadata',
  'parquet_kv_metadata',
  'read_duckdb',
  'sniff_csv',
  'glob',
];

function readingFiles({ canary, config, segment, segments, links }: Targets): Attack[] {
  const aim = 'read a file';
  const paths = [canary, '/etc/passwd', config, segment, ...links];
  const direct = READERS.flatMap((reader, index) => [
    `SELECT * FROM ${reader}('${canary}')`,
    // Every path is tried with some reader, every reader with the canary and one more.
    `SELECT * FROM ${reader}('${paths[index % paths.length]}')`,
  ]);
  const nested = [
    `FROM '${canary}'`,
    `FROM "${canary}"`,
    `SELECT * FROM '${segment}'`,
    `SELECT * FROM main."${segment}"`,
    `SELECT * FROM '${segments}/*.parquet'`,
    `SELECT * FROM '${links[0]}', samples`,
    `SELECT * FROM '${links[1]}'`,
    'SELECT * FROM canary.csv',
    `SELECT * FROM samples s, LATERAL (SELECT * FROM read_text('${canary}')) t`,
    `WITH a AS (SELECT * FROM read_csv('${canary}')) SELECT * FROM a`,
    `WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT (SELECT length(content) FROM read_text('${canary}')) FROM a) SELECT * FROM a LIMIT 2`,
    `WITH "${segment}" AS (SELECT 1) SELECT * FROM "${segment}"`,
    `SELECT * FROM (WITH "${segment}" AS (SELECT 1) SELECT 1), '${segment}'`,
    `SELECT (SELECT content FROM read_text('${canary}'))`,
    `SELECT key FROM samples WHERE key IN (SELECT content FROM read_text('${canary}'))`,
    `SELECT CASE WHEN EXISTS (FROM read_blob('${canary}')) THEN 1 END`,
    `SELECT 1 UNION ALL SELECT count(*) FROM read_blob('${canary}')`,
    `EXPLAIN ANALYZE SELECT * FROM read_csv('${canary}')`,
    `EXPLAIN SELECT * FROM '${canary}'`,
    `DESCRIBE SELECT * FROM read_csv('${canary}')`,
    `DESCRIBE '${segment}'`,
    `SUMMARIZE '${segment}'`,
    `SUMMARIZE FROM read_parquet('${segment}')`,
    `SELECT * FROM (DESCRIBE FROM '${segment}')`,
    `SELECT * FROM (SHOW '${segment}')`,
    `PIVOT '${segment}' ON key IN (a) USING count(*)`,
    `UNPIVOT '${segment}' ON key INTO NAME n VALUE v`,
    `SELECT * FROM read_parquet(['${segment}', '${canary}'], union_by_name = true)`,
    `SELECT * FROM READ_TEXT('${canary}')`,
    `SELECT * FROM "read_text"('${canary}')`,
    `SELECT * FROM main.read_text('${canary}')`,
    `SELECT * FROM system.main.read_text('${canary}')`,
    `SELECT * FROM read_text/* */('${canary}')`,
    // Unicode that looks like the name, or like the space before it.
    `SELECT * FROM ｒead_text('${canary}')`,
    `SELECT * FROM\u00a0read_text('${canary}')`,
    `SELECT * FROM read_text\u200b('${canary}')`,
    `SELECT * FROM read_text(U&'\\002Fetc\\002Fpasswd')`,
    `SELECT * FROM read_text($$${canary}$$)`,
    `SELECT * FROM read_text(concat('/etc', '/passwd'))`,
    `SELECT * FROM sql_auto_complete('SELECT * FROM ''/etc/')`,
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM 'https://example.org/x.parquet'",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "FROM read_csv('/dev/stdin')",
    'SELECT * FROM duckdb_logs()',
    'SELECT * FROM duckdb_secrets()',
    "SELECT * FROM which_secret('s3://x', 's3')",
    'SELECT * FROM duckdb_external_file_cache()',
    'SELECT * FROM duckdb_temporary_files()',
  ];
  return [...direct, ...nested].map((sql) => ({ aim, sql }));
}

function runningText({ segment }: Targets): Attack[] {
  const aim = 'run text';
  return [
    "SELECT * FROM query('SELECT 1')",
    `SELECT * FROM query('FROM ''${segment}''')`,
    `SELECT * FROM query_table('${segment}')`,
    "SELECT * FROM query_table(['samples', 'runs'])",
    `SELECT * FROM histogram('${segment}', key)`,
    `SELECT * FROM histogram_values('${segment}', key)`,
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "PRAGMA json_execute_serialized_sql('{}')",
    `SELECT json_serialize_plan('FROM ''${segment}''')`,
    'PREPARE p AS SELECT 1',
    'EXECUTE p',
    'DEALLOCATE p',
    'CALL pragma_version()',
    "CALL enable_logging('QueryLog')",
    'CREATE MACRO m(a) AS a',
    "CREATE TEMP MACRO m() AS TABLE SELECT * FROM read_text('/etc/passwd')",
    'SELECT 1; SELECT 2',
    'SELECT 1;;SELECT 2;',
    'SELECT 1 /* ; */ ; /* */ SELECT 2',
    'SELECT 1 -- \n; DROP VIEW samples',
  ].map((sql) => ({ aim, sql }));
}

function changingTheEngine({ loot }: Targets): Attack[] {
  const aim = 'change the engine';
  return [
    `ATTACH '${loot}/x.db'`,
    "ATTACH ':memory:' AS other",
    `ATTACH 'postgres:dbname=x' (TYPE postgres)`,
    'DETACH memory',
    'USE main',
    'INSTALL httpfs',
    'LOAD httpfs',
    `LOAD '${loot}/x.duckdb_extension'`,
    'UPDATE EXTENSIONS',
    'PRAGMA threads=1',
    'PRAGMA database_list',
    'SET threads = 1',
    'SET enable_external_access = true',
    "SET GLOBAL allowed_directories = ['/']",
    "SET VARIABLE x = (SELECT content FROM read_text('/etc/passwd'))",
    'RESET lock_configuration',
    'RESET allowed_directories',
    'SELECT * FROM disable_logging()',
    'SELECT * FROM truncate_duckdb_logs()',
    'SELECT * FROM enable_peg_parser()',
    'SELECT * FROM force_checkpoint()',
    'SELECT * FROM checkpoint()',
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
    'CHECKPOINT',
    'FORCE CHECKPOINT',
    'VACUUM',
    'ANALYZE',
    'CREATE SECRET s (TYPE s3)',
  ].map((sql) => ({ aim, sql }));
}

function changingTables(): Attack[] {
  const aim = 'change tables';
  return [
    'CREATE TABLE t (a INT)',
    'CREATE TEMP TABLE t AS SELECT 1',
    'CREATE OR REPLACE VIEW samples AS SELECT 1',
    'CREATE SEQUENCE s',
    "SELECT nextval('s')",
    "SELECT currval('s')",
    "CREATE TYPE mood AS ENUM ('a')",
    'CREATE SCHEMA s',
    'ALTER VIEW samples RENAME TO s',
    'DROP VIEW samples',
    'DROP SCHEMA main CASCADE',
    "COMMENT ON VIEW samples IS 'x'",
    "INSERT INTO samples (key) VALUES ('x')",
    'WITH a AS (INSERT INTO samples (key) VALUES (1) RETURNING *) SELECT * FROM a',
    'DELETE FROM samples',
    'TRUNCATE samples',
    "UPDATE samples SET key = 'x'",
    'MERGE INTO samples USING runs ON false WHEN MATCHED THEN DELETE',
    'SELECT 1 INTO t',
    'PIVOT samples ON tissue USING count(*)',
  ].map((sql) => ({ aim, sql }));
}

function lookingAtTheProcess(): Attack[] {
  const aim = 'look at the process';
  return [
    "SELECT getenv('HOME')",
    "SELECT system.main.getenv('HOME')",
    "SELECT 'HOME'.getenv()",
    "SELECT getvariable('x')",
    'SELECT * FROM duckdb_variables()',
    'SELECT * FROM duckdb_prepared_statements()',
    'SELECT * FROM duckdb_databases()',
    'SELECT * FROM duckdb_extensions()',
    "SELECT current_setting('s3_secret_access_key')",
    'SELECT sleep_ms(100000)',
    'SELECT pg_sleep(100)',
  ].map((sql) => ({ aim, sql }));
}

/** Every attack, on these targets. */
export function attacksOn(targets: Targets): Attack[] {
  return [
    ...writing(targets),
    ...readingFiles(targets),
    ...runningText(targets),
    ...changingTheEngine(targets),
    ...changingTables(),
    ...lookingAtTheProcess(),
  ];
}
