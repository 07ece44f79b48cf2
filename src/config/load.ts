import { join, resolve } from 'node:path';
import { ConfigError } from '../errors/config-error.ts';
import { checkRecording } from './check-recording.ts';
import { type Environment, type EnvironmentHandler, environmentLayer, variable } from './environment.ts';
import { type FoundProject, findProject, findUserFile } from './find-files.ts';
import { isSettings, type Layer, mergeLayers, type Settings, sourcesOf } from './layer.ts';
import { nearestKey } from './nearest-key.ts';
import { readConfigFile } from './read-config-file.ts';
import type { Config, ConfigInput } from './schema.ts';
import { readSecrets, type Secrets, secretSource, secretsByPath } from './secrets.ts';
import { checkLayer, problemsOf, settle } from './validate.ts';

/** What a configuration is loaded from. */
export interface ConfigRequest {
  readonly cwd: string;
  readonly env: Environment;
  /** Settings that flags give; they win over everything. Paths are relative to the working folder. */
  readonly flags: ConfigInput;
  /** `--config`: this file instead of the one that would be found; the project's folder stays the same. */
  readonly configPath?: string;
  /** `--project-dir`: the project's folder; nothing is looked for above it. */
  readonly projectDir?: string;
  /** `--profile`: the `env` block that is used; default `CELLINE_ENV`. */
  readonly profile?: string;
  /** The user's home folder. */
  readonly homeDir: string;
  /** Handlers whose variables are read; those of plug-ins, known later, come by `withHandlers`. Default none. */
  readonly handlers?: readonly EnvironmentHandler[];
}

/** A settled configuration and where it comes from. */
export interface LoadedConfig {
  readonly config: Config;
  /** Source of each value by its path: `flag`, `environment NAME`, `profile ci`, `file PATH`, `default`. */
  readonly sources: Readonly<Record<string, string>>;
  /** Folder of the project, absolute. */
  readonly root: string;
  /** Configuration files that were read, the winning one last. */
  readonly files: readonly string[];
  /** Name of the `env` block that is used, or null. */
  readonly profile: string | null;
  readonly secrets: Secrets;
  /** What the user should know: files that look like configuration and are not read, a profile that no file has. */
  readonly warnings: readonly string[];
  /** The layers underneath, lowest first, for `withHandlers`. */
  readonly layers: readonly Layer[];
}

/** Loads, checks and settles the configuration: flags, environment, profile, project, user, defaults, in this order. */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const { cwd, env } = request;
  const found = await findProject(request);
  const files = await configFiles(request, found);
  const fileLayers = await Promise.all(files.map(fileLayer));
  for (const layer of fileLayers) checkLayer(layer);
  const profile = chooseProfile(request, fileLayers);
  const flags: Layer = { source: () => 'flag', settings: absolutePaths(request.flags as Settings, cwd) };
  const layers = [...fileLayers, ...profile.layers, environmentLayer(env, cwd, request.handlers ?? []), flags];
  return settleLayers(layers, request.handlers ?? [], {
    env,
    cwd,
    root: found.root,
    files,
    profile: profile.name,
    warnings: [...(request.configPath === undefined ? found.warnings : []), ...profile.warnings],
  });
}

/**
 * Everything that is wrong with the configuration: of all files and profiles, then, when these are right, what `loadConfig`
 * would throw. Empty when it can be used.
 */
export async function configProblems(request: ConfigRequest): Promise<readonly ConfigError[]> {
  const files = await configFiles(request);
  const layers = await Promise.allSettled(files.map(fileLayer));
  const found = layers.flatMap((layer) =>
    layer.status === 'fulfilled' ? problemsOf(layer.value) : [layer.reason as ConfigError],
  );
  if (found.length > 0) return found;
  return loadConfig(request).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigError) return [error];
      throw error;
    },
  );
}

/** The files that are read, the winning one last. */
async function configFiles(request: ConfigRequest, found?: FoundProject): Promise<readonly string[]> {
  const { file: ownFile } = found ?? (await findProject(request));
  const userFile = await findUserFile(userFolder(request));
  const file = request.configPath === undefined ? ownFile : resolve(request.cwd, request.configPath);
  return [...new Set([userFile, file].filter((path) => path !== null))];
}

/**
 * The same configuration with the variables of these handlers (`<PREFIX>_API_URL`, `_API_KEY`, `_RATE_LIMIT`,
 * `_CACHE_TTL`): all of them, once the plug-ins are loaded, in place of those that `loadConfig` was given.
 */
