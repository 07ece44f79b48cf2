import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { CellineError } from '../../src/errors/celline-error.ts';
import type { HostLimit } from '../../src/ports/http.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { freeLimit, memoryCache, type StackUnderTest, startStack } from './stack-under-test.ts';

const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

async function start(...given: Parameters<typeof startStack>): Promise<StackUnderTest> {
  const under = await startStack(...given);
  cleanup.push(under.close);
  return under;
}

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  cleanup.push(server.close);
  return server;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'celline-test-'));
  cleanup.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const NCBI: HostLimit = {
  host: 'eutils.ncbi.nlm.nih.gov',
  operator: 'NCBI',
  perSecond: 1e6,
  connections: 4,
  source: 'test',
};
const ESEARCH = 'https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esearch.fcgi';
const ok = () => ({ body: '{}' });

test('apiUrl replaces the origin and keeps path and query; a path prefix is put before', async () => {
  const under = await start(ok);
  const http = under.stack.forHandler({ name: 'geo', hosts: [NCBI], ttl: 0, apiUrl: under.server.url });
  await http.json({ url: `${ESEARCH}?db=sra&term=a+b%2Bc` });
  const prefixed = under.stack.forHandler({ name: 'geo', hosts: [NCBI], ttl: 0, apiUrl: `${under.server.url}/ncbi/` });
  await prefixed.json({ url: `${ESEARCH}?db=sra` });
  const [first, second] = under.server.requests.map(({ path }) => path);
  expect(first).toBe('/entrez/eutils/esearch.fcgi?db=sra&term=a+b%2Bc&tool=celline');
  expect(second).toBe('/ncbi/entrez/eutils/esearch.fcgi?db=sra&tool=celline');
});

test('NCBI is told tool, email and key, in the query of a GET and in the form of a POST; nobody else is', async () => {
  const under = await start(ok, { email: 'me@example.org', ncbiKey: 'k123' });
  const http = under.stack.forHandler({ name: 'geo', hosts: [NCBI], ttl: 0, apiUrl: under.server.url });
  await http.json({ url: `${ESEARCH}?db=sra&api_key=&tool=other` });
  await http.json({ url: ESEARCH, form: { db: 'sra', api_key: '' }, lookup: true });
  await under.http.json(under.request('/other'));
  const [get, post, other] = under.server.requests;
  const identity = { tool: 'celline', email: 'me@example.org', api_key: 'k123' };
  expect([...(get?.query ?? [])]).toEqual(Object.entries({ db: 'sra', ...identity }));
  expect(post?.path).toBe('/entrez/eutils/esearch.fcgi');
  expect(Object.fromEntries(new URLSearchParams(post?.body))).toEqual({ db: 'sra', ...identity });
  expect(other?.path).toBe('/other');
  expect(get?.headers['user-agent']).toBe('celline/0.0.0');
});

test('000-19: no key, token or password is in an event, an error, or the cache', async () => {
  const script: Script = ({ path }) =>
    path.includes('bad') ? { status: 400, body: `{"error":"API key invalid","api-key":"k123"}` } : ok();
  const server = await serve(script);
  const cache = memoryCache({ now: () => 1 });
  const hosts = [freeLimit(server.host)];
  const under = await start(script, { email: 'me@example.org', ncbiKey: 'k123', cache, cacheSecret: 's' });
  const geo = under.stack.forHandler({ name: 'geo', hosts: [NCBI], ttl: 60, apiUrl: under.server.url });
  const custom = under.stack.forHandler({
    name: 'custom',
    hosts,
    ttl: 60,
    credential: { type: 'bearer', token: 't456' },
  });
  await geo.json({ url: `${ESEARCH}?db=sra` });
  await custom.json({ url: `${server.url}/x?token=t456` });
  const error = await geo.json({ url: `${ESEARCH}?bad` }).catch((caught: unknown) => caught as CellineError);
  expect(error).toMatchObject({ code: 'AUTH', hint: 'check NCBI_API_KEY' });
  const stored = [];
  for await (const entry of cache.metadata.listEntries('')) stored.push(entry);
  expect(stored).toHaveLength(2);
  const text = JSON.stringify([under.events, stored, error instanceof CellineError && [error.message, error.fields]]);
  for (const secret of ['k123', 't456', 'me@example.org']) expect(text).not.toContain(secret);
});

