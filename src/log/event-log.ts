import type { CellineEvent, LogLevel, Reporter } from '../ports/reporter.ts';
import { createLogFile, type LogFileSettings, type Rotation } from './log-file.ts';
import { createLineMaker, type LogContext } from './log-lines.ts';

/** A log of events as JSON lines, and how it ends. */
export interface EventLog extends Reporter {
  /** Resolves when every line is written, or cannot be. Never fails. */
  close(): Promise<void>;
}

/** What a log is made of. */
export interface EventLogSettings extends Omit<LogFileSettings, 'what'> {
  readonly rotation: Rotation;
  /** Least level that is kept. */
  readonly level: LogLevel;
  readonly context: LogContext;
}

/** Writes events that matter enough to a file, one JSON object per line. */
export function createEventLog(settings: EventLogSettings): EventLog {
  const { level, rotation } = settings;
  const file = createLogFile({ ...settings, what: 'log' });
  const maker = createLineMaker(settings.context, level);
  return {
    emit(event: CellineEvent) {
      for (const line of maker.linesOf(event, rotation.now())) file.add(JSON.stringify(line, plain));
    },
    close: () => file.close(),
  };
}

/** 64-bit integers, which JSON has no form for, as text. */
function plain(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
