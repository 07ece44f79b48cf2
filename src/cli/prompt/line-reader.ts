import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What was typed: a line, Ctrl-C instead of one, or the end (Ctrl-D). */
export type Typed =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'end' };

/** Lines typed by a person, with editing and history. */
export interface LineReader {
  /** Shows the prompt and waits for what is typed; what was typed ahead comes at once. */
  read(prompt: string): Promise<Typed>;
  /** Calls the listener at Ctrl-C, instead of clearing the line, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  close(): void;
}

/** How lines are read. */
export interface LineReaderSettings {
  readonly input: Readable;
  /** Where prompt and line are shown. */
  readonly output: Writable;
  /** What the arrow keys bring back, newest first; looked at anew after each line. */
  readonly entries: readonly string[];
  /** What the word before the cursor may become, and that word. */
  readonly complete: (line: string) => [hits: string[], word: string];
  /** Ends the reading when it aborts. */
  readonly signal: AbortSignal;
}

/** Opens a reader over node:readline. */
export function openLineReader({ input, output, entries, complete, signal }: LineReaderSettings): LineReader {
  const history = { history: [...entries], historySize: entries.length + 1000 };
  const editor = createInterface({ input, output, terminal: true, ...history, completer: complete });
  const queue = createQueue();
  const listeners = new Set<() => void>();
  editor.on('line', (text) => queue.put({ kind: 'line', text }));
  // Lines are kept as whole statements, by whoever knows where one ends.
  editor.on('history', (lines) => lines.splice(0, lines.length, ...entries));
  editor.on('close', () => queue.end());
  editor.on('SIGINT', () => {
    if (listeners.size > 0) {
      for (const listener of listeners) listener();
      return;
    }
    output.write('^C\n');
    editor.write(null, { ctrl: true, name: 'e' });
    editor.write(null, { ctrl: true, name: 'u' });
    queue.put({ kind: 'cancel' });
  });
  const stop = (): void => editor.close();
  signal.addEventListener('abort', stop, { once: true });
  return {
    read(prompt) {
      const next = queue.take();
      if (queue.isAwaited()) {
        editor.setPrompt(prompt);
        editor.prompt();
      }
      return next;
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      signal.removeEventListener('abort', stop);
      editor.close();
    },
  };
}

/** What was typed and not yet taken. */
interface Queue {
  put(typed: Typed): void;
  take(): Promise<Typed>;
  /** True while somebody waits for the next. */
  isAwaited(): boolean;
  /** Nothing comes any more. */
  end(): void;
}

function createQueue(): Queue {
  const typed: Typed[] = [];
  let waiting: ((one: Typed) => void) | null = null;
  let isOver = false;
  const put = (one: Typed): void => {
    const resolve = waiting;
    waiting = null;
    if (resolve === null) typed.push(one);
    else resolve(one);
  };
  return {
    put,
    isAwaited: () => waiting !== null,
    take() {
      const next = typed.shift() ?? (isOver ? { kind: 'end' as const } : undefined);
      if (next !== undefined) return Promise.resolve(next);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    end() {
      isOver = true;
      if (waiting !== null) put({ kind: 'end' });
    },
  };
}
