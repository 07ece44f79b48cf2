import { join, resolve as resolvePath } from 'node:path';
import type { Config } from '../config/schema.ts';
import { createLineLog, type LineLog } from '../disk/line-log.ts';
import { createTally } from '../http/observe/summary.ts';
import { traceLine } from '../http/observe/trace-line.ts';
import { createLogFile } from '../log/log-file.ts';
import type { HttpEvent } from '../ports/http.ts';

/** Sees every request of a command. */
export interface RequestWatch {
  note(event: HttpEvent): void;
  /** Writes what is left of the trace, and the line that sums the command up. Never fails. */
  close(): Promise<void>;
}

/** What the watch needs. */
export interface WatchSettings {
  readonly config: Pick<Config, 'trace' | 'replay'>;
  readonly root: string;
  readonly cacheDir: string;
  readonly warn: (message: string) => void;
  /** When the command began (ISO 8601 UTC). */
  readonly at: string;
}

/** Full files of summaries that are kept beside the current one. */
const KEPT_FILES = 1;

/** The summaries of commands, one line each. */
export function summaryLogOf(cacheDir: string): LineLog {
  return createLineLog(join(cacheDir, 'http-stats.ndjson'), KEPT_FILES);
}

/** Traces the requests when that is wanted, and sums them up for `celline stats --http`. */
export function watchRequests({ config, root, cacheDir, warn, at }: WatchSettings): RequestWatch {
  const { trace: file } = config;
  const trace = file === undefined ? null : createLogFile({ path: resolvePath(root, file), what: 'trace', warn });
  const tally = createTally();
  return {
    note(event) {
      if (event.type !== 'exchange') return;
      trace?.add(traceLine(event));
      tally.note(event);
    },
    async close() {
      await trace?.close();
      const endpoints = tally.endpoints();
      // What a recording answers was asked of nobody, and nothing is written beside the tables.
      if (endpoints.length === 0 || config.replay !== undefined) return;
      await summaryLogOf(cacheDir).add(JSON.stringify({ version: 1, at, endpoints }));
    },
  };
}
