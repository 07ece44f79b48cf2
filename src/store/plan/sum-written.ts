import type { RowCounts, Written } from '../../ports/store.ts';

/** Rows that several commits wrote, by physical table. */
export function sumWritten(parts: readonly Written[]): Written {
  const sums: Record<string, RowCounts> = {};
  for (const part of parts) {
    for (const [name, { added, updated, removed }] of Object.entries(part)) {
      const sum = sums[name] ?? { added: 0, updated: 0, removed: 0 };
      sums[name] = { added: sum.added + added, updated: sum.updated + updated, removed: sum.removed + removed };
    }
  }
  return sums;
}
