import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, test } from 'vitest';
import { type ReceivedRequest, type ScriptedAnswer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { builtCelline } from '../support/built-celline.ts';
import { buildChildProgram } from '../support/child-program.ts';
import { readPlainTable } from '../support/plain-table.ts';

/** One word with everything that forms write in another way. */
const KEY = 'k3y+/="<&>\'%7E\\0123456789abcdefXYZ';
const USER = 'ada@example.org';

/** Every form in which the key could be left behind. Hashes count: a key of 36 digits can be guessed from one, but not by chance. */
const FORMS: Readonly<Record<string, string>> = {
  itself: KEY,
  base64: Buffer.from(KEY).toString('base64'),
  'base64 with the user': Buffer.from(`${USER}:${KEY}`).toString('base64'),
  'base64 after a user': Buffer.from(`u:${KEY}`).toString('base64'),
  base64url: Buffer.from(KEY).toString('base64url'),
  'in an address': encodeURIComponent(KEY),
  'in a form': new URLSearchParams({ k: KEY }).toString().slice(2),
  'in JSON': JSON.stringify(KEY).slice(1, -1),
  ...Object.fromEntries(
    ['md5', 'sha1', 'sha256'].flatMap((name) =>
      [KEY, `Bearer ${KEY}`].map((text) => [
        `${name} of ${text.split(' ').length} words`,
        createHash(name).update(text).digest('hex'),
      ]),
    ),
  ),
};

/** How each kind of credential is given, and where it arrives. */
const KINDS = [
  { kind: 'bearer', env: { LAB_DB_API_KEY: KEY }, arrives: `Bearer ${KEY}` },
  {
    kind: 'basic',
    env: { LAB_DB_USER: USER, LAB_DB_PASSWORD: KEY },
    arrives: `Basic ${FORMS['base64 with the user']}`,
  },
  { kind: 'header', env: { LAB_DB_API_KEY: KEY, LAB_TAKES: 'header' }, arrives: KEY },
  { kind: 'ncbi', env: { NCBI_API_KEY: KEY }, arrives: KEY },
] as const;

let labProgram: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'celline-lab-'));
  labProgram = await buildChildProgram('test/e2e/lab-child.ts', folder);
  return () => rmSync(folder, { recursive: true });
});

/** Everything that a request carried, as a server that is badly written would print it. */
function echoOf({ headers, path, body }: ReceivedRequest): string {
  const all = [
    headers.authorization,
    headers['x-lab-token'],
    decodeURIComponent(path),
    path,
    body,
    KEY,
    ...Object.values(FORMS).slice(1, 6),
  ];
  return all.filter((text) => text !== undefined).join(' ');
}

/** An archive that gives back what it was sent, in every place of an answer. By the last digit of the id, or by turns. */
function badAnswer(request: ReceivedRequest, elsewhere: string): ScriptedAnswer {
  const echo = echoOf(request);
  const turn = Number(/LAB\d*(\d)$/.exec(request.path)?.[1] ?? request.index % 10);
  const json = (value: unknown, more = {}): ScriptedAnswer => ({ body: JSON.stringify(value), ...more });
  const answers: readonly ScriptedAnswer[] = [
    json({ title: 'a good sample', request: echo }),
    { status: 400, body: `bad request: ${echo}` },
    { status: 500, body: `<html><title>${echo}</title>${echo}</html>` },
    { body: `not JSON at all: ${echo}` },
    json({ error: `not for ${echo}` }),
    { status: 302, headers: { location: `${elsewhere}/moved?from=${encodeURIComponent(KEY)}` } },
    json(
      { title: 'a good sample' },
      { headers: { etag: `"${FORMS.base64}"`, link: `<${encodeURI(KEY)}>`, 'x-echo': FORMS['in an address'] } },
    ),
    { status: 404, body: `nothing here for ${echo}` },
    { status: 307, headers: { location: `${elsewhere}/moved?api_key=${encodeURIComponent(KEY)}` } },
    { status: 403, body: `<html><title>${echo}</title></html>` },
  ];
  return answers[turn] ?? {};
}

interface Place {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly said: string[];
  /** Back end of the cache's index. */
  readonly index: string;
}

/** A user's whole world in one folder: project, home, temporary files, runtime folder. */
function makePlace(env: Readonly<Record<string, string>>, url: string, index = 'json'): Place {
  const root = mkdtempSync(join(tmpdir(), 'celline-secret-'));
  for (const name of ['project', 'home', 'tmp', 'run']) mkdirSync(join(root, name), { mode: 0o700 });
  const shared = { PATH: process.env.PATH ?? '', NO_PROXY: '127.0.0.1', LAB_CHECKS: '0' };
  const folders = { HOME: join(root, 'home'), TMPDIR: join(root, 'tmp'), XDG_RUNTIME_DIR: join(root, 'run') };
  const urls = { LAB_DB_API_URL: url, GEO_API_URL: url, INSDC_API_URL: url };
  return {
    root,
    env: { ...shared, ...folders, ...urls, CELLINE_LOG_FILE: join(root, 'log.ndjson'), ...env },
    said: [],
    index,
  };
}

function run(program: string, args: readonly string[], { root, env, said }: Place): Promise<number | null> {
  const child = spawn(process.execPath, [program, ...args], { cwd: join(root, 'project'), env });
  child.stdin.end();
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text));
  return new Promise((resolve) => child.once('close', resolve));
}

/** Everything that is left: every file, opened where it is packed, every row of the tables, and all that was said. */
async function remains({ root, said }: Place): Promise<Map<string, Buffer>> {
  const found = new Map([['what was said', Buffer.from(said.join(''))]]);
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    found.set(name, bytes);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) found.set(`${name}, unpacked`, gunzipSync(bytes));
    const table = /^project\/DB\/(\w+)\.parquet$/.exec(name)?.[1];
    if (table === undefined) continue;
    const { rows } = await readPlainTable(join(root, 'project'), table);
    const text = JSON.stringify(rows, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    found.set(`${name}, rows`, Buffer.from(text));
  }
  return found;
}

