import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fetch, Pool } from 'undici';
import { createFilesystemBlobs } from '../src/cache/blob/filesystem.ts';
import { createMemoryBlobs } from '../src/cache/blob/memory.ts';
import { createJsonMetadata } from '../src/cache/metadata/json.ts';
import { createMemoryMetadata } from '../src/cache/metadata/memory.ts';
import { createHttpStack, type HttpStack } from '../src/http/client.ts';
import type { HttpStackSettings } from '../src/http/settings.ts';
import { createSystemClock } from '../src/project/system-clock.ts';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';

/** Answers per round, and how many are asked at once. */
const ANSWERS = 10_000;
const AT_ONCE = 10;

/** Rounds of each way, one after the other, so that a busy machine is busy for all. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);

/** One way to ask `ANSWERS` small questions. */
interface Way {
  readonly name: string;
  /** A fresh round; gives what asks for one path and what ends the round. */
  open(url: string): Promise<Asker>;
}

interface Asker {
  ask(path: string): Promise<unknown>;
  close(): Promise<void>;
}

/** What the stack is held against: undici at its fastest, and what most programs use. */
const PEERS: readonly Way[] = [
  { name: 'undici alone', open: openBare },
  { name: 'fetch of undici', open: openFetch },
];

const STACKS: readonly Way[] = [
  { name: 'stack, no cache', open: async (url) => openStack(url, null) },
  { name: 'stack, memory cache', open: async (url) => openStack(url, memoryCache()) },
  { name: 'stack, file cache', open: openWithFiles },
];

/** `BENCH_WAYS=1` leaves out the caches, for a profile. */
const WAYS = [...PEERS, ...STACKS.slice(0, Number(process.env.BENCH_WAYS ?? STACKS.length))];

/** The whole stack against undici alone, over a loopback server in a process of its own. */
export async function benchHttpOverhead(): Promise<void> {
  const server = spawn(process.execPath, [join(builtFolder(), 'bench', 'small-server.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const times = new Map<string, Times[]>(WAYS.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of WAYS) times.get(way.name)?.push(await timeOf(way, url));
  }
  server.stdin.end();
  sayTimes(times);
}

interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function timeOf(way: Way, url: string): Promise<Times> {
  const asker = await way.open(url);
  await asker.ask('/warm-up');
  const cpu = process.cpuUsage();
  const began = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < ANSWERS; i = next++) await asker.ask(`/samples/${i}`);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  await asker.close();
  return { wallMs, cpuMs: (user + system) / 1000 };
}

/** Other programs only ever make a round slower: the fastest tells most, the median how the others went. */
function sayTimes(times: ReadonlyMap<string, readonly Times[]>): void {
  const fastest = new Map([...times].map(([name, all]) => [name, timesAt(all, 0)]));
  for (const [name, all] of times) {
    const { wallMs, cpuMs } = timesAt(all, 0);
    const median = timesAt(all, 0.5);
    const ratios = PEERS.map((peer) => {
      const other = fastest.get(peer.name) ?? median;
      return `${(wallMs / other.wallMs).toFixed(2)} × ${peer.name} (CPU ${(cpuMs / other.cpuMs).toFixed(2)} ×)`;
    });
    const figures = `${wallMs.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms`;
    const middle = `median ${median.wallMs.toFixed(0)} ms, CPU ${median.cpuMs.toFixed(0)} ms`;
    say(name, `${figures} (${middle}): ${ratios.join(', ')}`);
  }
}

/** Wall and CPU time each at a share of the rounds, from the fastest: 0 is the fastest, 0.5 the median. */
function timesAt(all: readonly Times[], share: number): Times {
  const at = (of: (one: Times) => number) =>
    all.map(of).toSorted((one, other) => one - other)[Math.floor(all.length * share)] ?? Number.NaN;
  return { wallMs: at(({ wallMs }) => wallMs), cpuMs: at(({ cpuMs }) => cpuMs) };
}

async function openBare(url: string): Promise<Asker> {
  const pool = new Pool(url, { connections: AT_ONCE });
  return {
    ask: async (path) => {
      const { body } = await pool.request({ path, method: 'GET', headers: { 'accept-encoding': 'gzip, deflate' } });
      return JSON.parse(await body.text());
    },
    close: () => pool.close(),
  };
}

async function openFetch(url: string): Promise<Asker> {
  const pool = new Pool(url, { connections: AT_ONCE });
  return {
    ask: async (path) => (await fetch(`${url}${path}`, { dispatcher: pool })).json(),
    close: () => pool.close(),
  };
}

function openStack(url: string, cache: HttpStackSettings['cache']): Asker {
  const stack: HttpStack = createHttpStack({
    clock: createSystemClock(),
    random: Math.random,
    report: () => {},
    userAgent: 'celline/bench',
    cache,
    spoolFolders: [tmpdir()],
  });
  const { host } = new URL(url);
  const limit = { host, operator: 'Bench', perSecond: 1e6, connections: AT_ONCE, source: 'bench' };
  const http = stack.forHandler({ name: 'bench', hosts: [limit], ttl: cache === null ? 0 : 3600 });
  return { ask: (path) => http.json({ url: `${url}${path}` }), close: () => stack.close() };
}

function memoryCache(): NonNullable<HttpStackSettings['cache']> {
  const now = () => Date.now();
  return { metadata: createMemoryMetadata(now), blobs: createMemoryBlobs(now), maxBytes: 1e10 };
}

async function openWithFiles(url: string): Promise<Asker> {
  const folder = await mkdtemp(join(tmpdir(), 'celline-bench-'));
  const cache = { metadata: createJsonMetadata(folder), blobs: createFilesystemBlobs(folder), maxBytes: 1e10 };
  const asker = openStack(url, cache);
  return {
    ask: asker.ask,
    close: async () => {
      await asker.close();
      await rm(folder, { recursive: true });
    },
  };
}
