// As a namespace: `{ z }` drags all languages of its messages into the bundle (760 instead of 216 kB, 50 instead of 17 ms).
import * as z from 'zod';
import { LOG_LEVELS } from '../ports/reporter.ts';
import { issueText } from './issue-text.ts';
import { bytesOf, SIZE_ABOVE_0 } from './size-text.ts';

// Parsers that write code of their own pay only where the same thing is parsed a hundred times.
z.config({ jitless: true, customError: issueText });

/** Bytes, as a number or with a unit. */
const size = z.union(
  [
    z.number().positive(),
    z
      .string()
      .regex(SIZE_ABOVE_0, 'must be a size with its unit (B, KB, MB, GB, TB), e.g. "5GB"')
      .transform((text) => Math.max(1, bytesOf(text) ?? 1)),
  ],
  'must be a number of bytes, or a size such as "5GB"',
);

/** A path of a folder or file: an empty one would mean the project itself. */
const path = z.string().min(1);

/** Settings of one handler. */
const handlerSettings = z
  .strictObject({
    enabled: z.boolean().default(true).describe('False leaves the handler out.'),
    apiUrl: z
      .string()
      .regex(
        /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/,
        'must be an address that begins with http:// or https://, without user and password, query (?) and fragment (#)',
      )
      .optional()
      .describe(
        'Origin that replaces the origin of every host of the handler, e.g. a mirror or a test server; paths stay.',
      ),
    rateLimit: z
      .number()
      .positive()
      .optional()
      .describe('Requests per second; lowers the published limit of every host of the handler.'),
    cacheTtl: z.number().nonnegative().optional().describe('Seconds for which an answer is fresh.'),
    deadline: z
      .number()
      .positive()
      .optional()
      .describe('Seconds that one call of a handler of a plug-in may take; default 300.'),
    options: z.record(z.string(), z.unknown()).default({}).describe("The handler's own settings."),
  })
  .describe('Settings of one handler.');

/**
 * Settings of DuckDB that may be chosen: none of them opens the way to files, extensions or the network. A collation is none
 * of them: with NOCASE the views would take `lab1` and `LAB1` for one record.
 */
const engineOptions = z
  .strictObject({
    threads: z.number().int().min(1).max(1024).optional().describe('Threads; default one per core.'),
    memory_limit: z.string().optional().describe('Memory, e.g. 4GB; default 512MB, beyond it DuckDB spills to disk.'),
    max_temp_directory_size: z.string().optional().describe('Disk for what does not fit into memory, e.g. 20GB.'),
    preserve_insertion_order: z.boolean().optional().describe('False lets large answers come in any order.'),
    TimeZone: z.string().optional().describe('Time zone in which instants are shown and cut into days; default UTC.'),
    default_order: z.enum(['ASC', 'DESC']).optional().describe('Order of ORDER BY without a direction.'),
    default_null_order: z.enum(['NULLS_FIRST', 'NULLS_LAST']).optional().describe('Where NULL stands in an order.'),
    integer_division: z.boolean().optional().describe('True: 7 / 2 is 3.'),
  })
  .prefault({})
  .describe('Settings of DuckDB for queries.');

/** An address that may stand in a file: without a password. */
const publicAddress = z
  .string()
  .regex(/^(?![^/]*\/\/[^/@]*:[^/]*@)/, 'must not hold a password; a variable may, see docs/cache.md');

const backendOptions = z.record(z.string(), z.unknown()).default({}).describe("The back end's own further settings.");

const cacheMetadata = z
  .strictObject({
    backend: z.string().default('json').describe('json, memory, sqlite or postgresql.'),
    url: publicAddress
      .optional()
      .describe('postgresql: address of the database, e.g. postgresql://user@host:5432/database.'),
    namespace: z
      .string()
      .min(1)
      .optional()
      .describe('postgresql: keeps the entries of projects in one database apart; default celline.'),
    options: backendOptions,
  })
  .prefault({})
  .describe('Back end of the index.');

const cacheBlob = z
  .strictObject({
    backend: z.string().default('filesystem').describe('filesystem, memory or s3.'),
    bucket: z.string().optional().describe('s3: name of the bucket.'),
    endpoint: publicAddress.optional().describe('s3: origin of the service; default Amazon.'),
    region: z
      .string()
      .optional()
      .describe('s3: region that requests are signed for; default AWS_REGION, else us-east-1.'),
    prefix: z.string().optional().describe('s3: what the keys begin with; default cache/v1/.'),
    pathStyle: z
      .boolean()
      .optional()
      .describe('s3: the bucket is in the path, not in the host name; default with an endpoint.'),
    options: backendOptions,
  })
  .prefault({})
  .describe('Back end of the bodies.');

