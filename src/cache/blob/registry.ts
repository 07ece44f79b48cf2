import type { BlobBackend } from '../../ports/cache.ts';
import { type BackendRegistry, createBackendRegistry } from '../backend-registry.ts';
import { createFilesystemBlobs } from './filesystem.ts';
import { createMemoryBlobs } from './memory.ts';

/** The blob back ends, with the built-in ones: `filesystem` (default), `memory` and `s3`. */
export function createBlobRegistry(): BackendRegistry<BlobBackend> {
  return createBackendRegistry<BlobBackend>(
    'cache blob',
    ['put', 'get', 'delete', 'exists', 'listKeys', 'close'],
    [
      {
        name: 'filesystem',
        description: 'one file per body in the cache folder',
        open: ({ folder }) => createFilesystemBlobs(folder),
      },
      {
        name: 'memory',
        description: 'gone when the process ends',
        open: ({ now }) => createMemoryBlobs(now),
      },
      {
        name: 's3',
        description: 'objects of a bucket of S3 or a service that speaks as it does, for several machines',
        requiredPackages: ['aws4fetch'],
        shared: true,
        options: {
          bucket: 'Name of the bucket.',
          endpoint: 'Origin of the service: https://s3.example.org; default Amazon.',
          region: 'Region that requests are signed for; default AWS_REGION, else us-east-1.',
          prefix: 'What the keys begin with; default cache/v1/.',
          pathStyle: 'True: the bucket is in the path, not in the host name. Default: with an endpoint.',
        },
        missing: async () => (await import('./s3/missing-signer.ts')).missingSigner(),
        open: async (context) => (await import('./s3/s3.ts')).openS3(context),
      },
    ],
  );
}
