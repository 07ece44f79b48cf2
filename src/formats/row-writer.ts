import type { PrintRow } from './cell.ts';

/** Prints rows as they come. */
export interface RowWriter {
  /** Prints these rows, or keeps them until their widths are known. */
  write(rows: readonly PrintRow[]): Promise<void>;
  /** Prints what is still missing: kept rows, closing brackets. */
  end(): Promise<void>;
}

/** Takes text; resolves when it is handed over. */
export type WriteText = (text: string) => Promise<void>;
