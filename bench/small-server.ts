// A server of small JSON answers in a process of its own; prints its address. Ends when its stdin does.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of about 1 kB, as a summary of one record is. */
const BODY = JSON.stringify({
  id: 'GSM1000000',
  organism: 'Homo sapiens',
  attributes: Array.from({ length: 12 }, (_, i) => ({ name: `characteristic ${i}`, value: 'x'.repeat(40) })),
});

const HEADERS = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(BODY)) };

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, HEADERS);
  response.end(BODY);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
