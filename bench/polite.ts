import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';
import type { PoliteFigures } from './polite-server.ts';

/** Processes that ask at once, and requests of each. */
const WORKERS = 4;
const REQUESTS = 250;

/** Largest share by which the time may be above requests ÷ limit, and by which processes that are all busy may differ. */
const TOLERANCE = 0.1;

type Arrivals = PoliteFigures['arrivals'];

interface Worker {
  readonly child: ChildProcess;
  readonly lines: Interface;
}

function startServer(perSecond: number): ChildProcess {
  const program = join(builtFolder(), 'bench', 'polite-server.js');
  return fork(program, [String(perSecond)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
}

async function startWorker(url: string, perSecond: number, folder: string, name: string): Promise<Worker> {
  const program = join(builtFolder(), 'bench', 'polite-worker.js');
  const args = [program, url, String(perSecond), String(REQUESTS), folder, name];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  return { child, lines };
}

/** Most times (milliseconds) within a second, wherever it begins. */
function mostInSecond(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of times.entries()) {
    while ((times[first] ?? at) <= at - 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** Requests of each worker up to the moment at which the first of them was through (or killed). */
function whileAllBusy(arrivals: Arrivals): number[] {
  const names = [...new Set(arrivals.map(({ worker }) => worker))];
  const ends = names.map((name) => arrivals.findLastIndex(({ worker }) => worker === name));
  const busy = arrivals.slice(0, Math.min(...ends) + 1);
  return names.map((name) => busy.filter(({ worker }) => worker === name).length);
}

/** Prints the figures of a run; true when it was polite, fast and fair. */
function judge({ arrivals, longestStallMs }: PoliteFigures, perSecond: number, seconds: number): boolean {
  const ideal = arrivals.length / perSecond;
  const most = mostInSecond(arrivals.map(({ at }) => at));
  const refused = arrivals.filter(({ status }) => status === 429).length;
  const shares = whileAllBusy(arrivals);
  const fairness = Math.max(...shares) / Math.min(...shares) - 1;
  say('  requests', `${arrivals.length}; 429: ${refused}; most in a second ${most} (limit ${perSecond})`);
  say('  time', `${seconds.toFixed(1)} s, ${((seconds / ideal - 1) * 100).toFixed(1)} % above ${ideal.toFixed(1)} s`);
  say('  while all were busy', `${shares.join(' ')} requests each`);
  say('  server held up', `${longestStallMs.toFixed(0)} ms at worst`);
  return most <= perSecond && refused === 0 && seconds <= ideal * (1 + TOLERANCE) && fairness <= TOLERANCE;
}

/** Takes the start times from what a worker says; tells what it was told. */
function hear(line: string, starts: number[]): void {
  if (line.startsWith('starts ')) starts.push(...(JSON.parse(line.slice('starts '.length)) as number[]));
  else if (line !== 'done []') say('  a worker said', line);
}

async function runTogether(perSecond: number, kills: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const server = startServer(perSecond);
  try {
    if (server.stdout === null) throw new Error('the server has no stdout');
    const [url] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    const names = Array.from({ length: WORKERS }, (_, index) => String(index));
    const workers = await Promise.all(names.map((name) => startWorker(url, perSecond, folder, name)));
    const begin = performance.now();
    for (const { child } of workers) child.stdin?.write('go\n');
    const codes = workers.map(async ({ child }) => ((await once(child, 'close')) as [number | null])[0]);
    const starts: number[] = [];
    for (const { lines } of workers) lines.on('line', (line) => hear(line, starts));
    if (kills > 0) await wait(((WORKERS * REQUESTS) / perSecond / 2) * 1000);
    for (const { child } of workers.slice(0, kills)) child.kill('SIGKILL');
    const ended = await Promise.all(codes);
    const seconds = (performance.now() - begin) / 1000;
    const answer = once(server, 'message');
    server.send('figures');
    const [figures] = (await answer) as [PoliteFigures];
    const files = readdirSync(folder, { recursive: true });
    say(kills === 0 ? 'without kills' : `${kills} of ${WORKERS} killed midway`, `exit codes ${ended.join(' ')}`);
    say('  files left', String(files.length));
    // Those of killed ones are not known.
    const most = mostInSecond(starts.sort((left, right) => left - right));
    if (kills === 0) say('  as the workers saw it', `most starts in a second ${most}`);
    return judge(figures, perSecond, seconds) && ended.slice(kills).every((code) => code === 0);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Four processes share the limit of a server that enforces it, 250 requests each; then two of them are killed midway. Exits 1 when
 * the server saw more starts in a second than it allows, when it took a tenth longer than the limit explains, or when one was favoured.
 */
export async function benchPolite(perSecond: number): Promise<void> {
  const calm = await runTogether(perSecond, 0);
  const killed = await runTogether(perSecond, 2);
  if (!calm || !killed) process.exitCode = 1;
}
