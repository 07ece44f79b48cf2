import { access } from 'node:fs/promises';

/** True for a file or folder that is there; false too for one that cannot be looked at, which whoever writes it finds out. */
export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
