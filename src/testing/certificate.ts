import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A key and its certificate, both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** What a certificate is made for. */
export interface CertificateFacts {
  /** Common name. */
  readonly name: string;
  /** Names of hosts and IPv4 addresses that it counts for. */
  readonly hosts?: readonly string[];
  /** Who signs; absent: it signs itself, as an authority does. */
  readonly issuer?: Certificate & { readonly name: string };
  /** ISO 8601 UTC; default the end of 2099. */
  readonly expires?: string;
}

/** ISO 8601 UTC. */
const BEGINS = '2000-01-01T00:00:00Z';

const OID = {
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
  commonName: Buffer.from('0603550403', 'hex'),
  basicConstraints: Buffer.from('0603551d13', 'hex'),
  subjectAltName: Buffer.from('0603551d11', 'hex'),
};

/** Makes a certificate on P-256, so that no test needs one that lies in a file and ends some day. */
export function makeCertificate({
  name,
  hosts = [],
  issuer,
  expires = '2099-12-31T23:59:59Z',
}: CertificateFacts): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(OID.ecdsaWithSha256);
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(time(BEGINS), time(expires)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions(hosts, issuer === undefined))),
  );
  const signature = sign('sha256', body, issuer?.key ?? privateKey);
  const der = sequence(body, algorithm, element(0x03, Buffer.from([0]), signature));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: pem(der) };
}

function extensions(hosts: readonly string[], isAuthority: boolean): Buffer[] {
  const octets = (content: Buffer) => element(0x04, content);
  const isTrue = element(0x01, Buffer.from([0xff]));
  const constraints = sequence(OID.basicConstraints, octets(isAuthority ? sequence(isTrue) : sequence()));
  if (hosts.length === 0) return [constraints];
  const names = hosts.map((host) =>
    isIPv4(host) ? element(0x87, Buffer.from(host.split('.').map(Number))) : element(0x82, Buffer.from(host)),
  );
  return [constraints, sequence(OID.subjectAltName, octets(sequence(...names)))];
}

function nameOf(text: string): Buffer {
  return sequence(element(0x31, sequence(OID.commonName, element(0x0c, Buffer.from(text)))));
}

/** GeneralizedTime of whole seconds. */
function time(iso: string): Buffer {
  return element(0x18, Buffer.from(`${iso.replace(/\D/g, '')}Z`));
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
