import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
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

  it('validate fails for a broken file', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'celline.config.json'), '{"concurency": 7}');
    const result = await runCli(['config', 'validate'], { cwd, env: noUserConfig(cwd) });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('concurrency');
  });

  it.each([[['config', 'get']], [['config', 'set', 'a']], [['config', 'list', 'a']], [['config', 'get', 'cache.tll']]])(
    '%j is wrong usage',
    async (argv) => {
      const cwd = await folder();
      const result = await runCli(argv, { cwd, env: noUserConfig(cwd) });
      expect(result.code).toBe(2);
      expect(result.stderr).toContain('hint: ');
    },
  );
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
