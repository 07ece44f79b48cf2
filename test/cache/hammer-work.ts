import { createHash } from 'node:crypto';
import { createSerializerRegistry } from '../../src/cache/serializers/registry.ts';
import { collectBody } from '../../src/http/body/body.ts';
import { createSpool, type Spool } from '../../src/http/body/spool.ts';
import { createEntryStore, type EntryStore } from '../../src/http/cache/entry.ts';
import type { CacheKey } from '../../src/http/exchange.ts';
import { createSecretMask } from '../../src/http/secrets/secret-mask.ts';
import type { CacheBackends } from '../../src/ports/cache.ts';
import { type CacheServices, type CacheSpot, openBlobs, openMetadata } from './cache-services.ts';

/** Where a hammered cache is, as a text that another process can be given. */
export interface HammerPlace {
  readonly metadata: string;
  readonly blobs: string;
  readonly folder: string;
  readonly id: string;
  readonly postgresqlUrl: string;
  readonly s3: { readonly endpoint: string; readonly bucket: string; readonly env: Readonly<Record<string, string>> };
}

/** A cache as the HTTP stack sees it, with what its questions must be answered with. */
export interface HammeredCache {
  readonly backends: CacheBackends;
  readonly warnings: readonly string[];
  /** True when the store said that it is stored. */
  write(name: string, version: number): Promise<boolean>;
  /** The version that was served, after every byte was compared; null for a miss. Throws for anything else. */
  read(name: string): Promise<number | null>;
  close(): Promise<void>;
}

/** Opens the cache of a place. */
export async function openHammered(place: HammerPlace): Promise<HammeredCache> {
  const { postgresqlUrl: url, s3 } = place;
  const services = { postgresql: { url }, s3 } as unknown as CacheServices;
  const now = () => Date.UTC(2026, 0, 1);
  const spot: CacheSpot = { folder: place.folder, id: place.id, now };
  const backends = {
    metadata: await openMetadata(place.metadata, spot, services),
    blobs: await openBlobs(place.blobs, spot, services),
    serializers: createSerializerRegistry(),
  };
  const spool = createSpool([place.folder], { now });
  const warnings: string[] = [];
  let stores = 0;
  const stored = () => {
    stores += 1;
  };
  const warn = (message: string) => void warnings.push(message);
  const entries = createEntryStore({ backends, spool, warn, stored, secrets: createSecretMask() });
  return {
    backends,
    warnings,
    write: async (name, version) => {
      const before = stores;
      await write(entries, spool, name, version);
      return stores > before;
    },
    read: (name) => read(entries, name),
    close: async () => {
      await spool.close();
      await backends.metadata.close();
      await backends.blobs.close();
    },
  };
}

async function write(entries: EntryStore, spool: Spool, name: string, version: number): Promise<void> {
  const url = `https://example.org/${name}?version=${version}`;
  const body = await collectBody(piecesOf(bodyOf(name, version)), { maxBytes: 1e9, url, spool });
  const fetchedAt = new Date(Date.UTC(2026, 0, 1)).toISOString();
  const headers = { 'content-type': 'text/plain', etag: `"${version}"` };
  await entries.write(keyOf(name), url, 'text', { status: 200, headers, body, fromCache: false, fetchedAt }, null);
}

async function read(entries: EntryStore, name: string): Promise<number | null> {
  const answer = await entries.read(keyOf(name), 'text');
  if (answer === null) return null;
  const version = Number(new URL(answer.entry.url).searchParams.get('version'));
  const wanted = bodyOf(name, version);
  const got: Uint8Array[] = [];
  for await (const chunk of answer.body.stream()) got.push(chunk);
  if (!Buffer.concat(got).equals(wanted)) throw new Error(`a torn body was served for ${name}, version ${version}`);
  if (answer.entry.headers.etag !== `"${version}"`) throw new Error(`a torn entry was served for ${name}`);
  return version;
}

/** What a question must be answered with, to the byte: the same name and version always give the same body. */
export function bodyOf(name: string, version: number): Buffer {
  const line = `${name} ${version} ${createHash('md5').update(`${name} ${version}`).digest('hex')}\n`;
  // Most below the size from which they are compressed or above it, some large, a few beyond what is held in memory.
  const lines = version % 97 === 0 ? 160_000 : version % 10 === 0 ? 8000 : (version * 7) % 300;
  return Buffer.from(line.repeat(lines + 1));
}

async function* piecesOf(bytes: Buffer): AsyncIterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

function keyOf(name: string): CacheKey {
  return {
    text: name,
    name: `hammer/${createHash('md5').update(name).digest('hex')}`,
    hash: createHash('sha256').update(name).digest('hex'),
  };
}
