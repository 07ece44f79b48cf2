import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sources } from '../sources.ts';
import { answerBrowser, answerPortal } from './ena.ts';
import { createEutils } from './eutils.ts';
import { answerGeo } from './geo.ts';

/** What the playback answers. */
export interface PlayedAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

/** A request, form fields and query fields in one. */
export interface PlayedRequest {
  readonly path: string;
  readonly fields: URLSearchParams;
  readonly body: string;
}

/** A loopback server that answers with recorded bodies under the archives' own paths. */
export interface Playback {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Path of every request so far. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Starts the playback of a folder of recordings. */
export async function startPlayback(sources: Sources): Promise<Playback> {
  const eutils = createEutils(sources);
  const requests: string[] = [];
  const answer = (request: PlayedRequest): PlayedAnswer => {
    if (request.path.startsWith('/entrez/eutils/')) return eutils(request);
    if (request.path.startsWith('/ena/portal/api/')) return answerPortal(request, sources);
    if (request.path.startsWith('/ena/browser/api/xml')) return answerBrowser(request, sources);
    if (request.path.startsWith('/geo/')) return answerGeo(request, sources);
    return { status: 404, type: 'text/plain', body: 'no such path is played' };
  };
  const server = createServer(async (message, response) => {
    const request = await receive(message);
    requests.push(request.path);
    const { status, type, body } = answer(request);
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => closeServer(server) };
}

async function receive(message: IncomingMessage): Promise<PlayedRequest> {
  const url = new URL(message.url ?? '/', 'http://playback');
  let body = '';
  for await (const chunk of message) body += String(chunk);
  const fields = new URLSearchParams(url.searchParams);
  if (message.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    for (const [name, value] of new URLSearchParams(body)) fields.append(name, value);
  }
  return { path: url.pathname, fields, body };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
