import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { everyCommand } from '../../src/cli/command-paths.ts';
import { COMMANDS } from '../../src/cli/declarations/commands.ts';
import { runCli } from './run-cli.ts';

async function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'celline-set-up-'));
}

describe('init', () => {
  it('makes a project, and is safe twice (003-33)', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, '.gitignore'), 'node_modules');
    expect((await runCli(['init', '--yes'], { cwd })).code).toBe(0);
    expect(await readFile(join(cwd, '.gitignore'), 'utf8')).toBe('node_modules\n.cache/\nbackups/\n');
    expect((await stat(join(cwd, 'DB'))).isDirectory()).toBe(true);
    await writeFile(join(cwd, 'celline.config.json'), '{"email":"a@b.c"}');
    const again = await runCli(['init', '--json'], { cwd });
    expect(JSON.parse(again.stdout).map((row: { state: string }) => row.state)).toEqual(['there', 'there', 'there']);
    expect(await readFile(join(cwd, 'celline.config.json'), 'utf8')).toBe('{"email":"a@b.c"}');
    expect(await readFile(join(cwd, '.gitignore'), 'utf8')).toBe('node_modules\n.cache/\nbackups/\n');
  });

  it('makes a configuration that is valid, in a new folder', async () => {
    const cwd = await folder();
    await runCli(['init', 'atlas'], { cwd });
    const valid = await runCli(['config', 'validate', '--project-dir', 'atlas'], { cwd, env: noUserConfig(cwd) });
    expect(valid).toMatchObject({ code: 0, stdout: '' });
    expect(valid.stderr).toContain(join(cwd, 'atlas', 'celline.config.json'));
  });

  it('names a schema that is there, for editors', async () => {
    const cwd = await folder();
    await runCli(['init'], { cwd });
    const own = JSON.parse(await readFile(join(cwd, 'celline.config.json'), 'utf8')).$schema;
    expect(JSON.parse(await readFile(new URL(own), 'utf8')).title).toBe('celline.config.json');
    const installed = join(cwd, 'node_modules', 'celline', 'docs');
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, 'celline.config.schema.json'), '{}');
    for (const [name, schema] of [
      ['.', './node_modules'],
      ['below', '../node_modules'],
    ]) {
      await rm(join(cwd, 'celline.config.json'), { force: true });
      await runCli(['init', name ?? ''], { cwd });
      const text = await readFile(join(cwd, name ?? '', 'celline.config.json'), 'utf8');
      expect(JSON.parse(text).$schema).toBe(`${schema}/celline/docs/celline.config.schema.json`);
    }
  });

  it('says why it cannot', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'file'), '');
    const result = await runCli(['init', 'file/below'], { cwd });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('No project could be made');
    expect(result.stderr).toContain('hint: ');
  });
});

