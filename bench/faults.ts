import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { generateWorld } from '../src/testing/archive-server/generate-world.ts';
import type { World } from '../src/testing/archive-server/world.ts';
import { type ArchiveProcess, startArchiveProcess } from './archive-process.ts';
import { builtFolder } from './built-folder.ts';
import { cacheBroken } from './fault-cache.ts';
import { outcomeCounts, say, sayRequests } from './figures.ts';
import { isolated } from './run-celline.ts';

/** Share of the requests that meet a fault. */
const SHARE = 0.1;

/** Growth of memory between a fifth of the requests and all of them that counts as flat. */
const FLAT = 1.2;

const SAMPLES_PER_SERIES = 2;

/** Outcomes that say that an id is done. */
const GOOD = new Set(['added', 'updated', 'unchanged', 'no_runs']);

/** Outcomes by which an id may fail while the archives lie. */
const FAILED = new Set(['bad_response', 'network_error', 'http_error', 'rate_limited', 'partial']);

/** What is compared, without what tells when it came or from which hands. */
const TABLES = ['samples', 'runs', 'projects', 'files', 'links'];

interface Added {
  readonly rows: readonly (readonly string[])[];
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Adds generated ids, mostly one request each, from archives of which a tenth of the answers carries one of 24 kinds of fault, beside the
 * same from good archives. Every id has one row, a failure has a name and a second run (without faults) completes it, nothing wrong is
 * stored in the cache or in the tables, and memory stays flat. Exits 1 when one of these does not hold.
 */
export async function benchFaults(requests: number): Promise<void> {
  const series = Math.ceil(requests * 0.56);
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const ids = someIds(generateWorld({ series, samplesPerSeries: SAMPLES_PER_SERIES }), requests);
  const size = ['--series', String(series), '--samples', String(SAMPLES_PER_SERIES), '--no-limits'];
  const quick = ['--ncbi-ms', '5', '--ena-ms', '5', '--per-record-ms', '0'];
  const archives = await Promise.all([
    startArchiveProcess([...size, ...quick]),
    startArchiveProcess([...size, ...quick, '--faults', String(SHARE)]),
  ]);
  try {
    const [clean, faulty] = archives;
    const broken = await addTwice({ folder, ids, clean, faulty, requests });
    for (const line of broken) say('BROKEN', line);
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    await Promise.all(archives.map((archive) => archive.close()));
    if (process.env.BENCH_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    else say('kept', folder);
  }
}

/** Ids of every kind, in shares that make about as many requests as are wanted: submissions one at ENA each, projects three, series four. */
function someIds({ studies, series, samples }: World, requests: number): string[] {
  const share = (part: number) => Math.round(requests * part);
  const cut = (from: number, count: number) => ({ from: share(from), to: share(from) + share(count) });
  const take = <T, R>(items: readonly T[], { from, to }: { from: number; to: number }, name: (item: T) => R): R[] =>
    items.slice(from, to).map(name);
  const ofSeries = (range: { from: number; to: number }) => ({
    from: range.from * SAMPLES_PER_SERIES,
    to: range.to * SAMPLES_PER_SERIES,
  });
  return mixed([
    ...take(studies, cut(0, 0.3), (study) => study.submission ?? ''),
    ...take(studies, cut(0.3, 0.14), (study) => study.bioproject ?? ''),
    ...take(series, cut(0.44, 0.06), (one) => one.accession),
    ...take(samples, ofSeries(cut(0.5, 0.02)), (sample) => sample.alias),
    ...take(samples, ofSeries(cut(0.52, 0.02)), (sample) => sample.experiments[0]?.runs[0]?.accession ?? ''),
    ...take(samples, ofSeries(cut(0.54, 0.02)), (sample) => sample.biosample ?? ''),
  ]);
}

/** Every seventh, seven times over: all kinds of ids from the first request to the last, so that memory can be compared. */
function mixed(ids: readonly string[]): string[] {
  return Array.from({ length: 7 }, (_, start) => ids.filter((_id, index) => index % 7 === start)).flat();
}

interface Setting {
  readonly folder: string;
  readonly ids: readonly string[];
  readonly clean: ArchiveProcess;
  readonly faulty: ArchiveProcess;
  readonly requests: number;
}

/** What did not hold, a line each. */
async function addTwice({ folder, ids, clean, faulty, requests }: Setting): Promise<string[]> {
  const good = project(folder, 'good', ids);
  const tried = project(folder, 'tried', ids);
  const memory = new Map<number, number[]>();
  const [wanted, first] = await Promise.all([
    add(good, clean, ids.length),
    add(tried, faulty, ids.length, (child) => watchMemory(child, faulty, requests, memory)),
  ]);
  say('good archives', `exit ${wanted.exitCode}, ${outcomeCounts(wanted.stdout)}`);
  say('first run', `exit ${first.exitCode}, ${outcomeCounts(first.stdout)}`);
  for (const [id = '', outcome = '', , , , reason = ''] of first.rows
    .filter((row) => !GOOD.has(row[1] ?? ''))
    .slice(0, 5))
    say(`  ${id} ${outcome}`, reason);
  sayRequests(await faulty.summary());
  const { played } = await faulty.answers();
  say('faults', `${played.length} kinds: ${played.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  const broken = [
    ...rowsBroken(ids, first, new Set([...GOOD, ...FAILED])),
    ...memoryBroken(memory, requests),
    ...(await cacheBroken(tried, faulty, 'after the first run')),
  ];
  await faulty.heal();
  const second = await add(tried, faulty, ids.length);
  say('second run, no faults', `exit ${second.exitCode}, ${outcomeCounts(second.stdout)}`);
  broken.push(...rowsBroken(ids, second, GOOD), ...(await cacheBroken(tried, faulty, 'after the second run')));
  for (const table of TABLES) broken.push(...(await tableBroken(table, good, tried, clean)));
  return broken;
}

function project(folder: string, name: string, ids: readonly string[]): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'ids.txt'), ids.join('\n'));
  // What hangs is given up after a second.
  writeFileSync(join(path, 'celline.config.json'), '{"timeout":1,"maxWait":3600}');
  return path;
}

async function add(
  folder: string,
  archive: ArchiveProcess,
  count: number,
  watch?: (child: ChildProcess) => Promise<void>,
): Promise<Added> {
  const run = start(['add', '--from', 'ids.txt'], folder, archive);
  const watching = watch?.(run.child);
  const { exitCode, stdout, stderr } = await run.ended;
  await watching;
  if (stdout.split('\n').length < count) process.stderr.write(stderr.slice(-3000));
  const rows = stdout.trimEnd().split('\n').slice(1);
  return { exitCode, stdout, stderr, rows: rows.map((row) => row.split('\t')) };
}

function start(args: readonly string[], folder: string, archive: ArchiveProcess) {
  const child = spawn(process.execPath, [join(builtFolder(), 'bin', 'celline.js'), ...args], {
    cwd: folder,
    env: isolated(folder, { GEO_API_URL: archive.url, INSDC_API_URL: archive.url, NCBI_API_KEY: 'bench' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ exitCode: code as number | null, ...text }));
  return { child, ended };
}

/** Notes the resident set of the command (megabytes) by thousands of requests that the server has got. */
async function watchMemory(
  child: ChildProcess,
  archive: ArchiveProcess,
  requests: number,
  memory: Map<number, number[]>,
): Promise<void> {
  const step = requests / 10;
  while (child.exitCode === null) {
    const { total } = await archive.summary();
    const megabytes = residentMegabytes(child.pid);
    const at = Math.round(total / step);
    if (megabytes !== null) memory.set(at, [...(memory.get(at) ?? []), megabytes]);
    await wait(500);
  }
}

/** From the kernel's own count; null where it tells none (not Linux), or when the process has gone. */
function residentMegabytes(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : (Number(kilobytes) * 1024) / 1e6;
  } catch {
    return null;
  }
}

function memoryBroken(memory: ReadonlyMap<number, readonly number[]>, requests: number): string[] {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const figures = [...memory].map(([at, values]) => [Math.round((at * requests) / 10), mean(values)] as const);
  say('memory by requests', figures.map(([at, value]) => `${at}: ${value.toFixed(0)} MB`).join(', '));
  const of = (at: number) => memory.get(at) ?? [];
  const [early, late] = [mean(of(2)), mean(of(10).length > 0 ? of(10) : of(9))];
  say('growth of memory', `${(late / early).toFixed(2)} from a fifth of the requests to the end`);
  // A short run is over before the program has warmed up.
  return requests < 5000 || late / early <= FLAT
    ? []
    : [`memory grew from ${early.toFixed(0)} to ${late.toFixed(0)} MB`];
}

function rowsBroken(ids: readonly string[], { rows }: Added, allowed: ReadonlySet<string>): string[] {
  const counts = new Map<string, number>();
  for (const [id = ''] of rows) counts.set(id, (counts.get(id) ?? 0) + 1);
  const uncounted = ids.filter((id) => counts.get(id) !== 1);
  const wrong = rows.filter(([, outcome = '', , , , reason = '']) => {
    return !allowed.has(outcome) || (!GOOD.has(outcome) && reason === '');
  });
  return [
    ...(uncounted.length === 0 ? [] : [`${uncounted.length} ids without exactly one row: ${uncounted.slice(0, 5)}`]),
    ...(rows.length === ids.length ? [] : [`${rows.length} rows for ${ids.length} ids`]),
    ...wrong.slice(0, 20).map((row) => `a wrong outcome: ${row.join(' | ')}`),
  ];
}

/** Rows of a table that are not the same in both projects. */
async function tableBroken(table: string, good: string, tried: string, archive: ArchiveProcess): Promise<string[]> {
  const [wanted, got] = await Promise.all([rowsOf(table, good, archive), rowsOf(table, tried, archive)]);
  const missing = [...wanted].filter((row) => !got.has(row));
  const strange = [...got].filter((row) => !wanted.has(row));
  say(
    `table ${table}`,
    `${wanted.size} rows, ${missing.length} missing or other, ${strange.length} that should not be`,
  );
  const shown = [
    ...missing.slice(0, 2).map((row) => `wanted ${row}`),
    ...strange.slice(0, 2).map((row) => `got ${row}`),
  ];
  if (wanted.size === 0) return [`no rows in ${table}`];
  return missing.length + strange.length === 0 ? [] : [`table ${table}: ${shown.join('\n  ')}`];
}

async function rowsOf(table: string, folder: string, archive: ArchiveProcess): Promise<Set<string>> {
  const file = join(folder, `${table}.ndjson`);
  const run = start(['export', table, '--output', file], folder, archive);
  const { exitCode, stderr } = await run.ended;
  if (exitCode !== 0) throw new Error(`export of ${table} ended with ${exitCode}: ${stderr}`);
  const rows = new Set<string>();
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) rows.add(timeless(line));
  }
  return rows;
}

/** A row without when it came. */
function timeless(line: string): string {
  const row = JSON.parse(line) as Record<string, unknown>;
  for (const name of ['created_at', 'updated_at', 'fetched_at', 'job']) delete row[name];
  return JSON.stringify(row);
}
