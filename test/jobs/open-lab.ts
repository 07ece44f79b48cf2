import type { Handler } from '../../src/ports/handler.ts';
import type { CellineEvent } from '../../src/ports/reporter.ts';
import { openProject } from '../../src/project/open-project.ts';
import type { Project } from '../../src/project/project.ts';

/** A project of a folder, with these handlers; its events go into the list. */
export function openLab(
  folder: string,
  handlers: readonly Handler[] = [],
  events: CellineEvent[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Project> {
  return openProject({
    cwd: folder,
    env,
    flags: {},
    handlers,
    reporter: { emit: (event) => events.push(event) },
    signal: new AbortController().signal,
  });
}
