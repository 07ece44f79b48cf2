import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { prepareExchange } from '../../src/http/prepare.ts';
import type { HttpStackSettings } from '../../src/http/settings.ts';
import { Stop } from '../../src/http/stop.ts';
import type { HostLimit } from '../../src/ports/http.ts';
import { addressToAsk } from '../../src/project/addresses/address-to-ask.ts';
import type { AddressFacts, CheckFilesOptions } from '../../src/project/addresses/address-type.ts';
import { checkFiles } from '../../src/project/addresses/check-files.ts';
import { fileHostLimit } from '../../src/project/addresses/file-hosts.ts';
import type { HandlerSetup } from '../../src/project/handler-setup.ts';
import type { FileRow } from '../../src/records/file.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { fileRow } from '../cli/fake-project.ts';
import { type StackUnderTest, startStack } from '../http/stack-under-test.ts';

let under: StackUnderTest | null = null;
afterEach(async () => {
  await under?.close();
  under = null;
});

interface Wishes extends CheckFilesOptions {
  readonly setups?: readonly HandlerSetup[];
  readonly offline?: boolean;
  readonly replay?: string;
}

/** Starts a server and a stack, and gives what checks files there. */
async function hostOf(script: Script, settings: Partial<HttpStackSettings> = {}) {
  const started = await startStack(script, settings);
  under = started;
  const check = ({ setups = [], offline = false, replay, ...options }: Wishes, files: readonly FileRow[]) =>
    checkFiles(files, options, {
      config: { offline, ...(replay === undefined ? {} : { replay }) },
      setups: () => setups,
      httpOf: async (hosts, signal) =>
        started.stack.forHandler({ name: 'urls', hosts, ttl: 0, signal, isAnonymous: true }),
      signal: new AbortController().signal,
    });
  const facts = async (files: readonly FileRow[], wishes: Wishes = {}) => {
    const all: AddressFacts[] = [];
    for await (const one of check(wishes, files)) all.push(one);
    return all;
  };
  const file = (path: string, bytes: bigint | null = 10n) =>
    fileRow(path.replace(/^.*\//, ''), { urls: [`${started.server.url}${path}`], bytes });
  return { ...started, check, facts, file };
}

/** A file of so many bytes, as a host tells it. */
const there = (bytes: number, more: Readonly<Record<string, string>> = {}) => ({
  headers: { 'content-length': String(bytes), 'content-type': 'application/gzip', ...more },
});

describe('what a host says of an address', () => {
  it('003-12: 404 is missing, another size differs, an equal one is ok; one HEAD each', async () => {
    const { facts, file, server } = await hostOf(({ path }) => {
      if (path === '/gone.gz') return { status: 404 };
      if (path === '/withdrawn.gz') return { status: 410 };
      return there(10);
    });
    const files = [
      file('/a.gz'),
      file('/gone.gz'),
      file('/withdrawn.gz'),
      file('/short.gz', 12n),
      file('/any.gz', null),
    ];
    const found = await facts(files);
    const byName = Object.fromEntries(found.map(({ name, url: _, parent: __, ...rest }) => [name, rest]));
    const type = 'application/gzip';
    expect(byName).toEqual({
      'a.gz': { state: 'ok', bytes: 10n, found: 10n, type, reason: null, failure: null },
      'gone.gz': {
        state: 'missing',
        bytes: 10n,
        found: null,
        type: null,
        reason: 'the host answered 404',
        failure: null,
      },
      'withdrawn.gz': {
        state: 'missing',
        bytes: 10n,
        found: null,
        type: null,
        reason: 'the host answered 410',
        failure: null,
      },
      'short.gz': { state: 'differs', bytes: 12n, found: 10n, type, reason: '10 bytes in place of 12', failure: null },
      'any.gz': { state: 'ok', bytes: null, found: 10n, type, reason: null, failure: null },
    });
    expect(server.requests.map(({ method }) => method)).toEqual(Array(5).fill('HEAD'));
    expect(server.requests.map(({ headers }) => headers['accept-encoding'])).toEqual(Array(5).fill('identity'));
  });

  it('003-12: a web page in place of a file differs, also where no size is stated; one of a page does not', async () => {
    const { facts, file } = await hostOf(() => there(700, { 'content-type': 'text/html; charset=utf-8' }));
    const found = await facts([file('/a.gz'), file('/b.gz', null), file('/report.html', null)]);
    expect(found.map(({ name, state, reason }) => [name, state, reason])).toEqual([
      ['a.gz', 'differs', 'the host sends a web page in its place'],
      ['b.gz', 'differs', 'the host sends a web page in its place'],
      ['report.html', 'ok', null],
    ]);
  });

  it.each([405, 501])('003-12: HEAD refused (%i): one GET of the first byte tells the size', async (status) => {
    const { facts, file, server } = await hostOf(({ method }) =>
      method === 'HEAD'
        ? { status }
        : { status: 206, body: '\u001f', headers: { 'content-range': 'bytes 0-0/10', 'content-length': '1' } },
    );
    const [found] = await facts([file('/a.gz')]);
    expect(found).toMatchObject({ state: 'ok', found: 10n });
    expect(server.requests.map(({ method, headers }) => [method, headers.range])).toEqual([
      ['HEAD', undefined],
      ['GET', 'bytes=0-0'],
    ]);
  });

  it('003-12: a host that knows no ranges sends the whole file, of which the beginning is read', async () => {
    const body = Buffer.alloc(30_000_000);
    const { facts, file, events } = await hostOf(({ method }) =>
      method === 'HEAD' ? { status: 405 } : { body, headers: { 'content-length': String(body.length) } },
    );
    const found = await facts([file('/a.gz', 30_000_000n), file('/b.gz', 1n)]);
    expect(found.map(({ state }) => state).sort()).toEqual(['differs', 'ok']);
    const read = events.flatMap((event) => (event.type === 'exchange' && event.method === 'GET' ? [event.bytes] : []));
    expect(read).toEqual([65_536, 65_536]);
  });

  it('003-12: HEAD without a size: the first byte tells it, and where that cannot be had it is unknown', async () => {
    const { facts, file } = await hostOf(({ method, path }) => {
      if (method === 'HEAD') return { headers: { 'content-type': 'application/gzip' } };
      if (path === '/a.gz') return { status: 206, body: 'x', headers: { 'content-range': 'bytes 0-0/10' } };
      return path === '/b.gz'
        ? { status: 206, body: 'x', headers: { 'content-range': 'bytes 0-0/*' } }
        : { status: 416 };
    });
    const found = await facts([file('/a.gz'), file('/b.gz'), file('/c.gz')]);
    const reason = 'it is there; the host does not tell its size';
    expect(found.map(({ name, state, reason: why }) => [name, state, why])).toEqual([
      ['a.gz', 'ok', null],
      ['b.gz', 'unknown', reason],
      ['c.gz', 'unknown', reason],
    ]);
  });

  it('003-12: what a host compresses on the way tells no size', async () => {
    const { facts, file } = await hostOf(() => there(7, { 'content-encoding': 'gzip' }));
    const [found, equal] = await facts([file('/a.tsv'), file('/b.tsv', 7n)]);
    expect(found).toMatchObject({ state: 'unknown', found: null, reason: expect.stringContaining('compresses') });
    expect(equal).toMatchObject({ state: 'ok', found: 7n });
  });

  it('003-12: redirects are followed', async () => {
    const { facts, file } = await hostOf(({ path }) =>
      path === '/old/a.gz' ? { status: 302, headers: { location: '/new/a.gz' } } : there(path === '/new/a.gz' ? 10 : 1),
    );
    expect((await facts([file('/old/a.gz')]))[0]).toMatchObject({
      state: 'ok',
      url: expect.stringContaining('/old/a.gz'),
    });
  });

  it('003-12: a silent host, one in trouble and one that refuses are unknown, with the reason', async () => {
    const { facts, file, server } = await hostOf(
      ({ path }) => {
        if (path === '/silent.gz') return 'hang';
        return { status: path === '/closed.gz' ? 403 : 500 };
      },
      { firstByteTimeoutMs: 50 },
    );
    const found = await facts([file('/silent.gz'), file('/closed.gz'), file('/broken.gz')]);
    const byName = new Map(found.map((one) => [one.name, one]));
    expect(byName.get('silent.gz')).toMatchObject({ state: 'unknown', failure: 'network_error', found: null });
    expect(byName.get('silent.gz')?.reason).toMatch(/answer|silen|time/i);
    expect(byName.get('closed.gz')).toMatchObject({ state: 'unknown', failure: 'auth_error' });
    expect(byName.get('broken.gz')).toMatchObject({ state: 'unknown', failure: 'http_error' });
    // Three attempts where another may help.
    const asked = (path: string) => server.requests.filter((request) => request.path === path).length;
    expect([asked('/silent.gz'), asked('/closed.gz'), asked('/broken.gz')]).toEqual([3, 1, 3]);
  });
});

it('003-12: a host that answers nothing any more costs its patience once, and every address an answer', async () => {
  const { facts, file, clock, server } = await hostOf(() => 'reset', { maxTroubleMs: 60_000 });
  const began = clock.now();
  const found = await facts(Array.from({ length: 40 }, (_, number) => file(`/${number}`)));
  expect(found.map(({ state, failure }) => `${state} ${failure}`)).toEqual(Array(40).fill('unknown network_error'));
  expect(clock.now() - began).toBeLessThan(120_000);
  expect(server.requests.length).toBeLessThan(40);
});

describe('which addresses are asked', () => {
  it('003-12: s3://, gs:// and ftp:// of strangers are unknown, without a request', async () => {
    const { facts, server } = await hostOf(() => there(10));
    const urls = ['s3://bucket/a', 'gs://bucket/a', 'ftp://ftp.example.org/a', 'no address'];
    const found = await facts([fileRow('a', { urls })], { mirrors: true });
    expect(found.map(({ url, state, reason }) => [url, state, reason])).toEqual([
      ['s3://bucket/a', 'unknown', 's3:// is not asked'],
      ['gs://bucket/a', 'unknown', 'gs:// is not asked'],
      ['ftp://ftp.example.org/a', 'unknown', 'ftp:// is not asked'],
      ['no address', 'unknown', 'is no address'],
    ]);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['ftp://ftp.sra.ebi.ac.uk/vol1/a_1.fastq.gz', 'https://ftp.sra.ebi.ac.uk/vol1/a_1.fastq.gz'],
    ['ftp://ftp.ncbi.nlm.nih.gov/geo/a%20b.tar', 'https://ftp.ncbi.nlm.nih.gov/geo/a%20b.tar'],
    ['https://host.example/a?b=c', 'https://host.example/a?b=c'],
    ['https://me:secret@host.example/a', 'https://host.example/a'],
    ['http://host.example/a', 'http://host.example/a'],
  ])('%s is asked at %s', (address, asked) => {
    expect(addressToAsk(address)).toEqual({ url: new URL(asked) });
  });

  it('the first address alone, or with mirrors all; equal ones are asked once', async () => {
    const { facts, server } = await hostOf(() => there(10));
    const urls = [`${server.url}/a`, `${server.url}/b`];
    const files = [
      fileRow('a', { urls, bytes: 10n }),
      fileRow('other', { urls, bytes: 11n }),
      fileRow('closed', { urls: [] }),
    ];
    expect((await facts(files)).map(({ name, state }) => [name, state])).toEqual([
      ['a', 'ok'],
      ['other', 'differs'],
    ]);
    expect(server.requests).toHaveLength(1);
    expect(await facts(files, { mirrors: true })).toHaveLength(4);
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    [{ offline: true }, 'addresses are not checked offline', '--offline'],
    [{ replay: 'recording' }, 'addresses are not checked while a recording answers', '--replay'],
  ])('%j is refused at once', async (wishes, message, hint) => {
    const { check, file } = await hostOf(() => there(10));
    let error: unknown;
    try {
      check(wishes, [file('/a')]);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'USAGE', message, hint: expect.stringContaining(hint) });
  });

  it('stops when its signal says so, or when nobody reads on', async () => {
    const stop = new AbortController();
    const { check, file, server } = await hostOf(({ path }) => (path === '/2' ? 'hang' : there(10)));
    const files = [1, 2, 3, 4, 5, 6].map((number) => file(`/${number}`));
    const read = async () => {
      for await (const _ of check({ signal: stop.signal }, files)) stop.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    for await (const _ of check({}, files)) break;
    expect(server.requests.length).toBeLessThan(10);
  });
});

describe('politeness', () => {
  const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

  async function secondHost(script: Script): Promise<ScriptedServer> {
    const server = await startScriptedServer(script);
    onTestFinished(() => server.close());
    return server;
  }

  it('003-12: each host has a limit of its own: three starts a second, two requests at once', async () => {
    const starts = new Map<string, number[]>();
    let [now, most] = [0, 0];
    const script: Script = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return there(10);
    };
    const other = await secondHost(() => there(10));
    const host = await hostOf(script, {
      report: (event) => {
        if (event.type !== 'request') return;
        const { host: name } = new URL(event.url);
        starts.set(name, [...(starts.get(name) ?? []), host.clock.now()]);
      },
    });
    const files = [1, 2, 3, 4, 5, 6].flatMap((number) => [
      host.file(`/${number}`),
      fileRow(`o${number}`, { urls: [`${other.url}/${number}`], bytes: 10n }),
    ]);
    const began = host.clock.now();
    expect((await host.facts(files)).every(({ state }) => state === 'ok')).toBe(true);
    expect([...starts.keys()].sort()).toEqual([host.server.host, other.host].sort());
    for (const times of starts.values()) {
      expect(times).toHaveLength(6);
      expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(333);
    }
    expect(most).toBeLessThanOrEqual(2);
    // Side by side: the second host waits for none of the first.
    expect(host.clock.now() - began).toBeLessThan(3000);
  });

  it('a host that a handler declares keeps the limit of its operator; settings only lower, no key raises', () => {
    const declared: HostLimit = {
      host: 'ftp.example.org',
      operator: 'Archive',
      perSecond: 5,
      perSecondWithKey: 50,
      connections: 4,
      source: 'test',
    };
    const setup = (more: Partial<HandlerSetup>) =>
      ({ handler: { hosts: [declared] }, apiUrl: undefined, rateLimit: undefined, ...more }) as HandlerSetup;
    const limitOf = (host: string, ...setups: HandlerSetup[]) => {
      const { operator, perSecond, connections } = fileHostLimit(host, setups);
      return [operator, perSecond, connections];
    };
    expect(limitOf('ftp.example.org', setup({ hasKey: true }))).toEqual(['Archive', 5, 4]);
    expect(limitOf('ftp.example.org', setup({}), setup({ rateLimit: 1 }))).toEqual(['Archive', 1, 4]);
    expect(limitOf('other.example.org', setup({}))).toEqual(['other.example.org', 3, 2]);
    expect(limitOf('me.example.org:8080', setup({ apiUrl: 'http://me.example.org:8080/v1', rateLimit: 0.5 }))).toEqual([
      'me.example.org:8080',
      0.5,
      2,
    ]);
  });
});

describe('no credential goes along', () => {
  it('003-12: neither keys nor what an address holds, and addresses without encryption are asked', async () => {
    const { facts, server } = await hostOf(() => there(10), {
      ncbiKey: 'key-0123456789',
      email: 'me@example.org',
      lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const port = server.host.replace(/^.*:/, '');
    const url = `http://me:secret-0123@files.example.org:${port}/a.gz`;
    expect(await facts([fileRow('a.gz', { urls: [url], bytes: 10n })])).toMatchObject([{ state: 'ok', url }]);
    const [request] = server.requests;
    expect(request?.path).toBe('/a.gz');
    expect(JSON.stringify(request?.headers)).not.toMatch(/authorization|cookie|secret-0123|key-0123|me@example/i);
  });

  it('003-12: at the E-utilities themselves nobody in particular asks', () => {
    const host = 'eutils.ncbi.nlm.nih.gov';
    const stack = { ncbiKey: 'key-0123456789', email: 'me@example.org' } as HttpStackSettings;
    const limit = fileHostLimit(host, []);
    const hosts = new Map([[host, { limit, operator: { name: 'NCBI' } as never }]]);
    const exchangeFor = (isAnonymous: boolean) =>
      prepareExchange(
        { url: `https://${host}/a`, method: 'HEAD' },
        { kind: 'headers' },
        { stack, handler: { name: 'urls', hosts: [limit], ttl: 0, isAnonymous }, hosts },
        new Stop(),
      );
    expect(exchangeFor(false).identity.parameters).toMatchObject({ api_key: 'key-0123456789' });
    expect(exchangeFor(true).identity).toEqual({ parameters: {}, headers: {}, credential: null });
  });
});
