import type { AddressInfo, LookupFunction } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpStack } from '../../src/http/client.ts';
import type { HttpStackSettings } from '../../src/http/settings.ts';
import { faultCode } from '../../src/http/wire/wire-words.ts';
import type { Http, HttpEvent } from '../../src/ports/http.ts';
import { makeCertificate } from '../../src/testing/certificate.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { certificateFor, startTlsServer, TEST_AUTHORITY } from '../support/tls-server.ts';
import { freeLimit } from './stack-under-test.ts';

const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

/** Request by request what a connection says; null: it closes the connection without an answer. */
type Talk = (connection: number, request: number) => string | null;

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

interface RawServer {
  readonly url: string;
  readonly connections: () => number;
  readonly requests: () => number;
  /** Closes the connections that are open, as a server does that waited long enough; done when the other sides have closed too. */
  closeIdle(): Promise<void>;
}

/** A server that is written out, to close connections when it likes. */
async function serveRaw(talk: Talk, host = '127.0.0.1'): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let [opened, asked] = [0, 0];
  const server = createServer((socket) => {
    const connection = opened;
    let requests = 0;
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', () => {
      asked += 1;
      const answer = talk(connection, requests);
      requests += 1;
      if (answer === null) socket.resetAndDestroy();
      else socket.write(answer, () => answer.includes('close') && socket.end());
    });
  });
  await listen(server, host);
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    connections: () => opened,
    requests: () => asked,
    closeIdle: async () => {
      const closed = [...sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve)));
      for (const socket of sockets) socket.end();
      await Promise.all(closed);
    },
  };
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', reject).listen(0, host, () => resolve());
  });
}

interface Asker {
  readonly events: HttpEvent[];
  /** Asks for a path of the archive, which leads to the address. */
  readonly ask: (path?: string, more?: { lookup: boolean }) => Promise<unknown>;
  /** Asks so often, one after the other, for the length alone. */
  readonly heads: (times: number) => Promise<(string | undefined)[]>;
}

const HOST = 'archive.example.org';

function askerOf(apiUrl: string, settings: Partial<HttpStackSettings> = {}): Asker {
  const events: HttpEvent[] = [];
  const stack = createHttpStack({
    clock: createFakeClock(),
    random: () => 0,
    report: (event) => events.push(event),
    userAgent: 'celline/0.0.0',
    cache: null,
    spoolFolders: [],
    ...settings,
  });
  cleanup.push(() => stack.close());
  const hosts = [{ ...freeLimit(HOST), perSecond: 3, connections: 1 }];
  const http: Http = stack.forHandler({ name: 'test', hosts, ttl: 0, apiUrl });
  const head = { url: `https://${HOST}/x`, method: 'HEAD', expect: { kind: 'headers' } } as const;
  return {
    events,
    heads: async (times) => {
      const lengths: (string | undefined)[] = [];
      for (let time = 0; time < times; time += 1) lengths.push((await http.send(head)).headers['content-length']);
      return lengths;
    },
    ask: (path = '/x', more) =>
      http.json({ url: `https://${HOST}${path}`, ...(more === undefined ? {} : { form: { a: 'b' }, ...more }) }),
  };
}

const waits = ({ events }: Asker) => events.filter(({ type }) => type === 'waiting').length;

