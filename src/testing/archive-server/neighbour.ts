import type { ArchiveRequest } from './request.ts';

/** Parameters that name accessions. */
const NAMING = ['id', 'term', 'acc', 'accession', 'includeAccessions'];

/** The same request for the accessions that come next, as a proxy that mixes its answers up would have it. */
export function neighbourOf(request: ArchiveRequest): ArchiveRequest {
  const parameters = new URLSearchParams(request.parameters);
  for (const name of NAMING) {
    const value = parameters.get(name);
    if (value !== null) parameters.set(name, nextIn(value));
  }
  const path = request.path.replace(/GSE\d+(?![\dn])/g, nextIn).replace(/(?<=\/xml\/).+$/, nextIn);
  return { ...request, parameters, path, accessions: request.accessions.map(nextIn) };
}

function nextIn(text: string): string {
  return text.replace(/\d{5,}/g, (digits) => String(Number(digits) + 1).padStart(digits.length, '0'));
}
