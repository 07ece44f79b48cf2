import { dirname, join, resolve } from 'node:path';
import { findProject } from '../config/find-files.ts';
import type { App } from './app-type.ts';

/** The configuration file that a command changes: of `--config`, else of the project, else a new one in its folder; never the user's. */
export async function fileToChange({ globals, cwd }: Pick<App, 'globals' | 'cwd'>): Promise<string> {
  if (globals.config !== undefined) return resolve(cwd, globals.config);
  const place = globals.projectDir === undefined ? { cwd } : { cwd, projectDir: globals.projectDir };
  const { root, file } = await findProject(place);
  return file !== null && dirname(file) === root ? file : join(root, 'celline.config.json');
}
