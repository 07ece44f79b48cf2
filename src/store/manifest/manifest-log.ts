import { dirname, join } from 'node:path';
import { StoreError } from '../../errors/store-error.ts';
import {
  diskError,
  fileState,
  listFolder,
  makeFolder,
  moveFile,
  readTextIfThere,
  removeIfThere,
  replaceText,
  syncFolder,
  temporaryBeside,
  writeSynced,
} from '../disk/disk.ts';
import { type LockContext, takeLock } from '../disk/file-lock.ts';
import { findLinkFault, type MakeLink, saysNoHardLinks, sharedFileSystem, systemLink } from '../disk/hard-links.ts';
import { type Layout, manifestNumber, manifestPath } from '../disk/layout.ts';
import { awaitTurn } from '../disk/turn.ts';
import {
  checkFormat,
  EMPTY_MANIFEST,
  FORMAT_VERSION,
  formatManifest,
  type Manifest,
  parseManifest,
  segmentsOf,
} from './manifest.ts';

/** How a manifest gets its number: a hard link, or a lock file where the file system has no hard links. */
export type CommitProtocol = 'link' | 'lock';

/** What `format.json` says. */
export interface StoreFormat {
  readonly format: number;
  readonly protocol: CommitProtocol;
  /** Why it is not hard links, as a clause; null when it is, or when nobody tried. */
  readonly because: string | null;
  /** Name of the file system when it is one that machines share (`NFS`), as it was when the store was made. */
  readonly fileSystem: string | null;
  /** Names this store, so that a plain table of another one is not taken for ours. */
  readonly store: string;
}

/** The numbered manifests of one store. */
export interface ManifestLog {
  /** The newest manifest; the empty one (number 0) when there is no store yet. */
  newest(): Promise<Manifest>;
  /**
   * Gives a manifest its number. False when another writer was first, or when garbage collection took what this one was
   * about to name, because its process stood still for an hour: then nothing happened either.
   */
  append(manifest: Manifest): Promise<boolean>;
  /** The format of this store; made when there is none. */
  open(): Promise<StoreFormat>;
  /** The format of this store, or null when there is none. */
  format(): Promise<StoreFormat | null>;
  /** Writes the version of the tables into `format.json`: after the manifest that has it, so that a kill leaves one of both. */
  setFormat(format: number): Promise<void>;
}

/** What the log needs besides the lock's context. */
export interface ManifestLogContext extends LockContext {
  readonly layout: Layout;
  /** The protocol for a new store; by default found out by a try. */
  readonly protocol?: CommitProtocol;
  /** How a file gets a second name; default the operating system's. */
  readonly makeLink?: MakeLink;
  /** Names a new store; by default a name that nobody else has. */
  readonly store?: string;
  /** Told every manifest that got its number here. Must not throw. */
  readonly appended?: (manifest: Manifest) => void;
}

/** The manifests below `.store/v1/manifest`. */
export function createManifestLog(context: ManifestLogContext): ManifestLog {
  const { layout } = context;
  let last: Manifest = EMPTY_MANIFEST;
  let known: StoreFormat | null = null;

  const format = async (): Promise<StoreFormat | null> => {
    known ??= await readFormat(layout);
    return known;
  };
  const newest = async (): Promise<Manifest> => {
    if (last.sequence === 0) {
      if ((await format()) === null) return EMPTY_MANIFEST;
      last = await fromHint(layout);
    }
    last = await probeUpward(layout, last);
    return last;
  };
  const open = async (): Promise<StoreFormat> => {
    const found = await format();
    if (found !== null) return found;
    await makeFolder(layout.segments);
    await makeFolder(layout.manifests);
    const way = await findProtocol(context);
    const made: StoreFormat = { format: FORMAT_VERSION, ...way, store: context.store ?? context.randomId() };
    known = await writeFormat(layout, made, context);
    return known;
  };
  const append = async (manifest: Manifest): Promise<boolean> => {
    const { protocol } = await open();
    const temporary = temporaryBeside(layout.newest, context.randomId());
    await writeSynced(temporary, formatManifest(manifest));
    try {
      // In this order: garbage collection removes an old temporary manifest before any segment, so that whoever finds the
      // segments here can link only as long as they stay.
      if (!(await hasNewSegments(layout, last, manifest))) return false;
      await awaitTurn(layout, context, manifest.commit);
      const isOurs =
        protocol === 'link'
          ? await publishByLink(context, temporary, manifest)
          : await publishUnderLock(context, temporary, manifest);
      if (!isOurs) return false;
    } finally {
      await removeIfThere(temporary);
    }
    await syncFolder(layout.manifests);
    last = manifest;
    context.appended?.(manifest);
    // Only a hint: that it cannot be written costs the next reader a few probes.
    await replaceText(layout.newest, String(manifest.sequence), context.randomId()).catch(() => undefined);
    return true;
  };
  const setFormat = async (version: number): Promise<void> => {
    const found = await readFormat(layout);
    if (found === null || found.format === version) return;
    known = { ...found, format: version };
    await replaceText(layout.format, `${JSON.stringify(known)}\n`, context.randomId());
    await syncFolder(layout.root);
  };
  return { newest, append, open, format, setFormat };
}

async function readFormat(layout: Layout): Promise<StoreFormat | null> {
  const text = await readTextIfThere(layout.format);
  if (text === null) return null;
  let value: Partial<StoreFormat>;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StoreError('integrity', `${layout.format} is damaged: it is not JSON.`, {
      hint: 'Nothing was changed. celline db backups lists the backups, celline db restore brings one back.',
      fields: { path: layout.format },
      cause: error,
    });
  }
  checkFormat(value.format, layout.format);
  return {
    format: value.format ?? FORMAT_VERSION,
    protocol: value.protocol === 'lock' ? 'lock' : 'link',
    because: value.because ?? null,
    fileSystem: value.fileSystem ?? null,
    store: String(value.store),
  };
}

