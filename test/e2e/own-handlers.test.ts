import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cellineHere } from '../support/celline-here.ts';
import { celline, projectFolder } from '../support/celline-process.ts';
import { installCelline } from '../support/installed-celline.ts';

interface ListedHandler {
  readonly name: string;
  readonly priority: number | null;
  readonly state: string;
}

/** Names of the handlers that are asked, first asked first. */
async function names(folder: string): Promise<string[]> {
  const run = await cellineHere(['handlers', '--json'], { folder });
  return (JSON.parse(run.stdout) as ListedHandler[]).filter(({ state }) => state === 'ready').map(({ name }) => name);
}

function configOf(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'celline.config.json'), 'utf8'));
}

describe('celline handlers new', () => {
  it('000-60: writes a handler that is known, passes its contract at once, and its own tests on Node', async () => {
    const folder = projectFolder({ plugins: [], concurrency: 2 });
    const made = await celline(['handlers', 'new', 'lab-db'], { folder });
    expect(made.code, made.stderr).toBe(0);
    const files = ['README.md', 'fixture-server.mjs', 'handler.test.mjs', 'handler.ts', 'package.json'];
    expect(made.stdout.trim().split('\n')).toEqual(files.map((name) => join(folder, 'handlers', 'lab-db', name)));
    expect(configOf(folder)).toEqual({ plugins: ['./handlers/lab-db/handler.ts'], concurrency: 2 });
    expect(await names(folder)).toEqual(['geo', 'insdc', 'custom', 'lab-db']);
    const tested = await celline(['handlers', 'test', 'lab-db', '--format', 'ndjson'], { folder });
    expect(tested.code, tested.stdout + tested.stderr).toBe(0);
    const states = tested.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).state);
    expect(states.length).toBeGreaterThan(15);
    expect(new Set(states)).toEqual(new Set(['passed']));
    installCelline(folder);
    const own = spawnSync(process.execPath, ['--test'], { cwd: join(folder, 'handlers', 'lab-db'), encoding: 'utf8' });
    expect(own.stdout + own.stderr).toMatch(/(?:#|ℹ) fail 0/);
    expect(own.status).toBe(0);
    for (const name of files) {
      const text = readFileSync(join(folder, 'handlers', 'lab-db', name), 'utf8');
      expect(text, name).not.toMatch(/CUSTOM|src\/ports|'custom'/);
    }
  });

  it('000-60: --live asks the real archive, says what it cannot test, and fails where there is none', async () => {
    const folder = projectFolder();
    await celline(['handlers', 'new', 'lab'], { folder });
    const { startArchive } = await import(pathToFileURL(join(folder, 'handlers', 'lab', 'fixture-server.mjs')).href);
    const archive = await startArchive();
    const live = (url: string) =>
      celline(['handlers', 'test', 'lab', '--live', '--json'], { folder, env: { LAB_API_URL: url } });
    const stateOf = ({ stdout }: { readonly stdout: string }, name: RegExp) =>
      (JSON.parse(stdout) as { test: string; state: string }[]).find(({ test }) => name.test(test))?.state;
    const good = await live(archive.url);
    await archive.close();
    expect(good.code, good.stdout + good.stderr).toBe(0);
    expect(stateOf(good, /answers every id/)).toBe('passed');
    expect([/an id that the archive does not have/, /a search/].map((name) => stateOf(good, name))).toEqual([
      'not tested',
      'not tested',
    ]);
    const dead = await live(archive.url);
    expect([dead.code, stateOf(dead, /answers every id/), stateOf(dead, /the same again/)]).toEqual([
      1,
      'failed',
      'failed',
    ]);
  });

  it('000-60: a handler that is broken fails its test by name', async () => {
    const folder = projectFolder();
    await celline(['handlers', 'new', 'lab'], { folder });
    const path = join(folder, 'handlers', 'lab', 'handler.ts');
    const text = readFileSync(path, 'utf8').replace('children: run_ids ?? null', 'childs: run_ids ?? null');
    writeFileSync(path, text);
    const tested = await celline(['handlers', 'test', 'lab', '--format', 'ndjson'], { folder });
    expect(tested.code).toBe(1);
    expect(tested.stdout).toMatch(/answers every id of an archive.*"failed".*childs/);
  });

  it.each([
    ['Lab', 'is no name of a handler'],
    ['../lab', 'is no name of a handler'],
    ['geo', 'is there already'],
    ['order', 'a name that means something else'],
    ['ncbi', 'the variables NCBI_…, which mean something else'],
    ['insdc-', 'is no name of a handler'],
    ['gsm', 'Ids such as GSM123456 are those of geo'],
    ['srr', 'Ids such as SRR123456 are those of insdc'],
  ])('refuses %s', async (name, reason) => {
    const folder = projectFolder();
    const made = await cellineHere(['handlers', 'new', name], { folder });
    expect([made.code, made.stderr.includes(reason)]).toEqual([2, true]);
    expect(existsSync(join(folder, 'handlers'))).toBe(false);
  });

  it('002-03: refuses the tables of another one, and leaves nothing where it cannot be named', async () => {
    const folder = projectFolder();
    await celline(['handlers', 'new', 'lab-db'], { folder });
    const second = await celline(['handlers', 'new', 'lab_db'], { folder });
    expect([second.code, second.stderr.includes('lab-db has the tables LAB_DB_')]).toEqual([2, true]);
    rmSync(join(folder, 'celline.config.json'));
    writeFileSync(join(folder, 'celline.config.js'), 'module.exports = {};');
    const third = await celline(['handlers', 'new', 'third'], { folder });
    expect([third.code, third.stderr.includes('with an editor')]).toEqual([2, true]);
    expect(existsSync(join(folder, 'handlers', 'third'))).toBe(false);
  });
});

