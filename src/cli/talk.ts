import { printable } from '../formats/printable.ts';
import type { CellineEvent, Reporter } from '../ports/reporter.ts';
import type { Output } from './app-type.ts';
import { type GlobalOptions, logLevelOf } from './global-options.ts';

/** Something drawn at the bottom of the terminal that must give way to a line of talk. */
export interface BottomLine {
  clear(): void;
  redraw(): void;
}

/** Everything that is said to the user on stderr, and the events that it is made of. */
export interface Talk extends Reporter {
  /** One line; nothing with `--quiet`. */
  say(line: string): Promise<void>;
  listen(listener: Reporter): () => void;
  /** Does the writing with the bottom line out of the way. */
  above(write: () => Promise<void>): Promise<void>;
  /** Draws this below all lines, or nothing any more. */
  setBottomLine(bottom: BottomLine | undefined): void;
}

/** Talk on stderr: log lines and warnings (each once) as they come, requests with `-vv`. */
export function createTalk(stderr: Output, globals: GlobalOptions): Talk {
  const listeners = new Set<Reporter>();
  const warned = new Set<string>();
  let bottom: BottomLine | undefined;
  const above = async (write: () => Promise<void>): Promise<void> => {
    bottom?.clear();
    await write();
    bottom?.redraw();
  };
  // When nobody reads stderr any more, the command goes on.
  const print = (line: string): Promise<void> => above(() => stderr.write(`${line}\n`).catch(() => {}));
  return {
    above,
    say: (line) => (globals.quiet ? Promise.resolve() : print(line)),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setBottomLine(next) {
      bottom = next;
    },
    emit(event) {
      for (const listener of listeners) listener.emit(event);
      const line = lineOf(event, globals, stderr);
      if (line === undefined || (event.type === 'warning' && warned.has(line))) return;
      if (event.type === 'warning') warned.add(line);
      void print(line);
    },
  };
}

/** Levels of the log, least first. */
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Without `-v` warnings and errors are shown, with `--quiet` errors only. */
function isShown(level: (typeof LEVELS)[number], globals: GlobalOptions): boolean {
  const least = globals.quiet ? 'error' : (logLevelOf(globals) ?? 'warn');
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

function lineOf(event: CellineEvent, globals: GlobalOptions, stderr: Output): string | undefined {
  const { paint } = stderr;
  switch (event.type) {
    case 'warning':
      return globals.quiet ? undefined : `${paint.warning('warning:')} ${printable(event.message)}`;
    case 'log':
      if (!isShown(event.level, globals)) return undefined;
      return `${paint.faint(`${event.level}:`)} ${printable(event.message)}`;
    case 'exchange':
      return globals.trace === '-' ? JSON.stringify({ ...event, type: undefined }) : undefined;
    case 'waiting':
      return isShown('info', globals) ? `${paint.faint('info:')} ${printable(event.reason)}` : undefined;
    case 'answer':
      if (logLevelOf(globals) !== 'debug') return undefined;
      return paint.faint(
        printable(`${event.status} ${event.url} ${event.bytes} B ${event.fromCache ? 'cache' : `${event.ms} ms`}`),
      );
    default:
      return undefined;
  }
}
