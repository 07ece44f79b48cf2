import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { makeCertificate } from '../src/testing/certificate.ts';

/** Milliseconds that each byte takes one way. */
const ONE_WAY_MS = 50;

/** An answer of about 1 kB, as a summary of one record is. */
const BODY = JSON.stringify({ id: 'GSM1000000', text: 'x'.repeat(1000) });

/** A server 100 milliseconds away that speaks HTTP/2 and HTTP/1.1 over TLS. */
export interface FarServer {
  readonly url: string;
  /** A proxy at the same distance. */
  readonly proxyUrl: string;
  /** Certificate (PEM) of its authority. */
  readonly authority: string;
  /** Connections, and bytes there and back, since the last call. */
  count(): { readonly connections: number; readonly sent: number; readonly received: number };
  close(): void;
}

/** Starts the server, with a line before it that delays every byte, and the first by the journey that opening takes. */
export async function startFarServer(): Promise<FarServer> {
  const issuer = { name: 'Bench', ...makeCertificate({ name: 'Bench' }) };
  const certificate = makeCertificate({
    name: 'localhost',
    hosts: ['localhost', 'far.localhost', '127.0.0.1'],
    issuer,
  });
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(BODY);
  });
  const counts = { connections: 0, sent: 0, received: 0 };
  const near = await listen(server);
  // Whatever it is asked for.
  const proxy = createHttpServer().on('connect', (_request, socket: Socket) => {
    const onward = connect(near, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [socket, onward]) one.on('error', () => {});
  });
  const [far, farProxy] = [delayed(near, counts), delayed(await listen(proxy), counts)];
  const [port, proxyPort] = [await listen(far), await listen(farProxy)];
  return {
    url: `https://127.0.0.1:${port}`,
    proxyUrl: `http://127.0.0.1:${proxyPort}`,
    authority: issuer.cert,
    count: () => {
      const now = { ...counts };
      Object.assign(counts, { connections: 0, sent: 0, received: 0 });
      return now;
    },
    close: () => {
      for (const one of [server, proxy, far, farProxy]) one.close();
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function delayed(port: number, counts: { connections: number; sent: number; received: number }): Server {
  return createServer({ noDelay: true }, (near) => {
    counts.connections += 1;
    const onward = connect({ port, host: '127.0.0.1', noDelay: true });
    // A connection that opens takes a journey there and back, which loopback does not.
    passOn(near, onward, 3 * ONE_WAY_MS, (bytes) => {
      counts.sent += bytes;
    });
    passOn(onward, near, ONE_WAY_MS, (bytes) => {
      counts.received += bytes;
    });
  });
}

function passOn(from: Socket, to: Socket, firstMs: number, count: (bytes: number) => void): void {
  let ms = firstMs;
  let last = 0;
  from.on('data', (chunk: Buffer) => {
    count(chunk.length);
    const at = Math.max(performance.now() + ms, last);
    last = at;
    ms = ONE_WAY_MS;
    setTimeout(() => to.writable && to.write(chunk), at - performance.now());
  });
  from.on('error', () => {}).on('close', () => setTimeout(() => to.destroy(), ONE_WAY_MS));
}
