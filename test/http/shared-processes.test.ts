import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSharedSlots } from '../../src/http/limit/shared-slots.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { createRateGate, DEFAULT_LIMITS } from '../../src/testing/archive-server/limits.ts';
import { startScriptedServer } from '../../src/testing/scripted-server.ts';
import { buildChildProgram } from '../support/child-program.ts';

let root: string;
let folder: string;
const programs = { claiming: '', polite: '' };

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'celline-processes-'));
  for (const name of ['claiming', 'polite'] as const) mkdirSync(join(root, name));
  programs.claiming = await buildChildProgram('test/http/claiming-child.ts', join(root, 'claiming'));
  programs.polite = await buildChildProgram('bench/polite-worker.ts', join(root, 'polite'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
});

const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

interface Child {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
}

function start(program: string, ...args: readonly (string | number)[]): Child {
  const child = spawn(process.execPath, [program, ...args.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return { child, lines, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function untilSaid({ child, lines }: Child, count: number): Promise<void> {
  while (lines.length < count) await once(child.stdout as NodeJS.ReadableStream, 'data');
}

test('8 processes claim 60 times each: no two starts are closer than the spacing, and few files stay', async () => {
  const children = Array.from({ length: 8 }, () => start(programs.claiming, folder, 100, 60));
  const codes = await Promise.all(children.map(({ ended }) => ended));
  expect(codes).toEqual(Array(8).fill(0));
  const times = children.flatMap(({ lines }) => lines.map(Number)).sort((left, right) => left - right);
  expect(times).toHaveLength(480);
  expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(10.499);
  // Nothing is lost either: nobody waits longer than for those before.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(479 * 10.5 + 5000);
  expect(readdirSync(join(folder, 'limits', 'NCBI'))).toHaveLength(8);
});

test('processes that are killed while they claim block nobody, and leave no start that is too close', async () => {
  const dying = Array.from({ length: 4 }, () => start(programs.claiming, folder, 150, 1500, 'stay'));
  for (const [index, one] of dying.entries()) {
    await untilSaid(one, 50 + 10 * index);
    one.child.kill('SIGKILL');
  }
  expect(await Promise.all(dying.map(({ ended }) => ended))).toEqual([null, null, null, null]);
  // The last line may be cut.
  const claimed = dying.flatMap(({ lines }) => lines.slice(0, -1).map(Number));
  const heir = start(programs.claiming, folder, 150, 20);
  expect(await heir.ended).toBe(0);
  const times = [Math.max(...claimed), ...heir.lines.map(Number)];
  expect(times).toHaveLength(21);
  expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(6.999);
});

test('a process that is killed with a start time in its hand wastes that one', async () => {
  const dying = start(programs.claiming, folder, 3, 2, 'stay');
  await untilSaid(dying, 2);
  dying.child.kill('SIGKILL');
  await dying.ended;
  const clock = createSystemClock();
  const warn = (message: string) => expect.unreachable(message);
  const slots = createSharedSlots({ clock, folder: () => folder, randomId: randomUUID, warn });
  const next = slots.slotsOf({ operator: 'NCBI', origin: null, credential: null, perSecond: 3 }).claim(3);
  // Now, when it took the killed one longer to die.
  const wasted = Number(dying.lines[1]);
  expect(next.startsAt()).toBeGreaterThanOrEqual(wasted + 350);
  expect(next.startsAt()).toBeLessThanOrEqual(Math.max(wasted + 350, clock.now()));
});

// In real time: a machine that holds the server up for 30 ms lets starts meet that were apart. Hence it may be repeated.
const title =
  '000-22: 4 processes before a server that enforces 10 a second: no 429, fair shares; two are killed midway';
test(title, { retry: 2 }, async () => {
  const gate = createRateGate({ ...DEFAULT_LIMITS, ncbiPerSecond: 10 });
  let refused = 0;
  const workers: Child[] = [];
  const server = await startScriptedServer(({ at, index }) => {
    if (index === 23) for (const worker of workers.slice(0, 2)) worker.child.kill('SIGKILL');
    if (gate.arrive('NCBI', at, null) === undefined) return { body: 'ok', delayMs: 50 };
    refused += 1;
    return { status: 429 };
  });
  try {
    for (const name of [0, 1, 2, 3]) workers.push(start(programs.polite, server.url, 10, 12, folder, name));
    await Promise.all(workers.map((worker) => untilSaid(worker, 1)));
    for (const worker of workers) worker.child.stdin?.write('go\n');
    await Promise.all(workers.map(({ ended }) => ended));
    expect(workers.slice(2).map(({ lines }) => lines.at(-1))).toEqual(['done []', 'done []']);
    const names = server.requests.map(({ query }) => query.get('worker'));
    // The first ones show who was loaded first.
    const early = ['0', '1', '2', '3'].map((name) => names.slice(8, 24).filter((one) => one === name).length);
    expect(Math.max(...early) - Math.min(...early)).toBeLessThanOrEqual(3);
    for (const survivor of ['2', '3']) expect(names.filter((name) => name === survivor)).toHaveLength(12);
    expect(refused).toBe(0);
  } finally {
    for (const worker of workers) worker.child.kill('SIGKILL');
    await server.close();
  }
});
