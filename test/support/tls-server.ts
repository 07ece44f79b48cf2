import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Certificate, makeCertificate } from '../../src/testing/certificate.ts';

/** An authority of a test, which signs what its servers show. */
export const TEST_AUTHORITY = { name: 'Test authority', ...makeCertificate({ name: 'Test authority' }) };

/** A certificate of the test authority. */
export function certificateFor(...hosts: string[]): Certificate {
  return makeCertificate({ name: hosts[0] ?? '', hosts, issuer: TEST_AUTHORITY });
}

/** Starts an HTTPS server that answers `{}`. */
export async function startTlsServer(certificate: Certificate) {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer(certificate, (_message, response) => {
    requests += 1;
    response.end('{}');
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    connections: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
