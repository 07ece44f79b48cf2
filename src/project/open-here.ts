import { UsageError } from '../errors/usage-error.ts';
import type { AnyHandler } from '../ports/plugin.ts';
import type { CellineEvent } from '../ports/reporter.ts';
import type { FlagOverrides } from './open-project-settings.ts';
import type { Project } from './project.ts';
import { processSurroundings, type Surroundings } from './system-surroundings.ts';

/** How a project is opened; everything has a default. */
export interface ProjectSettings {
  /** Working folder; the project is looked for from here upward. Default: that of the process. */
  readonly cwd?: string;
  /** The project's folder, absolute or relative to `cwd`; nothing is looked for then. */
  readonly projectDir?: string;
  /** The configuration file, absolute or relative to `cwd`. */
  readonly configPath?: string;
  /** Name of the `env` block of the configuration; default `CELLINE_ENV`. */
  readonly profile?: string;
  /** The environment variables. Default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Values that win over environment and files. Default none. */
  readonly flags?: FlagOverrides;
  /** Further handlers of either form, asked after those of celline. Default none. */
  readonly handlers?: readonly AnyHandler[];
  /** False: plug-ins are not loaded, for what only reads the tables. Default true. */
  readonly plugins?: boolean;
  /** What the history of the tables says who wrote. Default: nothing. */
  readonly command?: string;
  /** Hears everything that happens, in order, while it happens. What it throws, or rejects with, is a warning of the process. */
  readonly onEvent?: (event: CellineEvent) => void;
  /** Ends early whatever the project does. Default: nothing does. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the project that a folder belongs to, as the command line does: configuration and environment count, tables and
 * connections open when they are needed. Writes nothing to the terminal. Close the project when all is done. Rejects with a
 * `ConfigError` when the configuration holds what cannot be used, with a `UsageError` for a setting that there is not.
 */
export async function openProject(settings: ProjectSettings = {}): Promise<Project> {
  refuseUnknown(settings);
  const { onEvent = () => undefined, ...given } = settings;
  const { cwd, env, warn } = processSurroundings();
  // Loaded only here: it brings the store and the query engine.
  const project = await import('./open-project.ts');
  return project.openProject({
    cwd,
    env,
    flags: {},
    signal: new AbortController().signal,
    ...given,
    reporter: { emit: (event) => tell(onEvent, event, warn) },
  });
}

/** Every setting: the compiler sees to it that none is left out. */
const SETTINGS: Readonly<Record<keyof ProjectSettings, true>> = {
  cwd: true,
  projectDir: true,
  configPath: true,
  profile: true,
  env: true,
  flags: true,
  handlers: true,
  plugins: true,
  command: true,
  onEvent: true,
  signal: true,
};

/** JavaScript lets any name pass, and a setting that does nothing would ask another archive than was meant. */
function refuseUnknown(settings: ProjectSettings): void {
  const unknown = Object.keys(settings).filter((name) => !Object.hasOwn(SETTINGS, name));
  if (unknown.length === 0) return;
  throw new UsageError(`openProject has no setting ${unknown.join(', ')}.`, {
    hint: `It has ${Object.keys(SETTINGS).join(', ')}. What a configuration file sets is given there, or by env.`,
  });
}

/** A listener that throws, at once or later, breaks nothing but itself. */
function tell(listener: (event: CellineEvent) => unknown, event: CellineEvent, warn: Surroundings['warn']): void {
  try {
    const answer = listener(event);
    if (answer instanceof Promise) answer.catch(warn);
  } catch (fault) {
    warn(fault);
  }
}
