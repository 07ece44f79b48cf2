import { homedir } from 'node:os';
import type { LoadedConfig } from '../config/load.ts';
import type { FlagOverrides, OpenProjectSettings } from '../project/open-project-settings.ts';
import type { Project } from '../project/project.ts';
import type { StartedEngine } from '../query/start-engine.ts';
import type { App, Output } from './app-type.ts';
import { type GlobalOptions, logLevelOf } from './global-options.ts';
import { openOutput } from './open-output.ts';
import type { StopSwitch } from './stop-switch.ts';
import { createTalk, type Talk } from './talk.ts';
import type { World } from './world.ts';

/** How a project is opened; tests hand in their own. */
export type OpenProject = (settings: OpenProjectSettings) => Promise<Project>;

/** An app, and how it ends. */
export interface ClosableApp extends App {
  /** Closes the project when one was opened. */
  close(): Promise<void>;
}

/** The composition root of the command line: everything that a command may touch. */
export function createApp(
  world: World,
  globals: GlobalOptions,
  stop: Pick<StopSwitch, 'signal' | 'stop'>,
  command: string,
  openProject: OpenProject = loadAndOpen,
): ClosableApp {
  const { signal } = stop;
  // Who stops reading the data wants no more of it: the archives are not asked any further.
  const stdout = openOutput(world.stdout, globals.color, world.env, stop.stop);
  const stderr = openOutput(world.stderr, globals.color, world.env);
  const talk = createTalk(stderr, globals);
  let opened: Promise<Project> | undefined;
  return {
    stdout: stdout.isTerminal ? withRoom(stdout, talk) : stdout,
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
    readStdin: () => readAll(world),
    async ask(question) {
      const { ask } = await import('./prompt/ask.ts');
      return ask(question, { input: world.stdin, output: world.stderr, signal });
    },
    async openLines(settings) {
      const { openLineReader } = await import('./prompt/line-reader.ts');
      return openLineReader({ ...settings, input: world.stdin, output: world.stderr, signal });
    },
    loadConfig: () => loadConfigOf(world, globals),
    openProject(flags = {}) {
      const settings = { ...settingsOf(world, globals, flags, talk, signal), command };
      opened ??= openProject(settings);
      return opened;
    },
    async close() {
      const project = await opened?.catch(() => undefined);
      await project?.close();
    },
  };
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

/** The configuration as `openProject` would load it. */
async function loadConfigOf(world: World, globals: GlobalOptions): Promise<LoadedConfig> {
  const { loadConfig } = await import('../config/load.ts');
  const { BUILT_IN_HANDLERS } = await import('../../handlers/index.ts');
  const logLevel = logLevelOf(globals);
  return loadConfig({
    ...placeOf(world, globals),
    homeDir: homedir(),
    handlers: BUILT_IN_HANDLERS,
    flags: {
      ...askingFlags(globals),
      ...(logLevel === undefined ? {} : { log: { level: logLevel } }),
    },
  });
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

async function readAll(world: World): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of world.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
