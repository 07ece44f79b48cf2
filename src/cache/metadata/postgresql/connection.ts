import type { Pool, PoolConfig } from 'pg';
import { ConfigError } from '../../../errors/config-error.ts';
import type { BackendContext } from '../../backend-registry.ts';

/** Milliseconds for a connection to open. */
const CONNECT_MS = 5000;

/** Milliseconds for a statement; all of them touch a few rows by their key, but for a listing's page. */
const STATEMENT_MS = 15_000;

/** Connections of a process, and statements at once: what waits for a free one in the pool would count as not connected. */
export const CONNECTIONS = 4;

/** What the back end is set to. */
export interface PostgresqlSettings {
  /** Where and as whom; empty: the `PG…` variables alone say it. Holds a password: never for a message. */
  readonly url: string;
  /** Keeps projects in one database apart. */
  readonly namespace: string;
  /** `db.example.org:5432/celline`: without user and password. */
  readonly place: string;
  /** The setting or variable that says where. */
  readonly setting: string;
}

/**
 * Reads the settings: `CELLINE_CACHE_URL` before `cache.metadata.url`, so that an address with a password stays out of files.
 * Without either, `PGHOST`, `PGUSER`, `PGPASSWORD`, `PGDATABASE` and a `.pgpass` file count, as for every PostgreSQL program.
 */
export function readSettings({ options = {}, env = {} }: Pick<BackendContext, 'options' | 'env'>): PostgresqlSettings {
  const { url: configured = '', namespace = 'celline' } = options;
  const url = env.CELLINE_CACHE_URL?.trim() || String(configured);
  if (url === '' && !env.PGHOST) {
    throw new ConfigError('the cache metadata back end "postgresql" needs an address', {
      hint: 'set cache.metadata.url or CELLINE_CACHE_URL to postgresql://user@host:5432/database, or PGHOST and its kin',
      fields: { backend: 'postgresql' },
    });
  }
  const setting = settingOf(url, env);
  // The address itself is not shown: it may hold a password.
  if (url !== '' && !(URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol))) {
    throw new ConfigError(`${setting} is no address of a PostgreSQL database`, {
      hint: 'postgresql://user@host:5432/database',
      fields: { backend: 'postgresql' },
    });
  }
  return { url, namespace: String(namespace), place: placeOf(url, env), setting };
}

type Env = NonNullable<BackendContext['env']>;

function settingOf(url: string, env: Env): string {
  if (url === '') return 'PGHOST';
  return env.CELLINE_CACHE_URL?.trim() ? 'CELLINE_CACHE_URL' : 'cache.metadata.url';
}

/** Host, port and database; parameters are left out, since one of them may be a password. */
function placeOf(url: string, env: Env): string {
  const { PGHOST = '', PGPORT = '5432', PGDATABASE = '' } = env;
  if (url === '') return `${PGHOST}:${PGPORT}${PGDATABASE === '' ? '' : `/${PGDATABASE}`}`;
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = hostname === '' ? (searchParams.get('host') ?? 'localhost') : hostname;
  return `${host}:${port === '' ? '5432' : port}${pathname === '/' ? '' : pathname}`;
}

/** Connections that are opened when they are needed and keep no process alive. The password of the address goes to the server only. */
export function createPool(PoolClass: new (config: PoolConfig) => Pool, url: string): Pool {
  const pool = new PoolClass({
    ...(url === '' ? {} : { connectionString: url }),
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
    statement_timeout: STATEMENT_MS,
    allowExitOnIdle: true,
    application_name: 'celline',
  });
  // A connection that breaks while nobody uses it is replaced at the next use; unheard, it would end the process.
  pool.on('error', () => {});
  return pool;
}

/** True when the server could not be reached or went away, as opposed to an answer that refuses a statement. */
export function isAway(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  // Five characters: the server's own codes. 08… are connection faults, 57P0x a server that shuts down or starts.
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return /^(08|57P0|53300|28)/.test(code);
  return true;
}
