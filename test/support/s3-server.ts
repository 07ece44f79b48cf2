import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
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
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

const BUCKET = 'celline-test';

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
  const Server = createRequire(import.meta.url)('s3rver') as new (options: object) => Rver;
  const directory = mkdtempSync(join(tmpdir(), 'celline-s3-'));
  const options = { address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: BUCKET }] };
  const server = new Server(options);
  putWhole(server.store);
  const requests: string[] = [];
  let failing = { status: 0, times: 0 };
  server.middleware.unshift(
    async (context: { method: string; path: string; status: number; body: unknown }, next: () => Promise<void>) => {
      requests.push(`${context.method} ${context.path}`);
      if (failing.times === 0) return next();
      failing = { ...failing, times: failing.times - 1 };
      context.status = failing.status;
      context.body = '<Error><Code>SlowDown</Code></Error>';
      return undefined;
    },
  );
  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: BUCKET,
    env: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
    requests,
    fail: (status, times) => {
      failing = { status, times };
    },
    remove: async () => {
      const closed = server.close();
      server.httpServer.closeAllConnections();
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
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
