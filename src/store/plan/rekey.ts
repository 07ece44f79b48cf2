import type { TableName } from '../../records/table.ts';
import type { CollectedChange } from './collect-change.ts';
import { annotationId, type Draft, draftRow, draftRows, putRow, removeRow } from './draft.ts';
import { uniteKeys } from './merge-rows.ts';

/** A stored record that a change knows under another key: the same library, one row. */
export interface Rename {
  readonly table: 'samples' | 'projects';
  readonly from: string;
  readonly to: string;
}

/** Columns that name a record of another table by its key. */
const REFERENCES: Readonly<Record<Rename['table'], readonly { table: TableName; column: string }[]>> = {
  samples: [
    { table: 'runs', column: 'parent' },
    { table: 'asked', column: 'key' },
  ],
  projects: [
    { table: 'samples', column: 'parent' },
    { table: 'runs', column: 'project' },
    { table: 'projects', column: 'parent' },
    { table: 'asked', column: 'key' },
  ],
};

/** Columns that must be searched for the old key before a record is re-keyed. */
export function referencesTo(table: Rename['table']): readonly { table: TableName; column: string }[] {
  return REFERENCES[table];
}

/** The stored records whose key is another name of a record of the change. */
export function findRenames(draft: Draft, change: CollectedChange): Rename[] {
  const renames: Rename[] = [];
  for (const table of ['samples', 'projects'] as const) {
    for (const [from, to] of change.aliases[table]) {
      if (draftRow(draft, table, from) !== null) renames.push({ table, from, to });
    }
  }
  return renames;
}

function moveFiles(draft: Draft, rename: Rename, at: string): void {
  for (const row of draftRows(draft, 'files', (file) => file.parent === rename.from)) {
    const key = `${rename.to}${String(row.key).slice(rename.from.length)}`;
    removeRow(draft, 'files', String(row.key));
    if (draftRow(draft, 'files', key) === null) {
      putRow(draft, 'files', { ...row, key, parent: rename.to, updated_at: at });
    }
  }
}

function moveLinks(draft: Draft, rename: Rename): void {
  for (const row of draftRows(draft, 'links', (link) => link.key === rename.from)) {
    removeRow(draft, 'links', `${rename.from}\u0000${String(row.alias)}\u0000${String(row.kind)}`);
    if (row.alias !== rename.to) putRow(draft, 'links', { ...row, key: rename.to });
  }
}

function moveAnnotations(draft: Draft, rename: Rename, at: string): void {
  for (const row of draftRows(draft, 'annotations', (note) => note.key === rename.from)) {
    const name = String(row.name);
    removeRow(draft, 'annotations', annotationId(rename.from, name));
    // A note under the new key was made knowingly: it counts.
    if (draftRow(draft, 'annotations', annotationId(rename.to, name)) === null) {
      putRow(draft, 'annotations', { ...row, key: rename.to, updated_at: at });
    }
  }
}

function moveInChildren(draft: Draft, parent: string, rename: Rename, at: string): void {
  const project = draftRow(draft, 'projects', parent);
  if (typeof project?.children !== 'string') return;
  const keys = project.children.split(',');
  if (!keys.includes(rename.from)) return;
  const renamed = new Set(keys.map((key) => (key === rename.from ? rename.to : key)));
  putRow(draft, 'projects', { ...project, children: [...renamed].join(','), updated_at: at });
}

/**
 * Gives a stored record its new key, with everything that names it: its files, its links, the `parent` of its
 * children, the answered ids. Columns that the change does not bring and `created_at` stay.
 */
export function applyRename(draft: Draft, rename: Rename, at: string): void {
  const stored = draftRow(draft, rename.table, rename.from);
  if (stored === null) return;
  removeRow(draft, rename.table, rename.from);
  const known = draftRow(draft, rename.table, rename.to);
  if (known === null) putRow(draft, rename.table, { ...stored, key: rename.to, updated_at: at });
  else if (typeof stored.children === 'string') {
    // Both were stored: the row names the children of both, or a complete set of them would not meet those that move.
    const children = typeof known.children === 'string' ? uniteKeys(known.children, stored.children) : stored.children;
    if (children !== known.children) putRow(draft, rename.table, { ...known, children, updated_at: at });
  }
  for (const { table, column } of REFERENCES[rename.table]) {
    for (const row of draftRows(draft, table, (candidate) => candidate[column] === rename.from)) {
      const provenance = table === 'asked' ? {} : { updated_at: at };
      putRow(draft, table, { ...row, [column]: rename.to, ...provenance });
    }
  }
  moveFiles(draft, rename, at);
  moveLinks(draft, rename);
  moveAnnotations(draft, rename, at);
  if (rename.table === 'samples' && typeof stored.parent === 'string') {
    moveInChildren(draft, stored.parent, rename, at);
  }
}
