import type { MetadataBackend } from '../../ports/cache.ts';
import { type BackendRegistry, createBackendRegistry } from '../backend-registry.ts';
import { createJsonMetadata } from './json.ts';
import { createMemoryMetadata } from './memory.ts';

/** The metadata back ends, with the built-in ones: `json` (default), `memory`, `sqlite` and `postgresql`. */
export function createMetadataRegistry(): BackendRegistry<MetadataBackend> {
  return createBackendRegistry<MetadataBackend>(
    'cache metadata',
    ['putEntry', 'getEntry', 'removeEntry', 'listEntries', 'updateAccessTime', 'getStats', 'clear', 'close'],
    [
      {
        name: 'json',
        description: 'one JSON file per entry in the cache folder',
        open: ({ folder }) => createJsonMetadata(folder),
      },
      {
        name: 'memory',
        description: 'gone when the process ends',
        open: ({ now }) => createMemoryMetadata(now),
      },
      {
        name: 'sqlite',
        description: 'one SQLite file in the cache folder; needs Node 22.13 or newer',
        missing: async () => (await import('./sqlite/load-sqlite.ts')).missingSqlite(),
        open: async ({ folder, now }) => (await import('./sqlite/sqlite.ts')).createSqliteMetadata(folder, now),
      },
      {
        name: 'postgresql',
        description: 'a table of a PostgreSQL database, for several machines',
        requiredPackages: ['pg'],
        shared: true,
        options: {
          url: 'Address of the database, without a password: postgresql://user@host:5432/database.',
          namespace: 'Keeps the entries of projects in one database apart.',
        },
        missing: async () => (await import('./postgresql/missing-pg.ts')).missingPg(),
        open: async (context) => (await import('./postgresql/postgresql.ts')).openPostgresql(context),
      },
    ],
  );
}
