import type { ColumnShape, TableName } from '../records/table.ts';

/** A change of the columns of a table. `value` and the like are SQL expressions over the columns of the row before. */
export type ColumnStep =
  | {
      readonly step: 'add_column';
      readonly table: TableName;
      readonly column: ColumnShape;
      /** What the rows that are there get; default NULL. */
      readonly value?: string;
    }
  | { readonly step: 'drop_column'; readonly table: TableName; readonly column: string }
  | { readonly step: 'rename_column'; readonly table: TableName; readonly column: string; readonly to: string }
  | {
      readonly step: 'retype_column';
      readonly table: TableName;
      /** The column as it will be. */
      readonly column: ColumnShape;
      /** Default: a cast, which fails for a value that does not fit. */
      readonly value?: string;
    };

/** A change of what the manifest says, or of whole tables. */
export type StoreStep =
  /** Every segment gets the SHA-256 of its bytes. */
  | { readonly step: 'add_checksums' }
  | { readonly step: 'forget_checksums' }
  /** A table that the version below does not know leaves the manifest; its rows are kept beside the store. */
  | { readonly step: 'set_aside'; readonly table: TableName }
  /** The rows that were set aside come back. */
  | { readonly step: 'bring_back'; readonly table: TableName }
  /** What the version below cannot hold must not be there: columns of plug-ins. */
  | { readonly step: 'refuse_plugin_columns' };

/** One step of a migration; pure description, `src/store/care/migrate/` carries it out. */
export type Step = ColumnStep | StoreStep;

/** How the store gets from the version before to this one, and back. */
export interface Migration {
  /** 1, 2, …; the newest is the version that this celline writes. */
  readonly version: number;
  readonly name: string;
  /** What it brings, in one sentence for people. */
  readonly says: string;
  readonly up: readonly Step[];
  /** Undoes `up`, in its own order. */
  readonly down: readonly Step[];
}

/** True for a step that changes columns, and so rewrites rows. */
export function isColumnStep(step: Step): step is ColumnStep {
  return 'column' in step;
}
