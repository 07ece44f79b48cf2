import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { builtCelline } from './built-celline.ts';

/** How the command is run. */
export interface RunOptions {
  /** The project's folder. */
  readonly folder: string;
  /** Origin of the archive server; absent: no archive can be reached. */
  readonly url?: string;
  /** Text on stdin; absent: stdin is empty. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another copy of the built command. Default: the one of the present source. */
  readonly program?: string;
}

/** What became of a run. */
export interface Run {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A running command. */
export interface RunningCelline {
  readonly child: ChildProcess;
  /** Whole lines of stdout so far, the heading first. */
  readonly lines: readonly string[];
  /** Resolves when that many lines have come, or when the process has ended. */
  whenLines(count: number): Promise<void>;
  readonly ended: Promise<Run>;
}

/** A new, empty project folder, removed when the test is over. `config` becomes its `celline.config.json`. */
export function projectFolder(config: Readonly<Record<string, unknown>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-e2e-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'celline.config.json'), JSON.stringify(config));
  return folder;
}

/** Runs the built command to its end. */
export function celline(args: readonly string[], options: RunOptions): Promise<Run> {
  return startCelline(args, options).ended;
}

/** Starts the built command. It is killed when the test is over and it still runs. */
export function startCelline(args: readonly string[], options: RunOptions): RunningCelline {
  const begin = performance.now();
  const child = spawn(process.execPath, [options.program ?? builtCelline(), ...args], {
    cwd: options.folder,
    env: freshUser(options),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
  const lines: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const one of waiting) if (lines.length >= one.count) one.resolve();
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const ended = endOf(child, begin);
  const whenLines = (count: number) =>
    new Promise<void>((resolve) => {
      if (lines.length >= count) resolve();
      else waiting.push({ count, resolve });
      void ended.then(() => resolve());
    });
  return { child, lines, ended, whenLines };
}

/** The environment of a user who has no settings; all limits of this machine are the test's own. */
export function freshUser({ folder, url, env = {} }: RunOptions): NodeJS.ProcessEnv {
  const address = url ?? 'http://127.0.0.1:9';
  return {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, '.config'),
    CELLINE_RUNTIME_DIR: join(folder, '.config', 'runtime'),
    NO_PROXY: '127.0.0.1',
    GEO_API_URL: address,
    INSDC_API_URL: address,
    ...env,
  };
}

function endOf(child: ChildProcess, begin: number): Promise<Run> {
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...text, ms: performance.now() - begin }));
  });
}
