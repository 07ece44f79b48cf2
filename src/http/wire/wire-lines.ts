import type { Socket } from 'node:net';
import type { buildConnector, Client } from 'undici';
import type { Exchange } from '../exchange.ts';
import { closedFault, networkFault } from './wire-fault.ts';

/** What a line is made with. */
export interface LineParts {
  readonly origin: string;
  readonly connect: buildConnector.connector;
  readonly newClient: (origin: string, connect: buildConnector.connector) => Client;
}

/** A connection of our own, for one request at a time. */
export interface Line {
  readonly client: Client;
  /** The connection, open or not any more; null before the first one. */
  socket: Socket | null;
  /** True when it was opened ahead and the client has not taken it over. */
  isAhead: boolean;
  /** Requests that were sent over the present connection. */
  uses: number;
  /** True when nothing is to be sent on it any more. */
  isClosed: boolean;
}

/** A line that connects with its first request, or before it (`openAhead`). */
export function newLine({ origin, newClient, connect }: LineParts): Line {
  const line: Line = {
    socket: null,
    isAhead: false,
    uses: 0,
    isClosed: false,
    client: newClient(origin, (options, callback) => {
      const { socket, isAhead } = line;
      line.isAhead = false;
      line.uses = 1;
      // In a microtask: the client does not hear a callback from within its own call.
      if (socket !== null && isAhead && isUsable(socket)) return queueMicrotask(() => callback(null, socket));
      connect(options, (...connected) => {
        line.socket = connected[1];
        callback(...connected);
      });
    }),
  };
  return line;
}

/** True when a request on the line leaves at once. */
export function isLineOpen({ socket }: Line): boolean {
  return socket !== null && isUsable(socket);
}

function isUsable(socket: Socket): boolean {
  return !socket.destroyed && socket.readable && socket.writable;
}

/** Connects, so that a later request on the line leaves at once. */
export function openAhead(line: Line, exchange: Exchange, connect: buildConnector.connector): Promise<void> {
  const { url, stop } = exchange;
  if (stop.aborted) return Promise.reject(stop.reason);
  const { protocol, hostname, host, port } = url;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(stop.reason);
    stop.onAbort(onAbort);
    connect({ protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port }, (error, socket) => {
      stop.offAbort(onAbort);
      if (error !== null) {
        reject(networkFault(error, exchange, false));
      } else if (stop.aborted || line.isClosed) {
        socket.destroy();
        reject(stop.aborted ? stop.reason : closedFault());
      } else {
        line.socket = socket;
        line.isAhead = true;
        resolve();
      }
    });
  });
}

/** Breaks it, and what is just being connected for it. */
export function closeLine(line: Line): Promise<void> {
  line.isClosed = true;
  if (line.isAhead) line.socket?.destroy();
  return line.client.destroy();
}
