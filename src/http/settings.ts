import type { LookupFunction } from 'node:net';
import type { CacheBackends } from '../ports/cache.ts';
import type { Clock } from '../ports/clock.ts';
import type { HostLimit, HttpEvent, HttpRequest } from '../ports/http.ts';
import type { SlotSource } from './limit/slot-source.ts';
import type { Recorder } from './recording/recorder.ts';
import type { Replayer } from './recording/replayer.ts';
import type { ProxySettings } from './wire/proxy-server.ts';

/** A secret that a source asks for, and how it is sent. `name`: where the user keeps it (`CUSTOM_DB_API_KEY`), for messages. */
export type Credential = { readonly name?: string } & (
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly user: string; readonly password: string }
  | { readonly type: 'header'; readonly header: string; readonly key: string }
);

/** The cache of a stack. */
export interface CacheSettings extends CacheBackends {
  /** Bytes at which the least recently used entries go. */
  readonly maxBytes: number;
  /** Folder of the notes about its use and size; absent: they live as long as the process. */
  readonly useFolder?: string;
}

/** What the HTTP stack is built from; settled once, nothing below asks whether a value is there by another way. */
export interface HttpStackSettings {
  readonly clock: Clock;
  /** A number from 0 to below 1, for jitter. */
  readonly random: () => number;
  /** Told about every exchange. Must not throw. */
  readonly report: (event: HttpEvent) => void;
  /** Where start times come from; default those of this process alone. */
  readonly slots?: SlotSource;
  /** `celline/<version>`. */
  readonly userAgent: string;
  /** Null: nothing is stored. */
  readonly cache: CacheSettings | null;
  /** Folders for bodies beyond 8 MiB, best first; the first that can be written is used. The cache folder makes storing a rename. */
  readonly spoolFolders: readonly string[];
  /** Milliseconds without a success at one operator after which waiting on "too many requests" ends. Default 600,000. */
  readonly maxWaitMs?: number;
  /** Milliseconds without a good answer of an operator in trouble after which it is asked no more. Default 180,000. */
  readonly maxTroubleMs?: number;
  /** Milliseconds to the first byte for every endpoint; default that of the request, of the host, else 30,000. */
  readonly firstByteTimeoutMs?: number;
  /** Milliseconds between two bytes of a body. Default 30,000. */
  readonly idleTimeoutMs?: number;
  /** True: answer from the cache alone. Default false. */
  readonly offline?: boolean;
  readonly proxy?: ProxySettings;
  /** Certificate authorities (PEM) beside those of Node. Default none. */
  readonly authorities?: readonly string[];
  /** Looks up the addresses of a host; default the operating system. */
  readonly lookup?: LookupFunction;
  /** Contact address sent to NCBI. Default none. */
  readonly email?: string;
  /** NCBI API key: 10 requests per second instead of 3. Default none. */
  readonly ncbiKey?: string;
  /** Keeps every answer in a folder. */
  readonly recorder?: Recorder;
  /** Answers everything; neither cache nor network is touched then. */
  readonly replayer?: Replayer;
  /** Further texts that nothing may show or store, whoever sends them: the credentials of all handlers. Default none. */
  readonly hidden?: readonly string[];
  /** Secret of this user that cache keys of answers to a credential are mixed with; without it such answers are not stored. */
  readonly cacheSecret?: string;
}

/** What one handler's door to the stack is made from. */
export interface HandlerHttpSettings {
  /** Name of the handler; the folder of its answers in the cache. */
  readonly name: string;
  readonly hosts: readonly HostLimit[];
  /** Seconds for which an answer is fresh. */
  readonly ttl: number;
  /** Origin, perhaps with a path prefix, that replaces the origin of every request. */
  readonly apiUrl?: string;
  /** Where the user sets it, for messages. Default `handlers.<name>.apiUrl`. */
  readonly apiUrlSetting?: string;
  /** Address with a path that `apiUrl` replaces whole, in requests that begin with it. Default: `apiUrl` replaces origins alone. */
  readonly baseUrl?: string;
  /** Requests per second that lower the published ones. */
  readonly rateLimit?: number;
  /** Sent to the declared hosts only. */
  readonly credential?: Credential;
  /** Request that tells whether the credential is good, asked before the first other one. */
  readonly credentialCheck?: HttpRequest;
  /** True: nobody in particular asks. No key goes along, and addresses without encryption are asked too. Default false. */
  readonly isAnonymous?: boolean;
  /** True: the credential only raises a limit, the answers are everybody's. Default false. */
  readonly hasOpenAnswers?: boolean;
  /** Aborts every request of this handler. */
  readonly signal?: AbortSignal;
  /** True: ask the archive even for what is fresh, and store the new answer. */
  readonly refresh?: boolean;
  /** Attempts in all; default 3. */
  readonly attempts?: number;
  /** Small questions by which it is seen whether the archive answers, when the first ones that are asked fail. */
  readonly checks?: readonly HttpRequest[];
}
