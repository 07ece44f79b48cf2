import { afterEach, describe, expect, test } from 'vitest';
import { AuthError } from '../../src/errors/auth-error.ts';
import { createLocalSlots, type SlotSource } from '../../src/http/limit/slot-source.ts';
import type { HttpStackSettings } from '../../src/http/settings.ts';
import type { HostLimit, HttpRequest } from '../../src/ports/http.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { freeLimit, memoryCache, type StackUnderTest, startStack } from './stack-under-test.ts';

const KEY = 'k-0123456789abcdef';
const NAME = 'CUSTOM_DB_API_KEY';
const BEARER = { type: 'bearer', token: KEY, name: NAME } as const;
const SCHEMES = [
  ['Bearer', BEARER, 'authorization'],
  ['Basic', { type: 'basic', user: 'ada', password: KEY, name: 'CUSTOM_DB_PASSWORD' } as const, 'authorization'],
  ['a header', { type: 'header', header: 'X-Lab-Token', key: KEY, name: NAME } as const, 'x-lab-token'],
] as const;

const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  cleanup.push(server.close);
  return server;
}

async function start(...given: Parameters<typeof startStack>): Promise<StackUnderTest> {
  const under = await startStack(...given);
  cleanup.push(under.close);
  return under;
}

const ok = () => ({ body: '{}' });
const text = (url: string): HttpRequest => ({ url, expect: { kind: 'text' } });

/** What became of a request, as the name of its error. */
async function ending(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => 'answered',
    (error: unknown) => error,
  );
}

describe('a credential that is refused', () => {
  const refuse: Script = ({ headers }) => (headers.authorization === undefined ? ok() : { status: 401, body: 'no' });

  test('ends all requests with it after one, with the same error', async () => {
    const under = await start(refuse, {}, { credential: BEARER });
    const asked = Array.from({ length: 20 }, (_, index) => under.http.send(under.request(`/${index}`)));
    const errors = await Promise.all(asked.map(ending));
    expect(new Set(errors).size).toBe(1);
    expect(errors[0]).toBeInstanceOf(AuthError);
    expect(errors[0]).toMatchObject({ message: expect.stringContaining(`refused ${NAME}`), hint: `check ${NAME}` });
    expect(under.server.requests).toHaveLength(1);
    await ending(under.http.send(under.request('/later')));
    expect(under.server.requests).toHaveLength(1);
  });

  test('ends nothing else: another operator, another credential, none', async () => {
    const other = await serve(ok);
    const under = await start(refuse);
    const hosts = [freeLimit(under.server.host), freeLimit(other.host, 'Other archive')];
    const http = under.stack.forHandler({ name: 'custom', hosts, ttl: 0, credential: BEARER });
    expect(await ending(http.send(under.request('/a')))).toBeInstanceOf(AuthError);
    expect(await ending(http.send(text(`${other.url}/a`)))).toBe('answered');
    expect(await ending(under.http.send(under.request('/b')))).toBe('answered');
  });

  test('after good answers, when it expires in the middle', async () => {
    const under = await start(({ index }) => (index < 3 ? ok() : { status: 401 }), {}, { credential: BEARER });
    for (let index = 0; index < 8; index += 1) await ending(under.http.send(under.request(`/${index}`)));
    expect(under.server.requests).toHaveLength(4);
  });

  test('NCBI says so with 400', async () => {
    const NCBI: HostLimit = { ...freeLimit('eutils.ncbi.nlm.nih.gov', 'NCBI') };
    const server = await serve(() => ({ status: 400, body: `{"error":"API key invalid","api-key":"${KEY}"}` }));
    const under = await start(ok, { ncbiKey: KEY });
    const http = under.stack.forHandler({ name: 'geo', hosts: [NCBI], ttl: 0, apiUrl: server.url });
    const ask = (tool: string) => ending(http.send(text(`https://eutils.ncbi.nlm.nih.gov/${tool}`)));
    const errors = await Promise.all([ask('a'), ask('b'), ask('c')]);
    expect(errors[0]).toMatchObject({
      code: 'AUTH',
      hint: 'check NCBI_API_KEY',
      fields: { said: expect.stringContaining('***') },
    });
    expect(new Set(errors).size).toBe(1);
    expect(server.requests).toHaveLength(1);
  });

  test('403 is about one record, and 401 without a credential too', async () => {
    const under = await start(() => ({ status: 403 }), {}, { credential: BEARER });
    for (let index = 0; index < 3; index += 1) {
      expect(await ending(under.http.send(under.request(`/${index}`)))).toBeInstanceOf(AuthError);
    }
    expect(under.server.requests).toHaveLength(3);
    const open = await start(() => ({ status: 401 }));
    for (let index = 0; index < 3; index += 1) await ending(open.http.send(open.request(`/${index}`)));
    expect(open.server.requests).toHaveLength(3);
  });

  test('a first request that breaks holds nobody up', async () => {
    const under = await start(({ index }) => (index === 0 ? { status: 404 } : ok()), {}, { credential: BEARER });
    const asked = ['/a', '/b', '/c'].map((path) => ending(under.http.send(under.request(path))));
    expect(await Promise.all(asked)).toEqual([expect.objectContaining({ status: 404 }), 'answered', 'answered']);
  });
});

