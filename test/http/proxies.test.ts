import { afterEach, describe, expect, test } from 'vitest';
import type { CellineError } from '../../src/errors/celline-error.ts';
import type { HttpStackSettings } from '../../src/http/settings.ts';
import { type ProxyServer, proxyFor } from '../../src/http/wire/proxy-server.ts';
import type { Http } from '../../src/ports/http.ts';
import { startScriptedServer } from '../../src/testing/scripted-server.ts';
import { type ProxyScript, type SmallProxy, startSmallProxy } from '../support/small-proxy.ts';
import { certificateFor, startTlsServer, TEST_AUTHORITY } from '../support/tls-server.ts';
import { freeLimit, type StackUnderTest, startStack } from './stack-under-test.ts';

const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

const HOST = 'archive.example.org';
const TRUSTING = { authorities: [TEST_AUTHORITY.cert] };

function server(url: string): ProxyServer {
  return { variable: 'HTTPS_PROXY', url: new URL(url) };
}

/** An archive with TLS behind a proxy, and the way to it. */
async function behind(
  script: Omit<ProxyScript, 'target'> = {},
  { login = '', ...settings }: Partial<HttpStackSettings> & { login?: string } = {},
): Promise<{
  proxy: SmallProxy;
  archive: Awaited<ReturnType<typeof startTlsServer>>;
  under: StackUnderTest;
  http: Http;
}> {
  const archive = await startTlsServer(certificateFor(HOST));
  cleanup.push(archive.close);
  const proxy = await startSmallProxy({ target: archive.port, ...script });
  cleanup.push(proxy.close);
  const https = server(proxy.url.replace('//', `//${login}`));
  const under = await startStack(() => ({ body: '{}' }), { ...TRUSTING, proxy: { https, http: https }, ...settings });
  cleanup.push(under.close);
  const http = under.stack.forHandler({ name: 'test', hosts: [{ ...freeLimit(HOST), connections: 1 }], ttl: 0 });
  return { proxy, archive, under, http };
}

async function failure(promise: Promise<unknown>): Promise<CellineError> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: CellineError) => error,
  );
}

const ask = (http: Http, path = '/x') => http.json({ url: `https://${HOST}${path}` });

test('an archive is reached by a tunnel, which is used again', async () => {
  const { proxy, archive, http } = await behind();
  for (const path of ['/1', '/2', '/3']) await ask(http, path);
  expect(proxy.asked).toEqual([`CONNECT ${HOST}:443`]);
  expect([archive.requests(), archive.connections()]).toEqual([3, 1]);
});

test('a proxy with TLS is spoken to with TLS', async () => {
  const { proxy, archive, http } = await behind({ certificate: certificateFor('127.0.0.1') });
  await ask(http);
  expect(proxy.asked).toHaveLength(1);
  expect(archive.requests()).toBe(1);
});

test('a host of this machine is asked without the proxy', async () => {
  const { proxy, under } = await behind();
  await under.http.json(under.request('/direct'));
  expect(under.server.requests).toHaveLength(1);
  expect(proxy.connections()).toBe(0);
});

test('000-19: user and password go to the proxy alone, and into no text', async () => {
  const { proxy, http, under } = await behind({ credentials: 'me:s3cr&t' }, { login: 'me:s3cr%26t@' });
  await ask(http);
  expect(proxy.asked).toHaveLength(1);
  const wrong = await behind({ credentials: 'me:other' }, { login: 'me:s3cr%26t@' });
  const error = await failure(ask(wrong.http));
  expect(error).toMatchObject({ code: 'NETWORK', message: expect.stringContaining('does not accept the user') });
  const shown = [error.message, error.stack, error.hint, JSON.stringify([error, under.events, wrong.under.events])];
  expect(shown.join()).not.toMatch(/s3cr|czNjc/);
});

type Row = [what: string, Omit<ProxyScript, 'target'>, message: string, hint: string, questions: number];
test.each<Row>([
  ['wants credentials', { credentials: 'me:x' }, 'wants credentials (407)', 'user:password@', 1],
  ['forbids the host', { refuse: () => 403 }, `answered 403 to the connection to ${HOST}:443`, 'NO_PROXY', 1],
  ['does not reach the archive', { refuse: () => 502 }, 'answered 502', 'try again later', 3],
  ['closes the connection', { broken: 'closing' }, 'closed the connection', 'HTTPS_PROXY', 3],
])('a proxy that %s is named, with the next step', async (_what, script, message, hint, questions) => {
  const { proxy, archive, http } = await behind(script);
  const error = await failure(ask(http));
  expect(error).toMatchObject({ code: 'NETWORK', hint: expect.stringContaining(hint) });
  expect(error.message).toContain(`no answer from ${HOST}: the proxy ${proxy.host} (HTTPS_PROXY) `);
  expect(error.message).toContain(message);
  expect([proxy.asked.length, archive.requests()]).toEqual([questions, 0]);
});

test('a proxy that does not accept the user is asked once, whatever else is asked for', async () => {
  const { proxy, http } = await behind({ credentials: 'me:other' }, { login: 'me:wrong@' });
  for (const path of ['/1', '/2', '/3']) {
    await expect(ask(http, path)).rejects.toMatchObject({
      message: expect.stringContaining('does not accept the user and password (407)'),
      fields: { url: `https://${HOST}${path}` },
    });
  }
  expect(proxy.asked).toHaveLength(1);
});

