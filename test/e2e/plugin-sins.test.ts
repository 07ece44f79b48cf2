import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { celline, projectFolder } from '../support/celline-process.ts';
import { readPlainTable } from '../support/plain-table.ts';

/** The good plug-in beside each bad one; what it answers must come whatever the other does. */
const GOOD = `
  import { defineHandler } from 'celline';
  export default defineHandler({
    name: 'good', source: 'GOOD', baseUrl: 'https://good.example.org/v1', rate: { perSecond: 1000 },
    pattern: { pattern: /^GOOD\\d+$/, example: 'GOOD1' },
    fetchSample: async (id: string, { http }) => http.json('/samples/' + id),
    fetchRun: async () => null,
  });
`;

/** The module of a plug-in \`bad\` whose \`fetchSample\` has this body; id, context and http are there. */
const bad = (body: string, more = '', deadline = 100) => `
  import { defineHandler } from 'celline';
  export default defineHandler({
    name: 'bad', source: 'BAD', baseUrl: 'https://bad.example.org', rate: { perSecond: 1000 }, deadline: ${deadline},
    pattern: { pattern: /^BAD\\d+$/, example: 'BAD1' },
    async fetchSample(id: string, context: any): Promise<any> { const { http } = context; ${body} },
    async fetchRun() { return null; },
    ${more}
  });
`;

/** One that gives no answer: it has a second. */
const hanging = (body: string) => bad(body, '', 1);

let server: ScriptedServer;

beforeAll(async () => {
  server = await startScriptedServer(({ path }) => ({ body: JSON.stringify({ title: `of ${path}` }) }));
});
afterAll(() => server.close());

/** A project with both plug-ins. */
function project(module: string): string {
  const folder = projectFolder({ plugins: ['./bad.ts', './good.ts'] });
  writeFileSync(join(folder, 'bad.ts'), module);
  writeFileSync(join(folder, 'good.ts'), GOOD);
  return folder;
}

const env = () => ({ GOOD_API_URL: `${server.url}/api/`, BAD_API_URL: server.url });

async function addAll(module: string, flags: readonly string[] = []) {
  const folder = project(module);
  const run = await celline(['add', 'BAD1', 'GOOD1', 'BAD2', 'GOOD2', '--format', 'json', ...flags], {
    folder,
    env: env(),
  });
  const rows = JSON.parse(run.stdout) as { id: string; outcome: string; reason: string | null }[];
  const outcomes = Object.fromEntries(rows.map(({ id, outcome }) => [id, outcome]));
  return { ...run, folder, rows, outcomes };
}

/** The keys of the samples of both plug-ins. */
async function storedSamples(folder: string): Promise<unknown[]> {
  const tables = readdirSync(join(folder, 'DB')).filter((name) => name.endsWith('_SAMPLES.parquet'));
  const read = await Promise.all(tables.map((name) => readPlainTable(folder, name.replace('.parquet', ''))));
  return read.flatMap(({ rows }) => rows.map((row) => row.key)).toSorted();
}

const reasonOf = ({ rows }: { rows: readonly { id: string; reason: string | null }[] }) =>
  rows.find(({ id }) => id === 'BAD1')?.reason ?? '';

