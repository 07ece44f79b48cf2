import type { FileOrigin, FileRole } from '../records/file.ts';
import type { LinkKind } from '../records/link.ts';
import type { AddedColumns } from '../records/plugin-column.ts';
import type { ProjectRow } from '../records/project.ts';
import type { RunRow } from '../records/run.ts';
import type { SampleRow } from '../records/sample.ts';
import type { JsonObject } from '../records/table.ts';
import type { CredentialFacts } from './credential.ts';
import type { HandlerContext, Level, OptionsSchema, SearchHit, SearchLimit } from './handler.ts';
import type { HostLimit, HttpRequest } from './http.ts';

/** A form of accession that a small handler claims. */
export interface SmallPattern {
  /** What such an id names: a project needs `fetchProject`. Default `sample`. */
  readonly level?: Extract<Level, 'project' | 'sample' | 'run'>;
  /** Anchored at both ends (`/^CUSTOM\d{6}$/`); matched against the trimmed, upper-cased id. */
  readonly pattern: RegExp;
  /** An accession of this form that exists. */
  readonly example: string;
}

/** What is stored of every record beside what its archive says; celline fills it in. */
type Stamps = 'source' | 'handler' | 'fetched_at' | 'response_hash' | 'created_at' | 'updated_at';

/** Columns of a table as a small handler gives them: left out = not fetched (what is stored stays), null = the archive did not say. */
type Fields<Row> = { readonly [Name in keyof Row]?: Row[Name] | undefined };

/**
 * One sample: columns of `samples` (`celline schema samples`) by name, and those that the handler declares in `columns`. A
 * name that is neither, or a value of another type, refuses the whole record.
 */
export interface SampleRecord extends Fields<Omit<SampleRow, Stamps | 'key' | 'children' | 'attributes'>> {
  /** Default the id that was asked for. */
  readonly key?: string;
  /** Keys of its runs, as a list or joined with `,`. Each is fetched with `fetchRun`, except those in `runs`. */
  readonly children?: readonly string[] | string | null | undefined;
  /** Whole runs, of an archive that gives them with the sample; they are not fetched again. */
  readonly runs?: readonly RunRecord[] | undefined;
  /** Everything that the source says by its own names; a single text is a list of one. */
  readonly attributes?: Readonly<Record<string, string | readonly string[]>> | JsonObject | null | undefined;
  /** Files of the sample itself (those of its runs belong to the runs). All that there are. */
  readonly files?: readonly FileRecord[];
  /** Its other names, and what it is related to. */
  readonly links?: readonly LinkRecord[];
  /** Columns of the handler's own. */
  readonly [declared: string]: unknown;
}

/** One run: columns of `runs` by name, and the handler's own. `parent` is the key of its sample. */
export interface RunRecord extends Fields<Omit<RunRow, Stamps | 'key' | 'raw_link' | 'file_size' | 'spots' | 'bases'>> {
  /** Default the id that was asked for. */
  readonly key?: string;
  /** Addresses of its files, as a list (commas in an address are escaped) or joined with `,`. */
  readonly raw_link?: readonly string[] | string | null | undefined;
  /** Bytes, a whole number. */
  readonly file_size?: number | bigint | null | undefined;
  readonly spots?: number | bigint | null | undefined;
  readonly bases?: number | bigint | null | undefined;
  /** Its files. All that there are. Default: one for each address in `raw_link`. */
  readonly files?: readonly FileRecord[];
  readonly links?: readonly LinkRecord[];
  readonly [declared: string]: unknown;
}

/** One project: columns of `projects` by name, and the handler's own. */
export interface ProjectRecord extends Fields<Omit<ProjectRow, Stamps | 'key' | 'children'>> {
  /** Default the id that was asked for. */
  readonly key?: string;
  /** Ids of its samples, as a list or joined with `,`: each is added as if it had been asked for. */
  readonly children?: readonly string[] | string | null | undefined;
  readonly files?: readonly FileRecord[];
  readonly links?: readonly LinkRecord[];
  readonly [declared: string]: unknown;
}

/** One file of a record. */
export interface FileRecord {
  /** An address, or every mirror of the same bytes. */
  readonly url: string | readonly string[];
  /** File name; default the last part of the first address. */
  readonly name?: string;
  readonly role?: FileRole | null;
  /** 1 to 4, of mates. */
  readonly read_number?: number | null;
  /** `fastq`, `bam`, `tsv`, … */
  readonly format?: string | null;
  /** Default `submitted`. */
  readonly origin?: FileOrigin;
  /** Hex. */
  readonly md5?: string | null;
  /** Size, a whole number. */
  readonly bytes?: number | bigint | null;
  readonly access?: 'public' | 'controlled' | 'private' | null;
}

/** Another name of a record, with what it is. */
export interface LinkRecord {
  readonly alias: string;
  readonly kind: LinkKind;
}

