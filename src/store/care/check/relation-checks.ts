import { GOOD_OUTCOMES } from '../../../records/asked.ts';
import { IMPORT_HANDLER } from '../../../records/import-handler.ts';
import { IDENTITY_KINDS } from '../../../records/link.ts';
import { tableOf } from '../../manifest/table-of.ts';
import { sqlText } from '../../segments/column-sql.ts';
import { liveRows } from '../../segments/live-rows.ts';
import { columnsWith, instant, type LiveTables, type RowCheck, recordKeys, removeRows, rowsOf } from './row-check.ts';

const GOOD = [...GOOD_OUTCOMES].map(sqlText).join(', ');
const IDENTITIES = [...IDENTITY_KINDS].map(sqlText).join(', ');

/** Every name of a stored record: its key, and the other names of the same record (`name`). */
function storedNames(live: LiveTables): string {
  const links = rowsOf(live, 'links', ['key', 'alias', 'kind']);
  const records = recordKeys(live);
  return `SELECT key AS name FROM (${records}) UNION
    SELECT alias FROM (${links}) AS l SEMI JOIN (${records}) AS r ON l.key = r.key WHERE kind IN (${IDENTITIES})`;
}

/** A run whose sample is not stored. */
const ORPHAN_RUN: RowCheck = {
  name: 'orphan_run',
  severity: 'error',
  reads: ['runs', 'samples'],
  repair: null,
  find: (live) => [
    `SELECT r._table, r.key AS _row, 'parent' AS _column,
      CASE WHEN r.parent IS NULL THEN 'names no sample' ELSE 'its sample ' || r.parent || ' is not stored' END AS _detail
    FROM (${rowsOf(live, 'runs', ['key', 'parent'])}) AS r
    ANTI JOIN (${rowsOf(live, 'samples', ['key'])}) AS s ON r.parent = s.key`,
  ],
};

/** A sample whose project is not stored; a small handler may fetch none. */
const ORPHAN_SAMPLE: RowCheck = {
  name: 'orphan_sample',
  severity: 'warning',
  reads: ['samples', 'projects'],
  repair: null,
  find: (live) => [
    `SELECT s._table, s.key AS _row, 'parent' AS _column, 'its project ' || s.parent || ' is not stored' AS _detail
    FROM (SELECT * FROM (${rowsOf(live, 'samples', ['key', 'parent'])}) WHERE parent IS NOT NULL) AS s
    ANTI JOIN (${rowsOf(live, 'projects', ['key'])}) AS p ON s.parent = p.key`,
  ],
};

/** A file whose run, sample or project is not stored. */
const ORPHAN_FILE: RowCheck = {
  name: 'orphan_file',
  severity: 'error',
  reads: ['files', 'runs', 'samples', 'projects'],
  repair: null,
  find: (live) => [
    `SELECT f._table, f.key AS _row, 'parent' AS _column, coalesce(f.parent, 'NULL') || ' is not stored' AS _detail
    FROM (${rowsOf(live, 'files', ['key', 'parent'])}) AS f ANTI JOIN (${recordKeys(live)}) AS r ON f.parent = r.key`,
  ],
};

/** A link of a record that is not stored; the archive tells it again with the record. */
const ORPHAN_LINK: RowCheck = {
  name: 'orphan_link',
  severity: 'error',
  reads: ['links', 'runs', 'samples', 'projects'],
  repair: 'removed',
  find: (live) => [
    `SELECT l._table, l.key || ' ' || l.alias || ' ' || l.kind AS _row, 'key' AS _column,
      l.key || ' is not stored' AS _detail
    FROM (${rowsOf(live, 'links', ['key', 'alias', 'kind'])}) AS l ANTI JOIN (${recordKeys(live)}) AS r ON l.key = r.key`,
  ],
  mend: (live, _name, state) =>
    state.table === 'links'
      ? removeRows(
          live,
          state,
          `SELECT l.key FROM (${rowsOf(live, 'links', ['key'])}) AS l ANTI JOIN (${recordKeys(live)}) AS r ON l.key = r.key`,
        )
      : null,
};

/** A note about a record that is not stored. It is the user's: never removed. */
const ORPHAN_ANNOTATION: RowCheck = {
  name: 'orphan_annotation',
  severity: 'warning',
  reads: ['annotations', 'runs', 'samples', 'projects'],
  repair: null,
  find: (live) => [
    `SELECT a._table, a.key || ' ' || a.name AS _row, 'key' AS _column, a.key || ' is not stored' AS _detail
    FROM (${rowsOf(live, 'annotations', ['key', 'name'])}) AS a ANTI JOIN (${recordKeys(live)}) AS r ON a.key = r.key`,
  ],
};