describe('a plug-in that sins harms no other id', () => {
  test.each([
    ['throws', bad("throw new TypeError('it is undefined');"), 'internal_error', 'it is undefined'],
    ['throws what is no error', bad("throw 'a text';"), 'internal_error', 'a text'],
    ['hangs', hanging('await new Promise(() => {});'), 'network_error', 'gave no answer within 1 s'],
    [
      'hangs with a timer that ticks for ever',
      hanging('setInterval(() => {}, 10); await new Promise(() => {});'),
      'network_error',
      'within 1 s',
    ],
    ['gives a number', bad('return 7;'), 'internal_error', 'is number 7, not an object'],
    ['gives a list', bad('return [1, 2];'), 'internal_error', 'is a list, not an object'],
    [
      'gives a column of another type',
      bad('return { taxon_id: "human" };'),
      'internal_error',
      'column taxon_id cannot hold "human"',
    ],
    ['gives a column that there is not', bad('return { titel: "x" };'), 'internal_error', 'no column titel'],
    [
      'asks a host that it has not declared',
      bad("return http.json('https://other.example.org/x');"),
      'internal_error',
      'other.example.org',
    ],
    [
      'checks ids by throwing',
      bad('return {};', "validate() { throw new Error('no check'); },"),
      'internal_error',
      'no check',
    ],
  ])('000-18, 000-52 %s', async (_sin, module, outcome, reason) => {
    const run = await addAll(module);
    expect(run.outcomes).toEqual({ BAD1: outcome, BAD2: outcome, GOOD1: 'added', GOOD2: 'added' });
    expect(reasonOf(run)).toContain(reason);
    expect(run.code).toBe(3);
    expect(await storedSamples(run.folder)).toEqual(['GOOD1', 'GOOD2']);
  });

  test.each([
    ['console.log', "console.log('noise', { a: 1 });", 'info: bad.ts: noise { a: 1 }'],
    ['console.error', "console.error('noise');", 'warn: bad.ts: noise'],
    ['process.stdout', "process.stdout.write('noise\\n');", 'info: bad.ts: noise'],
    [
      'stdout after its call',
      "setTimeout(() => console.log('late noise'), 0); await http.json('/samples/x');",
      'bad.ts: late noise',
    ],
  ])('prints by %s: stdout stays data, the log has the line', async (_way, body, line) => {
    const run = await addAll(bad(`${body} return { title: 'fine' };`), ['-v']);
    expect(run.outcomes).toEqual({ BAD1: 'added', BAD2: 'added', GOOD1: 'added', GOOD2: 'added' });
    expect(run.stderr).toContain(line);
  });

  test.each([
    ['in a timer', "setTimeout(() => { throw new Error('late fault'); }, 0); await http.json('/samples/x');"],
    ['in a promise that nobody awaits', "Promise.reject(new Error('late fault')); await http.json('/samples/x');"],
  ])('throws %s: the plug-in is named, everything else goes on', async (_place, body) => {
    const run = await addAll(bad(`${body} return { title: 'fine' };`));
    expect(run.outcomes).toEqual({ BAD1: 'added', BAD2: 'added', GOOD1: 'added', GOOD2: 'added' });
    expect(run.stderr).toContain('the plug-in ./bad.ts threw outside of any call: late fault');
    expect(run.code).toBe(0);
  });

  test('answers after it was given up: nothing of it is stored', async () => {
    const run = await addAll(
      hanging(
        "await new Promise((resolve) => context.signal.addEventListener('abort', resolve)); return { title: 'late' };",
      ),
    );
    expect(run.outcomes).toMatchObject({ BAD1: 'network_error', GOOD1: 'added' });
    expect(await storedSamples(run.folder)).toEqual(['GOOD1', 'GOOD2']);
  });

  test('leaks timers: the process ends', async () => {
    const run = await addAll(bad("setInterval(() => {}, 1000); return { title: 'fine' };"));
    expect(run.code).toBe(0);
  });

  test('gives junk in batch form: what is good of it is stored, the rest costs its ids alone', async () => {
    const run = await addAll(`
      const unit = (key: string, more = {}) => ({ samples: [{ key, source: 'BAD', ...more }], runs: [], projects: [], files: [], links: [], complete: [] });
      export default {
        name: 'bad', description: 'bad', source: 'BAD', portVersion: 1, batchSize: 20,
        patterns: [{ level: 'sample', pattern: /^BAD\\d+$/, example: 'BAD1' }],
        hosts: [{ host: 'bad.example.org', operator: 'bad', perSecond: 1, connections: 1, source: 'test' }],
        async *fetchBatch() {
          yield { type: 'records', unit: unit('BAD1', { title: 5 }), of: ['BAD1'] };
          yield { type: 'outcome', id: 'BAD1', outcome: 'added', key: 'BAD1', reason: null };
          yield { type: 'records', unit: unit('BAD2', { title: 'fine' }), of: ['BAD2'] };
          yield { type: 'outcome', id: 'BAD2', outcome: 'added', key: 'BAD2', reason: null };
          yield 'junk';
        },
      };
    `);
    expect(run.outcomes).toEqual({ BAD1: 'internal_error', BAD2: 'added', GOOD1: 'added', GOOD2: 'added' });
    expect(reasonOf(run)).toContain('column title cannot hold number 5');
  });
});

const FAULTS: readonly (readonly [fault: string, module: string, message: string])[] = [
  ['does not parse', 'export default {', './bad.ts is left out'],
  ['throws', "throw new Error('no luck');", './bad.ts is left out: no luck'],
  ['exports nothing', 'export const handler = 1;', 'exports nothing that celline knows'],
  [
    'lacks members',
    "export default { name: 'bad', source: 'BAD' };",
    'the handler "bad" lacks baseUrl, pattern, fetchSample, fetchRun',
  ],
  ['needs a package', "import 'left-pad-that-nobody-has';", 'needs left-pad-that-nobody-has, which is not installed'],
  ['is of another version', 'export default { portVersion: 9, handlers: [] };', 'version 9 of the plug-in port'],
  [
    'has a name that is taken',
    bad('return null;').replace("'bad'", "'geo'"),
    'a handler named geo is registered already',
  ],
];

