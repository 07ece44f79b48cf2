import { ConfigError } from '../errors/config-error.ts';
import { environmentPrefix } from './environment.ts';
import { isSettings, type Layer, type Settings } from './layer.ts';

/** Names under which people keep keys, in small letters and without `-` and `_`. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  'apikey ncbikey ncbiapikey token apitoken accesstoken authtoken bearer bearertoken password passwd secret credential credentials'.split(
    ' ',
  ),
);

/**
 * Keys and passwords in a layer: a configuration file is copied, committed and sent along. Each `ConfigError` names the
 * variable to use instead; never the value.
 */
export function findSecrets({ settings, source }: Layer): readonly ConfigError[] {
  return [...namesIn(settings, false), ...handlerPaths(settings.handlers), ...pluginPaths(settings.plugins)].map(
    (path) => {
      const name = path.join('.');
      return new ConfigError(`${name} in ${source(name)}: a key or password does not belong into a configuration`, {
        hint: hintFor(path),
        fields: { key: name, source: source(name) },
      });
    },
  );
}

/** Paths of keys among the settings of the handlers, in their own options to any depth. */
function handlerPaths(handlers: unknown): string[][] {
  if (!isSettings(handlers)) return [];
  return Object.entries(handlers).flatMap(([name, handler]) => {
    if (!isSettings(handler)) return [];
    const options = isSettings(handler.options) ? namesIn(handler.options, true) : [];
    const paths = [...namesIn(handler, false), ...options.map((path) => ['options', ...path])];
    return paths.map((path) => ['handlers', name, ...path]);
  });
}

/** Paths of keys among the options that stand beside the modules of plug-ins. */
function pluginPaths(plugins: unknown): string[][] {
  if (!Array.isArray(plugins)) return [];
  return plugins.flatMap((plugin: unknown, index) => {
    if (!isSettings(plugin) || !isSettings(plugin.options)) return [];
    return namesIn(plugin.options, true).map((path) => ['plugins', String(index), 'options', ...path]);
  });
}

function namesIn(settings: Settings, isDeep: boolean): string[][] {
  return Object.entries(settings).flatMap(([key, value]) => {
    if (isSettings(value)) return isDeep ? namesIn(value, true).map((path) => [key, ...path]) : [];
    return isSecretName(key) && value !== null && value !== undefined ? [[key]] : [];
  });
}

function isSecretName(key: string): boolean {
  return SECRET_NAMES.has(key.toLowerCase().replace(/[-_]/g, ''));
}

/** Built-in handlers whose variables are not what their name says; a file is read before any handler is known. */
const OF_NCBI: ReadonlySet<string> = new Set(['geo', 'insdc']);
const PREFIXES: Readonly<Record<string, string>> = { custom: 'CUSTOM_DB' };

function hintFor([first = '', handler = '', ...rest]: readonly string[]): string {
  if (first === 'plugins') return 'Let the handler take a credential: it is then read from the environment.';
  const ofNcbi = 'NCBI_API_KEY, or NCBI_API_KEY_FILE to the file that holds the key';
  if (first !== 'handlers') return `Set ${ofNcbi}.`;
  if (OF_NCBI.has(handler)) return `Remove it: ${handler} takes no key of its own. For that of NCBI set ${ofNcbi}.`;
  const prefix = PREFIXES[handler] ?? environmentPrefix({ name: handler });
  const isPassword = /passw/i.test(rest.at(-1) ?? '');
  const variable = `${prefix}_${isPassword ? 'PASSWORD' : 'API_KEY'}`;
  return `Set ${variable}, or ${variable}_FILE to the file that holds it.`;
}
