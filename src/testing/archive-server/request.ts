import type { IncomingMessage } from 'node:http';
import type { Operator } from './world.ts';

/** A request as the server reads it: what a fault function decides on. */
export interface ArchiveRequest {
  /** 1 for the first request that the server got. */
  readonly number: number;
  readonly operator: Operator;
  readonly method: string;
  readonly path: string;
  /** The service asked, with the database at E-utilities: `efetch sra`, `search`, `acc.cgi`, `family`. */
  readonly endpoint: string;
  /** Query and form fields together. */
  readonly parameters: URLSearchParams;
  /** Accessions or UIDs named by the request, in its order; none for a page of a history. */
  readonly accessions: readonly string[];
  /** Earlier requests that were equal in method, path, query and body. */
  readonly repeat: number;
}

/** Body bytes that the server reads; a list of 10,000 accessions has 120 KB. */
const MOST_BODY_BYTES = 8_000_000;

/** The operator of a path: all hosts of one operator share a limit. */
export function operatorOf(path: string): Operator {
  return path.startsWith('/ena/') ? 'ENA' : 'NCBI';
}

/** Reads the body of a request; undefined when it is longer than any real one. */
export async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Query fields, then those of a form. */
export function readParameters(url: URL, contentType: string, body: string): URLSearchParams {
  const parameters = new URLSearchParams(url.search);
  if (!contentType.includes('json'))
    for (const [name, value] of new URLSearchParams(body)) parameters.append(name, value);
  return parameters;
}

/** Accessions of a JSON body of ENA's Browser, or of its path. */
export function browserAccessions(path: string, body: string): readonly string[] {
  const [, inPath] = /^\/ena\/browser\/api\/xml\/(.+)$/.exec(path) ?? [];
  if (inPath !== undefined) return decodeURIComponent(inPath).split(',');
  try {
    const value: unknown = JSON.parse(body);
    const list = typeof value === 'object' && value !== null && 'accessions' in value ? value.accessions : undefined;
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}

/** Name of the service at a path, for counting. */
export function endpointOf(path: string, parameters: URLSearchParams): string {
  const [, tool] = /^\/entrez\/eutils\/(\w+)\.fcgi$/.exec(path) ?? [];
  if (tool !== undefined) return `${tool} ${parameters.get('db') ?? ''}`.trim();
  if (path === '/geo/query/acc.cgi') return 'acc.cgi';
  if (path.endsWith('_family.soft.gz')) return 'family';
  if (path.endsWith('/filelist.txt')) return 'filelist';
  if (path.startsWith('/ena/browser/api/xml')) return 'xml';
  const [, service] = /^\/ena\/portal\/api\/(\w+)$/.exec(path) ?? [];
  return service ?? 'other';
}

/** The accessions or UIDs that a request names. */
export function askedAccessions(path: string, parameters: URLSearchParams, body: string): readonly string[] {
  if (path.startsWith('/ena/browser/')) return browserAccessions(path, body);
  const term = parameters.get('term');
  if (term !== null) return term.match(/[A-Za-z]+\d+/g) ?? [];
  const [series] = /GSE\d+/.exec(path) ?? [];
  const names = ['id', 'includeAccessions', 'accession', 'acc'].flatMap((name) => parameters.getAll(name));
  return [...names, ...(series === undefined ? [] : [series])]
    .flatMap((list) => list.split(','))
    .filter((one) => one !== '');
}
