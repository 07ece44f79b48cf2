import type { Reporter } from '../ports/reporter.ts';
import type { Manifest } from '../store/manifest/manifest.ts';

/** Tells a change of the tables: who, why, and how many rows of which table. */
export function tellWritten({ made, sequence }: Pick<Manifest, 'made' | 'sequence'>, reporter: Reporter): void {
  if (made === null) return;
  const tables = Object.entries(made.tables).filter(([, { added, updated, removed }]) => added + updated + removed > 0);
  reporter.emit({
    type: 'written',
    kind: made.kind,
    by: made.by,
    job: made.job,
    sequence,
    tables: Object.fromEntries(tables),
  });
}
