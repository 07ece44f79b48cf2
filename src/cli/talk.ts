import { printable } from '../formats/printable.ts';
import { isAtLeast, levelOf } from '../log/level-of.ts';
import { isNew, savedText } from '../log/log-lines.ts';
import type { CellineEvent, LogLevel, Reporter } from '../ports/reporter.ts';
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
  // Without `-v` warnings and errors are shown, with `--quiet` errors only, until the configuration is known.
  let least: LogLevel = globals.quiet ? 'error' : (logLevelOf(globals) ?? 'warn');
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
      if (event.type === 'began' && !globals.quiet) least = event.logLevel;
      for (const line of linesOf(event, { least, tracesRequests: globals.trace === '-', paint: stderr.paint })) {
        if (event.type === 'warning' && warned.has(line)) continue;
        if (event.type === 'warning') warned.add(line);
        void print(line);
      }
    },
  };
}

/** What decides which events are told, and how. */
interface Telling {
  readonly least: LogLevel;
  readonly tracesRequests: boolean;
  readonly paint: Output['paint'];
}

function linesOf(event: CellineEvent, { least, tracesRequests, paint }: Telling): readonly string[] {
  switch (event.type) {
    case 'exchange':
      return tracesRequests ? [JSON.stringify({ ...event, type: undefined })] : [];
    // Each record is worth a line to who asked for more.
    case 'committed':
      if (!isAtLeast('info', least)) return [];
      return event.records.filter(isNew).map((record) => paint.faint(printable(savedText(record))));
    default:
      return isAtLeast(levelOf(event), least) ? textOf(event, paint) : [];
  }
}

function textOf(event: CellineEvent, paint: Output['paint']): readonly string[] {
  switch (event.type) {
    case 'warning':
      return [`${paint.warning('warning:')} ${printable(event.message)}`];
    case 'log':
      return [`${paint.faint(`${event.level}:`)} ${printable(event.message)}`];
    case 'waiting':
      return [`${paint.faint('info:')} ${printable(event.reason)}`];
    case 'answer':
      return [
        paint.faint(
          printable(`${event.status} ${event.url} ${event.bytes} B ${event.fromCache ? 'cache' : `${event.ms} ms`}`),
        ),
      ];
    default:
      return [];
  }
}
