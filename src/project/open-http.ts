import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Config } from '../config/schema.ts';
import { type Secrets, secretsByPath } from '../config/secrets.ts';
import { errorMessage } from '../errors/error-message.ts';
import { createHttpStack, type HttpStack } from '../http/client.ts';
import { createSharedSlots } from '../http/limit/shared-slots.ts';
import type { HandlerHttpSettings, HttpStackSettings } from '../http/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { HostLimit, Http } from '../ports/http.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { DoorOptions } from './create-project.ts';
import { apiUrlSetting, type HandlerSetup, hostLimits } from './handler-setup.ts';
import { openCacheBackends } from './open-cache.ts';
import { type OpenRecording, openRecording, type RecordingFacts } from './open-recording.ts';
import type { PluginExtensions } from './plugin-extensions.ts';
import { readNetwork } from './read-network.ts';
import { userSecret, userStateFolder } from './user-secret.ts';
import { VERSION } from './version.ts';
import { type RequestWatch, watchRequests } from './watch-requests.ts';

/** What the HTTP stack of a project is made from. */
export interface HttpFacts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly root: string;
  readonly cacheDir: string;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  /** What plug-ins bring. Default nothing. */
  readonly plugins?: { readonly extensions: PluginExtensions };
  /** The folder in which the processes of the user agree. Throws when it cannot be used. */
  readonly runtimeFolder: () => string;
}

/** The HTTP stack of a project, made at the first door that is opened. */
export interface ProjectHttp {
  of(setup: HandlerSetup, options: DoorOptions): Promise<Http>;
  /** The door to hosts of files: past the cache and any recording, and nobody in particular asks. */
  ofFiles(hosts: readonly HostLimit[], signal: AbortSignal): Promise<Http>;
  /** The time of the recording that is made or answers (ISO 8601 UTC); null without one. */
  recordedAt(): string | null;
  close(): Promise<void>;
}

/** Prepares the stack; opens nothing yet. */
export function openHttp(facts: HttpFacts): ProjectHttp {
  let stack: Promise<HttpStack> | null = null;
  let bare: Promise<HttpStack> | null = null;
  let recording: OpenRecording | null = null;
  const begun = begunWith(facts);
  const watch = watchRequests({ ...begun, cacheDir: facts.cacheDir });
  const create = async (): Promise<HttpStack> => {
    recording = await openRecording(begun);
    return createStack(facts, recording, watch);
  };
  const stackFor = ({ withoutCache = false }: DoorOptions): Promise<HttpStack> => {
    if (!withoutCache) {
      stack ??= create();
      return stack;
    }
    bare ??= createStack(facts, null, watch);
    return bare;
  };
  return {
    async of(setup, options) {
      return (await stackFor(options)).forHandler(doorSettings(setup, options));
    },
    async ofFiles(hosts, signal) {
      const stackOfFiles = await stackFor({ refresh: true, signal, withoutCache: true });
      return stackOfFiles.forHandler({ name: 'urls', hosts, ttl: 0, signal, isAnonymous: true });
    },
    recordedAt: () => recording?.recordedAt() ?? null,
    // A stack that could not be made was told by whoever asked for it.
    async close() {
      for (const one of [stack, bare]) await (await one?.catch(() => null))?.close();
      await watch.close();
    },
  };
}

/** What a handler's door to the stack is made from. */
function doorSettings(setup: HandlerSetup, options: DoorOptions): HandlerHttpSettings {
  return {
    name: setup.handler.name,
    hosts: hostLimits(setup),
    ttl: setup.ttl,
    signal: options.signal,
    refresh: options.refresh,
    ...(setup.apiUrl === undefined ? {} : { apiUrl: setup.apiUrl, apiUrlSetting: apiUrlSetting(setup.handler) }),
    ...(setup.handler.baseUrl === undefined ? {} : { baseUrl: setup.handler.baseUrl }),
    ...(setup.handler.attempts === undefined ? {} : { attempts: setup.handler.attempts }),
    ...(setup.rateLimit === undefined ? {} : { rateLimit: setup.rateLimit }),
    ...(setup.handler.checks === undefined ? {} : { checks: setup.handler.checks }),
    ...credentialSettings(setup),
  };
}

/** What a recording and a trace are opened with. */
function begunWith({ config, root, clock, reporter }: HttpFacts): RecordingFacts {
  const warn = (message: string) => reporter.emit({ type: 'warning', message });
  return { config, root, at: new Date(clock.now()).toISOString(), warn };
}

/** `recording` null: neither the cache nor a recording takes part. */
async function createStack(facts: HttpFacts, recording: OpenRecording | null, watch: RequestWatch): Promise<HttpStack> {
  const { config, secrets, cacheDir, clock, reporter } = facts;
  // What a recording answers is neither looked up nor stored.
  const usesCache = recording !== null && recording.layers.replayer === undefined;
  const backends = usesCache ? await openCacheBackends(facts) : null;
  const warn = (message: string) => reporter.emit({ type: 'warning', message });
  const settings: HttpStackSettings = {
    clock,
    random: Math.random,
    report: (event) => {
      reporter.emit(event);
      watch.note(event);
    },
    slots: createSharedSlots({ clock, folder: facts.runtimeFolder, randomId: randomUUID, warn }),
    userAgent: `celline/${VERSION}`,
    cache: backends === null ? null : { ...backends, maxBytes: config.cache.maxBytes },
    spoolFolders: [cacheDir, tmpdir()],
    maxWaitMs: config.maxWait * 1000,
    maxTroubleMs: config.maxTrouble * 1000,
    offline: config.offline,
    ...(await networkSettings(facts)),
    ...(config.timeout === undefined ? {} : { firstByteTimeoutMs: config.timeout * 1000 }),
    ...(config.email === undefined ? {} : { email: config.email }),
    ...(secrets.ncbiKey === undefined ? {} : { ncbiKey: secrets.ncbiKey.text }),
    hidden: [...secretsByPath(secrets).values()].map(({ text }) => text),
    ...(await cacheSecret(facts)),
    ...recording?.layers,
  };
  return createHttpStack(settings);
}

/** Proxies and authorities; what only answers from what it holds needs none, and no variable that is wrong stops it. */
async function networkSettings({ config, root, env }: HttpFacts): Promise<Partial<HttpStackSettings>> {
  if (config.offline || config.replay !== undefined) return {};
  return readNetwork(config, root, env);
}

/** What a handler's credential is to the stack. */
function credentialSettings({ handler, held }: HandlerSetup): Partial<HandlerHttpSettings> {
  if (held === undefined) return {};
  const check = handler.credential?.check;
  return {
    credential: held.credential,
    hasOpenAnswers: handler.auth === 'rate',
    ...(check === undefined ? {} : { credentialCheck: check }),
  };
}

/** The user's secret, where answers to a credential may come; without it they are not stored. */
async function cacheSecret({ secrets, env, reporter }: HttpFacts): Promise<{ cacheSecret?: string }> {
  if (Object.keys(secrets.handlers).length === 0) return {};
  const folder = userStateFolder(env);
  try {
    return { cacheSecret: await userSecret(folder) };
  } catch (error) {
    const why = errorMessage(error);
    const message = `answers to a credential are not stored: no secret can be kept in ${folder} (${why})`;
    reporter.emit({ type: 'warning', message });
    return {};
  }
}
