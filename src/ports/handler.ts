import type { OutcomeName } from '../records/asked.ts';
import type { AddedColumns } from '../records/plugin-column.ts';
import type { RecordUnit } from '../records/record-unit.ts';
import type { RunRow } from '../records/run.ts';
import type { CredentialFacts } from './credential.ts';
import type { HostLimit, Http, HttpRequest } from './http.ts';

export { AuthError } from '../errors/auth-error.ts';
export { BadResponseError } from '../errors/bad-response-error.ts';
export { CellineError } from '../errors/celline-error.ts';
export { failureName } from '../errors/failure-name.ts';
export { HttpStatusError } from '../errors/http-status-error.ts';
export { NetworkError } from '../errors/network-error.ts';
export { NotCachedError } from '../errors/not-cached-error.ts';
export { RateLimitedError } from '../errors/rate-limited-error.ts';
export type { OutcomeName } from '../records/asked.ts';
export type { FileOrigin, FilePatch, FileRole } from '../records/file.ts';
export { fileKey } from '../records/file.ts';
export type { LinkKind, LinkRow } from '../records/link.ts';
export type { AddedColumns, PluginColumn } from '../records/plugin-column.ts';
export type { ProjectPatch } from '../records/project.ts';
export { type CompleteSet, EMPTY_UNIT, type RecordUnit } from '../records/record-unit.ts';
export type { RunPatch } from '../records/run.ts';
export type { Access, SamplePatch } from '../records/sample.ts';
export type { JsonObject } from '../records/table.ts';
export { type BodyFaultKind, bodyFault } from './body-faults.ts';
export { defineBatchHandler, defineHandler } from './check-handler.ts';
export type { CredentialFacts, CredentialScheme } from './credential.ts';
export type { BodyExpectation, HostLimit, Http, HttpAnswer, HttpBody, HttpRequest } from './http.ts';
export type {
  AskOptions,
  FileRecord,
  LinkRecord,
  ProjectRecord,
  RecordsById,
  RunRecord,
  SampleRecord,
  SmallContext,
  SmallHandler,
  SmallHttp,
  SmallPattern,
} from './small-handler.ts';

/** The level of a record that an accession names. */
export type Level = 'project' | 'sample' | 'experiment' | 'run' | 'submission' | 'platform';

/** A form of accession that a handler claims. */
export interface AccessionPattern {
  readonly level: Level;
  /** Anchored at both ends; matched against the trimmed, upper-cased id. */
  readonly pattern: RegExp;
  /** An accession of this form that exists. */
  readonly example: string;
  /** Most ids of this form in one call, when that is fewer than the handler's `batchSize`. */
  readonly batchSize?: number;
}

/** What a handler says about an id, or about records on the way to it. In stream order: records before the outcome that they answer. */
export type HandlerEvent =
  /** A whole unit; the framework commits units in the order in which they come. `of`: the asked ids that bring it. */
  | { readonly type: 'records'; readonly unit: RecordUnit; readonly of: readonly string[] }
  /** Ids that belong below an asked one (SubSeries of a SuperSeries): walked before `of` is answered. */
  | { readonly type: 'next'; readonly of: string; readonly ids: readonly string[] }
  /** The answer of one id. `added` stands for all good outcomes: the framework says `updated` or `unchanged` when that is so. */
  | HandlerOutcome
  /** Something the user should read once. */
  | { readonly type: 'warning'; readonly message: string };

/** The answer of one id of a batch. */
export interface HandlerOutcome {
  readonly type: 'outcome';
  readonly id: string;
  readonly outcome: OutcomeName;
  /** Key of the record that answers the id; several are joined with `,`. */
  readonly key: string | null;
  /** Why, in a sentence without a full stop; null for a plain good answer. */
  readonly reason: string | null;
  /** Class of what was thrown (`TypeError`), for the job; default none. */
  readonly errorClass?: string;
}

/** What a request plan costs, for `add --dry-run`. */
export interface PlannedRequests {
  readonly operator: string;
  readonly requests: number;
  /** Further requests that it may come to, at most. Default 0. */
  readonly upTo?: number;
  /** What they fetch, e.g. `SRA packages`. */
  readonly what: string;
}

