import { changeConfigFile } from '../config/change-file.ts';

/**
 * Sets one value in a configuration file, which is made when it is not there. What the schema refuses is not written.
 * The text is JSON where it is JSON (numbers, true, lists), else the value itself.
 */
export async function setConfigValue(file: string, key: string, text: string): Promise<void> {
  await changeConfigFile(file, { path: key.split('.'), value: parsedValue(text) });
}

/** Takes one value out of a configuration file; false when it has none. */
export async function unsetConfigValue(file: string, key: string): Promise<boolean> {
  return changeConfigFile(file, { path: key.split('.'), value: undefined });
}

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
