import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { say } from './figures.ts';
import { isolated, runCelline } from './run-celline.ts';

/** Processes that run jobs in one project at once, each job with one part; prints whether any number came twice or never. */
export async function benchJobs(processes: number, each: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const worker = join(import.meta.dirname, 'tracking-worker.js');
  const run = promisify(execFile);
  try {
    const begin = performance.now();
    const options = { env: isolated(folder, {}) };
    await Promise.all(
      Array.from({ length: processes }, () => run(process.execPath, [worker, folder, String(each)], options)),
    );
    const seconds = (performance.now() - begin) / 1000;
    say(`${processes * each} jobs of ${processes} processes`, `${seconds.toFixed(1)} s`);
    const listed = await runCelline(['list', 'jobs', '--columns', 'number', '--format', 'tsv'], folder, '');
    const numbers = listed.stdout.trimEnd().split('\n').slice(1);
    const top = numbers.filter((number) => !number.includes('.')).map(Number);
    const missing = Array.from({ length: processes * each }, (_, index) => index + 1).filter(
      (one) => !top.includes(one),
    );
    say(
      'numbers',
      `${top.length}, different ${new Set(top).size}, missing ${missing.length}, parts ${numbers.length - top.length}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
