import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { loadScript } from '../../src/cli/code-cache.ts';
import { builtCelline } from './built-celline.ts';
import { freshUser, type Run, type RunOptions } from './celline-process.ts';

type Program = typeof import('../../bin/program.ts');

/** The built program, loaded once a worker. */
let program: Program | undefined;

/**
 * Runs the built command line in this process, with the user and the surroundings that `celline` gives a process of its own:
 * for what a command does, where how a process starts, prints and ends is not what is tested. A start costs half a second
 * of processor time.
 */
export async function cellineHere(
  args: readonly string[],
  options: Omit<RunOptions, 'program'>,
): Promise<Omit<Run, 'signal' | 'ms'>> {
  program ??= loadScript(join(dirname(builtCelline()), 'program.js'), 'here', null).exports as Program;
  const [stdout, stderr] = [collected(), collected()];
  const left: number[] = [];
  const code = await program.main(args, {
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: freshUser(options),
    cwd: options.folder,
    now: () => Date.now(),
    onStopSignal: () => () => {},
    leave: (exitCode) => left.push(exitCode),
  });
  // Long commands ask V8 to collect more often, which would slow down the tests to come.
  for (const flag of ['--heap-growing-percent=0', '--semi-space-growth-factor=2']) setFlagsFromString(flag);
  return { code: left[0] ?? code, stdout: stdout.text(), stderr: stderr.text() };
}

function collected() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
