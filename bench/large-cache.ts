import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createFilesystemBlobs } from '../src/cache/blob/filesystem.ts';
import { createJsonMetadata } from '../src/cache/metadata/json.ts';
import { createUseLog, NO_USE } from '../src/http/cache/use-log.ts';
import { generateWorld } from '../src/testing/archive-server/generate-world.ts';
import { type ArchiveProcess, startArchiveProcess } from './archive-process.ts';
import { say } from './figures.ts';
import { runCelline } from './run-celline.ts';

/** Adds of one id into each project, one after the other, so that a busy machine is busy for both. */
const ROUNDS = 11;

/** Bytes of a seeded body. */
const BODY_BYTES = 2000;

/** A cache of many entries: opens like an empty one, what each command takes over it, and the cap it stays under. */
export async function benchLargeCache(entries: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const archive = await startArchiveProcess([
    '--series',
    '8',
    '--samples',
    '25',
    '--no-limits',
    '--ncbi-ms',
    '0',
    '--ena-ms',
    '0',
    '--per-record-ms',
    '0',
  ]);
  const [empty, large] = [join(folder, 'empty'), join(folder, 'large')];
  try {
    for (const project of [empty, large]) makeProject(project, entries * BODY_BYTES * 2);
    const began = performance.now();
    await seedCache(join(large, '.cache'), entries);
    say('seeded', `${entries} entries in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await compareAdds(empty, large, archive);
    for (const command of ['stats', 'list', 'verify', 'prune --older-than 1d --dry-run']) {
      const run = await runCelline(['cache', ...command.split(' '), '-o', 'out.tsv'], large, archive.url);
      say(
        `celline cache ${command}`,
        `${run.seconds.toFixed(2)} s, ${run.peakMegabytes.toFixed(0)} MB, exit ${run.exitCode}`,
      );
    }
    await fillBeyondCap(large, entries, archive);
  } finally {
    await archive.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeProject(project: string, maxBytes: number): void {
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'celline.config.json'), JSON.stringify({ cache: { maxBytes } }));
}

/** Puts entries as commands would. Their use is noted, as it is when commands store them. */
async function seedCache(folder: string, entries: number): Promise<void> {
  const [metadata, blobs] = [createJsonMetadata(folder), createFilesystemBlobs(folder)];
  const at = new Date().toISOString();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < entries) {
      next += 1;
      await seedEntry(next, at, metadata, blobs);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  const look = { at, bytes: entries * BODY_BYTES };
  await createUseLog(join(folder, 'use-v1')).note({ at, run: 'seed', ...NO_USE, misses: entries, look });
}

async function seedEntry(
  index: number,
  fetchedAt: string,
  metadata: ReturnType<typeof createJsonMetadata>,
  blobs: ReturnType<typeof createFilesystemBlobs>,
): Promise<void> {
  const body = Buffer.alloc(BODY_BYTES, `answer ${index} `);
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const url = `https://www.ebi.ac.uk/ena/browser/api/xml/SRX${index}`;
  const keyHash = createHash('sha256').update(url).digest('hex');
  await blobs.put(`insdc/${bodyHash}`, body);
  await metadata.putEntry(`insdc/${createHash('md5').update(url).digest('hex')}`, {
    version: 1,
    keyHash,
    url,
    status: 200,
    fetchedAt,
    headers: { 'content-type': 'application/xml' },
    checkedAs: 'xml:SAMPLE_SET',
    bodyHash,
    bodySize: BODY_BYTES,
  });
}

/** The same new id into both, then the same again from the cache alone, without the archive's time in it. */
async function compareAdds(empty: string, large: string, archive: ArchiveProcess): Promise<void> {
  const ids = generateWorld({ series: 8, samplesPerSeries: 25 }).samples.map((sample) => sample.alias);
  const times = {
    asked: { empty: [] as number[], large: [] as number[] },
    cached: { empty: [] as number[], large: [] as number[] },
  };
  const projects = [
    ['empty', empty],
    ['large', large],
  ] as const;
  for (const [round, id] of ids.slice(0, ROUNDS).entries()) {
    for (const [name, project] of round % 2 === 0 ? projects : projects.toReversed()) {
      // The empty cache is empty each time.
      if (name === 'empty') rmSync(join(project, '.cache'), { recursive: true, force: true });
      times.asked[name].push(await timeOfAdd([id], project, archive));
      rmSync(join(project, 'DB'), { recursive: true });
      times.cached[name].push(await timeOfAdd([id, '--offline'], project, archive));
    }
  }
  for (const [name, { empty: one, large: other }] of Object.entries(times)) {
    const [small, big] = [median(one), median(other)];
    say(
      name === 'asked' ? 'add of one id' : 'the same from the cache',
      `empty ${(small * 1000).toFixed(0)} ms, large ${(big * 1000).toFixed(0)} ms: ${(big / small).toFixed(2)} ×`,
    );
  }
}

async function timeOfAdd(args: readonly string[], project: string, archive: ArchiveProcess): Promise<number> {
  const run = await runCelline(['add', ...args], project, archive.url);
  if (run.exitCode !== 0) throw new Error(`add ${args.join(' ')} ended with ${run.exitCode}: ${run.stderr}`);
  return run.seconds;
}

/** A cap just above what is there: a command that stores more lets the least recently used go. */
async function fillBeyondCap(project: string, entries: number, archive: ArchiveProcess): Promise<void> {
  const maxBytes = entries * BODY_BYTES;
  makeProject(project, maxBytes);
  const ids = generateWorld({ series: 8, samplesPerSeries: 25 }).samples.map((sample) => sample.alias);
  writeFileSync(join(project, 'ids.txt'), `${ids.join('\n')}\n`);
  const run = await runCelline(['add', '--from', 'ids.txt'], project, archive.url);
  let bytes = 0;
  for await (const { size } of createFilesystemBlobs(join(project, '.cache')).listKeys('')) bytes += size;
  say(
    `add of ${ids.length} ids at the cap`,
    `${run.seconds.toFixed(2)} s, exit ${run.exitCode}; then ${(bytes / 1e6).toFixed(0)} MB of ${(maxBytes / 1e6).toFixed(0)} MB`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
