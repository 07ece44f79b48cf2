import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';

/** Processes of each way, one after the other: what V8 makes of the same code differs from one to the next by some 5 %. */
const PROCESSES = Number(process.env.BENCH_PROCESSES ?? 3);

/** Rounds of each process, the ways in turn, so that a busy machine is busy for all. The first ones warm up. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 11);

/** What the stack is held against: undici at its fastest, and what most programs use. */
const PEERS = [
  { name: 'undici alone', way: 'bare' },
  { name: 'fetch of undici', way: 'fetch' },
] as const;

const STACKS = [
  { name: 'stack, no cache', way: 'stack' },
  { name: 'stack, memory cache', way: 'memory' },
  { name: 'stack, file cache', way: 'files' },
] as const;

/** `BENCH_WAYS=1` leaves out the caches. */
const WAYS = [...PEERS, ...STACKS.slice(0, Number(process.env.BENCH_WAYS ?? STACKS.length))];

/** Milliseconds for 10,000 answers. */
interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** A process that prints a line for each one that it is given, or one at its start. */
interface Child {
  readonly process: ChildProcess;
  readonly lines: Interface;
}

/**
 * The whole stack against undici alone, over a loopback server in a process of its own. Each way has a process of its own too: in
 * one the ways would slow each other down, since compiled code is made for what it has met.
 */
export async function benchHttpOverhead(): Promise<void> {
  const server = start('small-server');
  const [url] = (await once(server.lines, 'line')) as [string];
  const all = WAYS.map(({ name, way }) => ({ name, way, times: [] as Times[] }));
  for (let process = 0; process < PROCESSES; process += 1) await ask(all, url);
  server.process.stdin?.end();
  sayTimes(all);
}

/** All rounds of one process for each way; adds the times. */
async function ask(all: readonly { readonly way: string; readonly times: Times[] }[], url: string): Promise<void> {
  const askers = all.map(({ way, times }) => ({ child: start('overhead-asker', way, url), times }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { child, times } of askers) {
      child.process.stdin?.write('\n');
      const [line] = (await once(child.lines, 'line')) as [string];
      times.push(JSON.parse(line) as Times);
    }
  }
  for (const { child } of askers) child.process.stdin?.end();
}

function start(script: string, ...args: string[]): Child {
  const stdio = ['pipe', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, [join(builtFolder(), 'bench', `${script}.js`), ...args], { stdio: [...stdio] });
  return { process: child, lines: createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }) };
}

/** Other programs only ever make a round slower: the fastest tells most, the median how the others went. */
function sayTimes(all: readonly { readonly name: string; readonly times: readonly Times[] }[]): void {
  const [bare, fetched] = all.map(({ times }) => timesAt(times, 0));
  for (const { name, times } of all) {
    const fastest = timesAt(times, 0);
    const median = timesAt(times, 0.5);
    const ratios = [
      `${ratioText(fastest, bare)} × undici`,
      `median ${ratioText(median, timesAt(all[0]?.times ?? [], 0.5))} ×`,
      `${ratioText(fastest, fetched)} × fetch`,
    ];
    say(name, `${timesText(fastest)} (median ${timesText(median)}): ${ratios.join(', ')}`);
  }
}

function timesText({ wallMs, cpuMs }: Times): string {
  return `${wallMs.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms`;
}

/** Wall time, and CPU time behind it. */
function ratioText(times: Times, { wallMs, cpuMs }: Times = times): string {
  return `${(times.wallMs / wallMs).toFixed(2)} (CPU ${(times.cpuMs / cpuMs).toFixed(2)})`;
}

/** Wall and CPU time each at a share of the rounds, from the fastest: 0 is the fastest, 0.5 the median. */
function timesAt(all: readonly Times[], share: number): Times {
  const at = (of: (one: Times) => number) =>
    all.map(of).toSorted((one, other) => one - other)[Math.floor(all.length * share)] ?? Number.NaN;
  return { wallMs: at(({ wallMs }) => wallMs), cpuMs: at(({ cpuMs }) => cpuMs) };
}
