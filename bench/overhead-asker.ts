// Asks a server of small answers in one way, a round for each line of its stdin; prints the times of each. Ends when its stdin does.
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

/** Answers per round, and how many are asked at once. */
const ANSWERS = 10_000;
const AT_ONCE = 10;

interface Asker {
  ask(path: string): Promise<unknown>;
  close(): Promise<void>;
}

/** By name: opens what asks in a round. */
const WAYS: Readonly<Record<string, (url: string) => Asker | Promise<Asker>>> = {
  bare: openBare,
  fetch: openFetch,
  stack: (url) => openStack(url, null),
  memory: (url) => openStack(url, memoryCache()),
  files: openWithFiles,
};

/** Milliseconds of a round. */
async function timesOf(open: (url: string) => Asker | Promise<Asker>, url: string) {
  const asker = await open(url);
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

function openBare(url: string): Asker {
  const pool = new Pool(url, { connections: AT_ONCE });
  return {
    ask: async (path) => {
      const { body } = await pool.request({ path, method: 'GET', headers: { 'accept-encoding': 'gzip, deflate' } });
      return JSON.parse(await body.text());
    },
    close: () => pool.close(),
  };
}

function openFetch(url: string): Asker {
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

const [, , way = '', url = ''] = process.argv;
const open = WAYS[way];
if (open === undefined) throw new Error(`no way is called ${way}: ${Object.keys(WAYS).join(', ')}`);
for await (const _round of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await timesOf(open, url))}\n`);
}
