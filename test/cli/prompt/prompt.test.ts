import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_ENTRIES, openHistory } from '../../../src/cli/prompt/history.ts';
import { openLineReader } from '../../../src/cli/prompt/line-reader.ts';
import { StoreError } from '../../../src/errors/store-error.ts';
import type { Query } from '../../../src/ports/query.ts';
import { fakeProject, type Known } from '../fake-project.ts';
import { type Result, runCli } from '../run-cli.ts';

const ANSWER = { columns: [{ name: 'n', type: 'BIGINT' }], rows: [{ n: 3n }] };
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const UP = '\u001b[A';

let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'celline-prompt-'));
});
afterAll(() => rm(state, { recursive: true }));

/** Types all at once; what is typed ahead waits. */
async function type(
  text: string,
  known: Known = {},
  change: (query: Query, keyboard: PassThrough) => Query = (q) => q,
) {
  const keyboard = new PassThrough();
  const { calls, open } = fakeProject({ answer: ANSWER, ...known });
  const openChanged: typeof open = async (settings) => {
    const project = await open(settings);
    return { ...project, query: async () => change(await project.query(), keyboard) };
  };
  // Key by key: what comes in one piece counts as pasted, and is not completed.
  for (const [key] of text.matchAll(/\u001b\[A|[\s\S]/g)) keyboard.write(key);
  const result: Result = await runCli(['query'], {
    open: openChanged,
    keyboard,
    env: { XDG_STATE_HOME: state, NO_COLOR: '1' },
    stdoutColumns: 100,
    stderrColumns: 100,
  });
  return { ...result, sql: calls.sql.map(({ sql }) => sql) };
}

describe('the prompt', () => {
  it('runs statements, over several lines and several in one, until Ctrl-D', async () => {
    const { code, sql, stdout, stderr } = await type(`SELECT 1\nFROM samples;\nSELECT 2; SELECT 3;\n${CTRL_D}`);
    expect(code).toBe(0);
    expect(sql).toEqual(['SELECT 1\nFROM samples;', 'SELECT 2;', 'SELECT 3;']);
    expect(stdout).toBe('n\n3\n'.repeat(3));
    expect(stderr).toContain('Tables of /nowhere, read-only.');
  });

  it('an error is told and the prompt goes on; .quit leaves', async () => {
    const { code, sql, stderr } = await type('SELECT bad;\nSELECT good;\n.quit\nSELECT never;\n', {}, (query) => ({
      ...query,
      run: (sql, ...more) =>
        sql.includes('bad')
          ? Promise.reject(new StoreError('query', 'No such column.', { hint: 'Look.' }))
          : query.run(sql, ...more),
    }));
    expect([code, sql]).toEqual([0, ['SELECT good;']]);
    expect(stderr).toContain('error: No such column.\nhint: Look.\n');
  });

  it('dot commands: tables, schema, format, timing, help', async () => {
    const text = `.help\n.format csv\n.timing on\nSELECT 1;\n.schema nothing\n.nonsense\n${CTRL_D}`;
    const { stdout, stderr, code } = await type(text);
    expect([code, stdout]).toEqual([0, 'n\r\n3\r\n']);
    expect(stderr).toContain('.format table|tsv|csv|json|ndjson|markdown');
    expect(stderr).toMatch(/1 row in \d+ ms, 12 ms of them in DuckDB/);
    expect(stderr).toContain('There is no view nothing.');
    expect(stderr).toContain('There is no command .nonsense.');
  });

  it('named queries take values', async () => {
    const named = [{ name: 'brain', path: 'p', doc: '', parameters: [], sql: 'SELECT $tissue' }];
    const { sql, stderr } = await type(`@brain tissue='T cell'\n@brain\n@nobody;\n${CTRL_D}`, { named });
    expect(sql).toEqual(['SELECT $tissue']);
    expect(stderr).toContain('@brain needs $tissue.');
    expect(stderr).toContain('There is no query named nobody.');
  });

  it('Ctrl-C clears what was typed, not the prompt', async () => {
    const { sql, code } = await type(`SELECT half\n${CTRL_C}SELECT of another${CTRL_C}SELECT whole;\n${CTRL_D}`);
    expect([code, sql]).toEqual([0, ['SELECT whole;']]);
  });

  it('Ctrl-C stops the query that runs, and the prompt goes on', async () => {
    const { sql, code, stderr } = await type('SELECT endless;\n', {}, (query, keyboard) => ({
      ...query,
      run: (sql, parameters, options) => {
        if (!sql.includes('endless')) return query.run(sql, parameters, options);
        return new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => {
            for (const key of `SELECT next;\n${CTRL_D}`) keyboard.write(key);
            reject(options.signal?.reason);
          });
          keyboard.write(CTRL_C);
        });
      },
    }));
    expect([code, sql]).toEqual([0, ['SELECT next;']]);
    expect(stderr).toContain('Stopped.');
  });

  it('keeps whole statements between sessions, for nobody else to read', async () => {
    await type(`SELECT 41 -- more\n+ 1;\n${CTRL_D}`);
    const path = join(state, 'celline', 'query-history');
    expect((await readFile(path, 'utf8')).split('\n').at(-2)).toBe('SELECT 41 + 1;');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { sql } = await type(`${UP}\n${CTRL_D}`);
    expect(sql).toEqual(['SELECT 41 + 1;']);
  });

  it('completes with Tab', async () => {
    const { sql } = await type(`SELECT * FR\t sam\t;\n${CTRL_D}`, {}, (query) => ({
      ...query,
      views: () => [{ name: 'samples', doc: '', columns: [] }],
    }));
    expect(sql).toEqual(['SELECT * FROM samples;']);
  });

  it('is refused for a file', async () => {
    const keyboard = new PassThrough();
    const result = await runCli(['query', '-o', 'x.csv'], { ...fakeProject(), keyboard, stderrColumns: 80 });
    expect(result).toMatchObject({ code: 2, stderr: /--output needs a statement/ });
  });
});