test('a proxy that is silent ends with the time for connections', async () => {
  const { http } = await behind({ broken: 'silent' }, { firstByteTimeoutMs: 50 });
  const error = await failure(http.json({ url: `https://${HOST}/x`, attempts: 1 }));
  expect(error).toMatchObject({ code: 'NETWORK', message: expect.stringContaining('timed out: no answer about') });
});

test('a proxy that is not there, or that nobody vouches for, is named', async () => {
  const gone = await behind();
  await gone.proxy.close();
  const refused = await failure(ask(gone.http));
  expect(refused.message).toContain(`the proxy ${gone.proxy.host} (HTTPS_PROXY): the connection was refused`);
  const foreign = await behind({ certificate: certificateFor('127.0.0.1') }, { authorities: [] });
  const untrusted = await failure(ask(foreign.http));
  expect(untrusted.message).toContain('(HTTPS_PROXY): its certificate is not trusted');
  expect(untrusted.hint).toContain('caFile or NODE_EXTRA_CA_CERTS');
  expect(foreign.proxy.connections()).toBe(1);
});

test('a proxy in trouble for a moment costs an attempt', async () => {
  const { archive, http, under } = await behind({ refuse: (index) => (index === 0 ? 503 : null) });
  await ask(http);
  expect(archive.requests()).toBe(1);
  expect(under.events.filter(({ type }) => type === 'waiting')).toHaveLength(1);
});

test('what is not encrypted is asked of the proxy by its whole address', async () => {
  const archive = await startScriptedServer(({ path }) => ({ body: JSON.stringify({ path }) }));
  cleanup.push(archive.close);
  const target = Number(archive.host.split(':')[1]);
  const proxy = await startSmallProxy({ target, credentials: 'me:pw' });
  cleanup.push(proxy.close);
  const asking = async (login: string) => {
    const http = server(proxy.url.replace('//', `//${login}`));
    const under = await startStack(() => 'hang', { proxy: { http } });
    cleanup.push(under.close);
    return under.stack.forHandler({
      name: 't',
      hosts: [freeLimit(HOST)],
      ttl: 0,
      apiUrl: 'http://mirror.example.org/m',
    });
  };
  const http = await asking('me:pw@');
  await expect(ask(http, '/1?q=a+b')).resolves.toEqual({ path: '/m/1?q=a+b' });
  await ask(http, '/2');
  expect(proxy.asked).toEqual(['GET http://mirror.example.org/m/1?q=a+b', 'GET http://mirror.example.org/m/2']);
  expect(proxy.connections()).toBe(1);
  expect(archive.requests[0]?.headers.host).toBe('mirror.example.org');
  const stranger = await asking('');
  for (const path of ['/3', '/4']) {
    await expect(ask(stranger, path)).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('wants credentials (407)'),
    });
  }
  expect(proxy.asked).toHaveLength(3);
});

describe('the proxy for an address', () => {
  const proxy = server('http://proxy:3128');
  test.each([
    ['https://eutils.ncbi.nlm.nih.gov/x', '', true],
    ['https://localhost/x', '', false],
    ['http://127.0.0.3:81/', '', false],
    ['http://[::1]:81/', '', false],
    ['https://a.example.org/', '*', false],
    ['https://a.example.org/', 'x.org, *', false],
    ['https://a.example.org/', 'example.org', false],
    ['https://a.example.org/', '.example.org', false],
    ['https://a.example.org/', '*.Example.org', false],
    ['https://a.example.org./', 'example.org', false],
    ['https://example.org/', '.example.org', false],
    ['https://anexample.org/', 'example.org', true],
    ['https://a.example.org/', 'b.org c.org,a.example.org', false],
    ['https://a.example.org/', 'example.org:443', false],
    ['https://a.example.org:8443/', 'example.org:443', true],
    ['http://a.example.org/', 'example.org:80', false],
    ['https://10.1.2.3/', '10.0.0.0/8', false],
    ['https://11.1.2.3/', '10.0.0.0/8', true],
    ['https://10.1.2.3/', '10.1.2.3', false],
    ['https://10.1.2.3/', '2.3', true],
    ['https://10.1.2.3/', '10.0.0.0/99', true],
    ['https://[fd00::5]/', 'fd00::/8', false],
    ['https://[fd00::5]/', 'fd00::5', false],
    ['https://[fd00::5]:8443/', '[fd00::5]:8443', false],
    ['https://[fd00::5]:8443/', '[fd00::5]:443', true],
    ['https://[2001:db8::5]/', 'fd00::/8', true],
    ['https://a.example.org/', ' , ,', true],
  ])('%s with NO_PROXY "%s": through it %s', (url, no, isThrough) => {
    expect(proxyFor(new URL(url), { http: proxy, https: proxy, no }) !== null).toBe(isThrough);
  });

  test('is that of its scheme', () => {
    expect(proxyFor(new URL('http://a.org/'), { https: proxy })).toBeNull();
    expect(proxyFor(new URL('https://a.org/'), { http: proxy })).toBeNull();
    expect(proxyFor(new URL('https://a.org/'), { https: proxy })).toBe(proxy);
  });
});
