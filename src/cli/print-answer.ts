import type { QueryAnswer } from '../ports/query.ts';
import type { App } from './app-type.ts';
import { printRows } from './print-rows.ts';
import { byteSize } from './render/byte-size.ts';
import { plural } from './render/plural.ts';

/** DuckDB types whose values stand at the right edge of a table. */
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

/** Prints the rows of an answer and gives their number. */
export function printAnswer(app: App, answer: QueryAnswer): Promise<number> {
  const columns = answer.columns.map(({ name, type }) => ({ name, numeric: NUMERIC.test(type) }));
  return printRows(app, { columns }, answer.rows());
}

/** `3 rows in 42 ms, 12 ms of them in DuckDB; peak memory 180 MB.` */
export function timingText(app: App, begin: number, rows: number, answer: QueryAnswer): string {
  const engine = Math.round(answer.engineMs());
  return `${plural(rows, 'row')} in ${app.now() - begin} ms, ${engine} ms of them in DuckDB; peak memory ${peakMemory()}.`;
}

/** The most memory that this process has held so far. */
export function peakMemory(): string {
  return byteSize(BigInt(process.resourceUsage().maxRSS) * 1024n);
}
