import { realpath } from 'node:fs/promises';
import type { CommitContext } from '../../parquet/commit.ts';

/** What a backup was made of. A copied or restored project has the name of the first one: its folder tells them apart. */
export interface BackupOrigin {
  /** Names the store. */
  readonly store: string;
  /** Folder of the tables, without symbolic links. */
  readonly tables: string;
}

/** What backups of these tables are made of. */
export async function originOf({ layout, log }: CommitContext): Promise<BackupOrigin> {
  const tables = await realpath(layout.tables).catch(() => layout.tables);
  return { store: (await log.format())?.store ?? '', tables };
}
