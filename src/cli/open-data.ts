import { dirname, resolve } from 'node:path';
import type { WriteText } from '../formats/row-writer.ts';
import type { App } from './app-type.ts';
import { outputError } from './output-error.ts';

/** Where the data of a command goes. */
export interface DataSink {
  readonly write: WriteText;
  /** The same for what is no text. */
  writeBytes(bytes: Uint8Array): Promise<void>;
  /** True when it is stdout and a person reads it. */
  readonly isTerminal: boolean;
  /** Cells per line. */
  readonly columns: number;
  /** Puts the file in place; nothing to do for stdout. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** Opens stdout, or with `--output` a file that appears under its name only when it is whole. */
async function openData(app: App): Promise<DataSink> {
  const { output } = app.globals;
  if (output === undefined) {
    const { stdout } = app;
    return {
      write: (text) => stdout.write(text),
      writeBytes: (bytes) => stdout.write(bytes),
      isTerminal: stdout.isTerminal,
      columns: stdout.columns,
      async finish() {},
      async discard() {},
    };
  }
  return openFileSink(resolve(app.cwd, output));
}

/** Writes the data of a command: whole, or, when the work fails, nothing is left behind. Gives what the work gives. */
export async function writeData<T>(app: App, work: (sink: DataSink) => Promise<T>): Promise<T> {
  const sink = await openData(app);
  let answer: T;
  try {
    answer = await work(sink);
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await sink.finish();
  return answer;
}

/** Refuses a file in a folder that is not there, before anything is read for it. */
export async function checkFolderOf(path: string): Promise<void> {
  const { stat } = await import('node:fs/promises');
  await stat(dirname(path)).catch((cause: unknown) => {
    throw outputError(path, cause);
  });
}

/** Opens a file that appears under its name only when it is whole. */
export async function openFileSink(path: string): Promise<DataSink> {
  const { open, rename, rm } = await import('node:fs/promises');
  const temporary = `${path}.${process.pid}.tmp`;
  const failed = (cause: unknown): never => {
    throw outputError(path, cause);
  };
  const handle = await open(temporary, 'w').catch(failed);
  // Unlike one write(), it goes on until all of it is there or the disk refuses.
  const write = (data: string | Uint8Array): Promise<void> => handle.appendFile(data).catch(failed);
  return {
    isTerminal: false,
    columns: Number.POSITIVE_INFINITY,
    write,
    writeBytes: write,
    async finish() {
      await handle
        .sync()
        .finally(() => handle.close())
        .catch(failed);
      await rename(temporary, path).catch(async (error: unknown) => {
        await rm(temporary, { force: true });
        failed(error);
      });
    },
    async discard() {
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}