describe('a connection', () => {
  test('is used again', async () => {
    const server = await serveRaw(() => ANSWER);
    const asker = askerOf(server.url);
    for (let i = 0; i < 5; i += 1) await asker.ask();
    expect([server.connections(), server.requests()]).toEqual([1, 5]);
  });

  test('is used again after a HEAD', async () => {
    const server = await serveRaw(() => 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    const { heads } = askerOf(server.url);
    expect(await heads(5)).toEqual(Array(5).fill('1000'));
    expect([server.connections(), server.requests()]).toEqual([1, 5]);
  });

  test('on which a HEAD is answered with a body is not used again', async () => {
    const server = await serveRaw(() => 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello');
    const asker = askerOf(server.url);
    expect(await asker.heads(3)).toEqual(Array(3).fill('5'));
    expect([server.connections(), server.requests(), waits(asker)]).toEqual([3, 3, 0]);
  });

  test('that the server has closed while nobody asked is opened anew', async () => {
    const server = await serveRaw(() => ANSWER);
    const asker = askerOf(server.url);
    for (let i = 0; i < 3; i += 1) {
      await asker.ask();
      await server.closeIdle();
    }
    expect([server.connections(), server.requests(), waits(asker)]).toEqual([3, 3, 0]);
  });

  test('that says "close" with every answer is one of many', async () => {
    const server = await serveRaw(() => ANSWER.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
    const asker = askerOf(server.url);
    for (let i = 0; i < 3; i += 1) await asker.ask();
    expect([server.connections(), server.requests(), waits(asker)]).toEqual([3, 3, 0]);
  });

  test('that is kept for less than the time between two starts is not trusted', async () => {
    const kept = ANSWER.replace('\r\n\r\n', '\r\nconnection: keep-alive\r\nkeep-alive: timeout=1\r\n\r\n');
    const server = await serveRaw(() => kept);
    const asker = askerOf(server.url);
    for (let i = 0; i < 3; i += 1) await asker.ask();
    // Less two seconds for the way there, nothing is left of it.
    expect([server.connections(), server.requests(), waits(asker)]).toEqual([3, 3, 0]);
  });

  test('that is closed just as a request meets it costs no attempt', async () => {
    const server = await serveRaw((_connection, request) => (request === 0 ? ANSWER : null));
    const asker = askerOf(server.url);
    for (let i = 0; i < 3; i += 1) await asker.ask();
    // Two of the three met a connection from before.
    expect([server.connections(), server.requests(), waits(asker)]).toEqual([3, 5, 0]);
    expect(asker.events.filter(({ type }) => type === 'request')).toHaveLength(5);
  });

  test('that is closed on what may not be sent twice is an error', async () => {
    const server = await serveRaw((_connection, request) => (request === 0 ? ANSWER : null));
    const asker = askerOf(server.url);
    await asker.ask();
    await expect(asker.ask('/x', { lookup: false })).rejects.toMatchObject({ code: 'NETWORK' });
    expect(server.requests()).toBe(2);
  });

  test('on which no HTTP comes is no answer, three times, in words', async () => {
    const server = await serveRaw(() => 'SSH-2.0-OpenSSH_9.6\r\n');
    const asker = askerOf(server.url);
    await expect(asker.ask()).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringMatching(/: what came is no HTTP$/),
      fields: { kind: 'connection', code: 'NO_HTTP' },
    });
    expect(server.requests()).toBe(3);
  });

  test('on which no HTTP comes after the headers has brought a body that is cut', async () => {
    const server = await serveRaw(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nZZ\r\n');
    const asker = askerOf(server.url);
    await expect(asker.ask()).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      message: expect.stringContaining('with a body that breaks off into what is no HTTP'),
      fields: { kind: 'cut', code: 'NO_HTTP' },
    });
    expect(server.requests()).toBe(3);
  });

  test('that is new and closed costs its attempts', async () => {
    const server = await serveRaw(() => null);
    const asker = askerOf(server.url);
    await expect(asker.ask()).rejects.toMatchObject({ code: 'NETWORK' });
    expect([server.requests(), waits(asker)]).toEqual([3, 2]);
  });
});

const hasIpv6 = await listen(createServer().unref(), '::1').then(
  () => true,
  () => false,
);
if (!hasIpv6) process.stderr.write('skipped: IPv6, which this machine does not have\n');

/** Names that lead to these addresses of this machine. */
function leadingTo(...addresses: string[]): LookupFunction {
  return (_host, options, callback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family);
  };
}

const named = (server: RawServer) => `http://mirror.example.org:${new URL(server.url).port}`;