/** How a small handler asks; every member is optional. */
export interface AskOptions
  extends Pick<
    HttpRequest,
    'headers' | 'ttl' | 'refresh' | 'cacheAs' | 'attempts' | 'maxBytes' | 'lookup' | 'label' | 'firstByteTimeoutMs'
  > {
  /** Parameters that are added to the address, escaped; those that are undefined are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/**
 * The door of a small handler to its archive. A path such as `/samples/X1` is under `baseUrl`; an absolute address may only
 * go to the hosts of the handler. Cache, limits, attempts and the credential are celline's; what fails throws an error that
 * becomes the outcome of the id when nobody catches it, and status 404 or 410 becomes `not_found`.
 */
export interface SmallHttp {
  /** GET; the body as JSON, of the type that the caller names: it is not checked. */
  json<T = unknown>(path: string, options?: AskOptions): Promise<T>;
  /** GET; the body as text. */
  text(path: string, options?: AskOptions): Promise<string>;
  /** GET; XML as a stream of text. `roots`: names that its root element may have. */
  xml(path: string, options: AskOptions & { readonly roots: readonly string[] }): Promise<AsyncIterable<string>>;
  /** POST of form fields; the answer as JSON. It is sent once unless `lookup` says that it changes nothing. */
  form<T = unknown>(path: string, fields: Readonly<Record<string, string>>, options?: AskOptions): Promise<T>;
  /** POST of a JSON body; the answer as JSON. It is sent once unless `lookup` says that it changes nothing. */
  post<T = unknown>(path: string, body: unknown, options?: AskOptions): Promise<T>;
}

/** What every call of a small handler is given. */
export interface SmallContext extends Omit<HandlerContext, 'http'> {
  readonly http: SmallHttp;
}

/**
 * A handler in its small form: some facts, and functions that ask for one record each. celline does the rest: which ids,
 * in what order, how fast, the cache, another attempt, the tables, what is told about each id. Wrap it in `defineHandler`.
 */
export interface SmallHandler {
  /** Unique, lower-case letters, digits, `-` and `_`: `custom`. */
  readonly name: string;
  /** One line: which archive it asks. Default the name. */
  readonly description?: string;
  /** Authority of its keys, in capitals: its tables are `DB/<SOURCE>_SAMPLES.parquet` and so on. */
  readonly source: string;
  /** The ids that it claims: one form, or several. One of `pattern` and `patterns` is needed. */
  readonly pattern?: SmallPattern;
  readonly patterns?: readonly SmallPattern[];
  /** Where its archive is: `https://api.mycustomdb.org/v1`. The user's `apiUrl` stands in place of all of it. */
  readonly baseUrl: string;
  /**
   * True for a service that everybody runs on their own: `baseUrl` is an example, so `doctor` asks only a configured `apiUrl`,
   * and `rateLimit` may also raise the rate.
   */
  readonly selfHosted?: boolean;
  /** Version of the port that it was written for. Default 1, the only one. */
  readonly portVersion?: 1;

  /** Requests to the host of `baseUrl`. Default 2 per second, 5 at a time. */
  readonly rate?: {
    readonly perSecond: number;
    /** With a key; default as without. */
    readonly perSecondWithKey?: number;
    /** Most in flight. Default 5. */
    readonly connections?: number;
    /** Where the figures come from. */
    readonly source?: string;
  };
  /** Further hosts that it asks, with their limits. */
  readonly hosts?: readonly HostLimit[];
  /** Prefix of its environment variables (`CUSTOM_DB` for `CUSTOM_DB_API_KEY`); default the name in capitals. */
  readonly envPrefix?: string;
  /** How the archive takes a credential. Default: it takes none. */
  readonly credential?: CredentialFacts;
  /** `rate`: a key only raises the limit, answers are the same without. Default `content` when `credential` is given. */
  readonly auth?: 'rate' | 'content';
  /** Seconds for which an answer is fresh. Default 3600. */
  readonly ttl?: number;
  /** Attempts of each request in all. Default 3. */
  readonly attempts?: number;
  /** Seconds that one call of a member may take, waiting at limits and further attempts included. Default 300. */
  readonly deadline?: number;
  /** Columns of its own in the tables of its source. */
  readonly columns?: AddedColumns;
  /** What `handlers.<name>.options` of the configuration must be. Default: anything. */
  readonly options?: OptionsSchema;
  /** A path that answers when the archive is well (`/status`), for `celline doctor`. */
  readonly status?: string;
  /** Most ids of one call of `fetchSamples` or `fetchRuns`. Default 1. */
  readonly batchSize?: number;

  /** The sample of this id; null when the archive has none. */
  fetchSample(id: string, context: SmallContext): Promise<SampleRecord | null>;
  /** The run of this id; null when the archive has none. */
  fetchRun(id: string, context: SmallContext): Promise<RunRecord | null>;
  /** The project of this id with its samples; null when the archive has none. Needed by patterns of level `project`. */
  fetchProject?(id: string, context: SmallContext): Promise<ProjectRecord | null>;
  /** Many samples in one request, by id; an id that is missing or null is not found. Used in place of `fetchSample`. */
  fetchSamples?(ids: readonly string[], context: SmallContext): Promise<RecordsById<SampleRecord>>;
  /** Many runs in one request, by id. Used in place of `fetchRun`. */
  fetchRuns?(ids: readonly string[], context: SmallContext): Promise<RecordsById<RunRecord>>;
  /** A stricter check after the pattern, without a request: true, or false, or why not. Default true. */
  validate?(id: string): boolean | string;
  /** Addresses for `celline urls`, from what is stored. Default those in `raw_link` of the runs, in order. */
  downloadUrls?(id: string, runs: readonly RunRow[]): readonly string[];
  /** Finds ids by fields of the archive's own (`tissue=brain`). Hits with an id that the handler does not claim are dropped. */
  search?(query: Readonly<Record<string, string>>, context: SmallContext & SearchLimit): Promise<readonly SearchHit[]>;
}

/** Records by the id that they were asked by. */
export type RecordsById<T> = ReadonlyMap<string, T | null> | Readonly<Record<string, T | null>>;
