import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BadResponseError } from '../../../src/errors/bad-response-error.ts';
import { CellineError } from '../../../src/errors/celline-error.ts';
import { NotCachedError } from '../../../src/errors/not-cached-error.ts';
import { createHttpStack } from '../../../src/http/client.ts';
import { createRecorder } from '../../../src/http/recording/recorder.ts';
import { createReplayer } from '../../../src/http/recording/replayer.ts';
import type { HandlerHttpSettings, HttpStackSettings } from '../../../src/http/settings.ts';
import type { HttpEvent, HttpRequest } from '../../../src/ports/http.ts';
import { createFakeClock, type FakeClock } from '../../../src/testing/fake-clock.ts';
import { type Script, startScriptedServer } from '../../../src/testing/scripted-server.ts';
import { freeLimit, memoryCache } from '../stack-under-test.ts';

const AT = '2026-03-04T05:06:07.000Z';
const LATER = '2026-04-05T06:07:08.000Z';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What differs from a stack without anything but a recorder. */
interface RecordingOptions {
  recordedAt?: string;
  settings?: Partial<HttpStackSettings>;
  handler?: (server: string) => Partial<HandlerHttpSettings>;
}

/** A stack over a server that records into the folder. */
async function recording(folder: string, script: Script, options: RecordingOptions = {}) {
  const { recordedAt = AT, settings = {}, handler = () => ({}) } = options;
  const warnings: string[] = [];
  const server = await startScriptedServer(script);
  const recorder = await createRecorder({ folder, recordedAt, warn: (message) => warnings.push(message) });
  const clock = createFakeClock();
  const stack = createHttpStack({ ...quiet(clock), ...settings, recorder });
  const close = async () => {
    await stack.close();
    await server.close();
  };
  onTestFinished(close);
  const hosts = [freeLimit(server.host)];
  const http = stack.forHandler({ name: 'test', hosts, ttl: 3600, ...handler(server.url) });
  const request = (path: string, more: Partial<HttpRequest> = {}): HttpRequest => {
    return { url: `${server.url}${path}`, expect: { kind: 'text' }, ...more };
  };
  return { http, request, server, warnings, close, clock };
}

function quiet(clock: FakeClock): HttpStackSettings {
  return {
    clock,
    random: () => 0,
    report: () => {},
    userAgent: 'celline/0.0.0',
    cache: null,
    spoolFolders: [tmpdir()],
  };
}

/** A stack that has nothing but a recording: no cache, and no server at the address that is asked. */
async function replaying(folder: string, host: string, handler: Partial<HandlerHttpSettings> = {}) {
  const events: HttpEvent[] = [];
  const replayer = await createReplayer(folder);
  const stack = createHttpStack({ ...quiet(createFakeClock()), report: (event) => events.push(event), replayer });
  onTestFinished(() => stack.close());
  return {
    http: stack.forHandler({ name: 'test', hosts: [freeLimit(host)], ttl: 3600, ...handler }),
    replayer,
    events,
  };
}

