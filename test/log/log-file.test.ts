import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemCode } from '../../src/disk/system-code.ts';
import { createLogFile, type LogFileSettings, type Rotation } from '../../src/log/log-file.ts';
import { buildChildProgram } from '../support/child-program.ts';
import { smallDisk } from '../support/small-disk.ts';

let folder: string;
let path: string;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'celline-log-'));
  path = join(folder, 'logs', 'celline.log');
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type More = Partial<Pick<LogFileSettings, 'path'> & Rotation>;

const settings = ({ path: place = path, ...more }: More = {}): LogFileSettings => ({
  path: place,
  what: 'log',
  rotation: { maxBytes: 1_000_000, keep: 2, now: () => Date.now(), ...more },
  warn: (message) => warnings.push(message),
});

/** Adds lines one after the other, each on disk before the next. */
async function addEach(lines: readonly string[], more: More = {}): Promise<void> {
  for (const line of lines) {
    const file = createLogFile(settings(more));
    file.add(line);
    await file.close();
  }
}

/** What a program says, when it has ended. */
const execFileText = async (program: string, words: string[]): Promise<string> =>
  (await promisify(execFile)(program, words)).stdout;

/** Reads from a pipe that is not waited for, until the text has come. */
async function untilRead(pipe: number, text: string): Promise<void> {
  const bytes = Buffer.alloc(1000);
  for (let found = ''; found !== text; await new Promise((resolve) => setImmediate(resolve))) {
    try {
      found += bytes.toString('utf8', 0, readSync(pipe, bytes));
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') throw error;
    }
  }
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);

test('lines come in order, the folder is made, only the user may read them', async () => {
  const file = createLogFile(settings());
  const lines = Array.from({ length: 5000 }, (_, number) => `line ${number} ${'x'.repeat(40)}`);
  for (const line of lines) file.add(line);
  await file.close();
  expect(linesOf(path)).toEqual(lines);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([]);
});

test('a line that was cut by a kill is ended, so that it costs no other line', async () => {
  await addEach(['a']);
  appendFileSync(path, '{"cut');
  await addEach(['b']);
  expect(linesOf(path)).toEqual(['a', '{"cut', 'b']);
});

describe('rotation', () => {
  test('the newest lines stay, in files of bounded number and size', async () => {
    const lines = Array.from({ length: 40 }, (_, number) => `line ${String(number).padStart(2, '0')}`);
    await addEach(lines, { maxBytes: 40 });
    expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['celline.log', 'celline.log.1', 'celline.log.2']);
    const kept = [`${path}.2`, `${path}.1`, path].flatMap(linesOf);
    expect(kept).toEqual(lines.slice(-kept.length));
    for (const name of readdirSync(join(folder, 'logs'))) {
      expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(48);
    }
  });

  test('keep 0: the old lines go', async () => {
    await addEach(['one', 'two'], { maxBytes: 2, keep: 0 });
    expect(readdirSync(join(folder, 'logs'))).toEqual(['celline.log']);
    expect(linesOf(path)).toEqual(['two']);
  });

  test('a log that another process moved aside is begun anew', async () => {
    const mine = createLogFile(settings({ maxBytes: 10 }));
    mine.add('mine, long enough');
    await new Promise<void>((resolve) => {
      const look = () => (existsSync(path) && linesOf(path).length === 1 ? resolve() : setImmediate(look));
      look();
    });
    await addEach(['of another'], { maxBytes: 10 });
    mine.add('mine again');
    await mine.close();
    const all = ['.2', '.1', ''].flatMap((end) => (existsSync(path + end) ? linesOf(path + end) : []));
    expect(all).toEqual(['mine, long enough', 'of another', 'mine again']);
  });

  test('the lock of a process that was killed holds nobody up for long', async () => {
    await addEach(['one']);
    writeFileSync(`${path}.lock`, '');
    await addEach(['two'], { maxBytes: 2 });
    expect(linesOf(path)).toEqual(['one', 'two']);
    const old = Date.now() / 1000 - 60;
    utimesSync(`${path}.lock`, old, old);
    await addEach(['three', 'four'], { maxBytes: 2 });
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(linesOf(path)).toEqual(['four']);
    expect(linesOf(`${path}.1`)).toEqual(['one', 'two', 'three']);
  });
});

describe('a log that cannot be written is one warning and no failure', () => {
  test.each([
    ['a folder in its place', () => join(folder)],
    ['a file in place of its folder', () => join(path, 'below.log')],
  ])('%s', async (_name, place) => {
    await addEach(['in the way']);
    const file = createLogFile(settings({ path: place() }));
    for (let number = 0; number < 100; number += 1) file.add(`line ${number}`);
    await file.close();
    expect(warnings).toEqual([expect.stringContaining(`the log ${place()} is incomplete: `)]);
  });

  test('a full disk', async ({ skip }) => {
    const disk = smallDisk(64);
    if (disk === null) return skip('file systems cannot be mounted here');
    const file = createLogFile(settings({ path: join(disk, 'celline.log') }));
    for (let number = 0; number < 3000; number += 1) file.add(`line ${number} ${'x'.repeat(100)}`);
    await file.close();
    expect(warnings).toEqual([expect.stringContaining('ENOSPC')]);
    expect(linesOf(join(disk, 'celline.log')).length).toBeGreaterThan(100);
  });

  test.skipIf(process.platform === 'win32')('a named pipe that nobody reads holds nothing up', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await addEach(['one'], { path: pipe });
    expect(warnings).toEqual([expect.stringContaining('ENXIO')]);
  });

  describe.skipIf(process.platform === 'win32')('a named pipe', () => {
    let pipe: string;
    let reader: number;
    beforeEach(() => {
      pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      // Opened so, it waits for no writer.
      reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    });

    test('whose reader leaves', async () => {
      const file = createLogFile(settings({ path: pipe }));
      file.add('one');
      await untilRead(reader, 'one\n');
      closeSync(reader);
      for (let number = 0; number < 100; number += 1) file.add(`line ${number}`);
      await file.close();
      expect(warnings).toEqual([`the log ${pipe} is incomplete: write EPIPE`]);
    });

    test('whose reader leaves at the first end gives it all lines before', async () => {
      closeSync(reader);
      for (let round = 0; round < 8; round += 1) {
        const child = execFileText('cat', [pipe]);
        do {
          warnings = [];
          await addEach(['one'], { path: pipe });
        } while (warnings.some((text) => text.includes('ENXIO')));
        expect(await child).toBe('one\n');
      }
    });

    test.each(['log', 'events'])(
      'whose reader reads nothing: the process ends when it is told to (%s)',
      async (what) => {
        const program = await buildChildProgram(join(import.meta.dirname, 'leaving-child.ts'), folder);
        const ended = spawnSync(process.execPath, [program, pipe, what], { timeout: 30_000, killSignal: 'SIGKILL' });
        closeSync(reader);
        expect(ended).toMatchObject({ status: 7, signal: null });
      },
    );
  });

  test('a device is written to and never moved aside', async () => {
    await addEach(['one', 'two'], { path: '/dev/null', maxBytes: 1 });
    expect(warnings).toEqual([]);
  });
});