test('000-19, 000-20: Bearer and Basic are sent to the declared host', async () => {
  const under = await start(ok);
  const hosts = [freeLimit(under.server.host)];
  const ask = (credential: Parameters<typeof under.stack.forHandler>[0]['credential']) =>
    under.stack
      .forHandler({ name: 'custom', hosts, ttl: 0, ...(credential ? { credential } : {}) })
      .json(under.request('/x'));
  await ask({ type: 'bearer', token: 't' });
  await ask({ type: 'basic', user: 'u', password: 'p' });
  await ask(undefined);
  expect(under.server.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer t',
    `Basic ${Buffer.from('u:p').toString('base64')}`,
    undefined,
  ]);
});

test('a request to an undeclared host, or in the clear, is refused before it is made', async () => {
  const under = await start(ok);
  const other = await serve(ok);
  await expect(under.http.text(under.request('', { url: `${other.url}/x` }))).rejects.toMatchObject({
    code: 'PLUGIN',
    message: expect.stringContaining(other.host),
  });
  const http = under.stack.forHandler({ name: 'geo', hosts: [NCBI], ttl: 0 });
  await expect(http.json({ url: ESEARCH.replace('https', 'http') })).rejects.toMatchObject({ code: 'PLUGIN' });
  expect(other.requests).toHaveLength(0);
});

test('redirects are followed on the same host, five at most, each counted as a request', async () => {
  const under = await start(({ path }) =>
    path === '/end' ? { body: 'end' } : { status: 302, headers: { location: path === '/start' ? '/end' : path } },
  );
  await expect(under.http.text(under.request('/start'))).resolves.toBe('end');
  expect(under.events.filter(({ type }) => type === 'request')).toHaveLength(2);
  await expect(under.http.text(under.request('/loop'))).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  expect(under.server.requests).toHaveLength(2 + 6);
});

test('a redirect to another host takes no credential along, and never leaves https', async () => {
  const elsewhere = await serve(ok);
  const under = await start(() => ({ status: 307, headers: { location: `${elsewhere.url}/x` } }));
  const hosts = [freeLimit(under.server.host), freeLimit(elsewhere.host.replace('127.0.0.1', 'localhost'))];
  const credential = { type: 'bearer', token: 't' } as const;
  const http = under.stack.forHandler({ name: 'custom', hosts, ttl: 0, credential });
  await expect(http.json(under.request('/x'))).rejects.toMatchObject({ message: expect.stringContaining('redirect') });
  const toDeclared = await start(() => ({
    status: 307,
    headers: { location: `http://localhost:${elsewhere.host.split(':')[1]}/y` },
  }));
  const declared = toDeclared.stack.forHandler({
    name: 'custom',
    hosts: [freeLimit(toDeclared.server.host), ...hosts.slice(1)],
    ttl: 0,
    credential,
  });
  await declared.json(toDeclared.request('/x', { headers: { 'X-Api-Key': 'k', accept: 'application/json' } }));
  expect(toDeclared.server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'x-api-key': 'k' });
  expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined();
  expect(elsewhere.requests[0]?.headers['x-api-key']).toBeUndefined();
});

test('a body over the bound stops there, compressed or not, and is not asked for again', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const under = await start(({ path }) =>
    path === '/bomb' ? { headers: { 'content-encoding': 'gzip' }, body: bomb } : { body: 'x'.repeat(2000) },
  );
  for (const path of ['/bomb', '/plain']) {
    await expect(under.http.text(under.request(path, { maxBytes: 1000 }))).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      fields: { kind: 'too_large' },
    });
  }
  expect(under.server.requests).toHaveLength(2);
});

test('a body whose stated length is over the bound is not waited for', async () => {
  const under = await start(() => ({ cut: 'begin', length: 2000 }));
  await expect(under.http.text(under.request('/x', { maxBytes: 1000 }))).rejects.toMatchObject({
    code: 'BAD_RESPONSE',
    fields: { kind: 'too_large' },
  });
  expect(under.server.requests).toHaveLength(1);
});

