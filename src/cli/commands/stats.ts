import { resolve } from 'node:path';
import { UsageError } from '../../errors/usage-error.ts';
import { jsonText } from '../../formats/cell.ts';
import type { Query } from '../../ports/query.ts';
import type { Project } from '../../project/project.ts';
import type { Row } from '../../records/table.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet, optionalText } from '../flag-values.ts';
import { outputFormat } from '../output-format.ts';
import { printHttpStats } from '../print-http-stats.ts';
import { printRows, printText } from '../print-rows.ts';
import { readSince } from '../read-amount.ts';
import { type Bar, barChart } from '../render/bar-chart.ts';
import { byteSize } from '../render/byte-size.ts';
import { plural } from '../render/plural.ts';

/** What is counted, by the expression on the samples that it groups by. */
const DIMENSIONS: Readonly<Record<string, string>> = {
  organism: 'organism',
  strategy: 'library_strategy',
  platform: 'platform',
  source: 'source',
  year: 'left("date", 4)',
};

/** Bars per chart; the rest is one bar. Other formats have them all. */
const MAX_BARS = 10;

/** Slow queries that are shown. */
const MAX_SLOW = 20;

/** What `celline stats` was asked. */
export interface StatsOptions {
  /** Print the slowest queries instead. */
  readonly isQueries: boolean;
  /** Print what was asked of the archives instead; null: not. */
  readonly http: HttpStatsQuestion | null;
  /** One dimension; absent: all. */
  readonly by?: string;
}

/** One count. `value` is null where the source did not say. */
interface Count {
  readonly dimension: string;
  readonly value: string | null;
  readonly count: number;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): StatsOptions {
  const by = optionalText(flags, 'by');
  const isQueries = isSet(flags, 'queries');
  if (isQueries && by.by !== undefined) {
    throw new UsageError('--queries and --by exclude each other.', { hint: 'Give one of them.' });
  }
  return { ...by, isQueries, http: httpQuestion(flags, isQueries || by.by !== undefined) };
}

/** Prints counts of the samples: charts for a person, `dimension, value, count` for a program. */
export async function run({ by, isQueries, http }: StatsOptions, app: App): Promise<number> {
  const project = await app.openProject();
  if (http !== null) return printHttp(http, project, app);
  const query = await project.query();
  if (isQueries) return printSlowQueries(query, app);
  const counts: Count[] = await readCounts(query, by);
  if (by === undefined || by === 'outcome') {
    for (const [outcome, count] of await project.store.outcomes()) {
      counts.push({ dimension: 'outcome', value: outcome, count });
    }
  }
  const format = outputFormat(app.globals, app.stdout.isTerminal);
  if (format === 'json') await printText(app, `${jsonText(document(counts, await readTotals(query)), 2)}\n`);
  else if (format === 'table') await printText(app, charts(counts, await readTotals(query), app));
  else {
    const columns = [{ name: 'dimension' }, { name: 'value' }, { name: 'count', numeric: true }];
    await printRows(app, { columns }, [counts.map((count) => ({ ...count }))]);
  }
  return EXIT.ok;
}

/** What `--http` and `--since` ask for. */
interface HttpStatsQuestion {
  /** A trace, as it was given. */
  readonly file?: string;
  /** A day, an instant or an age, as it was given. */
  readonly since?: string;
}

function httpQuestion(flags: CommandInput['flags'], isOther: boolean): HttpStatsQuestion | null {
  const since = optionalText(flags, 'since');
  if (flags.http === undefined) {
    if (since.since === undefined) return null;
    throw new UsageError('--since belongs to --http.', { hint: 'celline stats --http --since 7d' });
  }
  if (isOther) throw new UsageError('--http excludes --queries and --by.', { hint: 'Give one of them.' });
  return { ...since, ...(typeof flags.http === 'string' ? { file: flags.http } : {}) };
}

async function printHttp({ file, since }: HttpStatsQuestion, project: Project, app: App): Promise<number> {
  const stats = await project.httpStats({
    ...(file === undefined ? {} : { file: resolve(app.cwd, file) }),
    ...(since === undefined ? {} : { since: readSince(since, app.now()) }),
  });
  await printHttpStats(stats, file !== undefined, app);
  return EXIT.ok;
}

