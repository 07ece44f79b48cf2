import { randomUUID } from 'node:crypto';
import type { BackendContext } from '../../src/cache/backend-registry.ts';
import { createBlobRegistry } from '../../src/cache/blob/registry.ts';
import { createMetadataRegistry } from '../../src/cache/metadata/registry.ts';
import type { BlobBackend, MetadataBackend } from '../../src/ports/cache.ts';
import { type PostgresqlServer, startPostgresql } from '../support/postgresql-server.ts';
import { type S3Server, startS3 } from '../support/s3-server.ts';

/** The services behind the shared back ends, and why those that are not here are not. */
export interface CacheServices {
  readonly postgresql: PostgresqlServer | null;
  readonly s3: S3Server;
  /** By back end. */
  readonly skipped: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Starts a PostgreSQL and an S3 server of the test's own, and says on stderr what this machine cannot run. */
export async function startCacheServices(): Promise<CacheServices> {
  const started = await startPostgresql();
  const postgresql = 'skipped' in started ? null : started;
  const s3 = await startS3();
  const sqlite = (await createMetadataRegistry().find('sqlite')?.missing?.()) ?? null;
  const skipped = {
    ...('skipped' in started ? { postgresql: started.skipped } : {}),
    ...(sqlite === null ? {} : { sqlite: `it needs ${sqlite}` }),
  };
  for (const [name, why] of Object.entries(skipped)) console.warn(`skipped: the back end ${name}: ${why}`);
  return {
    postgresql,
    s3,
    skipped,
    remove: async () => {
      await Promise.all([postgresql?.remove(), s3.remove()]);
    },
  };
}

/** A place of its own for one cache; opened twice, it is the same cache as a second process sees it. */
export interface CacheSpot {
  readonly folder: string;
  readonly id: string;
  readonly now: () => number;
}

/** A spot that nobody else uses. */
export function newSpot(folder: string, now: () => number = () => Date.UTC(2026, 0, 1)): CacheSpot {
  return { folder, id: randomUUID(), now };
}

/** Opens a metadata back end of any kind at a spot. */
export function openMetadata(name: string, spot: CacheSpot, { postgresql }: CacheServices): Promise<MetadataBackend> {
  const service = { env: { CELLINE_CACHE_URL: postgresql?.url }, options: { namespace: spot.id } };
  return createMetadataRegistry().open(name, contextOf(spot, name === 'postgresql' ? service : {}));
}

/** Opens a blob back end of any kind at a spot. */
export function openBlobs(name: string, spot: CacheSpot, { s3 }: CacheServices): Promise<BlobBackend> {
  const { bucket, endpoint, env } = s3;
  const service = { env, options: { bucket, endpoint, prefix: `${spot.id}/v1/` } };
  return createBlobRegistry().open(name, contextOf(spot, name === 's3' ? service : {}));
}

function contextOf({ folder, now }: CacheSpot, service: Partial<BackendContext>): BackendContext {
  return { folder, now, ...service };
}
