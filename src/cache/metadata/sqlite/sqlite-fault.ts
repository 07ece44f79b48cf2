import { folderError, folderFault } from '../../folder-fault.ts';

/** Result codes of SQLite that are about the disk and not about the file, as the system has them. */
const SYSTEM_CODES: ReadonlyMap<number, string> = new Map([
  [8, 'EROFS'],
  [13, 'ENOSPC'],
]);

/** The error of the cache folder that an error of SQLite, or of the system, is; anything else as it is. */
export function sqliteFault(folder: string, cause: unknown): unknown {
  const errcode = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) : 0;
  // The lowest byte is the kind; the others say more of it.
  const code = SYSTEM_CODES.get(errcode & 0xff);
  return code === undefined ? folderFault(folder, 'written', cause) : folderError(folder, 'written', code, cause);
}
