import { tmpdir } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { createHttpStack } from '../src/http/client.ts';
import type { HttpStackSettings } from '../src/http/settings.ts';
import { createSystemClock } from '../src/project/system-clock.ts';
import { type FarServer, startFarServer } from './far-server.ts';
import { say } from './figures.ts';

const REQUESTS = 1000;

/** What the archives allow at once. */
const IN_FLIGHT = 4;

/** Starts per second; the stack spaces them by 1.05 times as much. */
const RATES = [25, 1e6];

interface Asker {
  ask(path: string): Promise<unknown>;
  close(): Promise<void>;
}

interface Way {
  readonly name: string;
  readonly inFlight: number;
  open(server: FarServer, perSecond: number): Asker;
}

const WAYS: readonly Way[] = [
  { name: 'stack', inFlight: IN_FLIGHT, open: (server, perSecond) => openStack(server, perSecond, {}) },
  { name: 'stack, through a proxy', inFlight: IN_FLIGHT, open: openThroughProxy },
  { name: 'undici, HTTP/1.1', inFlight: IN_FLIGHT, open: (server) => openBare(server, false) },
  { name: 'undici, HTTP/2', inFlight: IN_FLIGHT, open: (server) => openBare(server, true) },
  { name: 'undici, HTTP/2, 100 at once', inFlight: 100, open: (server) => openBare(server, true) },
];

/** 1,000 small answers of a server 100 ms away: the stack, and undici with and without HTTP/2. */
export async function benchHttp2(): Promise<void> {
  const server = await startFarServer();
  for (const perSecond of RATES) {
    for (const way of WAYS) {
      // More at once than four are never under way at 25 a second and 100 ms.
      if (way.inFlight > IN_FLIGHT && perSecond < 1000) continue;
      await measure(way, server, perSecond);
    }
  }
  server.close();
}

async function measure({ name, inFlight, open }: Way, server: FarServer, perSecond: number): Promise<void> {
  server.count();
  const asker = open(server, perSecond);
  const spacing = 1050 / perSecond;
  const began = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < REQUESTS; i = next++) {
      const early = began + i * spacing - performance.now();
      if (early > 1) await sleep(early);
      await asker.ask(`/entrez/eutils/esummary.fcgi?db=gds&retmode=json&id=${200_000_000 + i}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = ((performance.now() - began) / 1000).toFixed(2);
  const { connections, sent, received } = server.count();
  await asker.close();
  const rate = perSecond < 1000 ? `${perSecond} a second` : 'as fast as it goes';
  say(`${name}, ${rate}`, `${seconds} s, ${connections} connections, ${kB(sent)} there, ${kB(received)} back`);
}

function kB(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

function openThroughProxy(server: FarServer, perSecond: number): Asker {
  const https = { variable: 'HTTPS_PROXY', url: new URL(server.proxyUrl) };
  return openStack({ ...server, url: server.url.replace('127.0.0.1', 'far.localhost') }, perSecond, {
    proxy: { https },
  });
}

function openStack(server: FarServer, perSecond: number, settings: Partial<HttpStackSettings>): Asker {
  const stack = createHttpStack({
    clock: createSystemClock(),
    random: Math.random,
    report: () => {},
    userAgent: 'celline/bench',
    cache: null,
    spoolFolders: [tmpdir()],
    authorities: [server.authority],
    ...settings,
  });
  const { host } = new URL(server.url);
  const limit = { host, operator: 'Bench', perSecond, connections: IN_FLIGHT, source: 'bench' };
  const http = stack.forHandler({ name: 'bench', hosts: [limit], ttl: 0 });
  return { ask: (path) => http.json({ url: `${server.url}${path}` }), close: () => stack.close() };
}

/** One connection with HTTP/2, else as many as there are requests at once. */
function openBare(server: FarServer, allowH2: boolean): Asker {
  const connect = { ca: server.authority, servername: 'localhost' };
  const pipelining = allowH2 ? 100 : 1;
  const clients = Array.from(
    { length: allowH2 ? 1 : IN_FLIGHT },
    () => new Client(server.url, { connect, allowH2, pipelining, maxConcurrentStreams: 100 }),
  );
  const free = [...clients];
  return {
    ask: async (path) => {
      const client = (allowH2 ? clients[0] : free.pop()) as Client;
      const headers = { 'user-agent': 'celline/bench', 'accept-encoding': 'gzip, deflate, br' };
      const { body } = await client.request({ path, method: 'GET', headers });
      const json = await body.json();
      free.push(client);
      return json;
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.destroy()));
    },
  };
}
