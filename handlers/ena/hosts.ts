import type { HostLimit } from '../../src/ports/handler.ts';

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
