import type { App } from './app-type.ts';
import { EXIT } from './exit-code.ts';
import { fileToChange } from './file-to-change.ts';
import { findHandler } from './find-handler.ts';
import { setConfigValue } from './set-config-value.ts';

/** Leaves a handler out, or takes it in again, in the configuration of the project. */
export async function switchHandler(name: string, isEnabled: boolean, app: App): Promise<number> {
  await findHandler(name, app);
  const file = await fileToChange(app);
  await setConfigValue(file, `handlers.${name}.enabled`, String(isEnabled));
  await app.say(`${name} is ${isEnabled ? 'asked again' : 'left out'}: handlers.${name}.enabled in ${file}.`);
  return EXIT.ok;
}

/** Sets which handlers are asked first; the others follow in their own order. */
export async function arrangeHandlers(names: readonly string[], app: App): Promise<number> {
  for (const name of names) await findHandler(name, app);
  const file = await fileToChange(app);
  await setConfigValue(file, 'handlers.order', JSON.stringify([...new Set(names)]));
  await app.say(`Asked first: ${names.join(', ')}: handlers.order in ${file}.`);
  return EXIT.ok;
}