function leaks(found: ReadonlyMap<string, Buffer>): string[] {
  return [...found].flatMap(([name, bytes]) =>
    Object.entries(FORMS).flatMap(([form, text]) => (bytes.includes(text) ? [`${relative('.', name)}: ${form}`] : [])),
  );
}

const textOf = (found: ReadonlyMap<string, Buffer>) => [...found.values()].map(String).join('\n');

/** What shows settings, and what shows what is stored: how the key was given changes the former alone. */
const SETTINGS = [['doctor'], ['config'], ['handlers', '--format', 'json']];
const STORED = [['stats', '--http'], ['cache', 'list'], ['cache', 'stats'], ['db', 'log'], ['list']];

/** What one user does with a credential: fetches, looks around, fails. */
async function useEverything(
  program: string,
  ids: readonly string[],
  place: Place,
  looks: readonly (readonly string[])[],
): Promise<void> {
  // What stays broken is given up soon.
  const config = { maxTrouble: 1, query: { slow: 0 }, cache: { metadata: { backend: place.index } } };
  writeFileSync(join(place.root, 'project', 'celline.config.json'), JSON.stringify(config));
  const kept = ['--record', join(place.root, 'recording'), '--trace', join(place.root, 'trace.ndjson')];
  await run(program, ['add', ...ids, '-vv', '--debug', ...kept], place);
  await run(program, ['add', ...ids.slice(0, 2), '--force', '--format', 'json'], place);
  await run(program, ['refresh', '--all', '--offline', '-v'], place);
  await run(program, ['add', ...ids, '--force', '--replay', join(place.root, 'recording')], place);
  for (const args of looks) await run(program, [...args, '--debug'], place);
  await run(program, ['query', `SELECT count(*) FROM samples WHERE key = '${KEY.replaceAll("'", "''")}'`], place);
  await run(program, ['rm', 'LAB1', '--yes', '--note', KEY], place);
  await run(program, ['config', 'set', 'handlers.lab.apiKey', KEY], place);
  await run(program, ['db', 'backup'], place);
  const broken = {
    ...place,
    env: { ...place.env, CELLINE_DB_DIR: join(place.root, 'project', 'celline.config.json') },
  };
  await run(program, ['add', ...ids.slice(0, 2), '--debug'], broken);
}

describe.concurrent.each(KINDS)('004 must show 3: a key by $kind', ({ kind, env, arrives }) => {
  test('is left nowhere, whatever the archive gives back', async ({ expect, onTestFinished }) => {
    const other = await startScriptedServer(() => ({ body: '{"title":"moved"}' }));
    const server = await startScriptedServer((request) => badAnswer(request, other.url));
    onTestFinished(() => server.close());
    onTestFinished(() => other.close());
    // Each of the indexes that are files, where this Node has both.
    const place = makePlace(env, server.url, kind === 'basic' && isBuiltin('node:sqlite') ? 'sqlite' : 'json');
    onTestFinished(() => rmSync(place.root, { recursive: true, force: true }));
    const isNcbi = kind === 'ncbi';
    const ids = isNcbi ? ['GSM1', 'GSE2', 'SRR1000003'] : Array.from({ length: 10 }, (_, index) => `LAB${index}`);
    const looks = ['bearer', 'ncbi'].includes(kind) ? [...SETTINGS, ...STORED] : SETTINGS;
    await useEverything(isNcbi ? builtCelline() : labProgram, ids, place, looks);

    const found = await remains(place);
    expect(leaks(found)).toEqual([]);
    // The search finds what is there, in tables, cache and history; and the key was on its way.
    const text = textOf(found);
    for (const name of ['trace.ndjson', 'recording/', '/.cache/', '/DB/', '/backups/', 'slow-queries']) {
      expect(
        [...found.keys()].some((file) => file.includes(name)),
        name,
      ).toBe(true);
    }
    expect(text).toContain(isNcbi ? 'GSM1' : 'a good sample');
    expect(text).toContain('***');
    const received = JSON.stringify(server.requests);
    expect(received).toContain(
      JSON.stringify(isNcbi ? new URLSearchParams({ k: KEY }).toString().slice(2) : arrives).slice(1, -1),
    );
    expect(leaks(new Map([['the other server', Buffer.from(JSON.stringify(other.requests))]]))).toEqual([]);
  });

  test('that is refused ends the command with exit 4 after one request', async ({ expect, onTestFinished }) => {
    const isNcbi = kind === 'ncbi';
    const server = await startScriptedServer((request) =>
      isNcbi && !request.path.includes('/eutils/')
        ? { body: '' }
        : {
            status: isNcbi ? 400 : 401,
            body: `{"error":"API key invalid","api-key":${JSON.stringify(echoOf(request))}}`,
          },
    );
    onTestFinished(() => server.close());
    const place = makePlace(env, server.url);
    onTestFinished(() => rmSync(place.root, { recursive: true, force: true }));
    const ids = isNcbi
      ? Array.from({ length: 30 }, (_, index) => `GSM99${index}`)
      : Array.from({ length: 30 }, (_, index) => `LAB${index}`);
    const code = await run(isNcbi ? builtCelline() : labProgram, ['add', ...ids, '--debug', '-vv'], place);
    expect(code, place.said.join('')).toBe(4);
    expect(server.requests.filter((one) => !isNcbi || one.path.includes('/eutils/'))).toHaveLength(1);
    expect(leaks(await remains(place))).toEqual([]);
  });
});
