import { describe, expect, it } from 'vitest';
import { LOADERS } from '../../src/cli/command-loaders.ts';
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
    expect(lines.length).toBeLessThanOrEqual(55);
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
  });

  it.each([[[]], [['-h']], [['help']]])('%j is the same', async (argv) => {
    expect(await runCli(argv)).toEqual(await runCli(['--help']));
  });

  it.each(COMMANDS.map(({ name }) => [name]))('of %s ends with examples that parse', async (name) => {
    const declaration = COMMANDS.find((command) => command.name === name);
    const { stdout, code } = await runCli([name, '--help'], { stdoutColumns: 80 });
    expect(code).toBe(0);
    expect(stdout).toEqual((await runCli(['help', name], { stdoutColumns: 80 })).stdout);
    expect(declaration?.examples.length).toBeGreaterThan(0);
    const last = declaration?.examples.at(-1);
    expect(stdout.endsWith(`  # ${last?.says}\n  ${last?.line}\n\n`) || stdout.endsWith(`  ${last?.line}\n`)).toBe(
      true,
    );
    for (const { line } of declaration?.examples ?? []) expect(line).toMatch(new RegExp(`celline ${name}`));
  });

  it('of every command has a file to run', async () => {
    expect(Object.keys(LOADERS).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
    for (const load of Object.values(LOADERS)) {
      const command = await load();
      expect([typeof command.parse, typeof command.run]).toEqual(['function', 'function']);
    }
  });
});
