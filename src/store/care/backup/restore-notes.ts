import type { Manifest, TableState } from '../../manifest/manifest.ts';
import type { MadeBackup } from './create-backup.ts';
import type { WholeBackup } from './read-backup.ts';

/** What came together in a restore. */
export interface RestoreFacts {
  readonly backup: WholeBackup;
  /** Name of the store that was restored into. */
  readonly store: string;
  /** What was kept of the tables before; null: there were none. */
  readonly kept: MadeBackup | null;
  /** The manifest that the restored one follows. */
  readonly before: Manifest;
  /** True: the annotations are those of the backup. */
  readonly all: boolean;
  /** True: the user wanted that. */
  readonly wantsAll: boolean;
}

/** What a user should know of a restore besides its figures, as whole sentences. */
export function restoreNotes(facts: RestoreFacts): string[] {
  return [...ofOrigin(facts), ...ofDamage(facts), ...ofAnnotations(facts), ...ofWriters(facts)];
}

/** A backup of another project is restored all the same: that is how a project is copied. */
export function ofOrigin({ backup, store }: Pick<RestoreFacts, 'backup' | 'store'>): string[] {
  const { record, name } = backup;
  return record.store === store ? [] : [`${name} is a backup of another project, made by ${record.by || 'somebody'}.`];
}

function ofDamage({ kept }: RestoreFacts): string[] {
  return (kept?.damaged ?? []).map(({ reason }) => `Of the tables before, ${reason}: ${kept?.info.name} is not whole.`);
}

function ofAnnotations({ backup, kept, before, all, wantsAll }: RestoreFacts): string[] {
  if (wantsAll || kept === null) return [];
  const now = keptRows(before.tables);
  if (all) return now === 0 ? [] : ['The present annotations are damaged: those of the backup took their place.'];
  const then = keptRows(backup.manifest.tables);
  if (then === 0 || hasSameRows(backup.manifest.tables, before.tables)) return [];
  return [`The ${now} present annotations stay; --all takes the ${then} of the backup instead.`];
}

function keptStates(tables: Manifest['tables']): TableState[] {
  return Object.values(tables).filter((state) => state.table === 'annotations');
}

function keptRows(tables: Manifest['tables']): number {
  return keptStates(tables).reduce((sum, state) => sum + state.rows, 0);
}

function hasSameRows(a: Manifest['tables'], b: Manifest['tables']): boolean {
  const sums = (tables: Manifest['tables']): string =>
    keptStates(tables)
      .flatMap((state) => [...state.base, ...state.deltas].map(({ sha256 }) => sha256 ?? ''))
      .join(' ');
  return sums(a) === sums(b);
}

/** Commits that came after the tables were kept are not in that backup, but in the history. */
function ofWriters({ kept, before }: RestoreFacts): string[] {
  if (kept === null || before.sequence === kept.info.sequence || before.made?.kind === 'compaction') return [];
  return [`Others committed meanwhile: celline db rollback ${before.sequence} shows their state.`];
}