export async function withHandlers(
  loaded: LoadedConfig,
  {
    env,
    cwd,
    handlers,
  }: { readonly env: Environment; readonly cwd: string; readonly handlers: readonly EnvironmentHandler[] },
): Promise<LoadedConfig> {
  const flags = loaded.layers.slice(-1);
  const layers = [...loaded.layers.slice(0, -2), environmentLayer(env, cwd, handlers), ...flags];
  return settleLayers(layers, handlers, { ...loaded, env, cwd });
}

type Circumstances = Pick<LoadedConfig, 'root' | 'files' | 'profile' | 'warnings'> & {
  readonly env: Environment;
  readonly cwd: string;
};

async function settleLayers(
  layers: readonly Layer[],
  handlers: readonly EnvironmentHandler[],
  { env, cwd, root, files, profile, warnings }: Circumstances,
): Promise<LoadedConfig> {
  for (const layer of layers.slice(-2)) checkLayer(layer);
  const config = withoutTrailingSlashes(settle(mergeLayers(layers)));
  const { env: _blocks, $schema: _schema, ...shown } = config;
  const sources = sourcesOf(shown, layers);
  checkRecording(config, sources);
  const read = await readSecrets(env, cwd, handlers);
  return {
    config,
    sources: { ...sources, ...secretSources(read.secrets) },
    root,
    files,
    profile,
    secrets: read.secrets,
    warnings: [...new Set([...warnings, ...read.warnings])],
    layers,
  };
}

function userFolder({ cwd, env, homeDir }: ConfigRequest): string {
  const own = variable(env, 'CELLINE_CONFIG_DIR');
  if (own !== undefined) return resolve(cwd, own);
  return join(variable(env, 'XDG_CONFIG_HOME') ?? join(homeDir, '.config'), 'celline');
}

async function fileLayer(path: string): Promise<Layer> {
  return { source: () => `file ${path}`, settings: await readConfigFile(path) };
}

interface ChosenProfile {
  readonly name: string | null;
  readonly layers: readonly Layer[];
  readonly warnings: readonly string[];
}

/** A profile asked for by `--profile` must exist; `CELLINE_ENV`, which may be set for many projects, only warns. */
function chooseProfile({ env, profile }: ConfigRequest, files: readonly Layer[]): ChosenProfile {
  const name = profile ?? variable(env, 'CELLINE_ENV') ?? null;
  if (name === null) return { name: null, layers: [], warnings: [] };
  const blocks = files.map((file) => file.settings.env).filter(isSettings);
  const own = blocks
    .filter((block) => Object.hasOwn(block, name))
    .map((block) => block[name])
    .filter(isSettings);
  if (own.length > 0) {
    return { name, layers: own.map((settings) => ({ source: () => `profile ${name}`, settings })), warnings: [] };
  }
  const known = [...new Set(blocks.flatMap((block) => Object.keys(block)))];
  const message = `no configuration file has a profile "${name}"`;
  if (profile === undefined) return { name: null, layers: [], warnings: [`${message} (CELLINE_ENV)`] };
  const nearest = nearestKey(name, known);
  throw new ConfigError(message, {
    hint:
      nearest !== null
        ? `Did you mean "${nearest}"?`
        : `Profiles: ${known.join(', ') || 'none'}; they stand under "env".`,
    fields: { profile: name, nearest },
  });
}

/** Folders and files that are given by flags are meant from where the user stands. */
function absolutePaths(flags: Settings, cwd: string): Settings {
  const moved: Record<string, unknown> = { ...flags };
  for (const key of ['dbDir', 'cacheDir', 'caFile', 'record', 'replay', 'trace']) {
    const value = moved[key];
    if (typeof value === 'string') moved[key] = resolve(cwd, value);
  }
  return moved;
}

/** `https://mirror.example.org/v1/` → without the slash, so that paths can be appended. */
function withoutTrailingSlashes(config: Config): Config {
  const { order, ...own } = config.handlers;
  const handlers = Object.fromEntries(
    Object.entries(own).map(([name, handler]) => {
      const { apiUrl, ...rest } = handler;
      return [name, apiUrl === undefined ? rest : { ...rest, apiUrl: apiUrl.replace(/\/+$/, '') }];
    }),
  );
  return { ...config, handlers: order === undefined ? handlers : Object.assign(handlers, { order }) } as Config;
}

function secretSources(secrets: Secrets): Readonly<Record<string, string>> {
  return Object.fromEntries([...secretsByPath(secrets)].map(([path, secret]) => [path, secretSource(secret)]));
}