/** The slowest first: each with DuckDB's milliseconds, its rows, and whether it came to its end. */
async function printSlowQueries(query: Query, app: App): Promise<number> {
  const slow = (await query.slowest()).slice(0, MAX_SLOW);
  const columns = [
    { name: 'ms', numeric: true },
    { name: 'at' },
    { name: 'rows', numeric: true },
    { name: 'outcome' },
    { name: 'sql' },
  ];
  await printRows(app, { columns }, [slow.map((one) => ({ ...one }))]);
  if (slow.length === 0) await app.say('No query was slower than query.slow.');
  return EXIT.ok;
}

/** The counts of one dimension or of all, in one statement; the most frequent value first, years in order. */
async function readCounts(query: Query, by: string | undefined): Promise<Count[]> {
  const wanted = Object.entries(DIMENSIONS).filter(([name]) => by === undefined || name === by);
  if (wanted.length === 0) return [];
  const parts = wanted.map(
    ([name, expression], index) =>
      `SELECT ${index} AS place, '${name}' AS dimension, ${expression} AS value, count(*) AS n FROM samples GROUP BY ALL`,
  );
  const order = "ORDER BY place, CASE WHEN dimension = 'year' THEN value END, n DESC, value";
  const rows = await readRows(query, `SELECT * FROM (${parts.join(' UNION ALL ')}) ${order}`);
  return rows.map((row) => ({
    dimension: String(row.dimension),
    value: row.value === null || row.value === undefined ? null : String(row.value),
    count: Number(row.n),
  }));
}

/** Rows per table, and bytes of the runs' linked files. */
async function readTotals(query: Query): Promise<Row> {
  const counts = ['projects', 'samples', 'runs', 'files'].map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
  const [totals = {}] = await readRows(
    query,
    `SELECT ${counts.join(', ')}, (SELECT CAST(coalesce(sum(file_size), 0) AS BIGINT) FROM runs) AS bytes`,
  );
  return totals;
}

async function readRows(query: Query, sql: string): Promise<Row[]> {
  const answer = await query.run(sql);
  const rows: Row[] = [];
  for await (const batch of answer.rows()) rows.push(...batch);
  return rows;
}

function document(counts: readonly Count[], totals: Row): object {
  const by: Record<string, { value: string | null; count: number }[]> = {};
  for (const { dimension, value, count } of counts) {
    by[dimension] = [...(by[dimension] ?? []), { value, count }];
  }
  return { totals, by };
}

function charts(counts: readonly Count[], totals: Row, app: App): string {
  const { paint } = app.stdout;
  const width = app.globals.output === undefined ? app.stdout.columns : Number.POSITIVE_INFINITY;
  const of = (table: string, noun: string) => plural(Number(totals[table] ?? 0), noun);
  const sizes = [of('projects', 'project'), of('samples', 'sample'), of('runs', 'run'), of('files', 'file')].join(', ');
  let text = `${sizes}, ${byteSize(BigInt(String(totals.bytes ?? 0)))}\n`;
  for (const dimension of new Set(counts.map((count) => count.dimension))) {
    const bars = counts.filter((count) => count.dimension === dimension).map(toBar);
    text += `\n${paint.header(dimension)}\n${barChart(shortened(bars, dimension), width, paint)}`;
  }
  return text;
}

function toBar({ value, count }: Count): Bar {
  return { label: value ?? '(not said)', count };
}

/** The most frequent values and one bar for the rest; all years, which stand in order. */
function shortened(bars: readonly Bar[], dimension: string): Bar[] {
  if (dimension === 'year' || bars.length <= MAX_BARS) return [...bars];
  const rest = bars.slice(MAX_BARS - 1);
  const count = rest.reduce((sum, bar) => sum + bar.count, 0);
  return [...bars.slice(0, MAX_BARS - 1), { label: `${rest.length} others`, count }];
}
