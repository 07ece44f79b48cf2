import { createReadStream } from 'node:fs';
import type { BlobBackend, BlobInput, StoredBlob } from '../../../ports/cache.ts';
import type { BackendContext } from '../../backend-registry.ts';
import { createBreaker } from '../../breaker.ts';
import { type ServiceName, serviceFault } from '../../service-fault.ts';
import { listObjects } from './list-objects.ts';
import {
  createS3Client,
  openDispatcher,
  type S3Answer,
  type S3Body,
  type S3Client,
  S3Error,
  TAKEN_BYTES,
} from './s3-client.ts';
import { readS3Settings } from './settings.ts';

/** Opens the back end: loads the packages and reads the settings; connects at the first use. */
export async function openS3(context: BackendContext): Promise<BlobBackend> {
  const { AwsV4Signer } = await import('aws4fetch');
  const settings = readS3Settings(context);
  const dispatcher = await openDispatcher(settings.bucketUrl, (await context.network?.()) ?? null);
  const client = createS3Client(settings, { Signer: AwsV4Signer, dispatcher });
  const guarded = createBreaker(context.now, isAway);
  const { bucket, bucketUrl: place, prefix } = settings;
  const setting = context.options?.endpoint === undefined ? 'cache.blob' : 'cache.blob.endpoint';
  const service = { kind: 'cache blob', backend: 's3', place, setting };
  const resting: S3Client = {
    ...client,
    send: (request) => guarded(() => client.send(request)).catch(failing(service)),
  };
  return { ...createS3Blobs(resting, prefix, bucket, service), place };
}

function failing(service: ServiceName): (error: unknown) => never {
  return (error) => {
    throw serviceFault(service, error);
  };
}

/** A blob back end in a bucket: one object per body. A PUT of S3 appears whole or not at all. */
function createS3Blobs(client: S3Client, prefix: string, bucket: string, service: ServiceName): BlobBackend {
  const ask = (method: 'HEAD' | 'DELETE', key: string) => client.send({ method, key: prefix + key }).then(withoutBody);
  return {
    put: async (key, body) => {
      await client
        .send({ method: 'PUT', key: prefix + key, body: bodyOf(body) })
        .then(withoutBody)
        .then(mustExist(bucket))
        .catch(failing(service));
      return `s3://${bucket}/${prefix}${key}`;
    },
    get: (key) => openObject(client, prefix + key),
    delete: async (key) => {
      // A DELETE says the same whether there was one or not.
      const { status } = await ask('HEAD', key);
      if (status !== 404) await ask('DELETE', key);
      return status !== 404;
    },
    exists: async (key) => (await ask('HEAD', key)).status !== 404,
    async *listKeys(start) {
      try {
        for await (const { key, size, storedAt } of listObjects(client, prefix + start)) {
          yield { key: key.slice(prefix.length), size, storedAt };
        }
      } catch (error) {
        throw serviceFault(service, error);
      }
    },
    close: () => client.close(),
  };
}

/** True when the service could not be reached or is in trouble, as opposed to an answer. */
function isAway(error: unknown): boolean {
  return !(error instanceof S3Error) || error.status >= 500 || error.status === 403 || error.status === 401;
}

function bodyOf(body: BlobInput): S3Body {
  if (body instanceof Uint8Array) return { size: body.byteLength, bytes: body, open: () => body };
  return { size: body.size, bytes: null, open: () => createReadStream(body.file) };
}

async function withoutBody(answer: S3Answer): Promise<S3Answer> {
  await answer.body.dump();
  return answer;
}

/** A PUT into a bucket that is not there is answered with 404. */
function mustExist(bucket: string): (answer: S3Answer) => void {
  return ({ status }) => {
    if (status === 404) throw new Error(`the S3 service has no bucket ${bucket}`);
  };
}

async function openObject(client: S3Client, key: string): Promise<StoredBlob | null> {
  const { status, headers, body } = await client.send({ method: 'GET', key });
  if (status === 404) {
    await body.dump();
    return null;
  }
  const stated = headers['content-length'];
  if (Number(stated) > TAKEN_BYTES) {
    body.on('error', () => {}).destroy();
    return { size: Number(stated), stream: () => streamObject(client, key, Number(stated)) };
  }
  // Without a length, which a gateway may take away, the size is known at the end alone.
  const { size, bytes } = await readObject(body);
  return bytes === null ? { size, stream: () => streamObject(client, key, size) } : heldObject(bytes);
}

/** The size of an object, and its bytes where they are few enough to be held. */
async function readObject(body: AsyncIterable<Uint8Array>): Promise<{ size: number; bytes: Uint8Array | null }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size <= TAKEN_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { size, bytes: size <= TAKEN_BYTES ? Buffer.concat(chunks, size) : null };
}

function heldObject(bytes: Uint8Array): StoredBlob {
  return {
    size: bytes.byteLength,
    async *stream() {
      yield bytes;
    },
  };
}

/** Part by part, each of which is taken as it comes: an object never changes under its key. */
async function* streamObject(client: S3Client, key: string, size: number): AsyncIterable<Uint8Array> {
  for (let from = 0; from < size; from += TAKEN_BYTES) {
    const range = [from, Math.min(from + TAKEN_BYTES, size) - 1] as const;
    const { status, body } = await client.send({ method: 'GET', key, range });
    if (status === 404) {
      await body.dump();
      throw new Error(`the object ${key} is gone`);
    }
    yield* body;
    // A service that knows no parts sends the whole.
    if (status === 200) return;
  }
}
