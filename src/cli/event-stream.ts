import { createWriteStream, fstatSync, open } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { pipeStream } from '../disk/open-pipe.ts';
import { UsageError } from '../errors/usage-error.ts';
import { jsonText } from '../formats/cell.ts';
import type { CellineEvent, Reporter } from '../ports/reporter.ts';
import type { Output } from './app-type.ts';
import { openOutput } from './open-output.ts';

/** Events as JSON lines, for programs. */
export interface EventStream extends Reporter {
  /** In place of stdout: each JSON line of rows becomes a `row` event, any other line a `text` event. */
  readonly rows: Output;
  /** Resolves when every line is written, or cannot be. */
  close(): Promise<void>;
}

/** What an event stream writes to. */
export interface EventTarget {
  readonly output: Output;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told once why lines are missing. */
  readonly warn: (message: string) => void;
}

/** Opens the file of `--events`, which is made anew; a pipe is waited for until somebody reads. `UsageError` when it cannot be. */
export async function openEventFile(file: string, cwd: string): Promise<Output> {
  const path = resolve(cwd, file);
  const descriptor = await promisify(open)(path, 'w', 0o600).catch((cause: Error) => {
    throw new UsageError(`--events ${file} cannot be written: ${cause.message}`, {
      hint: 'Name a file in a folder that is there, or - for stdout.',
      fields: { path },
      cause,
    });
  });
  const isPipe = fstatSync(descriptor).isFIFO();
  return openOutput(isPipe ? pipeStream(descriptor) : createWriteStream(path, { fd: descriptor }), false, {});
}

/** Writes every event as one line: `{"time":"…","type":"answered",…}`. */
export function createEventStream({ output, now, warn }: EventTarget): EventStream {
  let writing: Promise<unknown> = Promise.resolve();
  let isBroken = false;
  const write = (type: string, fields: string): Promise<void> => {
    const time = new Date(now()).toISOString();
    const written = output.write(
      `{"time":"${time}","type":${JSON.stringify(type)}${fields === '' ? '' : `,${fields}`}}\n`,
    );
    writing = Promise.allSettled([writing, written]);
    return written;
  };
  const lost = (error: Error): void => {
    if (!isBroken) warn(`events are missing: ${error.message}`);
    isBroken = true;
  };
  let rest = '';
  return {
    emit({ type, ...fields }: CellineEvent) {
      write(type, jsonText(fields).slice(1, -1)).catch(lost);
    },
    rows: {
      isTerminal: false,
      columns: Number.POSITIVE_INFINITY,
      paint: output.paint,
      async write(data) {
        const lines = `${rest}${Buffer.from(data).toString('utf8')}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) await write(...rowOrText(line));
      },
    },
    async close() {
      if (rest !== '') await write(...rowOrText(rest)).catch(lost);
      await writing;
    },
  };
}

function rowOrText(line: string): [type: string, fields: string] {
  return line.startsWith('{') ? ['row', `"row":${line}`] : ['text', `"text":${JSON.stringify(line)}`];
}
