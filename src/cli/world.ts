import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileStream, isFileDescriptor } from './file-stream.ts';
import type { TerminalStream } from './open-output.ts';

/** What lies outside the program. Tests hand in their own. */
export interface World {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Calls the listener at every SIGINT, SIGTERM and SIGHUP, until the returned function is called. */
  onStopSignal(listener: () => void): () => void;
  /** Ends the process at once, as an interrupted one. */
  leave(code: number): void;
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The world of a real process. */
export function processWorld(): World {
  return {
    stdin: process.stdin,
    stdout: isFileDescriptor(1) ? fileStream(1) : process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    onStopSignal(listener) {
      for (const name of STOP_SIGNALS) process.on(name, listener);
      return () => {
        for (const name of STOP_SIGNALS) process.off(name, listener);
      };
    },
    leave(code) {
      // The cursor is hidden while a progress bar is drawn.
      if (process.stderr.isTTY) writeSync(2, '\u001b[?25h\n');
      process.exit(code);
    },
  };
}
