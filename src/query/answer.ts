import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import type { QueryAnswer } from '../ports/query.ts';
import type { CellValue, Row } from '../records/table.ts';
import { cellReader } from './cell-value.ts';

/** How a result is read. */
export interface Reading {
  readonly next: () => Promise<DuckDBDataChunk | null>;
  readonly engineMs: () => number;
  /** Called once, when the rows have come to an end (`isWhole`), failed, or were left. */
  readonly done: (isWhole: boolean) => void;
}

/** The columns and rows of a result that is being streamed. */
export function answerOf(result: DuckDBResult, { next, engineMs, done }: Reading): QueryAnswer {
  const names = result.deduplicatedColumnNames();
  const types = result.columnTypes();
  const readers = types.map(cellReader);
  const columns = names.map((name, index) => ({ name, type: types[index]?.alias ?? String(types[index]) }));
  async function* rows(): AsyncGenerator<Row[]> {
    let isWhole = false;
    try {
      for (;;) {
        const chunk = await next();
        isWhole = chunk === null || chunk.rowCount === 0;
        if (chunk === null || isWhole) return;
        const batch: Record<string, CellValue>[] = Array.from({ length: chunk.rowCount }, () => ({}));
        for (const [index, name] of names.entries()) {
          const read = readers[index] ?? (() => null);
          for (const [row, value] of chunk.getColumnValues(index).entries()) {
            const target = batch[row];
            if (target !== undefined) target[name] = read(value);
          }
        }
        yield batch;
      }
    } finally {
      done(isWhole);
    }
  }
  return { columns, rows, engineMs };
}
