import { link, stat, statfs } from 'node:fs/promises';
import { diskError, removeIfThere, systemCode, temporaryBeside, writeSynced } from './disk.ts';

/** Gives a file a second name; fails when that name is taken. Tests hand in file systems that behave otherwise. */
export type MakeLink = (existing: string, made: string) => Promise<void>;

/** The link of the operating system. */
export const systemLink: MakeLink = link;

/** Codes by which a file system says that it has no hard links. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL']);

/** True when this error of `link` means that there are none here. */
export function saysNoHardLinks(error: unknown): boolean {
  return NO_HARD_LINKS.has(systemCode(error) ?? '');
}

/**
 * Tries what commits rely on: a link appears, is the same file, and never replaces a name that is taken. Null when all
 * hold, else what does not, as a clause. `beside`: a path in the folder to try.
 */
export async function findLinkFault(
  beside: string,
  randomId: () => string,
  makeLink: MakeLink,
): Promise<string | null> {
  const [from, to] = [temporaryBeside(beside, randomId()), temporaryBeside(beside, randomId())];
  try {
    await writeSynced(from, 'link');
    return await tryLinks(from, to, makeLink);
  } finally {
    await removeIfThere(from);
    await removeIfThere(to);
  }
}

async function tryLinks(from: string, to: string, makeLink: MakeLink): Promise<string | null> {
  try {
    await makeLink(from, to);
  } catch (error) {
    if (saysNoHardLinks(error)) return `the file system has no hard links (${systemCode(error)})`;
    // Over NFS an error may follow a success: what is there decides.
    if ((await linkCount(from, to)) !== 2) throw diskError(error, 'write', to);
  }
  const count = await linkCount(from, to);
  if (count !== 2)
    return `a hard link is another file here (${count === null ? 'other inode' : `link count ${count}`})`;
  try {
    await makeLink(from, to);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return null;
    throw diskError(error, 'write', to);
  }
  return 'a hard link replaces a name that is taken';
}

/** Number of names of a file that has both of these; null when they are not the same file. */
async function linkCount(one: string, other: string): Promise<number | null> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path, { bigint: true }).catch(() => null)));
  if (a === null || a === undefined || b === null || b === undefined || a.ino !== b.ino) return null;
  return Number(a.nlink);
}

/** File systems that are shared by machines, or stand in for others, by the number that Linux gives them. */
const SHARED: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
]);

/** Name of the file system of a folder when it is one that machines share; null for all others. */
export async function sharedFileSystem(folder: string): Promise<string | null> {
  const stats = await statfs(folder).catch(() => null);
  // The number is signed on some machines.
  return stats === null ? null : (SHARED.get(stats.type >>> 0) ?? null);
}
