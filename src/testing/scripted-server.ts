import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as the server met it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Milliseconds (monotonic) when its headers had arrived. */
  readonly at: number;
  /** Order of arrival, from 0. */
  readonly index: number;
}

/** What the server does with a request. */
export type ScriptedAnswer =
  /** Answers; status 200 and an empty body by default. */
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      /** Milliseconds before the answer begins. */
      readonly delayMs?: number;
    }
  /** Announces the whole body, sends these bytes of it, and breaks the connection. */
  | { readonly cut: string; readonly length: number; readonly headers?: Readonly<Record<string, string>> }
  /** Sends the headers and these bytes, and then nothing more. */
  | { readonly stall: string }
  /** Breaks the connection before any byte. */
  | 'reset'
  /** Never answers. */
  | 'hang';

/** Decides the answer to each request. */
export type Script = (request: ReceivedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** A real HTTP server on the loopback address. */
export interface ScriptedServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly host: string;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Connections that were opened so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Starts a server that answers by the script. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer(async (message, response) => {
    const request = await receive(message, requests);
    const answer = await script(request);
    await play(answer, message, response);
  });
  server.on('connection', (socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    connections: () => opened,
    close: () => closeServer(server, sockets),
  };
}

async function receive(message: IncomingMessage, requests: ReceivedRequest[]): Promise<ReceivedRequest> {
  const path = message.url ?? '/';
  const received = {
    method: message.method ?? 'GET',
    path,
    query: new URL(path, 'http://server').searchParams,
    headers: message.headers,
    body: '',
    at: performance.now(),
    index: requests.length,
  };
  requests.push(received);
  for await (const chunk of message) received.body += String(chunk);
  return received;
}

async function play(answer: ScriptedAnswer, message: IncomingMessage, response: ServerResponse): Promise<void> {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    message.socket.destroy();
  } else if ('cut' in answer) {
    response.writeHead(200, { 'content-length': String(answer.length), ...answer.headers });
    response.write(answer.cut, () => message.socket.destroy());
  } else if ('stall' in answer) {
    response.writeHead(200);
    response.write(answer.stall);
  } else {
    if (answer.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(answer.body ?? '');
  }
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
