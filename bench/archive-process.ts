import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RequestSummary } from '../src/testing/archive-server/request-log.ts';
import { builtFolder } from './built-folder.ts';

/** What the server counted, and how long it was held up at worst, in milliseconds: counts per second are no better than that. */
export type ServerFigures = RequestSummary & { readonly longestStallMs: number };

/** An archive server in its own process, so that it and the command do not share an event loop. */
export interface ArchiveProcess {
  readonly url: string;
  summary(): Promise<ServerFigures>;
  close(): Promise<void>;
}

/** Starts `dist/bench/archive-server.js` with these arguments and waits for its URL. */
export async function startArchiveProcess(args: readonly string[]): Promise<ArchiveProcess> {
  const child = fork(join(builtFolder(), 'bench', 'archive-server.js'), args, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('the archive server has no stdout');
  const [url] = (await once(createInterface({ input: stdout }), 'line')) as [string];
  return { url, summary: () => askSummary(child), close: () => stop(child) };
}

async function askSummary(child: ChildProcess): Promise<ServerFigures> {
  const answer = once(child, 'message');
  child.send('summary');
  const [summary] = (await answer) as [ServerFigures];
  return summary;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