describe('config', () => {
  it('lists every value with its source', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'celline.config.json'), '{"concurrency": 7}');
    const env = { ...noUserConfig(cwd), CELLINE_OFFLINE: '1', NCBI_API_KEY: 'very-secret' };
    const result = await runCli(['config', '--effective', '--json'], { cwd, env });
    const rows: { key: string; value: unknown; source: string }[] = JSON.parse(result.stdout);
    const of = (key: string) => rows.find((row) => row.key === key);
    expect(of('concurrency')).toMatchObject({ value: 7, source: `file ${join(cwd, 'celline.config.json')}` });
    expect(of('offline')).toMatchObject({ value: true, source: 'environment CELLINE_OFFLINE' });
    expect(of('cache.ttl')).toMatchObject({ value: 3600, source: 'default' });
    expect(result.stdout).not.toContain('very-secret');
    expect((await runCli(['config', '--files'], { cwd, env })).stdout).toBe(`${join(cwd, 'celline.config.json')}\n`);
  });

  it('sets and gets a value', async () => {
    const cwd = await folder();
    const env = noUserConfig(cwd);
    expect((await runCli(['config', 'set', 'cache.ttl', '86400'], { cwd, env })).code).toBe(0);
    expect((await runCli(['config', 'set', 'email', 'a@example.org'], { cwd, env })).code).toBe(0);
    expect((await runCli(['config', 'get', 'cache.ttl'], { cwd, env })).stdout).toBe('86400\n');
    expect(JSON.parse(await readFile(join(cwd, 'celline.config.json'), 'utf8'))).toEqual({
      cache: { ttl: 86400 },
      email: 'a@example.org',
    });
    expect(await runCli(['config', 'get', 'caFile'], { cwd, env })).toMatchObject({ code: 1, stdout: '' });
  });

  it('writes nothing that the schema refuses', async () => {
    const cwd = await folder();
    const env = noUserConfig(cwd);
    const wrong = await runCli(['config', 'set', 'cache.tttl', '5'], { cwd, env });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('cache.ttl');
    expect((await runCli(['config', 'set', 'concurrency', 'many'], { cwd, env })).code).toBe(2);
    await expect(stat(join(cwd, 'celline.config.json'))).rejects.toThrow('ENOENT');
  });

  it('002-21 validate lists everything that is wrong, the nearest key with each', async () => {
    const cwd = await folder();
    const file = join(cwd, 'celline.config.json');
    await writeFile(
      file,
      '{"concurency": 7, "cache": {"tll": 1, "ttl": "x"}, "env": {"ci": {"dbdir": "x"}}, "handlers": {"geo": {"apiKey": "k"}}}',
    );
    const result = await runCli(['config', 'validate', '--json'], { cwd, env: noUserConfig(cwd) });
    expect(result.code).toBe(2);
    expect(JSON.parse(result.stdout)).toMatchObject([
      { key: 'handlers.geo.apiKey', hint: expect.stringContaining('set NCBI_API_KEY') },
      { key: 'cache.ttl', source: `file ${file}` },
      { key: 'cache.tll', hint: 'Did you mean "cache.ttl"?' },
      { key: 'concurency', hint: 'Did you mean "concurrency"?' },
      { key: 'dbdir', hint: 'Did you mean "dbDir"?', source: `file ${file} (env.ci)` },
    ]);
    expect(result.stderr).toContain('5 problems');
    const variable = { ...noUserConfig(cwd), CUSTOM: '1', GEO_RATE_LIMIT: 'abc' };
    await writeFile(file, '{}');
    const ofVariable = await runCli(['config', 'validate', '--json'], { cwd, env: variable });
    expect(ofVariable.code).toBe(2);
    expect(JSON.parse(ofVariable.stdout)).toMatchObject([{ key: 'GEO_RATE_LIMIT' }]);
  });

  it('what is valid, and which files there are, is data too; a key that is not set is said', async () => {
    const cwd = await folder();
    const here = { cwd, env: noUserConfig(cwd) };
    const file = join(cwd, 'celline.config.json');
    await writeFile(file, '{}');
    const valid = await runCli(['config', 'validate', '--json'], here);
    expect([valid.code, JSON.parse(valid.stdout)]).toEqual([0, []]);
    expect(JSON.parse((await runCli(['config', '--files', '--json'], here)).stdout)).toEqual([{ file }]);
    expect((await runCli(['config', '--files'], here)).stdout).toBe(`${file}\n`);
    const unset = await runCli(['config', 'get', 'handlers.geo.rateLimit'], here);
    expect(unset).toMatchObject({ code: 1, stdout: '', stderr: 'handlers.geo.rateLimit is not set.\n' });
  });

  it('000-56 show --sources is the list with the origin of each value', async () => {
    const cwd = await folder();
    const env = { ...noUserConfig(cwd), GEO_RATE_LIMIT: '2' };
    const [list, shown] = await Promise.all(
      [
        ['config', 'list'],
        ['config', 'show', '--sources'],
      ].map((argv) => runCli(argv, { cwd, env })),
    );
    expect(shown?.stdout).toBe(list?.stdout);
    expect(shown?.stdout).toContain('handlers.geo.rateLimit\t2\tenvironment GEO_RATE_LIMIT');
  });

  it.each([
    [
      'celline.config.json',
      '{\n\t"email": "a@b.c",\n\t"cache": {"ttl": 1, "compress": true}\n}\n',
      '{\n\t"email": "a@b.c",\n\t"cache": {"ttl": 60, "compress": true}\n}\n',
      '{\n\t"email": "a@b.c",\n\t"cache": {"compress": true}\n}\n',
    ],
    [
      'celline.config.yaml',
      '# of the lab\nemail: a@b.c # mine\ncache:\n  # an hour\n  ttl: 1\n  compress: true\n',
      '# of the lab\nemail: a@b.c # mine\ncache:\n  # an hour\n  ttl: 60\n  compress: true\n',
      '# of the lab\nemail: a@b.c # mine\ncache:\n  # an hour\n  compress: true\n',
    ],
    [
      'package.json',
      '{"name": "x", "celline": {"cache": {"ttl": 1}}}',
      '{"name": "x", "celline": {"cache": {"ttl": 60}}}',
      '{"name": "x", "celline": {}}',
    ],
  ])('set and unset leave the rest of %s as it is written', async (name, before, set, unset) => {
    const cwd = await folder();
    const file = join(cwd, name);
    const env = noUserConfig(cwd);
    await writeFile(file, before, { mode: 0o640 });
    expect((await runCli(['config', 'set', 'cache.ttl', '60'], { cwd, env })).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(set);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect((await runCli(['config', 'unset', 'cache.ttl'], { cwd, env })).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(unset);
    expect((await runCli(['config', 'unset', 'cache.ttl'], { cwd, env })).code).toBe(1);
    expect(await readdir(cwd)).toEqual([name]);
  });

  it('what is added to a list in YAML leaves the comments of its items', async () => {
    const cwd = await folder();
    const file = join(cwd, 'celline.config.yaml');
    await writeFile(file, 'plugins:\n  - ./a.ts # mine\n  - ./b.ts # theirs\n');
    const set = (...words: string[]) => runCli(['config', 'set', ...words], { cwd, env: noUserConfig(cwd) });
    await set('plugins', '["./a.ts","./b.ts","./c.ts"]');
    expect(await readFile(file, 'utf8')).toBe('plugins:\n  - ./a.ts # mine\n  - ./b.ts # theirs\n  - ./c.ts\n');
    await set('plugins', '["./a.ts"]');
    expect(await readFile(file, 'utf8')).toBe('plugins:\n  - ./a.ts # mine\n');
  });

  it.each([
    ['missing/celline.config.json', 'cannot be written: ENOENT'],
    ['celline.toml', 'must end with .json'],
  ])('--config %s: set says why it cannot', async (name, reason) => {
    const cwd = await folder();
    const result = await runCli(['--config', name, 'config', 'set', 'concurrency', '3'], {
      cwd,
      env: noUserConfig(cwd),
    });
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toContain(reason);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('says why YAML is none, in the list of problems too', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'celline.config.yaml'), 'concurrency: 3\nconcurrency: 4\n');
    const result = await runCli(['config', 'validate'], { cwd, env: noUserConfig(cwd) });
    expect(result.stdout).toContain('duplicated mapping key');
  });

  it('002-13, 003-27 a value of a profile is asked for with --profile', async () => {
    const cwd = await folder();
    const env = noUserConfig(cwd);
    await runCli(['config', 'set', 'env.ci.concurrency', '2'], { cwd, env });
    const asked = await runCli(['config', 'get', 'env.ci.concurrency'], { cwd, env });
    expect(asked.stderr).toContain('hint: celline --profile ci config get concurrency');
    expect((await runCli(['--profile', 'ci', 'config', 'get', 'concurrency'], { cwd, env })).stdout).toBe('2\n');
  });

  it.each([
    ['celline.config.json', '{}', ['handlers.geo.apiKey', 'k3y']],
    ['celline.config.yaml', '', ['handlers.geo.options.token', 'k3y']],
    ['celline.config.json', '{}', ['cache.metadata.url', 'postgresql://u:k3y@host/db']],
    ['celline.config.js', 'module.exports = {};', ['cache.ttl', '5']],
    ['celline.config.yaml', 'cache: [', ['cache.ttl', '5']],
  ])('%s with %j: set writes nothing for %j', async (name, before, [key = '', value = '']) => {
    const cwd = await folder();
    await writeFile(join(cwd, name), before);
    const result = await runCli(['config', 'set', key, value], { cwd, env: noUserConfig(cwd) });
    expect(result.code).toBe(2);
    expect(result.stderr).not.toContain('k3y');
    expect(await readFile(join(cwd, name), 'utf8')).toBe(before);
    expect(await readdir(cwd)).toEqual([name]);
  });

  it('unset mends a file that is not valid', async () => {
    const cwd = await folder();
    const env = noUserConfig(cwd);
    await writeFile(join(cwd, 'celline.config.json'), '{"concurency": 7}');
    expect((await runCli(['config', 'get', 'dbDir'], { cwd, env })).code).toBe(2);
    expect((await runCli(['config', 'unset', 'concurency'], { cwd, env })).code).toBe(0);
    expect((await runCli(['config', 'get', 'dbDir'], { cwd, env })).stdout).toBe('DB\n');
  });

  it.each([
    [['config', 'get']],
    [['config', 'set', 'a']],
    [['config', 'unset']],
    [['config', 'list', 'a']],
    [['config', 'get', 'cache.tll']],
  ])('%j is wrong usage', async (argv) => {
    const cwd = await folder();
    const result = await runCli(argv, { cwd, env: noUserConfig(cwd) });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('hint: ');
  });
});