/** Writes `format.json` unless another process was first; its choice counts. */
async function writeFormat(layout: Layout, format: StoreFormat, context: ManifestLogContext): Promise<StoreFormat> {
  const temporary = temporaryBeside(layout.format, context.randomId());
  await writeSynced(temporary, `${JSON.stringify(format)}\n`);
  const free = format.protocol === 'lock' ? await takeLock(layout.root, context) : null;
  try {
    const found = await readFormat(layout);
    if (found !== null) return found;
    if (format.protocol === 'lock') await moveFile(temporary, layout.format);
    else await (context.makeLink ?? systemLink)(temporary, layout.format);
  } catch (error) {
    const found = await readFormat(layout);
    if (found !== null) return found;
    throw diskError(error, 'write', layout.format);
  } finally {
    await free?.();
    await removeIfThere(temporary);
  }
  // Each name is in the folder above.
  for (const path of [layout.root, dirname(layout.root), layout.tables, dirname(layout.tables)]) await syncFolder(path);
  return format;
}

async function findProtocol(
  context: ManifestLogContext,
): Promise<Pick<StoreFormat, 'protocol' | 'because' | 'fileSystem'>> {
  const { layout, protocol, randomId, makeLink = systemLink } = context;
  const fileSystem = await sharedFileSystem(layout.manifests);
  if (protocol !== undefined) return { protocol, because: null, fileSystem };
  const because = await findLinkFault(layout.newest, randomId, makeLink);
  return { protocol: because === null ? 'link' : 'lock', because, fileSystem };
}

/** True when the segments that a manifest names and the one before it does not are there. */
async function hasNewSegments(layout: Layout, before: Manifest, manifest: Manifest): Promise<boolean> {
  const filesOf = ({ tables }: Manifest): string[] =>
    Object.values(tables).flatMap((state) => segmentsOf(state).map(({ file }) => file));
  const known = new Set(filesOf(before));
  for (const file of filesOf(manifest)) {
    if (!known.has(file) && (await fileState(join(layout.segments, file))) === null) return false;
  }
  return true;
}

/** The link appears whole or not at all. After any error the number is read: over NFS an error may follow a success. */
async function publishByLink(context: ManifestLogContext, temporary: string, manifest: Manifest): Promise<boolean> {
  const path = manifestPath(context.layout, manifest.sequence);
  try {
    await (context.makeLink ?? systemLink)(temporary, path);
    return true;
  } catch (error) {
    const text = await readTextIfThere(path);
    if (text !== null) return parseManifest(text, path)?.commit === manifest.commit;
    if ((await fileState(temporary)) === null) return false;
    if (saysNoHardLinks(error)) throw movedStore(context.layout, error);
    throw diskError(error, 'write', path);
  }
}

/** The folder was copied to a file system that cannot do what was found out where it was made. */
function movedStore(layout: Layout, cause: unknown): StoreError {
  return new StoreError('operational', `${layout.tables} was made where hard links work; here they do not.`, {
    hint: `Move it back, or, while no command runs, write "protocol":"lock" into ${layout.format}.`,
    fields: { path: layout.tables },
    cause,
  });
}

async function publishUnderLock(context: ManifestLogContext, temporary: string, manifest: Manifest): Promise<boolean> {
  const path = manifestPath(context.layout, manifest.sequence);
  const free = await takeLock(context.layout.root, context);
  try {
    if ((await fileState(path)) !== null || (await fileState(temporary)) === null) return false;
    await moveFile(temporary, path);
    return true;
  } finally {
    await free();
  }
}

/** A recent manifest by the hint, else the newest by the folder's listing. */
async function fromHint(layout: Layout): Promise<Manifest> {
  const hint = Number(await readTextIfThere(layout.newest));
  if (Number.isSafeInteger(hint) && hint > 0) {
    const path = manifestPath(layout, hint);
    const text = await readTextIfThere(path);
    const manifest = text === null ? null : parseManifest(text, path);
    if (manifest !== null) return manifest;
  }
  return byListing(layout);
}

async function byListing(layout: Layout): Promise<Manifest> {
  const numbers = (await listFolder(layout.manifests)).map(manifestNumber).filter((number) => number !== null);
  if (numbers.length === 0) return EMPTY_MANIFEST;
  // Not by Math.max(...): a call takes some 100,000 arguments at most, and numbers are never freed.
  const path = manifestPath(
    layout,
    numbers.reduce((most, number) => Math.max(most, number)),
  );
  const text = await readTextIfThere(path);
  const manifest = text === null ? null : parseManifest(text, path);
  if (manifest !== null) return manifest;
  throw new StoreError('integrity', `${path} is damaged: the newest manifest is the stub of an old one.`, {
    hint: 'Nothing was changed. celline db backups lists the backups, celline db restore brings one back.',
    fields: { path },
  });
}

async function probeUpward(layout: Layout, from: Manifest): Promise<Manifest> {
  let newest = from;
  for (;;) {
    const path = manifestPath(layout, newest.sequence + 1);
    const text = await readTextIfThere(path);
    if (text === null) return newest;
    // A stub: this reader is far behind, the numbers between are history.
    newest = parseManifest(text, path) ?? (await byListing(layout));
  }
}