/** The keys that a record lists as its children: `_table`, `owner`, `child`. */
function listed(live: LiveTables, table: 'samples' | 'projects'): string {
  return `SELECT _table, owner, child FROM (
      SELECT _table, key AS owner, unnest(string_split(children, ',')) AS child
      FROM (${rowsOf(live, table, ['key', 'children'])}) WHERE children IS NOT NULL
    ) WHERE child <> ''`;
}

/** Runs of samples: `owner`, `child`. A run that pools several samples belongs to each of them. */
function runsOfSamples(live: LiveTables): string {
  const runs = rowsOf(live, 'runs', ['key', 'parent']);
  const links = rowsOf(live, 'links', ['key', 'alias', 'kind']);
  return `SELECT parent AS owner, key AS child FROM (${runs}) WHERE parent IS NOT NULL UNION
    SELECT alias, key FROM (${links}) AS l SEMI JOIN (${runs}) AS r ON l.key = r.key WHERE kind = 'sample'`;
}

/** Samples of lists kept by hand (`key`): runs that they name may come later, and nobody says them again. */
function keptByHand(live: LiveTables): string {
  return `SELECT key FROM (${rowsOf(live, 'samples', ['key', 'handler'])}) WHERE handler = ${sqlText(IMPORT_HANDLER)}`;
}

/** What a sample lists against what its runs say. */
function samplesThatDiffer(live: LiveTables): string[] {
  const runs = rowsOf(live, 'runs', ['key', 'parent']);
  const own = `SELECT s._table, s.key AS owner, r.key AS child FROM (${rowsOf(live, 'samples', ['key'])}) AS s
    JOIN (${runs}) AS r ON r.parent = s.key`;
  return [
    `SELECT l._table, l.owner AS _row, 'children' AS _column,
      'lists ' || l.child || CASE WHEN r.key IS NULL THEN ', which is not stored' ELSE ', which belongs to ' || coalesce(r.parent, 'NULL') END AS _detail
    FROM (SELECT * FROM (${listed(live, 'samples')}) AS l ANTI JOIN (${runsOfSamples(live)}) AS p ON l.owner = p.owner AND l.child = p.child) AS l
    LEFT JOIN (${runs}) AS r ON l.child = r.key
    WHERE r.key IS NOT NULL OR l.owner NOT IN (${keptByHand(live)})`,
    `SELECT o._table, o.owner AS _row, 'children' AS _column, 'does not list its run ' || o.child AS _detail
    FROM (${own}) AS o ANTI JOIN (${listed(live, 'samples')}) AS l ON o.owner = l.owner AND o.child = l.child`,
  ];
}

/** Samples that a project does not list; one whose members were never asked lists none. */
function projectsThatDiffer(live: LiveTables): string {
  return `SELECT o._table, o.owner AS _row, 'children' AS _column, 'does not list its sample ' || o.child AS _detail
    FROM (
      SELECT p._table, p.key AS owner, s.key AS child
      FROM (SELECT * FROM (${rowsOf(live, 'projects', ['key', 'children'])}) WHERE children IS NOT NULL) AS p
      JOIN (${rowsOf(live, 'samples', ['key', 'parent'])}) AS s ON s.parent = p.key
    ) AS o ANTI JOIN (${listed(live, 'projects')}) AS l ON o.owner = l.owner AND o.child = l.child`;
}

/** Keys joined with `,`, numbers by their value: SRR9 before SRR10. */
const JOINED = `string_agg(child, ',' ORDER BY regexp_replace(child, '\\d+$', ''), TRY_CAST(regexp_extract(child, '\\d+$') AS HUGEINT), child)`;

/** What the lists of children should be: `owner`, `children`. */
function rebuiltLists(live: LiveTables, table: 'samples' | 'projects'): string {
  if (table === 'projects') {
    // The archive's own list stays; what names the project as its own joins it.
    const own = `SELECT parent AS owner, key AS child FROM (${rowsOf(live, 'samples', ['key', 'parent'])}) WHERE parent IS NOT NULL`;
    return `SELECT owner, ${JOINED} AS children FROM (SELECT owner, child FROM (${listed(live, 'projects')}) UNION ${own}) GROUP BY owner`;
  }
  const runs = rowsOf(live, 'runs', ['key', 'parent']);
  const pooled = `SELECT l.owner, l.child FROM (${listed(live, 'samples')}) AS l SEMI JOIN (${runsOfSamples(live)}) AS p ON l.owner = p.owner AND l.child = p.child`;
  const own = `SELECT parent AS owner, key AS child FROM (${runs}) WHERE parent IS NOT NULL`;
  const later = `SELECT l.owner, l.child FROM (${listed(live, 'samples')}) AS l ANTI JOIN (${runs}) AS r ON l.child = r.key
    WHERE l.owner IN (${keptByHand(live)})`;
  return `SELECT owner, ${JOINED} AS children FROM (${pooled} UNION ${own} UNION ${later}) GROUP BY owner`;
}

