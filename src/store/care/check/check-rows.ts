import type { Finding } from '../../../ports/store-care.ts';
import { segmentsOf } from '../../manifest/manifest.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { sqlText } from '../../segments/column-sql.ts';
import { reading } from '../../segments/segments.ts';
import { DUPLICATE_KEY, KEY_OF_TWO_SOURCES } from './key-checks.ts';
import { RELATION_CHECKS } from './relation-checks.ts';
import type { LiveTables, RowCheck } from './row-check.ts';
import { oddValues, VALUE_CHECKS } from './value-checks.ts';

/** What rows are looked at for beside their values, in the order in which it is mended: keys first, what names them after. */
export const ROW_CHECKS: readonly RowCheck[] = [DUPLICATE_KEY, KEY_OF_TWO_SOURCES, ...RELATION_CHECKS];

/** True when a check can be run although some physical tables are damaged. */
export function canLook(check: RowCheck, live: LiveTables, damaged: ReadonlySet<string>): boolean {
  return ![...damaged].some((name) => {
    const table = live.manifest.tables[name]?.table;
    return table !== undefined && check.reads.includes(table);
  });
}

/** The tables without the damaged ones: checks of single rows look at the others. */
export function withoutTables(live: LiveTables, damaged: ReadonlySet<string>): LiveTables {
  if (damaged.size === 0) return live;
  const tables = Object.entries(live.manifest.tables).filter(([name]) => !damaged.has(name));
  return { ...live, manifest: { ...live.manifest, tables: Object.fromEntries(tables) } };
}

/** Runs all checks of rows. `damaged`: physical tables that cannot be read. */
export async function* checkRows(
  context: CommitContext,
  live: LiveTables,
  damaged: ReadonlySet<string>,
): AsyncGenerator<Finding> {
  const left: string[] = [];
  const whole = withoutTables(live, damaged);
  for (const check of ROW_CHECKS) {
    if (!canLook(check, live, damaged)) left.push(check.name);
    else for (const sql of check.find(whole)) yield* findingsOf(context, whole, named(check.name, sql));
  }
  for (const sql of oddValues(whole)) yield* findingsOf(context, whole, sql);
  if (left.length === 0) return;
  const detail = `${left.join(', ')}: not looked at, because ${[...damaged].join(', ')} cannot be read`;
  yield { check: 'not_checked', severity: 'warning', table: null, row: null, column: null, detail, repair: null };
}

function named(check: string, query: string): string {
  return `SELECT ${sqlText(check)} AS _check, _table, _row, _column, _detail FROM (${query})`;
}

async function* findingsOf(context: CommitContext, live: LiveTables, query: string): AsyncGenerator<Finding> {
  const fields = 'struct_pack(k := _check, t := _table, r := _row, c := _column, d := _detail)';
  const sql = `SELECT to_json(${fields})::VARCHAR FROM (SELECT * FROM (${query}) ORDER BY ALL)`;
  const segments = Object.values(live.manifest.tables).flatMap(segmentsOf);
  const texts = (await context.engine()).texts(sql)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await reading(context.layout.segments, segments, () => texts.next());
      if (next.done === true) return;
      for (const text of next.value) yield findingOf(text);
    }
  } finally {
    await texts.return?.(undefined);
  }
}

/** What is known of each check, by its name. */
const BY_NAME: ReadonlyMap<string, Pick<Finding, 'severity' | 'repair'>> = new Map([
  ...ROW_CHECKS.map(({ name, severity, repair }) => [name, { severity, repair }] as const),
  ...VALUE_CHECKS.map(({ name, severity }) => [name, { severity, repair: null }] as const),
]);

function findingOf(text: string): Finding {
  const found = JSON.parse(text) as { k: string; t: string; r: string | null; c: string; d: string | null };
  const { severity, repair } = BY_NAME.get(found.k) ?? { severity: 'error', repair: null };
  return { check: found.k, severity, table: found.t, row: found.r, column: found.c, detail: found.d ?? '', repair };
}
