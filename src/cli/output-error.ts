import { CellineError } from '../errors/celline-error.ts';
import { StoreError } from '../errors/store-error.ts';

/** Why a file cannot be written, by the code of the system. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EISDIR: 'it is a folder',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
};

/** What went wrong with a file, or with stdout: a full disk is told as everywhere (exit 5), anything else asks for another file. */
export function outputError(path: string, cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StoreError('operational', `Cannot write ${path}: the disk is full.`, {
      hint: 'Free some space and run the command again.',
      fields: { path },
      cause,
    });
  }
  const said = REASONS[String(code)];
  const reason = said === undefined ? '' : `: ${said}`;
  return new CellineError('OUTPUT', `${path} cannot be written${reason}.`, {
    hint: code === 'ENOENT' ? 'Make the folder, or choose another file.' : 'Choose another file with --output.',
    cause,
  });
}
