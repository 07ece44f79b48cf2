import { StoreError } from '../../errors/store-error.ts';
import type { Change, JobChange, Removal } from '../../ports/store.ts';
import type { PluginColumns } from '../../ports/store-care.ts';
import type { AnnotationRow } from '../../records/annotation.ts';
import type { AskedRow } from '../../records/asked.ts';
import { checkRow } from '../../records/check-row.ts';
import { extendedTable } from '../../records/extended-table.ts';
import { IDENTITY_KINDS, type LinkRow } from '../../records/link.ts';
import type { PluginColumn } from '../../records/plugin-column.ts';
import type { CompleteSet } from '../../records/record-unit.ts';
import { settleExtra } from '../../records/settle-cell.ts';
import type { Row } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { unitePatches } from './merge-rows.ts';

/** The tables whose rows come as patches. */
export const PATCHED_TABLES = ['projects', 'samples', 'runs', 'files'] as const;

/** One of the tables whose rows come as patches. */
export type PatchedTable = (typeof PATCHED_TABLES)[number];

/** A change by table and key, each record once. */
export interface CollectedChange {
  readonly patches: Readonly<Record<PatchedTable, ReadonlyMap<string, Row>>>;
  /** By `linkId`. */
  readonly links: ReadonlyMap<string, LinkRow>;
  readonly complete: readonly CompleteSet[];
  readonly asked: readonly AskedRow[];
  readonly annotations: readonly AnnotationRow[];
  readonly remove: readonly Removal[];
  /** Other names of the samples and projects of this change: alias to key. */
  readonly aliases: Readonly<Record<'samples' | 'projects', ReadonlyMap<string, string>>>;
  readonly at: string;
  readonly handler: string | null;
  readonly job: JobChange | null;
}

/** What identifies a link, as one text. */
export function linkId(link: { readonly key: string; readonly alias: string; readonly kind: string }): string {
  return `${link.key}\u0000${link.alias}\u0000${link.kind}`;
}

/** The authority of a key becomes part of a file name. */
const SOURCE_NAME = /^[A-Z][A-Z0-9_]*$/;

function checkPatch(table: PatchedTable, patch: Row, extra: readonly PluginColumn[]): void {
  checkRow(extendedTable(TABLES[table], extra), patch);
  if (typeof patch.source !== 'string' || !SOURCE_NAME.test(patch.source)) {
    throw new StoreError(
      'integrity',
      `${table} record ${String(patch.key)}: ${String(patch.source)} is no source name.`,
      {
        hint: 'A source is upper-case letters, digits and underscores, such as GEO or INSDC.',
        fields: { table, key: String(patch.key) },
      },
    );
  }
  // The rows of one parent are looked up as one range of keys.
  if (table === 'files' && !String(patch.key).startsWith(`${String(patch.parent)}/`)) {
    throw new StoreError(
      'integrity',
      `files record ${String(patch.key)} does not begin with its parent ${String(patch.parent)}/.`,
      {
        hint: 'Build the key with fileKey(parent, origin, name).',
        fields: { table, key: String(patch.key) },
      },
    );
  }
}

function aliasesOf(links: Iterable<LinkRow>, records: ReadonlyMap<string, Row>): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const link of links) {
    const isOwnRecord = records.has(link.alias);
    const isIdentity = IDENTITY_KINDS.has(link.kind) && records.has(link.key) && link.alias !== link.key;
    // The first record that names an alias has it: samples that share a BioSample stay rows of their own.
    if (isIdentity && !isOwnRecord && !aliases.has(link.alias)) aliases.set(link.alias, link.key);
  }
  return aliases;
}

const NO_COLUMNS: readonly PluginColumn[] = [];

/** Columns that handlers add to the rows of a source. */
function declaredFor(declared: PluginColumns, table: PatchedTable, source: unknown): readonly PluginColumn[] {
  const own = declared.filter((one) => one.source === source && one.columns[table] !== undefined);
  return own.length === 0 ? NO_COLUMNS : own.flatMap(({ columns }) => columns[table] ?? []);
}

/** Checks the rows that are written as they are. */
function checkWhole({ asked, annotations = [], job }: Change): void {
  for (const row of asked) checkRow(TABLES.asked, row as unknown as Row);
  for (const row of annotations) checkRow(TABLES.annotations, row as unknown as Row);
  if (job !== undefined) checkJob(job);
}

function checkJob({ rows, files }: JobChange): void {
  for (const { row } of rows) checkRow(TABLES.jobs, { ...row, number: '1' } as unknown as Row);
  for (const file of files) checkRow(TABLES.job_files, { ...file, job: '1' } as unknown as Row);
}

/** Checks the units of a change and groups their rows by table and key. */
export function collectChange(change: Change, declared: PluginColumns = []): CollectedChange {
  const patches = { projects: new Map(), samples: new Map(), runs: new Map(), files: new Map() } as Record<
    PatchedTable,
    Map<string, Row>
  >;
  const links = new Map<string, LinkRow>();
  const complete: CompleteSet[] = [];
  for (const unit of change.units) {
    for (const table of PATCHED_TABLES) {
      for (const record of unit[table]) {
        const extra = declaredFor(declared, table, (record as unknown as Row).source);
        checkPatch(table, record as unknown as Row, extra);
        const patch = settleExtra(extra, record as unknown as Row);
        const earlier = patches[table].get(record.key);
        patches[table].set(record.key, earlier === undefined ? patch : unitePatches(earlier, patch));
      }
    }
    for (const link of unit.links) {
      checkRow(TABLES.links, link as unknown as Row);
      links.set(linkId(link), link);
    }
    complete.push(...unit.complete);
  }
  checkWhole(change);
  return {
    patches,
    links,
    complete,
    asked: change.asked,
    annotations: change.annotations ?? [],
    remove: change.remove ?? [],
    aliases: {
      samples: aliasesOf(links.values(), patches.samples),
      projects: aliasesOf(links.values(), patches.projects),
    },
    at: change.at,
    handler: change.handler ?? null,
    job: change.job ?? null,
  };
}
