import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildChildProgram } from '../support/child-program.ts';

const LINES = 1500;
let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'celline-log-processes-'));
  program = await buildChildProgram(join(import.meta.dirname, 'appending-child.ts'), folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (path: string, name: string, count: number): ChildProcess =>
  spawn(process.execPath, [program, path, name, String(count)], { stdio: ['ignore', 'ignore', 'inherit'] });

const ended = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('exit', resolve));

/** All lines of a log and of the files that were moved aside. */
function linesOf(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean));
}

/** Resolves when the log is that large. */
async function untilLarge(dir: string, bytes: number): Promise<void> {
  for (;;) {
    const sizes = readdirSync(dir).map((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0);
    if (sizes.reduce((sum, size) => sum + size, 0) >= bytes) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('four processes add to one log that is moved aside meanwhile: every line is there, whole, once', async () => {
  const dir = mkdtempSync(join(folder, 'four-'));
  const children = ['a', 'b', 'c', 'd'].map((name) => start(join(dir, 'log'), name, LINES));
  await Promise.all(children.map(ended));
  const lines = linesOf(dir).map((line) => JSON.parse(line) as { name: string; number: number });
  expect(readdirSync(dir).length).toBeGreaterThan(3);
  expect(lines).toHaveLength(4 * LINES);
  expect(new Set(lines.map(({ name, number }) => `${name} ${number}`)).size).toBe(4 * LINES);
});

test('one that is killed takes nothing from the others, and leaves whole lines but for the last', async () => {
  const dir = mkdtempSync(join(folder, 'killed-'));
  const doomed = start(join(dir, 'log'), 'doomed', 10_000_000);
  // On a busy machine the other one could else be done before this one begins.
  await untilLarge(dir, 100_000);
  const other = start(join(dir, 'log'), 'other', LINES);
  // Heard from the beginning: the other one may be done before the log is looked at again.
  const bothEnded = Promise.all([ended(doomed), ended(other)]);
  await untilLarge(dir, 300_000);
  doomed.kill('SIGKILL');
  await bothEnded;
  const found = { other: 0, doomed: 0, cut: 0 };
  for (const line of linesOf(dir)) {
    try {
      found[(JSON.parse(line) as { name: 'other' | 'doomed' }).name] += 1;
    } catch {
      found.cut += 1;
    }
  }
  expect(found.other).toBeGreaterThanOrEqual(LINES - 1);
  expect(found.doomed).toBeGreaterThan(100);
  expect(found.cut).toBeLessThanOrEqual(1);
});
