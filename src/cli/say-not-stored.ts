import { printable } from '../formats/printable.ts';
import type { App } from './app-type.ts';

/** Names on stderr what no record has, each with the command that fetches it. */
export async function sayNotStored(names: readonly string[], app: App): Promise<void> {
  for (const name of names) await app.say(`Not stored: ${printable(name)} (celline add ${printable(name)})`);
}
