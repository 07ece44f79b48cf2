import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Certificate } from '../../src/testing/certificate.ts';

/** What a proxy does. */
export interface ProxyScript {
  /** Port on this machine that every host leads to. */
  readonly target: number;
  /** Status instead of a way through; by the order of the questions, from 0. */
  readonly refuse?: (index: number) => number | null;
  /** `user:password` that it wants. */
  readonly credentials?: string;
  /** Takes connections and says nothing; or closes them. */
  readonly broken?: 'silent' | 'closing';
  /** Speaks TLS itself. */
  readonly certificate?: Certificate;
}

/** A proxy on this machine. */
export interface SmallProxy {
  readonly url: string;
  readonly host: string;
  /** What it was asked for: `CONNECT host:443`, `GET http://host/x`. */
  readonly asked: readonly string[];
  /** Connections that were opened to it. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Starts a proxy that tunnels and forwards to one port. */
export async function startSmallProxy(script: ProxyScript): Promise<SmallProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = script.certificate === undefined ? createServer() : createTlsServer(script.certificate);
  let opened = 0;
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  const statusFor = (message: IncomingMessage): number | null => {
    asked.push(`${message.method} ${message.url}`);
    return hasCredentials(message, script) ? (script.refuse?.(asked.length - 1) ?? null) : 407;
  };
  server.on('connect', (message: IncomingMessage, socket: Socket) => {
    const status = statusFor(message);
    if (script.broken === 'closing') socket.destroy();
    else if (script.broken === undefined) tunnel(socket, status, script.target);
  });
  server.on('request', (message: IncomingMessage, response) => {
    const status = statusFor(message);
    if (status !== null) {
      response.writeHead(status).end('refused');
      return;
    }
    const { pathname, search } = new URL(message.url ?? '/');
    const { 'proxy-authorization': _, ...headers } = message.headers;
    const onward = request({ port: script.target, path: pathname + search, method: message.method, headers });
    onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers)));
    message.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    url: `${script.certificate === undefined ? 'http' : 'https'}://${host}`,
    host,
    asked,
    connections: () => opened,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function hasCredentials({ headers }: IncomingMessage, { credentials }: ProxyScript): boolean {
  if (credentials === undefined) return true;
  return headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function tunnel(socket: Socket, status: number | null, target: number): void {
  if (status !== null) {
    socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`);
    return;
  }
  const onward = connect(target, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.pipe(socket).pipe(onward);
  });
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
}