test('a cut body is a BadResponseError of kind cut after three attempts, and good when it heals', async () => {
  const under = await start(({ path, index }) =>
    path === '/heals' && index === 4 ? { body: '[1]' } : { cut: '[1,', length: 10 },
  );
  await expect(under.http.json(under.request('/cut'))).rejects.toMatchObject({
    code: 'BAD_RESPONSE',
    fields: { kind: 'cut' },
  });
  expect(under.server.requests).toHaveLength(3);
  await expect(under.http.json(under.request('/heals'))).resolves.toEqual([1]);
});

test('a challenge under 403 is no missing credentials, and is asked again', async () => {
  const page = '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head></html>';
  const under = await start(({ path, index }) => {
    if (path === '/marked') return { status: 403, headers: { 'cf-mitigated': 'challenge' }, body: 'x' };
    return index === 0 ? { status: 403, headers: { 'content-type': 'text/html' }, body: page } : { body: 'data' };
  });
  await expect(under.http.text(under.request('/x'))).resolves.toBe('data');
  await expect(under.http.text(under.request('/marked'))).rejects.toMatchObject({
    code: 'BAD_RESPONSE',
    fields: { kind: 'captcha', status: 403 },
    hint: expect.stringContaining('robot'),
  });
  expect(under.server.requests).toHaveLength(5);
});

test('a good text under the media type of a web page is none', async () => {
  const under = await start(({ index }) => ({
    headers: { 'content-type': index < 1 ? 'text/html' : 'x/y' },
    body: 'a',
  }));
  await expect(under.http.text(under.request('/x'))).resolves.toBe('a');
  expect(under.server.requests).toHaveLength(2);
});

test('a page of GEO comes as the page of the error, asked for once', async () => {
  const page = '<html><body>Could not find a public or private accession "GSM0"</body></html>';
  const under = await start(() => ({ body: page }));
  const request = under.request('/x', { expect: { kind: 'soft', gzip: false } });
  await expect(under.http.text(request)).rejects.toMatchObject({ fields: { kind: 'answer' }, page });
  expect(under.server.requests).toHaveLength(1);
});

test('chunks are text with whole characters, and a gzip file is inflated', async () => {
  const soft = `^SAMPLE = GSM1\n${'!Sample_title = µ漢🧬\n'.repeat(50_000)}`;
  const under = await start(() => ({ body: gzipSync(soft) }));
  let text = '';
  for await (const chunk of await under.http.chunks(under.request('/x', { expect: { kind: 'soft', gzip: true } }))) {
    text += chunk;
  }
  expect(text).toBe(soft);
  expect(under.server.requests[0]?.headers['accept-encoding']).toBe('identity');
});

test('a large body goes through a file, can be read twice, and leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  const large = 'line of a large body\n'.repeat(1_000_000);
  const notFolder = join(folder, 'file');
  await writeFile(notFolder, '');
  const spoolFolders = [join(notFolder, 'below'), join(folder, 'spool')];
  const under = await start(() => ({ body: large }), { spoolFolders });
  const { body } = await under.http.send(under.request('/x'));
  expect(body.size).toBe(21_000_000);
  expect(await readdir(join(folder, 'spool'))).toHaveLength(1);
  for (let i = 0; i < 2; i += 1) {
    let size = 0;
    for await (const chunk of body.stream()) size += chunk.byteLength;
    expect(size).toBe(21_000_000);
  }
  await under.stack.close();
  expect(await readdir(join(folder, 'spool'))).toEqual([]);
});

test('a server that closes every connection costs no attempt', async () => {
  const under = await start(() => ({ headers: { connection: 'close' }, body: '{}' }));
  for (let i = 0; i < 10; i += 1) await under.http.json(under.request(`/${i}`));
  expect(under.server.connections()).toBe(10);
  expect(under.events.filter(({ type }) => type === 'waiting')).toEqual([]);
});

test('a connection is used again by one request after the other', async () => {
  const under = await start(ok);
  for (let i = 0; i < 10; i += 1) await under.http.json(under.request(`/${i}`));
  expect(under.server.connections()).toBe(1);
});