describe('completion', () => {
  it('bash offers commands, options and values', async () => {
    const { stdout: script } = await runCli(['completion', 'bash']);
    const complete = (...words: string[]) =>
      execFileSync(
        'bash',
        [
          '--norc',
          '-c',
          `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _celline; printf '%s\\n' "\${COMPREPLY[@]}"`,
          'bash',
          ...words,
        ],
        { encoding: 'utf8' },
      )
        .split('\n')
        .filter(Boolean);
    expect(complete('celline', 're')).toEqual(['refresh', 'resolve']);
    expect(complete('celline', 'add', '--fo')).toEqual(['--force', '--format']);
    expect(complete('celline', '--quiet', 'urls', '--tool', '')).toEqual(['aria2c', 'wget', 'curl']);
    expect(complete('celline', 'list', 'sa')).toEqual(['samples']);
    expect(complete('celline', 'list', '--format', 'nd')).toEqual(['ndjson']);
    expect(complete('celline', 'db', 'che')).toContain('checkpoint');
    expect(complete('celline', '-q', 'db', 'checkpoint', '--for')).toEqual(['--format']);
    // A word that is a command elsewhere does not change which command this is.
    expect(complete('celline', 'add', 'db', '--fo')).toEqual(['--force', '--format']);
  });

  it('zsh and fish know every command', async () => {
    for (const shell of ['zsh', 'fish']) {
      const { stdout } = await runCli(['completion', shell]);
      for (const { command } of everyCommand(COMMANDS))
        expect(stdout, `${shell} ${command.name}`).toContain(` ${shell === 'zsh' ? `${command.name})` : command.name}`);
    }
    const zsh = (await runCli(['completion', 'zsh'])).stdout;
    expect(zsh).toContain('_celline_db() {');
    expect(zsh).toContain(' db) _celline_db ;;');
    const fish = (await runCli(['completion', 'fish'])).stdout;
    expect(fish).toMatch(/-n '__fish_seen_subcommand_from db; and not __fish_seen_subcommand_from [\w ]*checkpoint/);
    expect((await runCli(['completion', 'csh'])).code).toBe(2);
  });
});

/** An environment in which the user who runs the tests has no configuration. */
function noUserConfig(cwd: string): Record<string, string> {
  return { CELLINE_CONFIG_DIR: join(cwd, 'no-user-config') };
}
