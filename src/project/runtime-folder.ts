import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Environment, variable } from '../config/environment.ts';
import { makeFoldersSync } from '../disk/make-folders.ts';
import { systemCode } from '../disk/system-code.ts';

/** Who looks for the folder, and where. */
export interface RuntimeFolderFacts {
  readonly env: Environment;
  /** Working folder, for a path that is relative. */
  readonly cwd: string;
  /** Number of the user; null where there are none (Windows). */
  readonly userId: number | null;
}

/** A folder that may be it. */
interface Candidate {
  readonly path: string;
  /** True: it stands where nobody else could have made it, or the user named it and may share it with others. */
  readonly isTrusted: boolean;
}

/**
 * The folder in which the processes of a user on this machine agree: `CELLINE_RUNTIME_DIR`, else `/tmp/celline-<uid>`, else (when
 * somebody else holds that name) `$XDG_RUNTIME_DIR/celline` or one in `$TMPDIR`; on Windows `%LOCALAPPDATA%\celline\runtime`. Made when it is not there.
 * Throws when none of them can be used. The same for a shell, a cron job and a batch job, whose environments differ.
 */
export function openRuntimeFolder(facts: RuntimeFolderFacts): string {
  const faults: string[] = [];
  for (const { path, isTrusted } of candidates(facts)) {
    const fault = faultOf(path, isTrusted ? null : facts.userId);
    if (fault === null) return path;
    faults.push(`${path} ${fault}`);
  }
  throw new Error(faults.join('; '));
}

function candidates({ env, cwd, userId }: RuntimeFolderFacts): Candidate[] {
  const chosen = variable(env, 'CELLINE_RUNTIME_DIR');
  if (chosen !== undefined) return [{ path: resolve(cwd, chosen), isTrusted: true }];
  const local = variable(env, 'LOCALAPPDATA');
  if (userId === null) return [{ path: join(local ?? tmpdir(), 'celline', 'runtime'), isTrusted: true }];
  const session = variable(env, 'XDG_RUNTIME_DIR');
  const paths = [
    `/tmp/celline-${userId}`,
    ...(session === undefined ? [] : [join(session, 'celline')]),
    join(tmpdir(), `celline-${userId}`),
  ];
  return [...new Set(paths)].map((path) => ({ path, isTrusted: false }));
}

/** Why a folder cannot be used, or null. `owner`: whose it must be alone, or null. */
function faultOf(path: string, owner: number | null): string | null {
  try {
    if (owner === null) makeFoldersSync(path, 0o700);
    else mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EEXIST') return `cannot be made: ${code}`;
  }
  if (owner === null) return statSync(path).isDirectory() ? null : 'is no folder';
  // A name in /tmp may have been taken by anybody: a link, or a folder of theirs, is not followed.
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.isSymbolicLink() ? 'is a symbolic link' : 'is no folder';
  if (stats.uid !== owner) return 'belongs to another user';
  return (stats.mode & 0o022) === 0 ? null : 'can be written by others';
}