describe('celline handlers order, enable, disable, show', () => {
  it('000-03: the order that is set is kept, and told by resolve', async () => {
    const folder = projectFolder();
    expect((await cellineHere(['handlers', 'order', 'custom', 'insdc'], { folder })).code).toBe(0);
    expect(await names(folder)).toEqual(['custom', 'insdc', 'geo']);
    expect((await cellineHere(['handlers', 'disable', 'geo'], { folder })).code).toBe(0);
    expect(await names(folder)).toEqual(['custom', 'insdc']);
    const listed = await cellineHere(['handlers', '--json'], { folder });
    const geo = (JSON.parse(listed.stdout) as ListedHandler[]).find(({ name }) => name === 'geo');
    expect(geo).toMatchObject({ state: 'disabled', priority: null, source: 'GEO' });
    expect((await cellineHere(['handlers', 'show', 'geo'], { folder })).code).toBe(0);
    expect((await cellineHere(['handlers', 'test', 'geo'], { folder })).stderr).toContain(
      'celline handlers enable geo',
    );
    expect((await cellineHere(['handlers', 'order', 'custom', 'insdc', 'geo'], { folder })).code).toBe(0);
    const left = await cellineHere(['resolve', '--all', 'GSM1', '--json'], { folder });
    expect(JSON.parse(left.stdout)[0].handlers).toEqual([]);
    expect((await cellineHere(['handlers', 'enable', 'geo'], { folder })).code).toBe(0);
    expect(await names(folder)).toEqual(['custom', 'insdc', 'geo']);
  });

  it('names what there is not', async () => {
    const folder = projectFolder();
    const runs = [
      ['show', 'gio'],
      ['order', 'gio'],
      ['disable', 'gio'],
      ['test', 'gio'],
      ['show'],
      ['order'],
      ['list', 'geo'],
    ];
    for (const words of runs)
      expect((await cellineHere(['handlers', ...words], { folder })).code, words.join(' ')).toBe(2);
    expect((await cellineHere(['handlers', 'show', 'gio'], { folder })).stderr).toContain('Did you mean geo?');
    expect(configOf(folder)).toEqual({});
  });

  it('000-07: shows one whole', async () => {
    const shown = await cellineHere(['handlers', 'show', 'custom'], { folder: projectFolder() });
    expect(shown.stdout).toContain('api.mycustomdb.org: 2 per second at custom');
    expect(shown.stdout).toContain('CUSTOM123456');
  });
});
