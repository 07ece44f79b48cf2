import { InterruptedError } from '../errors/interrupted-error.ts';
import { VERSION } from '../project/version.ts';
import { type ClosableApp, createApp, type OpenProject, openWith, startEngine } from './app.ts';
import { ClosedPipeError } from './closed-pipe-error.ts';
import type { CommandLine } from './command-line.ts';
import { commandText } from './command-text.ts';
import type { CommandModule } from './command-type.ts';
import { errorText } from './error-text.ts';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import { openOutput } from './open-output.ts';
import type { HelpStyle } from './root-help.ts';
import { createStopSwitch } from './stop-switch.ts';
import type { World } from './world.ts';

/** Command lines of one word that ask for the help of celline. */
const HELP_WORDS: ReadonlySet<string> = new Set(['--help', '-h', 'help']);

/** Commands that are nothing without DuckDB. */
const QUERYING: ReadonlySet<string> = new Set(['query', 'stats']);

/** Runs one command line and gives the exit code. The only place where errors are printed and turned into a code. */
export async function main(argv: readonly string[], world: World, openProject?: OpenProject): Promise<number> {
  try {
    // Answered before anything else is loaded: scripts ask for it at every start.
    if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
      await openOutput(world.stdout, false, {}).write(`${VERSION}\n`);
      return EXIT.ok;
    }
    if (argv.length === 0 || (argv.length === 1 && HELP_WORDS.has(argv[0] ?? ''))) {
      const { rootHelp } = await import('./root-help.ts');
      await openOutput(world.stdout, false, {}).write(rootHelp(helpStyle(argv, world)));
      return EXIT.ok;
    }
    return await runCommandLine(argv, world, openProject);
  } catch (error) {
    return await reportError(error, argv.includes('--debug'), world);
  }
}

/** Reads the command line, while DuckDB opens for a command that needs it, and does what it says. */
async function runCommandLine(argv: readonly string[], world: World, openProject?: OpenProject): Promise<number> {
  const isQuery = QUERYING.has(argv[0] ?? '') && !argv.includes('--help') && !argv.includes('-h');
  const engine = isQuery && openProject === undefined ? startEngine() : undefined;
  const open = engine === undefined ? openProject : openWith(engine);
  try {
    const line = await readCommandLine(argv, world);
    if (line.kind === 'command') return await runCommand(line, argv, world, open);
    await openOutput(world.stdout, false, {}).write(line.text);
    return EXIT.ok;
  } finally {
    // A process does not end well while a thread of it opens DuckDB.
    await engine?.catch(() => undefined);
  }
}

async function readCommandLine(argv: readonly string[], world: World): Promise<CommandLine> {
  const { parseCommandLine } = await import('./command-line.ts');
  return parseCommandLine(argv, helpStyle(argv, world));
}

function helpStyle(argv: readonly string[], world: World): HelpStyle {
  const colour = argv.includes('--no-color') ? false : argv.includes('--color') ? true : undefined;
  const { columns, paint } = openOutput(world.stdout, colour, world.env);
  return { columns: Number.isFinite(columns) ? columns : 100, title: paint.header };
}

async function runCommand(
  line: Extract<CommandLine, { kind: 'command' }>,
  argv: readonly string[],
  world: World,
  openProject: OpenProject | undefined,
): Promise<number> {
  const { LOADERS } = await import('./command-loaders.ts');
  const load = LOADERS[line.path];
  if (load === undefined) throw new Error(`The command ${line.path} has no file in command-loaders.ts.`);
  const command = await load();
  const options = command.parse(line.input);
  const farewell = line.command.stopsGracefully;
  const stop = createStopSwitch(world, () => {
    if (farewell === undefined) world.leave(EXIT.interrupted);
    else void app.say(`\n${farewell}`);
  });
  const app = createApp(world, line.globals, stop, commandText(argv), openProject);
  try {
    const code = await runAndClose(command, options, app);
    return stop.signal.reason instanceof InterruptedError ? EXIT.interrupted : code;
  } catch (error) {
    // What the stop itself threw needs no report.
    if (stop.signal.reason instanceof InterruptedError && exitCodeOfError(error) !== EXIT.store) {
      return EXIT.interrupted;
    }
    throw error;
  } finally {
    stop.release();
  }
}

async function runAndClose(command: CommandModule<unknown>, options: unknown, app: ClosableApp): Promise<number> {
  try {
    return await command.run(options, app);
  } finally {
    await app.close();
  }
}

async function reportError(error: unknown, isDebug: boolean, world: World): Promise<number> {
  if (error instanceof ClosedPipeError) return EXIT.ok;
  const stderr = openOutput(world.stderr, undefined, world.env);
  await stderr.write(errorText(error, isDebug)).catch(() => {});
  return exitCodeOfError(error);
}
