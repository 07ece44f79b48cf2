import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';
import { isolated } from './run-celline.ts';

/** Starts of each command; the median is printed, since a busy machine only ever adds. */
const ROUNDS = 15;

/** Compares `celline --version` and `--help` with a bare `node -e 0`, one after the other in each round. */
export function benchStartup(): void {
  const celline = join(builtFolder(), 'bin', 'celline.js');
  const commands = {
    'node -e 0': ['-e', '0'],
    'celline --version': [celline, '--version'],
    'celline --help': [celline, '--help'],
  };
  const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, args] of Object.entries(commands)) times.get(name)?.push(timeOf(args));
  }
  const bare = median(times.get('node -e 0') ?? []);
  for (const [name, values] of times) {
    say(name, `${median(values).toFixed(0)} ms, ${(median(values) / bare).toFixed(2)} × node`);
  }
}

function timeOf(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env: isolated(tmpdir(), {}), cwd: tmpdir() });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr.toString()}`);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