describe('a plug-in that cannot be loaded is named and left out', () => {
  test.each(FAULTS)('000-55, 002-09 one that %s', async (_fault, module, message) => {
    const folder = project(module);
    const run = await celline(['add', 'GOOD1', '--format', 'json'], { folder, env: env() });
    expect(JSON.parse(run.stdout)).toMatchObject([{ id: 'GOOD1', outcome: 'added' }]);
    expect(run.stderr).toContain(message);
    expect(run.code).toBe(0);
  });

  test('celline handlers says of each why it is not there', async () => {
    const plugins = FAULTS.map((_, index) => `./bad${index}.ts`);
    const folder = projectFolder({ plugins });
    for (const [index, [, module]] of FAULTS.entries()) writeFileSync(join(folder, plugins[index] ?? ''), module);
    const handlers = await celline(['handlers', '--format', 'json'], { folder });
    const states = (JSON.parse(handlers.stdout) as { unavailable: string | null }[])
      .map(({ unavailable }) => unavailable)
      .filter((why) => why !== null);
    expect(states).toHaveLength(FAULTS.length);
    for (const [, , message] of FAULTS) {
      const why = message.replace(/^.* is left out(: )?/, '');
      expect(
        states.some((state) => state.includes(why)),
        message,
      ).toBe(true);
    }
  });

  test('one that is not there', async () => {
    const folder = projectFolder({ plugins: ['./nowhere.ts'] });
    const run = await celline(['handlers'], { folder });
    expect(run.stderr).toContain('the plug-in ./nowhere.ts is left out: there is no file');
  });
});

describe('000-54, 002-02 what is loaded', () => {
  test('files of handlers/ and of "plugins", in JavaScript and TypeScript; nothing else', async () => {
    const folder = projectFolder({ plugins: ['./lab/one.mjs'] });
    mkdirSync(join(folder, 'handlers'));
    mkdirSync(join(folder, 'lab'));
    const named = (name: string) => GOOD.replace("'good'", `'${name}'`).replaceAll('GOOD', name.toUpperCase());
    writeFileSync(join(folder, 'lab', 'one.mjs'), named('one').replaceAll(': string', ''));
    writeFileSync(join(folder, 'lab', 'other.mjs'), named('other'));
    writeFileSync(join(folder, 'handlers', 'two.ts'), named('two'));
    writeFileSync(join(folder, 'handlers', 'two.test.ts'), "throw new Error('a test');");
    const run = await celline(['handlers', '--format', 'json'], { folder });
    const names = (JSON.parse(run.stdout) as { name: string; builtIn: boolean }[]).filter(({ builtIn }) => !builtIn);
    expect(names.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(run.stderr).toBe('');
  });

  test('what only reads the tables loads none', async () => {
    const folder = project("console.error('loaded'); throw new Error('loaded');");
    const read = await celline(['list'], { folder });
    expect(read.stderr).not.toContain('loaded');
    const resolved = await celline(['resolve', 'GOOD1'], { folder });
    expect(resolved.stderr).toContain('loaded');
  });

  test('002-04, 002-06 at priority 0 it takes GSM ids over, by order and by place, and gives them back when disabled', async () => {
    const module = GOOD.replaceAll('^GOOD', '^GSM').replaceAll('GOOD1', 'GSM1');
    const first = async (config: Record<string, unknown>) => {
      const folder = projectFolder(config);
      writeFileSync(join(folder, 'good.ts'), module);
      const run = await celline(['resolve', 'GSM3526037', '--format', 'json'], { folder });
      return (JSON.parse(run.stdout) as { handler: string }[])[0]?.handler;
    };
    const place = { module: './good.ts', priority: 0 };
    const geo = await first({});
    expect(geo).toBe('geo');
    expect(await first({ plugins: [place] })).toBe('good');
    expect(await first({ plugins: ['./good.ts'] })).toBe('geo');
    expect(await first({ plugins: ['./good.ts'], handlers: { order: ['good'] } })).toBe('good');
    expect(await first({ plugins: [place], handlers: { good: { enabled: false } } })).toBe('geo');
  });

  test('options are settled by the schema of the handler; a wrong one is named', async () => {
    const schema = `options: { parse(given: any) {
      if (typeof (given.depth ?? 1) !== 'number') throw new Error('depth must be a number');
      return { depth: 1, ...given };
    } },`;
    const module = bad('return { title: String(context.options.depth) };', schema);
    const titleWith = async (options: Record<string, unknown>) => {
      const folder = projectFolder({ plugins: [{ module: './bad.ts', options }] });
      writeFileSync(join(folder, 'bad.ts'), module);
      const run = await celline(['add', 'BAD1'], { folder, env: env() });
      const shown = await celline(['query', 'select title from samples', '--format', 'tsv'], { folder });
      return `${shown.stdout}${run.stderr}`;
    };
    expect(await titleWith({})).toContain('title\n1\n');
    expect(await titleWith({ depth: 4 })).toContain('title\n4\n');
    expect(await titleWith({ depth: 'x' })).toContain('handlers.bad.options: depth must be a number');
  });
});
