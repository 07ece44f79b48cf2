import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from '../disk/make-folders.ts';
import { isPipe, openPipe, type Pipe } from '../disk/open-pipe.ts';
import { rotate } from './rotate.ts';

/** Bytes of one write at most. Lines of several processes run into each other only where one line is cut in two writes. */
const WRITE_BYTES = 65_536;

/** A file to which whole lines are added. */
export interface LogFile {
  /** Adds a line, which has no end of line in it. Returns at once and never fails. */
  add(line: string): void;
  /** Resolves when every line is written, or cannot be. Never fails. */
  close(): Promise<void>;
}

/** When a file is moved aside (`.1`, `.2`, …) and a new one begun. */
export interface Rotation {
  /** Bytes from which on it is. */
  readonly maxBytes: number;
  /** Files that were moved aside and stay. */
  readonly keep: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a log file is made of. */
export interface LogFileSettings {
  /** Absolute; its folder is made. */
  readonly path: string;
  /** What it is called in warnings. */
  readonly what: 'log' | 'trace';
  /** Absent: it grows. */
  readonly rotation?: Rotation;
  /** Told once why lines are missing. */
  readonly warn: (message: string) => void;
}

/**
 * Adds lines to a file that other processes may add to as well, each line whole. A command that is killed leaves all lines
 * but those of the last write. A file that cannot be written is one warning, and costs the command nothing.
 */
export function createLogFile(settings: LogFileSettings): LogFile {
  const { path, what, warn } = settings;
  const waiting: string[] = [];
  let file: OpenFile | Pipe | null = null;
  let writing: Promise<void> | null = null;
  let isGivenUp = false;
  const warned = new Set<string>();
  const warnOnce = (message: string): void => {
    if (!warned.has(message)) warn(message);
    warned.add(message);
  };
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lines = takeLines(waiting);
      if (isGivenUp) continue;
      try {
        file = await currentFile(file, settings, warnOnce);
        await file.write(lines);
      } catch (error) {
        isGivenUp = true;
        warnOnce(`the ${what} ${path} is incomplete: ${(error as Error).message}`);
      }
    }
    writing = null;
  };
  return {
    add(line) {
      waiting.push(`${line}\n`);
      writing ??= drain();
    },
    async close() {
      await writing;
      await file?.close().catch(() => undefined);
      file = null;
    },
  };
}

/** Takes lines from the front: as many as one write may have, at least one. */
function takeLines(waiting: string[]): string {
  let text = waiting.shift() ?? '';
  while (waiting[0] !== undefined && text.length + waiting[0].length <= WRITE_BYTES) text += waiting.shift();
  return text;
}

async function writeWhole(handle: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; ) from += (await handle.write(bytes, from)).bytesWritten;
}

interface OpenFile extends Pipe {
  readonly handle: FileHandle;
  readonly inode: number;
  /** False for a device, which has no size and no name to give up. */
  readonly isFile: boolean;
}

/** True for what may be moved aside. */
function isFile(file: OpenFile | Pipe): file is OpenFile {
  return 'isFile' in file && file.isFile;
}

/** The file to write to now: the one that is open, or a new one when that was moved aside, by this process or by another. */
async function currentFile(
  before: OpenFile | Pipe | null,
  settings: LogFileSettings,
  warn: (message: string) => void,
): Promise<OpenFile | Pipe> {
  const { path, what, rotation } = settings;
  const file = await reopened(before, path);
  if (rotation === undefined || !isFile(file) || (await file.handle.stat()).size < rotation.maxBytes) return file;
  await rotate(path, rotation).catch((error: unknown) =>
    warn(`the ${what} ${path} cannot be moved aside: ${(error as Error).message}`),
  );
  return reopened(file, path);
}

async function reopened(before: OpenFile | Pipe | null, path: string): Promise<OpenFile | Pipe> {
  if (before !== null) {
    if (!isFile(before) || (await stat(path).catch(() => null))?.ino === before.inode) return before;
    await before.close();
  }
  await makeFolders(dirname(path));
  return (await isPipe(path)) ? openPipe(path) : openAtLineStart(path);
}

/** Opens the file for adding; a last line that was cut by a kill or a full disk is ended first. */
async function openAtLineStart(path: string): Promise<OpenFile> {
  const handle = await open(path, 'a', 0o600);
  try {
    const state = await handle.stat();
    const file: OpenFile = {
      handle,
      inode: state.ino,
      isFile: state.isFile(),
      write: (text) => writeWhole(handle, text),
      close: () => handle.close(),
    };
    if (file.isFile && state.size > 0 && (await endsWithinLine(path, state.size))) await handle.appendFile('\n');
    return file;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** False too when it cannot be read: a log that may only be added to. */
async function endsWithinLine(path: string, size: number): Promise<boolean> {
  const reader = await open(path, 'r').catch(() => null);
  if (reader === null) return false;
  try {
    const { bytesRead, buffer } = await reader.read(Buffer.alloc(1), 0, 1, size - 1);
    return bytesRead === 1 && buffer[0] !== 0x0a;
  } finally {
    await reader.close();
  }
}
