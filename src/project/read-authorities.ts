import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../errors/config-error.ts';

/** Node's own variable for further authorities. Node reads it for connections that bring no authorities of their own. */
const NODE_VARIABLE = 'NODE_EXTRA_CA_CERTS';

/** One certificate in a PEM file. */
const CERTIFICATE = /-----BEGIN (?:X509 )?CERTIFICATE-----[^-]*-----END (?:X509 )?CERTIFICATE-----/g;

/**
 * The certificate authorities (PEM) that `caFile` names, and then those of `NODE_EXTRA_CA_CERTS` too; none without `caFile`, where
 * Node reads its variable by itself. A file that cannot be read or holds no certificate is a `ConfigError` that names it.
 */
export async function readAuthorities(
  caFile: string | undefined,
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  if (caFile === undefined) return [];
  const ours = await readCertificates(resolve(root, caFile), 'caFile');
  const extra = env[NODE_VARIABLE];
  return extra ? [...ours, ...(await readCertificates(resolve(extra), NODE_VARIABLE))] : ours;
}

async function readCertificates(path: string, setting: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path, 'latin1');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const hint = `Correct ${setting}, or remove it.`;
    throw unusable(
      setting,
      path,
      code === 'ENOENT' ? 'which is not there' : `which cannot be read (${code})`,
      hint,
      error,
    );
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length > 0) return certificates.map((pem) => checked(pem, setting, path));
  const hint =
    'It must hold PEM text (BEGIN CERTIFICATE); another form becomes it by: openssl x509 -inform der -in FILE.';
  throw unusable(setting, path, text === '' ? 'which is empty' : 'which holds no certificate', hint);
}

function checked(pem: string, setting: string, path: string): string {
  try {
    // Read once, since OpenSSL leaves out without a word what it cannot read.
    return new X509Certificate(pem).toString();
  } catch (error) {
    throw unusable(
      setting,
      path,
      'which holds a certificate that is damaged',
      `Get the file of ${setting} anew.`,
      error,
    );
  }
}

function unusable(setting: string, path: string, why: string, hint: string, cause?: unknown): ConfigError {
  return new ConfigError(`${setting} names ${path}, ${why}`, { hint, fields: { setting, path }, cause });
}
