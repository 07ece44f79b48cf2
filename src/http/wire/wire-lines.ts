import type { Socket } from 'node:net';
import type { buildConnector, Client } from 'undici';
import type { Exchange } from '../exchange.ts';
import { networkFault } from './wire-fault.ts';

/** What a line is made with. */
export interface LineParts {
  readonly connect: buildConnector.connector;
  readonly newClient: (origin: string, connect: buildConnector.connector) => Client;
}

/** A connection of our own with the socket that was opened ahead for it. */
export interface Line {
  readonly client: Client;
  /** Opened, not yet taken over by the client. */
  waiting: Socket | null;
  /** Requests that were sent over the present connection. */
  uses: number;
}

/** The lines of a stack: those in use and, by origin, those that are free. */
export interface Lines {
  /** A free line to the origin, else a new one. */
  take(origin: string, parts: LineParts): Line;
  giveBack(origin: string, line: Line): void;
  /** Breaks all of them. */
  close(): Promise<void>;
}

/** Creates an empty set of lines. The operators' connection limits bound its size. */
export function createLines(): Lines {
  const free = new Map<string, Line[]>();
  const all = new Set<Line>();
  return {
    take: (origin, parts) => {
      // The one used last is the one that is most likely still open.
      const line = free.get(origin)?.pop() ?? newLine(origin, parts);
      all.add(line);
      return line;
    },
    giveBack: (origin, line) => {
      const known = free.get(origin);
      if (known === undefined) free.set(origin, [line]);
      else known.push(line);
    },
    close: async () => {
      const lines = [...all];
      all.clear();
      free.clear();
      for (const { waiting } of lines) waiting?.destroy();
      await Promise.all(lines.map(({ client }) => client.destroy()));
    },
  };
}

function newLine(origin: string, { newClient, connect }: LineParts): Line {
  const line: Line = {
    waiting: null,
    uses: 0,
    client: newClient(origin, (options, callback) => {
      const socket = line.waiting;
      line.waiting = null;
      line.uses = 1;
      // In a microtask: the client does not hear a callback from within its own call.
      if (socket !== null && isUsable(socket)) queueMicrotask(() => callback(null, socket));
      else connect(options, callback);
    }),
  };
  return line;
}

/** True when a request on the line leaves at once. */
export function isLineOpen({ client, waiting }: Line): boolean {
  return client.stats.connected || (waiting !== null && isUsable(waiting));
}

function isUsable(socket: Socket): boolean {
  return !socket.destroyed && socket.readable && socket.writable;
}

/** Connects, so that a later request on the line leaves at once. */
export function openAhead(line: Line, exchange: Exchange, connect: buildConnector.connector): Promise<void> {
  const { protocol, hostname, host, port } = new URL(exchange.url);
  const { signal } = exchange;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    connect({ protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port }, (error, socket) => {
      signal.removeEventListener('abort', onAbort);
      if (error !== null) {
        reject(networkFault(error, exchange, false));
      } else if (signal.aborted) {
        socket.destroy();
      } else {
        line.waiting = socket;
        resolve();
      }
    });
  });
}
