import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { builtFolder } from './built-folder.ts';

/** One run of the built command. */
export interface CellineRun {
  readonly seconds: number;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Peak resident set of the command's process in megabytes (10^6 bytes), as the kernel counted it. */
  readonly peakMegabytes: number;
}

/** Runs before the command and leaves its peak memory (kilobytes of 1,024 bytes) in a file when it ends. */
const REPORT_PEAK = `data:text/javascript,${encodeURIComponent(
  "import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(process.env.BENCH_PEAK_FILE,String(process.resourceUsage().maxRSS)))",
)}`;

/** Runs `celline` in a folder against an archive server, with no settings of this machine's user. */
export async function runCelline(args: readonly string[], folder: string, url: string): Promise<CellineRun> {
  const peakFile = join(folder, '.peak');
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', REPORT_PEAK, join(builtFolder(), 'bin', 'celline.js'), ...args], {
    cwd: folder,
    env: isolated(folder, { GEO_API_URL: url, INSDC_API_URL: url, BENCH_PEAK_FILE: peakFile }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return {
    seconds: (performance.now() - start) / 1000,
    exitCode,
    stdout: (await stdout).toString(),
    stderr: (await stderr).toString(),
    peakMegabytes: (Number(readFileSync(peakFile, 'utf8')) * 1024) / 1e6,
  };
}

/** The environment of a fresh user. `NODE_EXTRA_CA_CERTS` alone costs Node 20 about 50 ms at each start. */
export function isolated(folder: string, more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, LANG } = process.env;
  return {
    PATH,
    LANG,
    HOME: folder,
    CELLINE_RUNTIME_DIR: join(folder, '.runtime'),
    XDG_CONFIG_HOME: folder,
    NO_PROXY: '127.0.0.1',
    ...more,
  };
}

async function collect(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