/** Every file of a folder by its path. */
function files(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(names.toSorted().map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

function exchanges(folder: string): string[] {
  return Object.keys(files(folder)).filter((name) => /^test\/.*-[0-9a-f]{12}(\.\d+)?\.json$/.test(name));
}

async function failureOf(asking: Promise<unknown>): Promise<CellineError> {
  const error = await asking.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CellineError) return error;
  throw new Error(`no failure, or one of the program: ${String(error)}`);
}

describe('what is recorded', () => {
  it('is one readable file per question, short texts in it by line, others beside, all bytes as they came', async () => {
    const folder = temporaryFolder();
    const long = `<ROOT>${'é'.repeat(20_000)}</ROOT>`;
    const gzip = gzipSync('^SERIES = GSE1\n');
    const bodies: Record<string, string | Uint8Array> = {
      '/a/text': 'one\ntwo\r\n\nno end',
      '/a/long': long,
      '/a/zip': gzip,
    };
    const { http, request, server } = await recording(folder, ({ path }) => ({
      headers: { 'content-type': 'text/plain', 'set-cookie': 'session=1', date: 'Sat, 21 Nov 2026 00:00:00 GMT' },
      body: bodies[path] ?? '',
    }));
    await http.text(request('/a/text', { label: 'a text' }));
    await http.send(request('/a/long', { expect: { kind: 'xml', roots: ['ROOT'] } }));
    await http.send(request('/a/zip', { expect: { kind: 'soft', gzip: true } }));
    const text = readFileSync(join(folder, exchanges(folder).find((name) => name.includes('a-text')) ?? ''), 'utf8');
    expect(JSON.parse(text)).toEqual({
      request: { method: 'GET', url: `${server.url}/a/text`, label: 'a text' },
      recordedAt: AT,
      response: {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        text: ['one\n', 'two\r\n', '\n', 'no end'],
      },
    });
    const beside = Object.keys(files(folder)).filter((name) => /\.(xml|gz)$/.test(name));
    expect(beside.map((name) => name.replace(/[0-9a-f]{12}\.[0-9a-f]{8}/, '*'))).toEqual([
      'test/a-long-*.xml',
      'test/a-zip-*.gz',
    ]);
    const again = await replaying(folder, server.host);
    await server.close();
    expect(await again.http.text(request('/a/text'))).toBe('one\ntwo\r\n\nno end');
    expect(await again.http.text(request('/a/long', { expect: { kind: 'xml', roots: ['ROOT'] } }))).toBe(long);
    expect(await again.http.text(request('/a/zip', { expect: { kind: 'soft', gzip: true } }))).toBe('^SERIES = GSE1\n');
    const [exchange] = again.events.filter((event) => event.type === 'exchange');
    expect(exchange).toMatchObject({ cache: 'replayed', sent: 0, status: 200 });
  });

  it('tells questions apart by method, address, body and chosen representation, and by nothing else', async () => {
    const folder = temporaryFolder();
    const counter = { count: 0 };
    const { http, request, server } = await recording(folder, () => ({ body: `answer ${++counter.count}` }), {
      settings: { ncbiKey: 'key-of-recording', email: 'one@example.org' },
    });
    const asked: HttpRequest[] = [
      request('/x?a=1'),
      request('/x?a=2'),
      request('/x?a=1', { headers: { accept: 'text/xml' } }),
      request('/x?a=1', { form: { ids: 'A' }, lookup: true }),
      request('/x?a=1', { form: { ids: 'B' }, lookup: true }),
      request('/x?a=1', { json: { ids: ['A'] }, lookup: true }),
      request('/page?WebEnv=session-1', { cacheAs: 'the pages of A' }),
    ];
    const answers: string[] = [];
    for (const one of asked) answers.push(await http.text(one));
    expect(new Set(answers).size).toBe(asked.length);
    expect(Object.values(files(folder)).join('')).not.toContain('session-1');
    await server.close();
    const again = await replaying(folder, server.host);
    const same = [
      ...asked.slice(0, 3),
      request('/x?api_key=other&a=1', { headers: { 'user-agent': 'other', authorization: 'Bearer secret' } }),
      ...asked.slice(3, 6),
      request('/page?WebEnv=session-2', { cacheAs: 'the pages of A' }),
    ];
    const replayed: string[] = [];
    for (const one of same.toReversed()) replayed.unshift(await again.http.text(one));
    expect(replayed).toEqual([...answers.slice(0, 3), answers[0], ...answers.slice(3)]);
  });

  it('is the same whatever mirror answered, which it names', async () => {
    const folder = temporaryFolder();
    const host = 'archive.example.org';
    const asked: HttpRequest = { url: `https://${host}/x?a=1`, expect: { kind: 'text' } };
    const { http, close } = await recording(folder, () => ({ body: 'from a mirror' }), {
      handler: (url) => ({ hosts: [freeLimit(host)], apiUrl: `${url}/mirror` }),
    });
    await http.text(asked);
    await close();
    const [name = ''] = exchanges(folder);
    const kept = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect([kept.request.url, kept.mirror]).toEqual([asked.url, expect.stringMatching(/^http:.*\/mirror$/)]);
    expect(await (await replaying(folder, host)).http.text(asked)).toBe('from a mirror');
    const elsewhere = await replaying(folder, host, { apiUrl: 'http://127.0.0.1:9' });
    expect(await elsewhere.http.text(asked)).toBe('from a mirror');
  });

  it.each([
    { what: '404', answer: { status: 404, body: 'There is no such record' } },
    { what: '400 with a line', answer: { status: 400, body: 'Invalid accession' } },
    { what: '401', answer: { status: 401, body: 'who are you?' } },
    { what: '500 after its attempts', answer: { status: 500, body: 'trouble' } },
    { what: 'a page under status 200', answer: { body: '<html><title>Private</title>is currently private</html>' } },
    { what: 'a connection that breaks', answer: 'reset' as const },
  ])('$what fails in the same way again', async ({ answer }) => {
    const folder = temporaryFolder();
    const { http, request, server, close } = await recording(folder, () => answer);
    const first = await failureOf(http.text(request('/x')));
    await close();
    const again = await replaying(folder, server.host);
    const second = await failureOf(again.http.text(request('/x')));
    const { fetchedAt: _first, ...fields } = first.fields;
    const { fetchedAt: _second, ...fieldsAgain } = second.fields;
    expect([second.constructor, second.code, second.message, second.hint, fieldsAgain]).toEqual([
      first.constructor,
      first.code,
      first.message,
      first.hint,
      fields,
    ]);
    expect((second as BadResponseError).page).toBe((first as BadResponseError).page);
  });

  it('keeps what a question was answered each time, when that differed', async () => {
    const folder = temporaryFolder();
    const script: Script = ({ index }) => (index < 3 ? { status: 500 } : { body: index < 5 ? 'good' : 'better' });
    const { http, request, server, close } = await recording(folder, script);
    const ask = (from: typeof http) => from.text(request('/x')).catch((error: Error) => error.message);
    const first = [await ask(http), await ask(http), await ask(http), await ask(http)];
    expect(first.slice(1)).toEqual(['good', 'good', 'better']);
    expect(
      exchanges(folder)
        .map((name) => name.replace(/-[0-9a-f]{12}/, ''))
        .toSorted(),
    ).toEqual(['test/x.2.json', 'test/x.4.json', 'test/x.json']);
    await close();
    const again = await replaying(folder, server.host);
    expect([await ask(again.http), await ask(again.http), await ask(again.http), await ask(again.http)]).toEqual(first);
    expect(await ask(again.http)).toBe('better');
    // Recorded anew with one answer, the further ones go.
    const anew = await recording(folder, () => ({ body: 'new' }), {
      handler: (url) => ({ hosts: [freeLimit(server.host)], apiUrl: url }),
    });
    await anew.http.text(request('/x'));
    expect(exchanges(folder)).toHaveLength(1);
  });

  it('is complete with a warm cache, offline too, and leaves out what was stopped or not asked', async () => {
    const folder = temporaryFolder();
    const clock = createFakeClock();
    const cache = memoryCache(clock);
    const warm = await recording(temporaryFolder(), () => ({ body: 'stored' }), { settings: { cache } });
    await warm.http.text(warm.request('/x'));
    const { host } = warm.server;
    const offline = await recording(folder, () => 'hang', {
      settings: { cache, offline: true },
      handler: () => ({ hosts: [freeLimit(host)] }),
    });
    await offline.http.text(warm.request('/x'));
    expect(await failureOf(offline.http.text(warm.request('/y')))).toBeInstanceOf(NotCachedError);
    expect(offline.server.requests.length).toBe(0);
    const stop = new AbortController();
    const stopped = await recording(folder, () => 'hang', { handler: () => ({ signal: stop.signal }) });
    const asking = stopped.http.text(stopped.request('/z'));
    stop.abort(new Error('stopped'));
    await expect(asking).rejects.toThrow('stopped');
    expect(exchanges(folder)).toHaveLength(1);
    expect(await (await replaying(folder, host)).http.text(warm.request('/x'))).toBe('stored');
  });

  it('holds no secret: not of the request, not of an answer that repeats it, not of an error', async () => {
    const folder = temporaryFolder();
    const secret = 'S3cretKey/of+mine==';
    const settings = { ncbiKey: 'ncbi-key-0123456789', email: 'me@example.org' };
    const script: Script = ({ path }) => {
      if (path.startsWith('/400')) return { status: 400, body: `your key ${secret} is not known` };
      return { headers: { 'set-cookie': secret, link: `<https://x?${secret}>` }, body: `you are ${secret}` };
    };
    const { http, request, server, close } = await recording(folder, script, {
      settings,
      handler: () => ({ credential: { type: 'bearer', token: secret } }),
    });
    expect(await http.text(request('/200?token=abcdefgh&tool=mytool&email=me@example.org'))).toContain(secret);
    await failureOf(http.text(request('/400')));
    await close();
    const text = Object.values(files(folder)).join('\n');
    for (const hidden of [secret, 'ncbi-key', 'me@example.org', 'abcdefgh', 'mytool', 'Bearer', 'set-cookie']) {
      expect(text, hidden).not.toContain(hidden);
    }
    // Nor does replaying need it.
    expect(await (await replaying(folder, server.host)).http.text(request('/200'))).toBe('you are ***');
  });

  it('keeps no request that holds a credential in a place of its own, and says so', async () => {
    const folder = temporaryFolder();
    const secret = 'S3cretKey/of+mine==';
    const { http, request, close, warnings } = await recording(folder, () => ({ body: 'ok' }), {
      handler: () => ({ credential: { type: 'bearer', token: secret } }),
    });
    expect(await http.text(request(`/x?auth=${encodeURIComponent(secret)}`))).toBe('ok');
    await close();
    expect(JSON.stringify(files(folder))).not.toContain('S3cretKey');
    expect(warnings.join()).toContain('a request holds a credential and is not recorded');
  });

  it('says at its end what it will fail at', async () => {
    const { http, request, close, warnings } = await recording(temporaryFolder(), ({ path }) =>
      path === '/none' ? { status: 404 } : { status: 503 },
    );
    for (const path of ['/a', '/b', '/none']) await failureOf(http.text(request(path)));
    await close();
    expect(warnings).toEqual([expect.stringContaining('2 × http_error in the recording')]);
  });

  it('that cannot be written is one warning and no failure', async () => {
    const folder = temporaryFolder();
    const { http, request, warnings } = await recording(folder, () => ({ body: 'x' }));
    writeFileSync(join(folder, 'test'), 'a file where a folder is needed');
    expect([await http.text(request('/a')), await http.text(request('/b'))]).toEqual(['x', 'x']);
    expect(warnings).toEqual([expect.stringContaining(`the recording ${folder} is incomplete`)]);
  });
});

describe('recording again', () => {
  it('writes the same files but for the time, changes what changed, and leaves the rest', async () => {
    const folder = temporaryFolder();
    const long = 'x'.repeat(20_000);
    const script: Script = ({ path }) => ({ body: path === '/long' ? long : path });
    const first = await recording(folder, script);
    for (const path of ['/a', '/b', '/long']) await first.http.text(first.request(path));
    const before = files(folder);
    const host = { hosts: [freeLimit(first.server.host)] };
    const changed: Script = ({ path }) => ({
      body: path.endsWith('/long') ? `${long}y` : path.endsWith('/a') ? '/a' : 'new',
    });
    const second = await recording(folder, changed, {
      recordedAt: LATER,
      handler: (url) => ({ ...host, apiUrl: url }),
    });
    for (const path of ['/a', '/long']) await second.http.text(first.request(path));
    const after = files(folder);
    const nameOf = (part: string) =>
      Object.keys(before).find((name) => name.startsWith(`test/${part}-`) && name.endsWith('.json')) ?? '';
    const withoutMirror = (after[nameOf('a')] ?? '').replace(/\n {2}"mirror": .*/, '');
    expect(withoutMirror).toBe(before[nameOf('a')]?.replace(AT, LATER));
    expect(after[nameOf('b')]).toBe(before[nameOf('b')]);
    expect(Object.keys(after).filter((name) => name.endsWith('.txt'))).toHaveLength(1);
    const again = await replaying(folder, first.server.host);
    expect(await again.http.text(first.request('/long'))).toBe(`${long}y`);
    expect(again.replayer.recordedAt()).toBe(LATER);
  });

  it('removes what a killed command left behind, not what another is writing', async () => {
    const folder = temporaryFolder();
    const { close } = await recording(folder, () => ({}));
    await close();
    for (const name of ['.tmp-old', '.tmp-new']) writeFileSync(join(folder, name), 'half');
    utimesSync(join(folder, '.tmp-old'), new Date(AT), new Date(AT));
    await createRecorder({ folder, recordedAt: LATER, warn: () => {} });
    expect(Object.keys(files(folder)).filter((name) => name.startsWith('.tmp'))).toEqual(['.tmp-new']);
  });

  it('by several at once leaves whole exchanges', async () => {
    const folder = temporaryFolder();
    const server = await startScriptedServer(() => ({ body: '' }));
    onTestFinished(() => server.close());
    const host = { hosts: [freeLimit(server.host)] };
    const stacks = await Promise.all(
      ['a', 'b', 'c', 'd'].map((letter) =>
        recording(folder, () => ({ body: letter.repeat(20_000) }), { handler: (url) => ({ ...host, apiUrl: url }) }),
      ),
    );
    const paths = Array.from({ length: 20 }, (_, index) => `/x${index}`);
    const request = (path: string): HttpRequest => ({ url: `${server.url}${path}`, expect: { kind: 'text' } });
    await Promise.all(stacks.flatMap(({ http }) => paths.map((path) => http.text(request(path)))));
    const again = await replaying(folder, server.host);
    for (const path of paths) expect(await again.http.text(request(path))).toMatch(/^(a+|b+|c+|d+)$/);
    expect(Object.keys(files(folder)).filter((name) => name.includes('.tmp-'))).toEqual([]);
  });
});

describe('replaying', () => {
  it('what is not recorded names the request, the folder and the nearest that is', async () => {
    const folder = temporaryFolder();
    const { http, request, server, close } = await recording(folder, () => ({ body: 'x' }));
    await http.text(request('/search?ids=A,B,C,D&fields=all'));
    await http.text(request('/search?ids=P,Q,R,S&fields=none'));
    await close();
    const again = await replaying(folder, server.host);
    const near = await failureOf(
      again.http.text(request('/search?ids=A,B,C,E&fields=all', { label: 'runs of 4 ids' })),
    );
    expect(near).toBeInstanceOf(NotCachedError);
    const [nearest = ''] = exchanges(folder).filter((name) =>
      readFileSync(join(folder, name), 'utf8').includes('A,B,C,D'),
    );
    expect(near.message).toBe(
      `not in the recording ${folder}: GET ${server.url}/search?ids=A,B,C,E&fields=all for runs of 4 ids; ` +
        `the nearest that is: ${join(folder, nearest)}`,
    );
    expect(near.hint).toBe(`record it: run the same command with --record ${folder}`);
    const far = await failureOf(again.http.text(request('/other?api_key=hidden-key', { form: { q: '1' } })));
    expect(far.message).toBe(`not in the recording ${folder}: POST ${server.url}/other (q=1)`);
  });

  it('a body that was changed is refused by its file, and taken when its checksum was removed', async () => {
    const folder = temporaryFolder();
    const { http, request, server, close } = await recording(folder, ({ path }) => ({
      body: path === '/long' ? 'l'.repeat(20_000) : 'short',
    }));
    await http.text(request('/short'));
    await http.text(request('/long'));
    await close();
    const [long = '', short = ''] = exchanges(folder).map((name) => join(folder, name));
    const beside = join(folder, Object.keys(files(folder)).find((name) => name.endsWith('.txt')) ?? '');
    writeFileSync(beside, 'edited beside');
    writeFileSync(short, readFileSync(short, 'utf8').replace('"short"', '"edited"'));
    const again = await replaying(folder, server.host);
    expect((await failureOf(again.http.text(request('/short')))).message).toContain(short);
    expect((await failureOf(again.http.text(request('/long')))).message).toContain(beside);
    for (const path of [short, long]) writeFileSync(path, readFileSync(path, 'utf8').replace(/ *"sha256".*\n/, ''));
    expect([await again.http.text(request('/short')), await again.http.text(request('/long'))]).toEqual([
      'edited',
      'edited beside',
    ]);
    // What was made up is checked like what an archive says.
    writeFileSync(short, readFileSync(short, 'utf8').replace('"edited"', '"<html>busy</html>"'));
    expect((await failureOf(again.http.text(request('/short')))).code).toBe('BAD_RESPONSE');
    unlinkSync(beside);
    expect((await failureOf(again.http.text(request('/long')))).message).toContain('is missing');
  });

  it.each([
    { what: 'no JSON', damage: () => '{"request":' },
    { what: 'another question', damage: (text: string) => text.replace('/x"', '/y"') },
    {
      what: 'a body outside the folder',
      damage: (text: string) => text.replace(/"text": \[[^\]]*\]/, '"file": "../../secret"'),
    },
    { what: 'no answer', damage: (text: string) => text.replace('"response"', '"reply"') },
    { what: 'no time', damage: (text: string) => text.replace(/"recordedAt": ".*"/, '"recordedAt": "yesterday"') },
  ])('a file that holds $what is refused by name', async ({ damage }) => {
    const folder = temporaryFolder();
    const { http, request, server, close } = await recording(folder, () => ({ body: 'x' }));
    await http.text(request('/x'));
    await close();
    const path = join(folder, exchanges(folder)[0] ?? '');
    const text = readFileSync(path, 'utf8');
    expect(damage(text)).not.toBe(text);
    writeFileSync(path, damage(text));
    const error = await failureOf((await replaying(folder, server.host)).http.text(request('/x')));
    expect(error).toBeInstanceOf(NotCachedError);
    expect(error.message).toContain(`the recorded exchange ${path} cannot be used: `);
  });

  it('writes nothing', async () => {
    const folder = temporaryFolder();
    const { http, request, server, close } = await recording(folder, () => ({ body: 'x' }));
    await http.text(request('/x'));
    await close();
    const before = files(folder);
    const again = await replaying(folder, server.host);
    await again.http.text(request('/x'));
    await failureOf(again.http.text(request('/y')));
    expect(files(folder)).toEqual(before);
    const copy = temporaryFolder();
    cpSync(folder, copy, { recursive: true });
    expect(await (await replaying(copy, server.host)).http.text(request('/x'))).toBe('x');
  });
});

