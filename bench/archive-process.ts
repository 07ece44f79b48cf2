import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RequestSummary } from '../src/testing/archive-server/request-log.ts';
import { builtFolder } from './built-folder.ts';

/** What the server counted, and how long it was held up at worst, in milliseconds: counts per second are no better than that. */
export type ServerFigures = RequestSummary & { readonly longestStallMs: number };

/** What a server with faults tells at the end. */
export interface PlayedAnswers {
  /** SHA-256 of the good bodies by the hash of the cache's key. */
  readonly good: Readonly<Record<string, readonly string[]>>;
  /** How often each kind of fault was played. */
  readonly played: readonly (readonly [name: string, count: number])[];
}

/** An archive server in its own process, so that it and the command do not share an event loop. */
export interface ArchiveProcess {
  readonly url: string;
  summary(): Promise<ServerFigures>;
  /** What a server with `--faults` has answered well and what it has done wrong. */
  answers(): Promise<PlayedAnswers>;
  /** No more faults from now on. */
  heal(): Promise<void>;
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
  return {
    url,
    summary: () => ask<ServerFigures>(child, 'summary'),
    answers: () => ask<PlayedAnswers>(child, 'answers'),
    heal: async () => void (await ask(child, 'heal')),
    close: () => stop(child),
  };
}

async function ask<T>(child: ChildProcess, question: string): Promise<T> {
  const answer = once(child, 'message');
  child.send(question);
  const [said] = (await answer) as [T];
  return said;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
