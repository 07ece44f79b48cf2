import { type FileHandle, open } from 'node:fs/promises';
import type { ExchangeEvent } from '../../ports/http.ts';

/** Writes one JSON line per request to a file. */
export interface Trace {
  note(event: ExchangeEvent): void;
  /** Resolves when every line is written, or cannot be. Never fails. */
  close(): Promise<void>;
}

/** What a trace needs. */
export interface TraceSettings {
  /** Absolute. */
  readonly path: string;
  readonly warn: (message: string) => void;
}

/** A request as a line without its end. */
export function traceLine({ type: _type, ...facts }: ExchangeEvent): string {
  return JSON.stringify(facts);
}

/**
 * Adds to a trace file, which is made at the first line. Lines are written whole and in order, as soon as the one before is on its
 * way: a command that is killed leaves all but the last. A file that cannot be written is one warning, and costs the command nothing.
 */
export function createTrace({ path, warn }: TraceSettings): Trace {
  let waiting = '';
  let file: Promise<FileHandle | null> | null = null;
  let writing: Promise<void> | null = null;
  const giveUp = (error: unknown): null => {
    warn(`the trace ${path} is incomplete: ${(error as Error).message}`);
    return null;
  };
  const drain = async (): Promise<void> => {
    file ??= openAtLineStart(path).catch(giveUp);
    const handle = await file;
    while (waiting !== '') {
      const lines = waiting;
      waiting = '';
      if (handle === null || (await file) === null) continue;
      await handle.appendFile(lines).catch((error: unknown) => {
        file = Promise.resolve(giveUp(error));
      });
    }
    writing = null;
  };
  return {
    note(event) {
      waiting += `${traceLine(event)}\n`;
      writing ??= drain();
    },
    async close() {
      await writing;
      await (await file)?.close().catch(giveUp);
    },
  };
}

/** Opens the file for adding; a last line that was cut by a kill or a full disk is ended first. */
async function openAtLineStart(path: string): Promise<FileHandle> {
  const handle = await open(path, 'a+', 0o600);
  const { size } = await handle.stat();
  if (size === 0) return handle;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== 0x0a) await handle.appendFile('\n');
  return handle;
}
