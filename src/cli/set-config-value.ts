import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isSettings, type Settings } from '../config/layer.ts';
import { readConfigFile } from '../config/read-config-file.ts';
import { checkLayer } from '../config/validate.ts';
import { UsageError } from '../errors/usage-error.ts';

/** Sets one value in a JSON configuration file, which is made when it is not there. What the schema refuses is not written. */
export async function setConfigValue(file: string, key: string, text: string): Promise<void> {
  if (!file.endsWith('.json') || basename(file) === 'package.json') {
    throw new UsageError(`${file} can only be changed by hand.`, { hint: `Set ${key} there with an editor.` });
  }
  const before = (await isThere(file)) ? await readConfigFile(file) : {};
  const settings = withValue(before, key.split('.'), parsedValue(text));
  checkLayer({ source: () => file, settings });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(settings, null, 2)}\n`);
  await rename(temporary, file);
}

async function isThere(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}

/** JSON where it is JSON (numbers, true, lists), else the text itself. */
function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function withValue(settings: Settings, [key = '', ...rest]: readonly string[], value: unknown): Settings {
  if (rest.length === 0) return { ...settings, [key]: value };
  const below = settings[key];
  return { ...settings, [key]: withValue(isSettings(below) ? below : {}, rest, value) };
}