describe('addresses', () => {
  test.skipIf(!hasIpv6)('an address of IPv6 is asked', async () => {
    const server = await serveRaw(() => ANSWER, '::1');
    const asker = askerOf(server.url);
    await asker.ask();
    await asker.ask();
    expect([server.connections(), server.requests()]).toEqual([1, 2]);
  });

  test.skipIf(!hasIpv6)('a name whose address of IPv4 is dead is reached by IPv6', async () => {
    const server = await serveRaw(() => ANSWER, '::1');
    const asker = askerOf(named(server), { lookup: leadingTo('127.0.0.1', '::1') });
    await asker.ask();
    expect([server.requests(), waits(asker)]).toEqual([1, 0]);
  });

  test('a name whose address of IPv6 is dead is reached by IPv4', async () => {
    const server = await serveRaw(() => ANSWER);
    const asker = askerOf(named(server), { lookup: leadingTo('::1', '127.0.0.1') });
    await asker.ask();
    expect([server.requests(), waits(asker)]).toEqual([1, 0]);
  });

  test('a name whose addresses are all dead is told by what tells most', async () => {
    const server = await serveRaw(() => ANSWER);
    const asker = askerOf(named(server), { lookup: leadingTo('127.0.0.2', '::1') });
    await expect(asker.ask()).rejects.toMatchObject({
      code: 'NETWORK',
      message: `no answer from mirror.example.org:${new URL(named(server)).port}: the connection was refused`,
      hint: expect.stringContaining('handlers.test.apiUrl'),
    });
  });

  test.each([
    [['ENETUNREACH', 'ETIMEDOUT'], 'ETIMEDOUT'],
    [['ECONNREFUSED', 'ENETUNREACH'], 'ECONNREFUSED'],
    [['ENETUNREACH', 'EHOSTUNREACH'], 'ENETUNREACH'],
  ])('of %j counts %s', (codes, expected) => {
    const errors = codes.map((code) => Object.assign(new Error(code), { code }));
    expect(faultCode(new AggregateError(errors))).toBe(expected);
  });
});

describe('certificates', () => {
  async function archive(certificate = certificateFor('127.0.0.1')) {
    const server = await startTlsServer(certificate);
    cleanup.push(server.close);
    return { server, url: `https://127.0.0.1:${server.port}` };
  }

  test('an authority of the user is trusted', async () => {
    const { server, url } = await archive();
    const asker = askerOf(url, { authorities: [makeCertificate({ name: 'Another' }).cert, TEST_AUTHORITY.cert] });
    await asker.ask();
    await asker.ask();
    expect([server.requests(), server.connections()]).toEqual([2, 1]);
  });

  const EXTRA = 'set caFile or NODE_EXTRA_CA_CERTS to';
  test.each([
    ['an authority that nobody knows', certificateFor('127.0.0.1'), false, 'caFile or NODE_EXTRA_CA_CERTS', EXTRA],
    ['itself', makeCertificate({ name: 'self', hosts: ['127.0.0.1'] }), false, 'is not trusted', EXTRA],
    ['a certificate of another host', certificateFor('other.example.org'), true, 'that of another host', 'apiUrl'],
    [
      'a certificate of last year',
      makeCertificate({ name: 'old', hosts: ['127.0.0.1'], issuer: TEST_AUTHORITY, expires: '2001-01-01T00:00:00Z' }),
      true,
      'has expired',
      'clock',
    ],
  ])('a server that shows %s is asked nothing, and not again', async (_what, certificate, isKnown, message, hint) => {
    const { server, url } = await archive(certificate);
    const asker = askerOf(url, isKnown ? { authorities: [TEST_AUTHORITY.cert] } : {});
    await expect(asker.ask()).rejects.toMatchObject({
      code: 'NETWORK',
      fields: { kind: 'certificate' },
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    expect([server.requests(), server.connections()]).toEqual([0, 1]);
  });
});
