import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readConfigFile } from '../config/read-config-file.ts';
import { isThere } from '../disk/is-there.ts';
import { makeFolders } from '../disk/make-folders.ts';
import { PluginError } from '../errors/plugin-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { defineHandler } from '../ports/check-handler.ts';
import type { Project } from '../project/project.ts';
import type { App } from './app-type.ts';
import { EXIT } from './exit-code.ts';
import { fileToChange } from './file-to-change.ts';
import { pluginNames, renderTemplate } from './plugin-template.ts';
import { printText } from './print-rows.ts';
import { setConfigValue } from './set-config-value.ts';

/** Beside the program: handlers/custom.ts and handlers/template of the same state of the source. */
const TEMPLATE = join(import.meta.dirname, 'template');

/** Writes a handler of one's own into `handlers/<name>` of the project and names it in the configuration. */
export async function newPlugin(name: string, app: App): Promise<number> {
  if (!/^[a-z]([a-z0-9_-]*[a-z0-9])?$/.test(name)) {
    throw new UsageError(`"${name}" is no name of a handler.`, {
      hint: 'Lower-case letters, digits, - and _ between them, a letter first: celline handlers new lab',
    });
  }
  const project = await app.openProject();
  const folder = join(project.root, 'handlers', name);
  const reason = (await isThere(folder)) ? `${folder} is there already` : await whyTaken(name, project);
  if (reason !== null) throw new UsageError(`${reason}.`, { hint: 'Choose another name.' });
  const file = await fileToChange(app);
  const written = await writePlugin(folder, name);
  try {
    await nameIn(file, join(folder, 'handler.ts'));
  } catch (error) {
    // Else a second try finds a folder that is there already.
    await rm(folder, { recursive: true });
    throw error;
  }
  await printText(app, written.map((path) => `${path}\n`).join(''));
  await app.say(`Named in "plugins" of ${file}.`);
  await app.say(`next: celline handlers test ${name}`);
  return EXIT.ok;
}

/** Why a handler of this name could not be asked, or would be mistaken for another one; null when it is free. */
async function whyTaken(name: string, project: Pick<Project, 'handlers' | 'resolve'>): Promise<string | null> {
  const { source, prefix } = pluginNames(name);
  const refusal = whyRefused(name, source);
  if (refusal !== null) return refusal;
  for (const other of await project.handlers()) {
    if (other.name === name) return `A handler named ${name} is there already`;
    if (other.source === source) return `The handler ${other.name} has the tables ${source}_… already`;
  }
  const example = `${prefix}123456`;
  const [claimed] = await project.resolve([example]);
  const [owner] = claimed?.handlers ?? [];
  return owner === undefined ? null : `Ids such as ${example} are those of ${owner}`;
}

/** Why no handler can have these names; null when one can. */
function whyRefused(name: string, source: string): string | null {
  const none = async () => null;
  const rest = { baseUrl: 'https://example.org', pattern: { pattern: /^X1$/, example: 'X1' } };
  try {
    defineHandler({ name, source, ...rest, fetchSample: none, fetchRun: none });
    return null;
  } catch (error) {
    if (error instanceof PluginError) return error.message;
    throw error;
  }
}

async function writePlugin(folder: string, name: string): Promise<string[]> {
  await makeFolders(folder);
  const written: string[] = [];
  for (const file of (await readdir(TEMPLATE)).sort()) {
    const path = join(folder, file);
    await writeFile(path, renderTemplate(await readFile(join(TEMPLATE, file), 'utf8'), pluginNames(name)));
    written.push(path);
  }
  return written;
}

/** Adds a module to `plugins` of a configuration file, by its path from there. */
async function nameIn(file: string, module: string): Promise<void> {
  const { plugins } = (await isThere(file)) ? await readConfigFile(file) : {};
  const path = `./${relative(dirname(file), module).replaceAll('\\', '/')}`;
  await setConfigValue(file, 'plugins', JSON.stringify([...(Array.isArray(plugins) ? plugins : []), path]));
}