describe('a folder that cannot be used', () => {
  const heading = (content: unknown) => (folder: string) =>
    writeFileSync(join(folder, 'recording.json'), typeof content === 'string' ? content : JSON.stringify(content));
  it.each([
    { what: 'is empty', prepare: () => {}, replay: /is no recording/, record: null },
    {
      what: 'holds other files',
      prepare: (folder: string) => writeFileSync(join(folder, 'notes.txt'), ''),
      replay: /is no recording/,
      record: /holds other files and is no recording/,
    },
    {
      what: 'is of a newer celline',
      prepare: heading({ format: 'celline recording', version: 2 }),
      replay: /has format 2; this celline reads up to 1/,
      record: /has format 2/,
    },
    { what: 'has a strange heading', prepare: heading({ a: 1 }), replay: /not the heading/, record: /not the heading/ },
    { what: 'has a torn heading', prepare: heading('{'), replay: /cannot be read/, record: /cannot be read/ },
  ])('because it $what', async ({ prepare, replay, record }) => {
    const folder = temporaryFolder();
    prepare(folder);
    const refused = await failureOf(createReplayer(folder));
    expect([refused.code, refused.message]).toEqual(['CONFIG', expect.stringMatching(replay)]);
    const opening = createRecorder({ folder, recordedAt: AT, warn: () => {} });
    if (record === null) await opening;
    else expect((await failureOf(opening)).message).toMatch(record);
  });

  it('because it is not there, or is a file', async () => {
    const folder = temporaryFolder();
    expect((await failureOf(createReplayer(join(folder, 'none')))).message).toContain('there is no recording');
    writeFileSync(join(folder, 'file'), '');
    expect((await failureOf(createReplayer(join(folder, 'file')))).code).toBe('CONFIG');
    const opening = createRecorder({ folder: join(folder, 'file'), recordedAt: AT, warn: () => {} });
    expect((await failureOf(opening)).code).toBe('CONFIG');
  });
});
