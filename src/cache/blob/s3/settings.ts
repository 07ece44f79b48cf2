import { ConfigError } from '../../../errors/config-error.ts';
import type { BackendContext } from '../../backend-registry.ts';

/** Who asks the service; from the environment only. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where the objects are. */
export interface S3Settings {
  readonly bucket: string;
  /** Address that the key is appended to, with a slash at its end: `https://s3.example.org/bucket/`. */
  readonly bucketUrl: string;
  readonly region: string;
  /** `cache/v1/`, or empty. */
  readonly prefix: string;
  readonly credentials: S3Credentials;
}

/** Characters that need no escape in a key. */
const PLAIN_PREFIX = /^[A-Za-z0-9!_.*'()/-]*$/;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Reads and checks the settings of the configuration and of the environment. */
export function readS3Settings({ options = {}, env = {} }: Pick<BackendContext, 'options' | 'env'>): S3Settings {
  const text = (name: string) => (options[name] === undefined ? undefined : String(options[name]));
  const bucket = text('bucket') ?? '';
  const prefix = text('prefix') ?? 'cache/v1/';
  const region = text('region') ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
  if (!BUCKET.test(bucket)) {
    throw refused(bucket === '' ? 'needs a bucket' : `cannot have a bucket named ${JSON.stringify(bucket)}`, 'bucket');
  }
  if (!PLAIN_PREFIX.test(prefix)) {
    throw refused(`cannot have the prefix ${JSON.stringify(prefix)}: letters, digits and !_.*'()/- only`, 'prefix');
  }
  const endpoint = text('endpoint');
  const pathStyle = options.pathStyle === undefined ? endpoint !== undefined : options.pathStyle === true;
  const bucketUrl = bucketAddress(endpoint ?? `https://s3.${region}.amazonaws.com`, bucket, pathStyle);
  return { bucket, bucketUrl, region, prefix, credentials: credentialsOf(env) };
}

function bucketAddress(endpoint: string, bucket: string, pathStyle: boolean): string {
  const isAddress = URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol);
  const url = isAddress ? new URL(endpoint) : null;
  // The address itself is not shown: it may hold a password.
  if (url === null) throw refused('needs an endpoint that begins with http:// or https://', 'endpoint');
  if (url.username !== '' || url.password !== '') throw refused('cannot have credentials in its endpoint', 'endpoint');
  const path = url.pathname.replace(/(?<!\/)\/+$/, '');
  return pathStyle ? `${url.origin}${path}/${bucket}/` : `${url.protocol}//${bucket}.${url.host}${path}/`;
}

function credentialsOf(env: NonNullable<BackendContext['env']>): S3Credentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = env;
  if (!accessKeyId || !secretAccessKey) {
    throw new ConfigError('the cache blob back end "s3" needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY', {
      hint: 'set both in the environment; they are read from nowhere else',
      fields: { backend: 's3' },
    });
  }
  return { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}) };
}

function refused(what: string, option: string): ConfigError {
  return new ConfigError(`the cache blob back end "s3" ${what}`, {
    hint: `correct cache.blob.${option}`,
    fields: { backend: 's3', option },
  });
}
