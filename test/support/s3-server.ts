import { createCipheriv, createDecipheriv, createHash, createHmac, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** An S3 server on a port of its own. */
export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  /** Credentials as the environment gives them. */
  readonly env: Readonly<Record<string, string>>;
  /** Method and path of each request, in order. */
  readonly requests: readonly string[];
  /** Answers the next requests with this status, before the server sees them. */
  fail(status: number, times: number): void;
  /** From now on answers state no length, as behind some gateways. */
  hideLengths(isHidden: boolean): void;
  /** Puts objects there behind its back: a thousand requests take their time. */
  fill(keys: readonly string[], content: Buffer): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

const BUCKET = 'celline-test';

const ACCESS_KEY = 'S3RVER';
const SECRET_KEY = 'S3RVER';

/** A request at the server. */
interface Context {
  readonly req: IncomingMessage;
  readonly method: string;
  readonly path: string;
  status: number;
  body: unknown;
  /** Takes a header of the answer away. */
  remove(header: string): void;
}

/** The parts of s3rver that are used; the package has no types. */
interface Rver {
  readonly httpServer: Server;
  readonly store: {
    putObject(object: StoredObject): Promise<{ size: number; md5: string }>;
    getResourcePath(bucket: string, key: string, resource: string): string;
    putMetadata(bucket: string, key: string, metadata: unknown, md5: string): Promise<void>;
  };
  readonly middleware: unknown[];
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
  callback(): (request: unknown, response: unknown) => void;
}

interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly content: Buffer | Readable;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Starts the S3 server of the package. */
export async function startS3(): Promise<S3Server> {
  const require = createRequire(import.meta.url);
  replaceDes(require('node:crypto'));
  const Server = require('s3rver') as new (options: object) => Rver;
  const directory = mkdtempSync(join(tmpdir(), 'celline-s3-'));
  const options = { address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: BUCKET }] };
  const server = new Server(options);
  putWhole(server.store);
  const requests: string[] = [];
  let failing = { status: 0, times: 0 };
  let isLengthHidden = false;
  server.middleware.unshift(async (context: Context, next: () => Promise<void>) => {
    requests.push(`${context.method} ${context.path}`);
    const isFailing = failing.times > 0;
    if (isFailing) failing = { ...failing, times: failing.times - 1 };
    if (!isFailing && isSigned(context.req)) {
      await next();
      if (isLengthHidden) context.remove('Content-Length');
      return;
    }
    context.status = isFailing ? failing.status : 403;
    context.body = `<Error><Code>${isFailing ? 'SlowDown' : 'SignatureDoesNotMatch'}</Code></Error>`;
  });
  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: BUCKET,
    env: { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY },
    requests,
    fail: (status, times) => {
      failing = { status, times };
    },
    hideLengths: (isHidden) => {
      isLengthHidden = isHidden;
    },
    fill: async (keys, content) => {
      for (const key of keys) await server.store.putObject({ bucket: BUCKET, key, content, metadata: {} });
    },
    remove: async () => {
      const closed = server.close();
      server.httpServer.closeAllConnections();
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** s3rver writes its continuation tokens with DES, which OpenSSL has no more. */
function replaceDes(crypto: {
  createCipheriv: typeof createCipheriv;
  createDecipheriv: typeof createDecipheriv;
}): void {
  const other = Buffer.alloc(16, 'S3RVER');
  if (crypto.createCipheriv !== createCipheriv) return;
  crypto.createCipheriv = ((name: string, ...rest: [never, never]) =>
    name === 'des'
      ? createCipheriv('aes-128-ecb', other, null)
      : createCipheriv(name, ...rest)) as typeof createCipheriv;
  crypto.createDecipheriv = ((name: string, ...rest: [never, never]) =>
    name === 'des'
      ? createDecipheriv('aes-128-ecb', other, null)
      : createDecipheriv(name, ...rest)) as typeof createDecipheriv;
}

/** Signature Version 4 of what has really arrived; s3rver believes any. Without signature: false. */
function isSigned({ method = '', url = '', headers }: IncomingMessage): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([^/]+)\/s3\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/;
  const [, id, scope = '', day = '', region = '', names = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  const [path, query = ''] = url.split('?', 2);
  const canonical = [
    method,
    path,
    query.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${SECRET_KEY}`);
  return id === ACCESS_KEY && hmac(key, text).toString('hex') === signature;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** An object of S3 appears whole or not at all; s3rver writes it in place, which this mends. */
function putWhole(store: Rver['store']): void {
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const path = store.getResourcePath(bucket, key, 'object');
    const temporary = `${path}.${randomUUID()}`;
    const md5 = createHash('md5');
    let size = 0;
    const measure = new Transform({
      transform(chunk, _, done) {
        md5.update(chunk);
        size += chunk.length;
        done(null, chunk);
      },
    });
    mkdirSync(dirname(path), { recursive: true });
    try {
      const source = Buffer.isBuffer(content) ? Readable.from([content]) : content;
      await pipeline(source, measure, createWriteStream(temporary));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    const digest = md5.digest('hex');
    await store.putMetadata(bucket, key, metadata, digest);
    return { size, md5: digest };
  };
}
