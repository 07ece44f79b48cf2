import type { CellineEvent } from '../ports/reporter.ts';
import type { OpenProjectSettings } from './open-project-settings.ts';
import type { Project } from './project.ts';
import { processSurroundings, type Surroundings } from './system-surroundings.ts';

/** How a project is opened; everything has a default. */
export interface ProjectSettings extends Partial<Omit<OpenProjectSettings, 'engine' | 'reporter'>> {
  /** Working folder; the project is looked for from here upward. Default: that of the process. */
  readonly cwd?: string;
  /** The environment variables. Default: those of the process. */
  readonly env?: OpenProjectSettings['env'];
  /** Hears everything that happens, in order, while it happens. What it throws is a warning of the process. */
  readonly onEvent?: (event: CellineEvent) => void;
}

/**
 * Opens the project that a folder belongs to, as the command line does: configuration and environment count, tables and
 * connections open when they are needed. Writes nothing to the terminal. Close the project when all is done.
 *
 * @throws ConfigError when the configuration holds what cannot be used.
 */
export async function openProject(settings: ProjectSettings = {}): Promise<Project> {
  const { onEvent = () => undefined, ...given } = settings;
  const surroundings = processSurroundings();
  // Loaded only here: it brings the store and the query engine.
  const project = await import('./open-project.ts');
  return project.openProject({
    cwd: surroundings.cwd,
    env: surroundings.env,
    flags: {},
    signal: new AbortController().signal,
    ...given,
    reporter: { emit: (event) => tell(onEvent, event, surroundings) },
  });
}

/** A listener that throws breaks nothing but itself. */
function tell(listener: (event: CellineEvent) => void, event: CellineEvent, { warn }: Surroundings): void {
  try {
    listener(event);
  } catch (fault) {
    warn(fault);
  }
}
