import { homedir } from 'node:os';
import type { ConfigRequest } from '../config/load.ts';
import { ConfigError } from '../errors/config-error.ts';
import type { FlagOverrides, OpenProjectSettings } from '../project/open-project-settings.ts';
import type { Ending, Project } from '../project/project.ts';
import type { StartedEngine } from '../query/start-engine.ts';
import type { App, Output } from './app-type.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { type GlobalOptions, logLevelOf } from './global-options.ts';
import { openOutput } from './open-output.ts';
import { createStdinReader } from './stdin-reader.ts';
import type { StopSwitch } from './stop-switch.ts';
import { createTalk, type Talk } from './talk.ts';
import type { World } from './world.ts';

/** How a project is opened; tests hand in their own. */
export type OpenProject = (settings: OpenProjectSettings) => Promise<Project>;

/** An app, and how it ends. */
export interface ClosableApp extends App {
  /** True while stdin is being read to its end: what is given there was not yet looked at. */
  isReadingStdin(): boolean;
  /** Closes the project when one was opened, and tells how the command ended. */
  close(ending: Ending): Promise<void>;
}

/** What an app is made of besides the world. */
export interface AppParts {
  /** The command line without the program and without secrets. */
  readonly command: string;
  /** True: the command needs no handler. Default false. */
  readonly readsOnly?: boolean;
  /** Where events go as JSON lines; absent: nowhere. */
  readonly eventFile?: Output;
  /** How a project is opened; default: as a project in a folder. */
  readonly openProject?: OpenProject;
}

/** The composition root of the command line: everything that a command may touch. */
export function createApp(
  world: World,
  globals: GlobalOptions,
  stop: Pick<StopSwitch, 'signal' | 'stop'>,
  { command, readsOnly = false, eventFile, openProject = loadAndOpen }: AppParts,
): ClosableApp {
  const { signal } = stop;
  // Who stops reading the data wants no more of it: the archives are not asked any further.
  const stdout = openOutput(world.stdout, globals.color, world.env, stop.stop);
  const stderr = openOutput(world.stderr, globals.color, world.env);
  const talk = createTalk(stderr, globals);
  const room = stdout.isTerminal ? withRoom(stdout, talk) : stdout;
  const events = eventsOf(globals, eventFile ?? room, talk, world);
  const stdin = createStdinReader(world.stdin, signal);
  let opened: Promise<Project> | undefined;
  return {
    stdout: globals.events === '-' ? (events?.rows ?? room) : room,
    stderr,
    env: world.env,
    cwd: world.cwd,
    globals,
    signal,
    canAsk: world.stdin.isTTY === true && stderr.isTerminal,
    now: world.now,
    say: talk.say,
    listen: talk.listen,
    setBottomLine: talk.setBottomLine,
    readStdin: stdin.readAll,
    stdin: world.stdin,
    isReadingStdin: stdin.isReading,
    ...promptsOf(world, signal),
    ...configOf(world, globals, settingsOf(world, globals, {}, talk, signal)),
    openProject(flags = {}) {
      const settings = { ...settingsOf(world, globals, flags, talk, signal), command, plugins: !readsOnly };
      opened ??= openProject(settings);
      return opened;
    },
    async close(ending) {
      const project = await opened?.catch(() => undefined);
      if (project === undefined) talk.emit({ type: 'ended', ...ending });
      else await project.close(ending);
      await events?.close();
    },
  };
}

/** The configuration by itself: as it is settled, plug-ins included, and what is wrong with it. */
function configOf(
  world: World,
  globals: GlobalOptions,
  settings: OpenProjectSettings,
): Pick<App, 'loadConfig' | 'configProblems'> {
  const loadConfig = async () => (await import('../project/open-config.ts')).describeConfig(settings);
  return {
    loadConfig,
    async configProblems() {
      const { configProblems } = await import('../config/load.ts');
      const problems = await configProblems(await configRequest(world, globals));
      if (problems.length > 0) return problems;
      return loadConfig().then(
        ({ optionProblems }) => optionProblems,
        (error: unknown) => {
          // Of plug-ins: a variable that only they know.
          if (error instanceof ConfigError) return [error];
          throw error;
        },
      );
    },
  };
}

