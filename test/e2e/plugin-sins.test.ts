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

/** The names of plug-ins side by side in one project: their ids are BADA1, BADB1 and so on. */
const letterOf = (index: number) => String.fromCharCode(65 + index);

/** A text about the plug-in `bad` as that of another letter. */
const named = (text: string, index: number) =>
  text.replaceAll('BAD', `BAD${letterOf(index)}`).replaceAll(/\bbad\b/g, `bad${letterOf(index).toLowerCase()}`);

/** A project with these plug-ins and the good one. */
function projectOf(modules: Readonly<Record<string, string>>): string {
  const all = { ...modules, 'good.ts': GOOD };
  const folder = projectFolder({ plugins: Object.keys(all).map((name) => `./${name}`) });
  for (const [name, module] of Object.entries(all)) writeFileSync(join(folder, name), module);
  return folder;
}

/** A project with a plug-in `bad` and the good one. */
const project = (module: string) => projectOf({ 'bad.ts': module });

/** A project with several bad plug-ins, each of another letter, and the good one. */
const projectWithAll = (modules: readonly string[]) =>
  projectOf(Object.fromEntries(modules.map((module, index) => [named('bad.ts', index), named(module, index)])));

const env = () => ({
  GOOD_API_URL: `${server.url}/api/`,
  BAD_API_URL: server.url,
  ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`BAD${letterOf(index)}_API_URL`, server.url])),
});

async function add(folder: string, bad: readonly string[], flags: readonly string[] = []) {
  const run = await celline(['add', ...bad, 'GOOD1', 'GOOD2', '--format', 'json', ...flags], { folder, env: env() });
  const rows = JSON.parse(run.stdout) as { id: string; outcome: string; reason: string | null }[];
  const outcomes = Object.fromEntries(rows.map(({ id, outcome }) => [id, outcome]));
  return { ...run, folder, rows, outcomes };
}

const addAll = (module: string) => add(project(module), ['BAD1', 'BAD2']);

/** Several bad plug-ins beside each other in one command. */
const addSideBySide = (modules: readonly string[], flags: readonly string[] = []) =>
  add(
    projectWithAll(modules),
    modules.flatMap((_, index) => [named('BAD1', index), named('BAD2', index)]),
    flags,
  );

/** The keys of the samples of both plug-ins. */
async function storedSamples(folder: string): Promise<unknown[]> {
  const tables = readdirSync(join(folder, 'DB')).filter((name) => name.endsWith('_SAMPLES.parquet'));
  const read = await Promise.all(tables.map((name) => readPlainTable(folder, name.replace('.parquet', ''))));
  return read.flatMap(({ rows }) => rows.map((row) => row.key)).toSorted();
}

const reasonOf = ({ rows }: { rows: readonly { id: string; reason: string | null }[] }, asked = 'BAD1') =>
  rows.find(({ id }) => id === asked)?.reason ?? '';

/** Ways to give no good answer: what becomes of the ids, and what is said of them. */
const SINS: readonly (readonly [sin: string, module: string, outcome: string, reason: string])[] = [
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
];

/** Ways to print, and the line of the log. */
const PRINTS: readonly (readonly [way: string, body: string, line: string])[] = [
  ['console.log', "console.log('noise', { a: 1 });", 'info: bad.ts: noise { a: 1 }'],
  ['console.error', "console.error('noise');", 'warn: bad.ts: noise'],
  ['process.stdout', "process.stdout.write('noise\\n');", 'info: bad.ts: noise'],
  [
    'stdout after its call',
    "setTimeout(() => console.log('late noise'), 0); await http.json('/samples/x');",
    'bad.ts: late noise',
  ],
];

/** Throwing outside of any call. */
const THROWS: readonly (readonly [place: string, body: string])[] = [
  ['in a timer', "setTimeout(() => { throw new Error('late fault'); }, 0); await http.json('/samples/x');"],
  ['in a promise that nobody awaits', "Promise.reject(new Error('late fault')); await http.json('/samples/x');"],
];

describe('a plug-in that sins harms no other id', () => {
  test('000-18, 000-52 by what it gives or does not give: each has its reason, all in one command', async () => {
    const run = await addSideBySide(SINS.map(([, module]) => module));
    for (const [index, [sin, , outcome, reason]] of SINS.entries()) {
      const [first, second] = [named('BAD1', index), named('BAD2', index)];
      expect([run.outcomes[first], run.outcomes[second]], sin).toEqual([outcome, outcome]);
      expect(reasonOf(run, first), sin).toContain(reason);
    }
    expect(run.outcomes).toMatchObject({ GOOD1: 'added', GOOD2: 'added' });
    expect([run.rows.length, run.code]).toEqual([2 * SINS.length + 2, 3]);
    expect(await storedSamples(run.folder)).toEqual(['GOOD1', 'GOOD2']);
  });

  test('prints: stdout stays data, the log has the line', async () => {
    const run = await addSideBySide(
      PRINTS.map(([, body]) => bad(`${body} return { title: 'fine' };`)),
      ['-v'],
    );
    expect([run.rows.length, new Set(Object.values(run.outcomes))]).toEqual([
      2 * PRINTS.length + 2,
      new Set(['added']),
    ]);
    for (const [index, [way, , line]] of PRINTS.entries()) expect(run.stderr, way).toContain(named(line, index));
  });

  test('throws where nobody waits: the plug-in is named, everything else goes on', async () => {
    const run = await addSideBySide(THROWS.map(([, body]) => bad(`${body} return { title: 'fine' };`)));
    expect([run.rows.length, new Set(Object.values(run.outcomes))]).toEqual([
      2 * THROWS.length + 2,
      new Set(['added']),
    ]);
    for (const [index, [place]] of THROWS.entries())
      expect(run.stderr, place).toContain(named('the plug-in ./bad.ts threw outside of any call: late fault', index));
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
  test('000-55, 002-09 each of them, beside one that works', async () => {
    const folder = projectWithAll(FAULTS.map(([, module]) => module));
    const run = await celline(['add', 'GOOD1', '--format', 'json'], { folder, env: env() });
    expect(JSON.parse(run.stdout)).toMatchObject([{ id: 'GOOD1', outcome: 'added' }]);
    for (const [index, [fault, , message]] of FAULTS.entries())
      expect(run.stderr, fault).toContain(named(message, index));
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