describe('without a terminal', () => {
  it('the statement is read from stdin; nothing there is an error', async () => {
    const { calls, open } = fakeProject({ answer: ANSWER });
    expect(await runCli(['query'], { open, stdin: 'SELECT 1;\n' })).toMatchObject({ code: 0, stdout: 'n\n3\n' });
    expect(calls.sql).toEqual([{ sql: 'SELECT 1;', parameters: [] }]);
    expect(await runCli(['query'], { open, stdin: '' })).toMatchObject({ code: 2, stderr: /No SQL was given/ });
  });
});

describe('the line reader', () => {
  it('shows the prompt while it waits, and gives what was typed ahead at once', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const stop = new AbortController();
    const reader = openLineReader({ input, output, entries: [], complete: () => [[], ''], signal: stop.signal });
    const first = reader.read('celline> ');
    expect(String(output.read())).toContain('celline> ');
    input.write('one\ntwo\n');
    expect(await first).toEqual({ kind: 'line', text: 'one' });
    expect(await reader.read('never shown> ')).toEqual({ kind: 'line', text: 'two' });
    expect(String(output.read())).not.toContain('never shown');
    const last = reader.read('celline> ');
    stop.abort();
    expect(await last).toEqual({ kind: 'end' });
    expect(await reader.read('celline> ')).toEqual({ kind: 'end' });
  });
});

describe('the history', () => {
  it('is cut when it grows, passes repeats by, and never fails', async () => {
    const path = join(state, 'long');
    const lines = Array.from({ length: 2 * MAX_ENTRIES + 5 }, (_, n) => `SELECT ${n};`);
    await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o644 });
    const history = await openHistory(path);
    expect(history.entries.length).toBe(MAX_ENTRIES);
    expect(history.entries[0]).toBe(`SELECT ${2 * MAX_ENTRIES + 4};`);
    await history.add('.tables');
    await history.add('.tables');
    const kept = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect([kept.length, kept.at(-1), kept.at(-2)]).toEqual([MAX_ENTRIES + 1, '.tables', lines.at(-1)]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const nowhere = await openHistory(join(path, 'below-a-file', 'h'));
    await nowhere.add('SELECT 1;');
    expect(nowhere.entries).toEqual(['SELECT 1;']);
  });
});
