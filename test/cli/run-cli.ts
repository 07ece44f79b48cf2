import { Readable, Writable } from 'node:stream';
import type { OpenProject } from '../../src/cli/app.ts';
import { main } from '../../src/cli/main.ts';
import type { World } from '../../src/cli/world.ts';

/** What a command line did. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Exit codes with which the process would have been left at once. */
  readonly left: readonly number[];
}

/** The world as a test wants it. */
export interface Wishes {
  readonly open?: OpenProject;
  readonly stdin?: string;
  /** What a person types; stdin is then a terminal. */
  readonly keyboard?: Readable;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Width of the terminal that stdout is; absent: a pipe. */
  readonly stdoutColumns?: number;
  readonly stderrColumns?: number;
  /** Given the function that presses Ctrl-C. */
  readonly onStart?: (pressCtrlC: () => void) => void;
  /** Given the function that tells what stdout holds so far. */
  readonly onStdout?: (read: () => string) => void;
  /** Nobody reads stdout after so many writes. */
  readonly closesAfter?: number;
}

/** Runs the real command line in this process, on streams in memory. */
export async function runCli(argv: readonly string[], wishes: Wishes = {}): Promise<Result> {
  const stdout = memoryStream(wishes.stdoutColumns, wishes.closesAfter);
  const stderr = memoryStream(wishes.stderrColumns);
  const left: number[] = [];
  wishes.onStdout?.(stdout.text);
  let clock = 1_750_000_000_000;
  const world: World = {
    stdin:
      wishes.keyboard === undefined
        ? Readable.from(wishes.stdin === undefined ? [] : [Buffer.from(wishes.stdin)])
        : Object.assign(wishes.keyboard, { isTTY: true }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: wishes.env ?? {},
    cwd: wishes.cwd ?? '/nowhere',
    now: () => {
      clock += 1000;
      return clock;
    },
    onStopSignal(listener) {
      wishes.onStart?.(listener);
      return () => {};
    },
    leave: (code) => left.push(code),
  };
  const code = await main(argv, world, wishes.open);
  return { code, stdout: stdout.text(), stderr: stderr.text(), left };
}

function memoryStream(columns: number | undefined, closesAfter = Number.POSITIVE_INFINITY) {
  let text = '';
  let writes = 0;
  const stream = new Writable({
    write(chunk, _encoding, done) {
      writes += 1;
      if (writes > closesAfter) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
        return;
      }
      text += String(chunk);
      done();
    },
  });
  return { stream: Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns }), text: () => text };
}
