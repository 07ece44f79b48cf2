import type { Reporter } from '../ports/reporter.ts';
import type { Store } from '../ports/store.ts';
import { plainTablesLate } from '../store/plain-tables-late.ts';

/** Milliseconds for which one row of a plain table is rewritten: 0.5 s for 260,000 rows, 2.4 s for 1,300,000 (2 cores, 2026-11). */
const REWRITE_MS_PER_ROW = 0.002;

/** What settling needs of a project. */
export interface SettleParts {
  readonly store: Store;
  readonly reporter: Reporter;
}

/**
 * Merges small segments and brings the plain tables up to date: small ones always, large ones when the command ran ten
 * times longer than that takes. What was asked is durable by now: a full disk here is a warning, no failure.
 */
export async function settleTables({ store, reporter }: SettleParts, ranMs: number): Promise<void> {
  try {
    await store.compact();
    const behind = (await store.publish()).filter((table) => table.behind > 0);
    const rows = behind.reduce((sum, table) => sum + table.rows, 0);
    if (rows > 0 && ranMs >= 10 * rows * REWRITE_MS_PER_ROW) await store.publish({ force: true });
  } catch (error) {
    reporter.emit({ type: 'warning', message: plainTablesLate(error) });
  }
}
