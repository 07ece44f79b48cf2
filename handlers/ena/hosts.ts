import type { HostLimit, HttpRequest } from '../../src/ports/handler.ts';

/**
 * The host of ENA's Portal and Browser API. Half of ENA's 50 requests a second, since other programs may share the
 * address; 300 s to the first byte, since a search works that long before it answers and a repetition only adds to it.
 */
export const ENA_HOSTS: readonly HostLimit[] = [
  {
    host: 'www.ebi.ac.uk',
    operator: 'ENA',
    perSecond: 25,
    connections: 4,
    firstByteTimeoutMs: 300_000,
    source:
      'ENA documentation, "How to programmatically perform a search across ENA": 50 requests a second per address, all discovery and retrieval services together',
  },
];

/** A small question by which `celline doctor` sees that ENA answers. Source: ENA Portal API, /results. */
export const ENA_CHECK: HttpRequest = {
  url: 'https://www.ebi.ac.uk/ena/portal/api/results?dataPortal=ena&format=json',
  expect: { kind: 'json' },
  firstByteTimeoutMs: 10_000,
  label: 'ENA: is it there',
};
