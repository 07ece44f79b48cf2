import type { TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { type Manifest, segmentsOf } from '../manifest/manifest.ts';
import { liveTable } from './live-rows.ts';
import { reading, type SegmentContext } from './segments.ts';

/** Number of runs and files of a sample or project. */
export interface ChildCount {
  runs: number;
  files: number;
}

function live(context: SegmentContext, manifest: Manifest, name: TableName, columns: readonly string[]): string {
  const chosen = TABLES[name].columns.filter((column) => columns.includes(column.name));
  return liveTable(context.layout.segments, manifest, name, chosen);
}

/**
 * Number of runs and files of samples or projects. The files of a sample are its own and those of its runs; those of a
 * project are its own, and those of its samples and runs. Counted by DuckDB: a series has 20,000 samples.
 */
export async function countChildren(
  context: SegmentContext,
  manifest: Manifest,
  keys: readonly string[],
): Promise<Map<string, ChildCount>> {
  const counts = new Map(keys.map((key): [string, ChildCount] => [key, { runs: 0, files: 0 }]));
  const tables = Object.values(manifest.tables).filter(({ table }) => table !== 'links' && table !== 'asked');
  const segments = tables.flatMap(segmentsOf);
  if (segments.length === 0 || keys.length === 0) return counts;
  const sql = `
    WITH wanted AS (SELECT DISTINCT unnest($1) AS owner),
    samples AS (${live(context, manifest, 'samples', ['key', 'parent'])}),
    runs AS (${live(context, manifest, 'runs', ['key', 'parent', 'project'])}),
    files AS (${live(context, manifest, 'files', ['key', 'parent'])}),
    members AS (
      SELECT owner, owner AS child FROM wanted
      UNION SELECT parent, key FROM samples WHERE parent IN (SELECT owner FROM wanted)
    ),
    member_runs AS (
      SELECT owner, key AS child FROM runs JOIN members ON runs.parent = members.child
      UNION SELECT project, key FROM runs WHERE project IN (SELECT owner FROM wanted)
    ),
    holders AS (SELECT * FROM members UNION SELECT * FROM member_runs),
    file_counts AS (SELECT owner, count(*) AS files FROM files JOIN holders ON files.parent = child GROUP BY owner),
    run_counts AS (SELECT owner, count(*) AS runs FROM member_runs GROUP BY owner)
    SELECT owner, coalesce(runs, 0)::INTEGER, coalesce(files, 0)::INTEGER
    FROM wanted LEFT JOIN run_counts USING (owner) LEFT JOIN file_counts USING (owner)`;
  const rows = await reading(context.layout.segments, segments, async () => (await context.engine()).rows(sql, [keys]));
  for (const [owner, runs, files] of rows) counts.set(String(owner), { runs: Number(runs), files: Number(files) });
  return counts;
}
