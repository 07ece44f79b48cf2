import { nearestKey } from '../config/nearest-key.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { HandlerInfo } from '../project/project.ts';
import type { App } from './app-type.ts';

/** The handler of that name, disabled and unavailable ones too; a `UsageError` with the nearest one. */
export async function findHandler(name: string, app: App): Promise<HandlerInfo> {
  const project = await app.openProject();
  const handlers = await project.handlers();
  const own = handlers.find((handler) => handler.name === name);
  if (own !== undefined) return own;
  const names = handlers.map((handler) => handler.name);
  const nearest = nearestKey(name, names);
  throw new UsageError(`No handler is named ${name}.`, {
    hint: nearest === null ? `There are: ${names.join(', ')}.` : `Did you mean ${nearest}?`,
    fields: { handler: name },
  });
}
