import { describe, expect, it } from 'vitest';
import { LOADERS } from '../../src/cli/command-loaders.ts';
import { everyCommand, runnableCommands } from '../../src/cli/command-paths.ts';
import { GROUPS } from '../../src/cli/command-type.ts';
import { COMMANDS } from '../../src/cli/declarations/commands.ts';
import { displayWidth } from '../../src/cli/render/display-width.ts';
import { runCli } from './run-cli.ts';

describe('help', () => {
  it('of celline is grouped, short, and fits 80 cells', async () => {
    const { stdout, code } = await runCli(['--help'], { stdoutColumns: 80, env: { NO_COLOR: '1' } });
    expect(code).toBe(0);
    for (const group of GROUPS) expect(stdout).toContain(`\n${group}:\n`);
    for (const { name, summary } of COMMANDS) expect(stdout).toContain(`\n  ${name.padEnd(10)}  ${summary}\n`);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(64);
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
  });

  it.each([[[]], [['-h']], [['help']]])('%j is the same', async (argv) => {
    expect(await runCli(argv)).toEqual(await runCli(['--help']));
  });

  it.each(everyCommand(COMMANDS))('of $path ends with examples that parse', async ({ path, command }) => {
    const words = path.split(' ');
    const { stdout, code } = await runCli([...words, '--help'], { stdoutColumns: 80 });
    expect(code).toBe(0);
    expect(stdout).toEqual((await runCli(['help', ...words], { stdoutColumns: 80 })).stdout);
    expect(command.examples.length).toBeGreaterThan(0);
    const last = command.examples.at(-1);
    expect(stdout.endsWith(`  # ${last?.says}\n  ${last?.line}\n\n`) || stdout.endsWith(`  ${last?.line}\n`)).toBe(
      true,
    );
    for (const { line } of command.examples) expect(line).toMatch(new RegExp(`celline ${path}`));
  });

  it('wraps at words on a narrow terminal too', async () => {
    const { stdout } = await runCli(['add', '--help'], { stdoutColumns: 60, env: { NO_COLOR: '1' } });
    const options = stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('Options of every command'));
    for (const line of options.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(60);
  });

  it('of a heading lists the commands below it, also without --help', async () => {
    const { stdout, stderr, code } = await runCli(['db'], { stdoutColumns: 80 });
    expect([code, stderr]).toEqual([0, '']);
    for (const argv of [
      ['db', '--help'],
      ['help', 'db'],
      ['db', 'help'],
    ]) {
      expect((await runCli(argv, { stdoutColumns: 80 })).stdout).toBe(stdout);
    }
    const heading = COMMANDS.find(({ name }) => name === 'db');
    for (const { name } of heading?.subcommands ?? []) expect(stdout).toMatch(new RegExp(`\\n  ${name} `));
    const direct = await runCli(['db', 'help', 'checkpoint'], { stdoutColumns: 80 });
    expect(direct.stdout).toBe((await runCli(['db', 'checkpoint', '-h'], { stdoutColumns: 80 })).stdout);
  });

  it.each([
    [['db', 'chekpoint'], "Unknown command 'chekpoint'.", 'Did you mean checkpoint? (celline db --help)'],
    [['db', 'frobnicate'], "Unknown command 'frobnicate'.", 'There are: '],
    [['db', 'checkpoint', '--nope'], "Unknown option '--nope'.", 'celline db checkpoint --help'],
    [['db', '--nope'], "Unknown option '--nope'.", 'celline db --help'],
  ])('a wrong word in %j is named with the nearest one', async (argv, message, hint) => {
    const { stdout, stderr, code } = await runCli(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  it('of every command has a file to run', async () => {
    expect(Object.keys(LOADERS).sort()).toEqual(
      runnableCommands(COMMANDS)
        .map(({ path }) => path)
        .sort(),
    );
    for (const load of Object.values(LOADERS)) {
      const command = await load();
      expect([typeof command.parse, typeof command.run]).toEqual(['function', 'function']);
    }
  });
});
