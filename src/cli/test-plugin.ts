import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../errors/usage-error.ts';
import type { PrintRow } from '../formats/cell.ts';
import type { HandlerInfo, HandlerTestOptions } from '../project/project.ts';
import type { App } from './app-type.ts';
import { EXIT } from './exit-code.ts';
import { findHandler } from './find-handler.ts';
import { printRows } from './print-rows.ts';
import { plural } from './render/plural.ts';

/** What `celline handlers test` was asked. */
export interface TestOptions {
  readonly name: string;
  readonly isLive: boolean;
  /** Path of the module that starts the archive; default that of a handler that `handlers new` wrote. */
  readonly fixture?: string;
}

/** Runs the contract of handlers on one of them; a test that does not pass is exit 1. */
export async function testPlugin(options: TestOptions, app: App): Promise<number> {
  const project = await app.openProject();
  checkReady(await findHandler(options.name, app));
  const archive = options.isLive ? undefined : await startOf(options, project.root, app);
  const asked: HandlerTestOptions = { live: options.isLive, ...(archive === undefined ? {} : { archive }) };
  let [good, failed] = [0, 0];
  async function* rows(): AsyncIterable<readonly PrintRow[]> {
    for await (const result of project.testHandler(options.name, asked)) {
      const { test, passed, reason } = result;
      if (passed === false) failed += 1;
      if (passed === true) good += 1;
      yield [{ test, state: passed === null ? 'not tested' : passed ? 'passed' : 'failed', reason }];
    }
  }
  const columns = [{ name: 'test', wraps: true }, { name: 'state' }, { name: 'reason', wraps: true }];
  await printRows(app, { columns }, rows());
  if (!options.isLive && archive === undefined) {
    await app.say('No archive to test it with: only what needs none was tested (--fixture FILE, or --live).');
  }
  await app.say(`${plural(good, 'test')} passed, ${failed} failed.`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

function checkReady({ name, state, unavailable }: HandlerInfo): void {
  if (state === 'ready') return;
  throw new UsageError(
    state === 'disabled' ? `${name} is disabled.` : `${name} cannot be used: ${unavailable}`,
    state === 'disabled' ? { hint: `celline handlers enable ${name}` } : { hint: 'Mend it, then test it again.' },
  );
}

/** What starts the archive; undefined when there is none. */
async function startOf({ name, fixture }: TestOptions, root: string, app: App): Promise<HandlerTestOptions['archive']> {
  const path = fixture === undefined ? join(root, 'handlers', name, 'fixture-server.mjs') : resolve(app.cwd, fixture);
  if (!existsSync(path)) {
    if (fixture === undefined) return undefined;
    throw new UsageError(`There is no file ${path}.`, { hint: 'It exports startArchive(), see docs/handlers.md.' });
  }
  const module: { startArchive?: HandlerTestOptions['archive'] } = await import(pathToFileURL(path).href);
  if (typeof module.startArchive === 'function') return module.startArchive;
  throw new UsageError(`${path} exports no startArchive.`, { hint: 'See docs/handlers.md.' });
}
