import type { HostLimit, HttpRequest } from '../../src/ports/handler.ts';

const POLICY =
  'NLM: "A General Introduction to the E-utilities" (NBK25497) and "New API Keys for the E-utilities" (NLM Technical Bulletin 2017): 3 requests a second per address, 10 with a key';

const UNPUBLISHED =
  'NCBI publishes no rate for this host; held to the budget of the E-utilities, which the operator counts per address';

/**
 * The hosts of NCBI that celline asks. All share one budget of 3 requests a second (10 with NCBI_API_KEY).
 * `acc.cgi` needs 90 s for the samples of a large series before its first byte, hence 180 s.
 */
export const NCBI_HOSTS: readonly HostLimit[] = [
  limit('eutils.ncbi.nlm.nih.gov', POLICY),
  { ...limit('www.ncbi.nlm.nih.gov', UNPUBLISHED), firstByteTimeoutMs: 180_000 },
  limit('ftp.ncbi.nlm.nih.gov', UNPUBLISHED),
];

function limit(host: string, source: string): HostLimit {
  return { host, operator: 'NCBI', perSecond: 3, perSecondWithKey: 10, connections: 4, source };
}

/** A small question by which `celline doctor` sees that NCBI answers. Source: NBK25497, EInfo. */
export const NCBI_CHECK: HttpRequest = {
  url: 'https://eutils.ncbi.nlm.nih.gov/entrez/eutils/einfo.fcgi?db=sra&retmode=json',
  expect: { kind: 'json' },
  label: 'NCBI: is it there',
};