/** A list of children that is not what the children say. */
const CHILDREN_DIFFER: RowCheck = {
  name: 'children_differ',
  severity: 'error',
  reads: ['samples', 'runs', 'projects', 'links'],
  repair: 'the list is rebuilt from what the children say',
  find: (live) => [...samplesThatDiffer(live), projectsThatDiffer(live)],
  mend: (live, _name, state) => {
    const { table } = state;
    if (table !== 'samples' && table !== 'projects') return null;
    const wrong = table === 'samples' ? samplesThatDiffer(live) : [projectsThatDiffer(live)];
    const rows = liveRows(live.folder, state, tableOf(state).columns);
    const replaced = { children: 'n.children', updated_at: instant(live) };
    return `SELECT ${columnsWith(state, replaced)}, false AS _deleted FROM (${rows}) AS s
      SEMI JOIN (${wrong.map((sql) => `SELECT _row FROM (${sql})`).join(' UNION ALL ')}) AS w ON s.key = w._row
      LEFT JOIN (${rebuiltLists(live, table)}) AS n ON s.key = n.owner`;
  },
};

/** Ids that were answered well, one row for each record that answers them: `_table`, `id`, `key`. */
function goodAnswers(live: LiveTables): string {
  return `SELECT _table, id, unnest(string_split(key, ',')) AS key
    FROM (${rowsOf(live, 'asked', ['id', 'outcome', 'key'])}) WHERE outcome IN (${GOOD}) AND key IS NOT NULL`;
}

/** An answered id whose record is gone: it would never be asked again. */
const STALE_ANSWER: RowCheck = {
  name: 'stale_answer',
  severity: 'error',
  reads: ['asked', 'samples', 'runs', 'projects', 'links'],
  repair: 'the answer is removed, so that it is asked again',
  find: (live) => [
    `SELECT a._table, a.id AS _row, 'key' AS _column, 'its record ' || a.key || ' is not stored' AS _detail
    FROM (${goodAnswers(live)}) AS a ANTI JOIN (${storedNames(live)}) AS n ON a.key = n.name`,
  ],
  mend: (live, _name, state) =>
    state.table === 'asked'
      ? removeRows(
          live,
          state,
          `SELECT a.id AS key FROM (${goodAnswers(live)}) AS a ANTI JOIN (${storedNames(live)}) AS n ON a.key = n.name`,
        )
      : null,
};

/** Samples that a project lists, was answered with, and does not have: `_table`, `owner`, `child`, `id` (the answer). */
function missingChildren(live: LiveTables): string {
  const asked = rowsOf(live, 'asked', ['id']);
  return `SELECT l._table, l.owner, l.child, a.id FROM (
      SELECT * FROM (${listed(live, 'projects')}) AS l ANTI JOIN (${storedNames(live)}) AS n ON l.child = n.name
    ) AS l JOIN (${goodAnswers(live)}) AS a ON a.key = l.owner AND a.id = l.owner
    ANTI JOIN (${asked}) AS b ON l.child = b.id`;
}

/** A project that was answered as whole and lacks a sample. */
const MISSING_CHILD: RowCheck = {
  name: 'missing_child',
  severity: 'error',
  reads: ['asked', 'samples', 'runs', 'projects', 'links'],
  repair: "the project's answer is removed, so that it is asked again",
  find: (live) => [
    `SELECT _table, owner AS _row, 'children' AS _column, 'lists ' || child || ', which is not stored' AS _detail
    FROM (${missingChildren(live)})`,
  ],
  mend: (live, _name, state) =>
    state.table === 'asked' ? removeRows(live, state, `SELECT id AS key FROM (${missingChildren(live)})`) : null,
};

/** What rows say about each other. */
export const RELATION_CHECKS: readonly RowCheck[] = [
  ORPHAN_RUN,
  ORPHAN_SAMPLE,
  ORPHAN_FILE,
  ORPHAN_LINK,
  ORPHAN_ANNOTATION,
  CHILDREN_DIFFER,
  MISSING_CHILD,
  STALE_ANSWER,
];
