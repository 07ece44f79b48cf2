import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createFilesystemBlobs } from '../src/cache/blob/filesystem.ts';
import { createJsonMetadata } from '../src/cache/metadata/json.ts';
import { createHttpStack } from '../src/http/client.ts';
import { createSystemClock } from '../src/project/system-clock.ts';
import { generateWorld } from '../src/testing/archive-server/generate-world.ts';
import { type ArchiveProcess, startArchiveProcess } from './archive-process.ts';
import { outcomeCounts, say } from './figures.ts';
import { runCelline } from './run-celline.ts';

/**
 * The same ids three times, against archives with their published limits: everything new; again, which the table of answered ids
 * answers; and again without the tables, which the cache answers.
 */
export async function benchSecondRun(series: number, samplesPerSeries: number): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const ids = generateWorld({ series, samplesPerSeries }).samples.map((sample) => sample.alias);
  writeFileSync(join(project, 'ids.txt'), `${ids.join('\n')}\n`);
  const archive = await startArchiveProcess(['--series', String(series), '--samples', String(samplesPerSeries)]);
  try {
    const first = await timedRun('first run', project, archive);
    const again = await timedRun('second run', project, archive);
    rmSync(join(project, 'DB'), { recursive: true });
    const cached = await timedRun('tables gone, cache kept', project, archive);
    say('faster', `second run ${(first / again).toFixed(0)} ×, from the cache alone ${(first / cached).toFixed(1)} ×`);
    const stats = await runCelline(['cache', 'stats'], project, archive.url);
    process.stdout.write(stats.stderr);
  } finally {
    await archive.close();
    rmSync(project, { recursive: true, force: true });
  }
}

async function timedRun(name: string, project: string, archive: ArchiveProcess): Promise<number> {
  const before = (await archive.summary()).total;
  const run = await runCelline(['add', '--from', 'ids.txt'], project, archive.url);
  const requests = (await archive.summary()).total - before;
  say(
    name,
    `${run.seconds.toFixed(2)} s, ${requests} requests, exit ${run.exitCode}, ${outcomeCounts(run.stdout)}, ${run.peakMegabytes.toFixed(0)} MB`,
  );
  if (run.exitCode !== 0) process.stderr.write(run.stderr.slice(-2000));
  return run.seconds;
}

/** Answers that have an entity tag, asked a second time when they are stale: one 304 each, and no body. */
export async function benchRevalidation(answers: number, bytes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const counts = { requests: 0, unchanged: 0, bodyBytes: 0 };
  const body = 'a line of an answer\n'.repeat(bytes / 20);
  const server = createServer((request, response) => {
    counts.requests += 1;
    if (request.headers['if-none-match'] !== undefined) {
      counts.unchanged += 1;
      response.writeHead(304).end();
      return;
    }
    counts.bodyBytes += body.length;
    response.writeHead(200, { etag: `"${request.url}"`, 'content-type': 'text/plain' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(folder, { recursive: true });
  try {
    for (const [name, hoursLater] of [
      ['first time', 0],
      ['fresh', 0],
      ['two hours later', 2],
    ] as const) {
      const before = { ...counts };
      const seconds = await askAll(folder, host, answers, hoursLater * 3_600_000);
      const [requests, unchanged] = [counts.requests - before.requests, counts.unchanged - before.unchanged];
      const megabytes = (counts.bodyBytes - before.bodyBytes) / 1e6;
      say(
        name,
        `${requests} requests, ${unchanged} × 304, ${megabytes.toFixed(1)} MB of bodies, ${seconds.toFixed(2)} s`,
      );
    }
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function askAll(folder: string, host: string, answers: number, laterMs: number): Promise<number> {
  const system = createSystemClock();
  const clock = { ...system, now: () => system.now() + laterMs };
  const stack = createHttpStack({
    clock,
    random: () => 0.5,
    report: () => {},
    userAgent: 'celline/bench',
    cache: { metadata: createJsonMetadata(folder), blobs: createFilesystemBlobs(folder), maxBytes: 5e9 },
    spoolFolders: [folder],
  });
  const limit = { host, operator: 'Bench', perSecond: 1e6, connections: 10, source: 'bench' };
  const http = stack.forHandler({ name: 'bench', hosts: [limit], ttl: 3600 });
  const start = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < answers) {
      next += 1;
      await http.send({ url: `http://${host}/${next}`, expect: { kind: 'text' } });
    }
  };
  await Promise.all(Array.from({ length: 10 }, worker));
  const seconds = (performance.now() - start) / 1000;
  await stack.close();
  return seconds;
}
