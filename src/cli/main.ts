import { CellineError } from '../errors/celline-error.ts';
import { InterruptedError } from '../errors/interrupted-error.ts';
import type { Ending } from '../project/project.ts';
import { VERSION } from '../project/version.ts';
import { type ClosableApp, createApp, type OpenProject, openWith, startEngine } from './app.ts';
import { ClosedPipeError } from './closed-pipe-error.ts';
import type { CommandLine } from './command-line.ts';
import { commandText } from './command-text.ts';
import type { CommandModule } from './command-type.ts';
import { errorText } from './error-text.ts';
import { openEventFile } from './event-stream.ts';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import { openOutput } from './open-output.ts';
import type { HelpStyle } from './root-help.ts';
import { createStopSwitch } from './stop-switch.ts';
import type { World } from './world.ts';

/** Commands that look at the tables alone: no plug-in is loaded for them. */
const READING: ReadonlySet<string> = new Set(['list', 'show', 'query', 'stats', 'export', 'diff']);

/** Command lines of one word that ask for the help of celline. */
const HELP_WORDS: ReadonlySet<string> = new Set(['--help', '-h', 'help']);

/** Said when a command is stopped before it has its input. */
const UNREAD = '\nStopped before the end of stdin: nothing was asked, nothing is changed.';

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
    return await reportError(error, argv, world);
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
  const { events } = line.globals;
  const globals = { ...line.globals, debug: line.globals.debug || (await isDebug(world)) };
  const eventFile = events === undefined || events === '-' ? undefined : await openEventFile(events, world.cwd);
  const farewell = line.command.stopsGracefully?.(line.input);
  const stop = createStopSwitch(world, () => {
    if (app.isReadingStdin()) void app.say(UNREAD);
    else if (farewell === undefined) world.leave(EXIT.interrupted);
    else void app.say(`\n${farewell}`);
  });
  const app = createApp(world, globals, stop, {
    command: commandText(argv),
    readsOnly: READING.has(line.path),
    ...(eventFile === undefined ? {} : { eventFile }),
    ...(openProject === undefined ? {} : { openProject }),
  });
  try {
    return await runAndClose(command, options, app);
  } finally {
    stop.release();
  }
}

/** Runs the command and tells how it ended: with a code, with an error, or stopped by the user. */
async function runAndClose(command: CommandModule<unknown>, options: unknown, app: ClosableApp): Promise<number> {
  let failure: { readonly error: unknown } | null = null;
  let code: number = EXIT.failed;
  try {
    code = await command.run(options, app);
  } catch (error) {
    failure = { error };
  }
  const wasStopped = app.signal.reason instanceof InterruptedError;
  // What the stop itself threw needs no report.
  if (wasStopped && (failure === null || exitCodeOfError(failure.error) !== EXIT.store)) {
    await app.close({ exitCode: EXIT.interrupted, error: null });
    return EXIT.interrupted;
  }
  await app.close(failure === null ? { exitCode: code, error: null } : endingOf(failure.error));
  if (failure !== null) throw failure.error;
  return code;
}

function endingOf(error: unknown): Ending {
  if (error instanceof ClosedPipeError) return { exitCode: EXIT.ok, error: null };
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const hint = error instanceof CellineError ? (error.hint ?? null) : null;
  return { exitCode: exitCodeOfError(error), error: { name, message, hint } };
}

/** Whether `CELLINE_DEBUG` asks for what `--debug` does. Throws when it says neither yes nor no. */
async function isDebug(world: World): Promise<boolean> {
  const { debugOf } = await import('../config/environment.ts');
  return debugOf(world.env);
}

async function reportError(error: unknown, argv: readonly string[], world: World): Promise<number> {
  if (error instanceof ClosedPipeError) return EXIT.ok;
  const stderr = openOutput(world.stderr, undefined, world.env);
  const withStack = argv.includes('--debug') || (await isDebug(world).catch(() => false));
  await stderr.write(errorText(error, withStack)).catch(() => {});
  return exitCodeOfError(error);
}