describe('000-21: the check of a credential', () => {
  async function withCheck(script: Script, more: Partial<HttpStackSettings> = {}) {
    const server = await serve(script);
    const under = await start(ok, more);
    const http = under.stack.forHandler({
      name: 'custom',
      hosts: [freeLimit(server.host)],
      ttl: 60,
      credential: BEARER,
      credentialCheck: { url: `${server.url}/auth/validate`, expect: { kind: 'json' } },
    });
    const ask = (path: string) => ending(http.send(text(`${server.url}${path}`)));
    return { under, ask, paths: () => server.requests.map(({ path }) => path), server };
  }
  const warnings = ({ events }: StackUnderTest) => events.filter(({ type }) => type === 'warning');

  test('is asked once before the first request; 401 ends all without a request for data', async () => {
    const { ask, paths, under } = await withCheck(() => ({ status: 401 }));
    const errors = await Promise.all([ask('/samples/1'), ask('/samples/2'), ask('/samples/3')]);
    expect(errors.every((error) => error instanceof AuthError)).toBe(true);
    expect(paths()).toEqual(['/auth/validate']);
    expect(under.events).toContainEqual(
      expect.objectContaining({ type: 'exchange', status: 401, error: 'auth_error' }),
    );
  });

  test('200: work goes on, and it is not asked again', async () => {
    const { ask, paths, server } = await withCheck(ok);
    expect(await Promise.all([ask('/samples/1'), ask('/samples/2')])).toEqual(['answered', 'answered']);
    await ask('/samples/3');
    expect(paths()).toEqual(['/auth/validate', '/samples/1', '/samples/2', '/samples/3']);
    expect(server.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
  });

  test.each([
    ['503', { status: 503 } as const, 'answered 503'],
    ['a broken connection', 'reset' as const, 'no answer'],
  ])('%s: a warning, and work goes on', async (_what, answer, said) => {
    const { ask, paths, under } = await withCheck(({ path }) => (path === '/auth/validate' ? answer : ok()));
    expect(await ask('/samples/1')).toBe('answered');
    expect(await ask('/samples/2')).toBe('answered');
    expect(paths()).toEqual(['/auth/validate', '/samples/1', '/samples/2']);
    expect(warnings(under)).toEqual([{ type: 'warning', message: expect.stringContaining(said) }]);
  });

  test('is not asked for what is in the cache', async () => {
    const { ask, paths } = await withCheck(ok, { cache: memoryCache({ now: () => 1 }), cacheSecret: 's'.repeat(64) });
    await ask('/samples/1');
    await ask('/samples/1');
    expect(paths()).toEqual(['/auth/validate', '/samples/1']);
  });
});

describe.each(SCHEMES)('000-19: a redirect with %s', (_name, credential, header) => {
  /** Two servers of one handler, of which the first sends the client to the second. */
  async function redirected(locationOf: (second: ScriptedServer, received: string) => string, status = 302) {
    const second = await serve(ok);
    const first = await serve(({ headers, path }) =>
      path === '/end' ? ok() : { status, headers: { location: locationOf(second, String(headers[header])) } },
    );
    const under = await start(ok);
    const http = under.stack.forHandler({
      name: 'custom',
      hosts: [freeLimit(first.host), freeLimit(second.host)],
      ttl: 0,
      credential,
    });
    const request = {
      ...text(`${first.url}/start`),
      headers: { cookie: `session=${KEY}`, 'x-other-token': KEY, accept: 'text/plain' },
    };
    return { first, second, under, end: await ending(http.send(request)) };
  }

  test('to another server carries no credential, no cookie, no header of the handler', async () => {
    const { first, second, end } = await redirected(({ url }) => `${url}/end`);
    expect(end).toBe('answered');
    expect(first.requests[0]?.headers[header]).toContain(credential.type === 'basic' ? 'Basic' : KEY);
    expect(second.requests).toHaveLength(1);
    expect(JSON.stringify(second.requests)).not.toContain(KEY);
    expect(Object.keys(second.requests[0]?.headers ?? {}).sort()).toEqual(
      ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'].sort(),
    );
  });

  test('to the same server carries it', async () => {
    const { first } = await redirected(() => '/end');
    expect(first.requests.map(({ headers }) => headers[header])).toEqual([
      first.requests[0]?.headers[header],
      first.requests[0]?.headers[header],
    ]);
    expect(first.requests).toHaveLength(2);
  });

  test('whose address holds the key is not followed, and the error does not say it', async () => {
    const { second, end, under } = await redirected(({ url }, got) => `${url}/end?back=${encodeURIComponent(got)}`);
    expect(end).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(second.requests).toHaveLength(0);
    expect(JSON.stringify([String(end), under.events])).not.toContain(KEY);
  });

  test('whose address holds it by name goes without', async () => {
    const { second } = await redirected(({ url }) => `${url}/end?a=1&api_key=${KEY}`, 307);
    expect(second.requests.map(({ path }) => path)).toEqual(['/end?a=1']);
  });
});

describe('000-19: a redirect of what is posted', () => {
  const posted: readonly (readonly [string, Partial<HttpRequest>])[] = [
    ['a form', { form: { query: 'liver' } }],
    ['JSON', { json: { query: 'liver', page: [{ nextToken: 'djAx' }] } }],
  ];
  const withCredential: readonly (readonly [string, Partial<HttpRequest>])[] = [
    ['a field that is named like one', { form: { token: 'own', query: 'liver' } }],
    ['the key of the user in a field', { form: { query: `liver ${KEY}` } }],
    ['a member that is named like one', { json: { login: [{ password: 'own' }] } }],
    ['the key of the user in a member', { json: { query: KEY } }],
  ];

  /** Two servers of one handler, of which the first sends what is posted on to the second, or to another address. */
  async function redirected(more: Partial<HttpRequest>, status = 307, location?: string) {
    const second = await serve(ok);
    const first = await serve(({ path }) =>
      path === '/end' ? ok() : { status, headers: { location: location ?? `${second.url}/end` } },
    );
    const under = await start(ok);
    const hosts = [freeLimit(first.host), freeLimit(second.host)];
    const http = under.stack.forHandler({ name: 'custom', hosts, ttl: 0, credential: BEARER });
    const end = await ending(http.send({ ...text(`${first.url}/start`), ...more }));
    return { first, second, end };
  }

  test.each(posted)('goes to another host of the handler: %s', async (_what, more) => {
    const { first, second, end } = await redirected(more, 308);
    expect(end).toBe('answered');
    expect(second.requests.map(({ method, body }) => [method, body])).toEqual([['POST', first.requests[0]?.body]]);
    expect(second.requests[0]?.headers.authorization).toBeUndefined();
  });

  test.each(posted)('goes to no other host: %s', async (_what, more) => {
    const { end } = await redirected(more, 307, 'https://elsewhere.example.org/end');
    expect(end).toMatchObject({ code: 'BAD_RESPONSE', message: expect.stringContaining('elsewhere.example.org') });
  });

  test.each(withCredential)('goes to no other host with %s', async (_what, more) => {
    const { first, second, end } = await redirected(more);
    expect(end).toMatchObject({ code: 'BAD_RESPONSE', message: expect.stringContaining('holds a credential') });
    expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
  });

  test.each(withCredential)('goes to the same server with %s', async (_what, more) => {
    const { first, end } = await redirected(more, 307, '/end');
    expect(end).toBe('answered');
    expect(first.requests.map(({ body }) => body)).toEqual([first.requests[0]?.body, first.requests[0]?.body]);
  });

  test('303 asks for the answer, with nothing', async () => {
    const { second, end } = await redirected({ form: { token: 'own' } }, 303);
    expect(end).toBe('answered');
    expect(second.requests.map(({ method, body }) => [method, body])).toEqual([['GET', '']]);
  });
});

describe('000-19: a redirect to a signed address', () => {
  const SIGNED = 'X-Amz-Credential=AKIA1%2Fs3&X-Amz-Signature=fe5f80f77d5fa3beca038a24&token=of-the-storage&x=%2B+1';

  async function redirected(query: string, location: string, credential?: typeof BEARER, headers = {}) {
    const storage = await serve(({ query: got }) => (got.get('token') === 'of-the-storage' ? ok() : { status: 403 }));
    const archive = await serve(() => ({ status: 302, headers: { location: `${storage.url}/file?${location}` } }));
    const under = await start(ok);
    const hosts = [freeLimit(archive.host), freeLimit(storage.host)];
    const http = under.stack.forHandler({ name: 'custom', hosts, ttl: 0, ...(credential ? { credential } : {}) });
    const end = await ending(http.send({ ...text(`${archive.url}/file${query}`), headers }));
    return { paths: storage.requests.map(({ path }) => path), end, under };
  }

  test('asks for it letter by letter, and shows it without what signs it', async () => {
    const { paths, end, under } = await redirected('', SIGNED);
    expect(end).toBe('answered');
    expect(paths).toEqual([`/file?${SIGNED}`]);
    const told = JSON.stringify(under.events);
    expect(told).toContain('/file?x=%2B+1');
    for (const secret of ['AKIA1', 'fe5f80f77d5f', 'of-the-storage']) expect(told).not.toContain(secret);
  });

  test('leaves out what the first host was asked with', async () => {
    const { paths } = await redirected(
      '?token=own+one&email=me%40example.org',
      `${SIGNED}&token=own%20one&email=me@example.org`,
    );
    expect(paths).toEqual([`/file?${SIGNED}`]);
  });

  test('leaves out what a header of the handler held', async () => {
    const headers = { 'X-Lab-Key': 'in-a-header', Authorization: 'Bearer of-the-handler' };
    const location = `api_key=in-a-header&${SIGNED}&access_token=of-the-handler`;
    const { paths } = await redirected('', location, undefined, headers);
    expect(paths).toEqual([`/file?${SIGNED}`]);
  });

  test('leaves out the key of the user, and is not followed where it stands elsewhere', async () => {
    const named = await redirected('', `${SIGNED}&api_key=${KEY}`, BEARER);
    expect(named.paths).toEqual([`/file?${SIGNED}`]);
    const hidden = await redirected('', `${SIGNED}&back=${KEY}`, BEARER);
    expect([hidden.paths, hidden.end]).toEqual([[], expect.objectContaining({ code: 'BAD_RESPONSE' })]);
  });
});

describe('a mirror (apiUrl)', () => {
  const clear = 'http://mirror.example.org';

  test('gets the credential that the user has for the handler', async () => {
    const server = await serve(ok);
    const under = await start(ok);
    const http = under.stack.forHandler({
      name: 'custom',
      hosts: [freeLimit('archive.example.org')],
      ttl: 0,
      apiUrl: server.url,
      credential: BEARER,
    });
    await http.send(text('https://archive.example.org/x'));
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  test('gets none where it can be read on the way: no request is made', async () => {
    const under = await start(ok);
    const hosts = [freeLimit('archive.example.org')];
    const http = under.stack.forHandler({ name: 'custom', hosts, ttl: 0, apiUrl: clear, credential: BEARER });
    const end = await ending(http.send(text('https://archive.example.org/x')));
    expect(end).toMatchObject({ code: 'AUTH', message: expect.stringContaining('not encrypted') });
    expect(under.events.filter(({ type }) => type === 'request')).toEqual([]);
  });

  test("NCBI's key stays at home then, and the rate is the one without", async () => {
    const { prepareExchange } = await import('../../src/http/prepare.ts');
    const { Stop } = await import('../../src/http/stop.ts');
    const { createOperatorBudgets } = await import('../../src/http/limit/operator-budget.ts');
    const limit = { ...freeLimit('eutils.ncbi.nlm.nih.gov', 'NCBI'), perSecond: 3, perSecondWithKey: 10 };
    const clock = createFakeClock();
    const operator = createOperatorBudgets(createLocalSlots(clock)).declare(limit, { credential: null, origin: null });
    const under = await start(ok);
    const stack: HttpStackSettings = {
      clock,
      random: () => 0,
      report: () => {},
      userAgent: 'x',
      cache: null,
      spoolFolders: [],
      ncbiKey: KEY,
    };
    const identityAt = (apiUrl: string) =>
      prepareExchange(
        { url: `https://${limit.host}/x` },
        { kind: 'text' },
        {
          stack,
          handler: { name: 'geo', hosts: [limit], ttl: 0, apiUrl },
          hosts: new Map([[limit.host, { limit, operator }]]),
        },
        new Stop(),
      ).identity;
    expect(identityAt(clear)).toMatchObject({ parameters: { tool: 'celline' }, credential: null });
    expect(identityAt('https://mirror.example.org').parameters.api_key).toBe(KEY);
    expect(identityAt(under.server.url).parameters.api_key).toBe(KEY);
  });
});

test("NCBI's key counts at NCBI's hosts, and parts no other operator's budget", async () => {
  const places = new Map<string, string | null>();
  const local = createLocalSlots(createFakeClock());
  const slots: SlotSource = {
    slotsOf: (place) => {
      places.set(place.operator, place.credential);
      return local.slotsOf(place);
    },
  };
  const under = await start(ok, { slots, ncbiKey: KEY });
  const hosts = [
    freeLimit('eutils.ncbi.nlm.nih.gov', 'NCBI'),
    freeLimit('www.ncbi.nlm.nih.gov', 'NCBI'),
    freeLimit('www.ebi.ac.uk', 'ENA'),
  ];
  under.stack.forHandler({ name: 'insdc', hosts, ttl: 0 });
  expect([places.get('NCBI'), places.get('ENA')]).toEqual([KEY, null]);
});

describe('what is stored of answers to a credential', () => {
  async function stored(cache: NonNullable<HttpStackSettings['cache']>): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const one of cache.metadata.listEntries('')) found.push(one);
    for await (const one of cache.blobs.listKeys('')) found.push(one);
    return found;
  }

  test('they are kept apart by credential, under the secret of the user', async () => {
    const cache = memoryCache({ now: () => 1 });
    const under = await start(ok, { cache, cacheSecret: 'a'.repeat(64) });
    const hosts = [freeLimit(under.server.host)];
    const ask = (token: string) =>
      under.stack
        .forHandler({ name: 'custom', hosts, ttl: 60, credential: { type: 'bearer', token } })
        .send(under.request('/x'));
    await ask('token-one');
    await ask('token-two');
    await ask('token-one');
    expect(under.server.requests).toHaveLength(2);
    expect(await stored(cache)).toHaveLength(3);
  });

  test.each([
    ['without a secret', {}, {}],
    ['on a service that others read', { cacheSecret: 'a'.repeat(64) }, { shared: true }],
  ])('%s they are not', async (_when, settings, more) => {
    const cache = { ...memoryCache({ now: () => 1 }), ...more };
    const under = await start(ok, { cache, ...settings }, { credential: BEARER });
    await under.http.send(under.request('/x'));
    await under.http.send(under.request('/x'));
    expect(under.server.requests).toHaveLength(2);
    expect(await stored(cache)).toEqual([]);
  });

  test('where the key only raises a limit they are everybody’s', async () => {
    const cache = memoryCache({ now: () => 1 });
    const under = await start(ok, { cache }, { credential: BEARER, hasOpenAnswers: true });
    await under.http.send(under.request('/x'));
    const other = under.stack.forHandler({ name: 'test', hosts: [freeLimit(under.server.host)], ttl: 3600 });
    await other.send(under.request('/x'));
    expect(under.server.requests).toHaveLength(1);
  });

  test.each([
    ['in the body', { body: `{"you":"${KEY}"}` }],
    ['in the body, in base64', { body: `{"you":"${Buffer.from(`ada:${KEY}`).toString('base64')}"}` }],
    ['in a header', { body: '{}', headers: { etag: `"${KEY}"` } }],
    ['under 404', { status: 404, body: `nothing for ${KEY}` }],
  ])('one that repeats the credential %s is not stored, with one warning', async (_where, answer) => {
    const cache = memoryCache({ now: () => 1 });
    const credential = { type: 'basic', user: 'ada', password: KEY } as const;
    const under = await start(() => answer, { cache, cacheSecret: 'a'.repeat(64) }, { credential });
    await ending(under.http.send(under.request('/x')));
    await ending(under.http.send(under.request('/y')));
    const holds = async () => {
      for await (const { key } of cache.blobs.listKeys('')) {
        const blob = await cache.blobs.get(key);
        for await (const chunk of blob?.stream() ?? []) if (Buffer.from(chunk).includes(KEY)) return true;
      }
      return JSON.stringify(await stored(cache)).includes(KEY);
    };
    expect(await holds()).toBe(false);
    expect(JSON.stringify(under.events)).not.toContain(KEY);
  });
});

test('000-19: no error shows a secret, in its fields, its stack or its causes', async () => {
  const proxy = { variable: 'HTTPS_PROXY', url: new URL(`http://me:${KEY}@127.0.0.1:9`) };
  const under = await start(ok, { proxy: { http: proxy, https: proxy } });
  const hosts = [freeLimit('archive.example.org')];
  const http = under.stack.forHandler({ name: 'custom', hosts, ttl: 0, credential: BEARER, attempts: 1 });
  const error = await ending(http.send(text(`https://archive.example.org/x?q=${KEY}`)));
  expect(error).toBeInstanceOf(Error);
  const shown = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    shown.push(one.message, one.stack, JSON.stringify(one));
  expect(shown.join('\n')).toContain('***');
  expect(shown.join('\n')).not.toContain(KEY);
});