/** What a handler is given with every call. */
export interface HandlerContext {
  readonly http: Http;
  /** Aborts when the user stops or the deadline has passed. */
  readonly signal: AbortSignal;
  /** True with `--full`: fetch also what only costs extra requests. */
  readonly full: boolean;
  /** True when the handler may count on the higher limit of a key. */
  readonly hasKey: boolean;
  /** The handler's own settings from `handlers.<name>.options`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The handler's own state, shared by all its calls of one command: what need not be asked twice, allowances. */
  readonly memo: Map<string, unknown>;
  /** The job that asks: its number is `7`. Absent where a handler is called by itself. */
  readonly job?: { readonly number: string | null };
  /** The present instant, ISO 8601 UTC. */
  now(): string;
  /** A line for the log; never stdout. Default level info. */
  log(message: string, level?: 'debug' | 'info' | 'warn'): void;
}

/**
 * What the options of a handler must be: a schema of zod or of another library that speaks Standard Schema, or an object with a
 * function `parse` that gives the options back (defaults filled in) or throws an error that names the wrong one.
 */
export type OptionsSchema =
  | { parse(options: unknown): unknown }
  | {
      readonly '~standard': {
        validate(options: unknown): StandardResult | Promise<StandardResult>;
      };
    };

/** What a Standard Schema says: the settled options, or what is wrong, each with its path. */
export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** One answer of a search: an id that can be added, and columns to show beside it. */
export interface SearchHit {
  readonly id: string;
  readonly title?: string | null;
  readonly [column: string]: unknown;
}

/** What a search is given beside the context of every call. */
export interface SearchLimit {
  /** Most hits that are wanted. */
  readonly limit: number;
}

/** Facts that every handler states. */
export interface HandlerFacts {
  /** Unique, lower-case: `geo`. */
  readonly name: string;
  /** One line: which archive it asks. */
  readonly description: string;
  /** Authority of the keys it writes, in capitals: tables are `DB/<SOURCE>_SAMPLES.parquet`. */
  readonly source: string;
  /** Version of this port that the handler was written for. */
  readonly portVersion: 1;
  readonly patterns: readonly AccessionPattern[];
  readonly hosts: readonly HostLimit[];
  /** Prefix of its environment variables; default the name in capitals. */
  readonly envPrefix?: string;
  /**
   * `rate`: a key only raises the limit; `content`: answers depend on it, so they are stored apart for each credential.
   * Default `content` when `credential` is given, else none. `rate` without `credential` means NCBI's key.
   */
  readonly auth?: 'rate' | 'content';
  /** How the archive takes a credential; default for `content`: Bearer, then Basic. */
  readonly credential?: CredentialFacts;
  /**
   * Columns of its own in the tables of its source, by table. Records carry them like any other; rows of other sources have
   * NULL there. A column that is added later is NULL in the rows that are there; one that is removed or gets another type
   * needs a migration. A name or type that cannot be is refused at registration.
   */
  readonly columns?: AddedColumns;
  /** Seconds for which an answer is fresh. Default 3600. */
  readonly ttl?: number;
  /** Attempts of each request in all. Default 3. */
  readonly attempts?: number;
  /** Seconds that one call of `fetchBatch` may take, waiting at limits and further attempts included. Default: no limit. */
  readonly deadline?: number;
  /** Address of the archive with its path; a configured `apiUrl` stands in place of all of it. Default: of the origin alone. */
  readonly baseUrl?: string;
  /**
   * True when `baseUrl` is an example, and everybody configures their own: `doctor` asks only a configured `apiUrl`, and
   * `rateLimit` may also raise the rate.
   */
  readonly selfHosted?: boolean;
  /** What `handlers.<name>.options` of the configuration must be. Default: anything. */
  readonly options?: OptionsSchema;
  /** Small requests by which `celline doctor` sees that the archive answers; one per operator is enough. */
  readonly checks?: readonly HttpRequest[];
  /** A stricter check after the pattern: a reason why the id is invalid, or null. */
  validate?(id: string): string | null;
}

/** A handler in batch form. */
export interface Handler extends HandlerFacts {
  /** Most ids that `fetchBatch` is given at once. */
  readonly batchSize: number;
  /** Asks for the ids and streams what it finds; every id gets exactly one outcome. */
  fetchBatch(ids: readonly string[], context: HandlerContext): AsyncIterable<HandlerEvent>;
  /** What `fetchBatch` would ask, at best; no request is made. */
  plan?(ids: readonly string[], full: boolean): readonly PlannedRequests[];
  /** Addresses for `celline urls`, from the stored runs of a record. Default: the stored files. */
  downloadUrls?(id: string, runs: readonly RunRow[]): readonly string[];
  /** Finds ids by fields of the archive's own; only hits that it claims itself. */
  search?(
    query: Readonly<Record<string, string>>,
    context: HandlerContext & SearchLimit,
  ): Promise<readonly SearchHit[]>;
}