/** The shape of `celline.config.json`; defaults are those of the tool. Each description is shown by editors. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Address of the JSON Schema, for editors.'),
    dbDir: path.default('DB').describe('Folder of the tables, relative to the project.'),
    cacheDir: path.default('.cache').describe('Folder of the response cache, relative to the project.'),
    concurrency: z.number().int().min(1).max(100).default(5).describe('Batches in flight.'),
    email: z.string().optional().describe('Contact address sent to NCBI, which asks for one. Sent only when set.'),
    maxWait: z
      .number()
      .positive()
      .default(600)
      .describe('Seconds without a success at one archive after which waiting on 429 ends.'),
    maxTrouble: z
      .number()
      .positive()
      .default(180)
      .describe(
        'Seconds without a good answer of an archive in trouble (5xx, no connection) after which it is asked no more.',
      ),
    timeout: z
      .number()
      .positive()
      .optional()
      .describe('Seconds to the first byte, for every endpoint; default 30 or that of the endpoint.'),
    offline: z.boolean().default(false).describe('Answer from the cache alone.'),
    record: path.optional().describe('Folder in which every answer of an archive is kept.'),
    replay: path
      .optional()
      .describe('Folder of a recording that answers in place of archives and cache; nothing else is asked.'),
    trace: path.optional().describe('File to which one JSON line per request is added.'),
    caFile: path.optional().describe('PEM file with further certificate authorities.'),
    plugins: z
      .array(
        z.union(
          [
            z.string().min(1),
            z.strictObject({
              module: z.string().min(1).describe('Path, relative to this file, or name of a package.'),
              priority: z.number().int().optional().describe('Place of its handlers: 0 is asked first; default last.'),
              name: z.string().min(1).optional().describe('Name of its handler in place of its own.'),
              options: z.record(z.string(), z.unknown()).optional().describe('Options of its handlers.'),
            }),
          ],
          'must be the name of a module, or an object with it',
        ),
      )
      .default([])
      .describe('Modules that bring handlers, cache and storage back ends: paths relative to this file, or packages.'),
    pluginDir: z
      .union([path, z.literal(false)], 'must be the name of a folder, or false')
      .default('handlers')
      .describe('Folder whose modules are plug-ins too, relative to the project; false: none.'),
    handlers: z
      .object({
        order: z.array(z.string()).optional().describe('Names of the handlers that are asked first, in order.'),
      })
      .catchall(handlerSettings)
      .default({})
      .describe('Settings per handler, by its name.'),
    cache: z
      .strictObject({
        ttl: z
          .number()
          .nonnegative()
          .default(3600)
          .describe('Seconds for which an answer is fresh, unless the handler says other.'),
        maxBytes: size
          .prefault(5_000_000_000)
          .describe('Size at which the least recently used entries go: bytes, or with a unit, e.g. 5GB.'),
        compress: z
          .boolean()
          .default(true)
          .describe(
            'False keeps bodies as they came; text is compressed otherwise. Either reads what the other wrote.',
          ),
        metadata: cacheMetadata,
        blob: cacheBlob,
      })
      .prefault({})
      .describe('The response cache.'),
    store: z
      .strictObject({
        backend: z.string().default('parquet').describe('parquet or memory.'),
        plainTables: z.boolean().default(true).describe('Keep plain Parquet files in the tables folder up to date.'),
        memoryLimit: z.string().default('128MB').describe('Memory of the SQL engine while writing, e.g. 128MB.'),
        backupDir: path.default('backups').describe('Folder of the backups, relative to the project.'),
        keepBackups: z
          .number()
          .int()
          .min(1)
          .default(10)
          .describe('Backups that celline takes by itself, before a migration or a restore: so many stay.'),
      })
      .prefault({})
      .describe('The tables.'),
    query: z
      .strictObject({
        timeout: z.number().positive().default(30).describe('Seconds after which a query is stopped.'),
        slow: z
          .union([z.number().nonnegative(), z.literal(false)], 'must be a number of seconds, or false')
          .default(5)
          .describe('Seconds after which a query is noted in slow-queries.ndjson of the cache folder; false: never.'),
        options: engineOptions,
      })
      .prefault({})
      .describe('SQL queries.'),
    log: z
      .strictObject({
        level: z.enum(LOG_LEVELS).default('warn').describe('Least level that is shown: debug, info, warn or error.'),
        file: z
          .string()
          .min(1)
          .optional()
          .describe('File to which the log is added, one JSON object per line, relative to the project.'),
        fileLevel: z.enum(LOG_LEVELS).default('info').describe('Least level that the file gets.'),
        maxBytes: size
          .prefault(10_000_000)
          .describe('Size from which on the file is moved aside (.1, .2, …) and a new one begun: bytes, or e.g. 10MB.'),
        keep: z.number().int().min(0).max(1000).default(3).describe('Files that were moved aside and stay.'),
      })
      .prefault({})
      .describe('The log.'),
    env: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .default({})
      .describe(
        'Blocks of settings by profile, e.g. ci; CELLINE_ENV or --profile chooses one, which wins over the rest.',
      ),
  })
  .describe('Configuration of a celline project.');

/** The settled configuration. */
export type Config = z.infer<typeof configSchema>;

/** What a configuration file, or a command's flags, may say: everything is optional. */
export type ConfigInput = z.input<typeof configSchema>;
