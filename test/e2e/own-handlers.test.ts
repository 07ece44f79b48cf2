import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { celline, projectFolder } from '../support/celline-process.ts';
import { installCelline } from '../support/installed-celline.ts';

interface ListedHandler {
  readonly name: string;
  readonly priority: number | null;
  readonly state: string;
}

/** Names of the handlers that are asked, first asked first. */
async function names(folder: string): Promise<string[]> {
  const run = await celline(['handlers', '--json'], { folder });
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
  ])('refuses %s', async (name, reason) => {
    const folder = projectFolder();
    const made = await celline(['handlers', 'new', name], { folder });
    expect([made.code, made.stderr.includes(reason)]).toEqual([2, true]);
    expect(existsSync(join(folder, 'handlers'))).toBe(false);
  });
});

describe('celline handlers order, enable, disable, show', () => {
  it('000-03: the order that is set is kept, and told by resolve', async () => {
    const folder = projectFolder();
    expect((await celline(['handlers', 'order', 'custom', 'insdc'], { folder })).code).toBe(0);
    expect(await names(folder)).toEqual(['custom', 'insdc', 'geo']);
    expect((await celline(['handlers', 'disable', 'geo'], { folder })).code).toBe(0);
    expect(await names(folder)).toEqual(['custom', 'insdc']);
    const listed = await celline(['handlers', '--json'], { folder });
    const geo = (JSON.parse(listed.stdout) as ListedHandler[]).find(({ name }) => name === 'geo');
    expect(geo).toMatchObject({ state: 'disabled', priority: null, source: 'GEO' });
    expect((await celline(['handlers', 'show', 'geo'], { folder })).code).toBe(0);
    expect((await celline(['handlers', 'test', 'geo'], { folder })).stderr).toContain('celline handlers enable geo');
    expect((await celline(['handlers', 'order', 'custom', 'insdc', 'geo'], { folder })).code).toBe(0);
    const left = await celline(['resolve', '--all', 'GSM1', '--json'], { folder });
    expect(JSON.parse(left.stdout)[0].handlers).toEqual([]);
    expect((await celline(['handlers', 'enable', 'geo'], { folder })).code).toBe(0);
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
    for (const words of runs) expect((await celline(['handlers', ...words], { folder })).code, words.join(' ')).toBe(2);
    expect((await celline(['handlers', 'show', 'gio'], { folder })).stderr).toContain('Did you mean geo?');
    expect(configOf(folder)).toEqual({});
  });

  it('000-07: shows one whole', async () => {
    const shown = await celline(['handlers', 'show', 'custom'], { folder: projectFolder() });
    expect(shown.stdout).toContain('api.mycustomdb.org: 2 per second at custom');
    expect(shown.stdout).toContain('CUSTOM123456');
  });
});
