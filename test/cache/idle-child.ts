// Asks a PostgreSQL cache once, closes nothing, and ends when nothing keeps it alive.
import { createMetadataRegistry } from '../../src/cache/metadata/registry.ts';

const env = { CELLINE_CACHE_URL: process.argv[2] };
const backend = await createMetadataRegistry().open('postgresql', { folder: '', now: () => Date.now(), env });
await backend.getEntry('geo/00aa');
process.stdout.write('asked\n');