/** Questions to whoever sits at the terminal. */
function promptsOf({ stdin, stderr }: World, signal: AbortSignal): Pick<App, 'ask' | 'openLines'> {
  return {
    async ask(question) {
      const { ask } = await import('./prompt/ask.ts');
      return ask(question, { input: stdin, output: stderr, signal });
    },
    async openLines(settings) {
      const { openLineReader } = await import('./prompt/line-reader.ts');
      return openLineReader({ ...settings, input: stdin, output: stderr, signal });
    },
  };
}

/** The stream of `--events`, which hears what the talk hears; undefined when nobody asked for it. */
function eventsOf(globals: GlobalOptions, output: Output, talk: Talk, world: World): EventStream | undefined {
  if (globals.events === undefined) return undefined;
  const warn = (message: string) => void talk.say(`warning: ${message}`);
  const events = createEventStream({ output, now: world.now, warn });
  talk.listen(events);
  return events;
}

/** The same place, whose lines and those of the progress bar do not run into each other. */
function withRoom(output: Output, talk: Talk): Output {
  return {
    isTerminal: output.isTerminal,
    paint: output.paint,
    get columns() {
      return output.columns;
    },
    write: (text) => talk.above(() => output.write(text)),
  };
}

/** DuckDB opens in a thread of its own while the command line and the configuration are read: 20 ms of a query. */
export function startEngine(): Promise<StartedEngine> {
  const engine = import('../query/start-engine.ts').then((it) => it.startEngine());
  // Told by the query that needs it.
  engine.catch(() => undefined);
  return engine;
}

/** Opens the project around a DuckDB that is being opened already. */
export function openWith(engine: Promise<StartedEngine>): OpenProject {
  return (settings) => loadAndOpen({ ...settings, engine });
}

/** Loaded only here: it brings the HTTP stack, the store and the query engine. */
async function loadAndOpen(settings: OpenProjectSettings): Promise<Project> {
  const { openProject } = await import('../project/open-project.ts');
  return openProject(settings);
}

/** What `openProject` would load the configuration from. */
async function configRequest(world: World, globals: GlobalOptions): Promise<ConfigRequest> {
  const { BUILT_IN_HANDLERS } = await import('../../handlers/index.ts');
  const logLevel = logLevelOf(globals);
  return {
    ...placeOf(world, globals),
    homeDir: homedir(),
    handlers: BUILT_IN_HANDLERS,
    flags: {
      ...askingFlags(globals),
      ...(logLevel === undefined ? {} : { log: { level: logLevel } }),
    },
  };
}

/** The flags about how archives are asked. A trace on stderr is talk, not a file. */
function askingFlags({ offline, record, replay, trace }: GlobalOptions) {
  return {
    ...(offline ? { offline } : {}),
    ...(record === undefined ? {} : { record }),
    ...(replay === undefined ? {} : { replay }),
    ...(trace === undefined || trace === '-' ? {} : { trace }),
  };
}

/** Where the project and its configuration are looked for. */
function placeOf(world: World, globals: GlobalOptions) {
  return {
    cwd: world.cwd,
    env: world.env,
    ...(globals.projectDir === undefined ? {} : { projectDir: globals.projectDir }),
    ...(globals.config === undefined ? {} : { configPath: globals.config }),
    ...(globals.profile === undefined ? {} : { profile: globals.profile }),
  };
}

function settingsOf(
  world: World,
  globals: GlobalOptions,
  flags: FlagOverrides,
  reporter: OpenProjectSettings['reporter'],
  signal: AbortSignal,
): OpenProjectSettings {
  const logLevel = logLevelOf(globals);
  return {
    ...placeOf(world, globals),
    reporter,
    signal,
    flags: {
      ...askingFlags(globals),
      ...(logLevel === undefined ? {} : { logLevel }),
      ...flags,
    },
  };
}
