import type { ListedBlob } from '../../../ports/cache.ts';
import type { S3Client } from './s3-client.ts';

/** The objects whose whole key starts with the prefix, page by page. */
export async function* listObjects(client: S3Client, prefix: string): AsyncIterable<ListedBlob> {
  let token: string | null = '';
  while (token !== null) {
    const query = { 'list-type': '2', prefix, ...(token === '' ? {} : { 'continuation-token': token }) };
    const { status, body } = await client.send({ method: 'GET', key: '', query });
    const text = await body.text();
    if (status === 404) throw new Error('the S3 service has no such bucket');
    const page = parseListing(text);
    yield* page.objects;
    token = page.next;
  }
}

/** One page of a listing (ListObjectsV2). Pure; rejects what is no whole listing with a `SyntaxError`. */
export function parseListing(xml: string): { readonly objects: readonly ListedBlob[]; readonly next: string | null } {
  if (!/<\/ListBucketResult>\s*$/.test(xml)) throw new SyntaxError('the S3 service sent no whole listing');
  // What holds objects also holds members of the same names, so only what stands outside of them counts.
  const [before = '', ...parts] = xml.split('<Contents>');
  const pairs = parts.map((part) => part.split('</Contents>', 2));
  const objects = pairs.map(([object = '']) => ({
    key: member(object, 'Key'),
    size: Number(member(object, 'Size')),
    storedAt: Date.parse(member(object, 'LastModified')),
  }));
  const around = before + pairs.map(([, between = '']) => between).join('');
  const isCut = member(around, 'IsTruncated') === 'true';
  return { objects, next: isCut ? member(around, 'NextContinuationToken') : null };
}

function member(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  return text.replace(/&(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);/gi, (_, entity: string) => decodeEntity(entity));
}

function decodeEntity(entity: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  const lower = entity.toLowerCase();
  if (!lower.startsWith('#')) return named[lower] ?? '';
  return String.fromCodePoint(lower.startsWith('#x') ? Number.parseInt(lower.slice(2), 16) : Number(lower.slice(1)));
}
