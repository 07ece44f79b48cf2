import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAbsent } from '../../disk/system-code.ts';
import { type FileContent, writeWhole } from '../../disk/write-whole.ts';
import { ConfigError } from '../../errors/config-error.ts';

/** Version of the format that this celline writes, and the newest that it reads. */
const FORMAT = 1;

/** The file that makes a folder a recording. */
const HEADING = 'recording.json';

const ABOUT = [
  'Answers of archives, kept by celline --record and answered by celline --replay.',
  'One JSON file per request, in the folder of the handler that asked; long or binary bodies are in files beside.',
  'No keys, no e-mail addresses, no cookies. To change an answer on purpose, remove the line "sha256" of its file.',
  'What the archives changed since the last recording: git diff -I\'"recordedAt"\'',
];

/** Begins the name of a file that is being written. */
const DRAFT = '.tmp-';

/** Line ends are part of the answers. */
const ATTRIBUTES = '* -text\n';

/** Makes a folder a recording, or checks that it is one. `ConfigError` when it holds other files, is of a newer celline or cannot be written. */
export async function openForRecording(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names?.includes(HEADING)) return checkHeading(folder);
  if (names?.some((name) => !name.startsWith('.'))) {
    throw new ConfigError(`${folder} holds other files and is no recording`, {
      hint: 'Name a new or empty folder with --record.',
      fields: { path: folder },
    });
  }
  try {
    await writeRecordingFile(join(folder, '.gitattributes'), ATTRIBUTES);
    await writeRecordingFile(
      join(folder, HEADING),
      `${JSON.stringify({ format: 'celline recording', version: FORMAT, about: ABOUT }, null, 2)}\n`,
    );
  } catch (cause) {
    throw new ConfigError(`the recording ${folder} cannot be written: ${(cause as Error).message}`, {
      hint: 'Name a folder that can be written with --record.',
      fields: { path: folder },
      cause,
    });
  }
}

/** Checks that a folder is a recording that can be read; else `ConfigError`. */
export async function openForReplay(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names?.includes(HEADING)) return checkHeading(folder);
  throw new ConfigError(names === null ? `there is no recording ${folder}` : `${folder} is no recording`, {
    hint: `Make one: run the command once with --record ${folder}.`,
    fields: { path: folder },
  });
}

async function checkHeading(folder: string): Promise<void> {
  const path = join(folder, HEADING);
  const heading = await readHeading(path);
  if (heading.format !== 'celline recording' || !Number.isSafeInteger(heading.version)) {
    throw new ConfigError(`${path} is not the heading of a recording`, {
      hint: 'Name another folder, or record anew into an empty one.',
      fields: { path },
    });
  }
  if (Number(heading.version) <= FORMAT) return;
  throw new ConfigError(`the recording ${folder} has format ${heading.version}; this celline reads up to ${FORMAT}`, {
    hint: 'Use a newer celline, or record anew into an empty folder.',
    fields: { path, version: Number(heading.version) },
  });
}

async function readHeading(path: string): Promise<{ readonly format?: unknown; readonly version?: unknown }> {
  try {
    const heading: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof heading === 'object' && heading !== null ? heading : {};
  } catch (cause) {
    throw new ConfigError(`${path} cannot be read: ${(cause as Error).message}`, {
      hint: 'Name another folder, or record anew into an empty one.',
      fields: { path },
      cause,
    });
  }
}

/** Names in a folder; null when there is none. */
async function namesIn(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (isAbsent(cause)) return null;
    throw new ConfigError(`the recording ${folder} cannot be read: ${(cause as Error).message}`, {
      hint: 'Name a folder that can be read.',
      fields: { path: folder },
      cause,
    });
  }
}

/** True for the name of a file that is being written, or was when its command was killed. */
export function isDraft(name: string): boolean {
  return name.startsWith(DRAFT);
}

/** Removes such a file when it was last written before an instant (milliseconds since 1970-01-01 UTC). */
export async function removeDraft(path: string, before: number): Promise<void> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  if (mtimeMs < before) await rm(path, { force: true });
}

/** Writes a file of a recording whole or not at all; folders are made. */
export function writeRecordingFile(path: string, content: FileContent): Promise<void> {
  return writeWhole(path, content, join(dirname(path), `${DRAFT}${randomUUID()}`));
}
