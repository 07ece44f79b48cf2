import type { ExchangeEvent } from '../../src/ports/http.ts';

/** A request that was answered by the archive; what is given differs. */
export function exchangeEvent(facts: Partial<ExchangeEvent>): ExchangeEvent {
  return {
    type: 'exchange',
    at: '2026-11-21T10:00:00.000Z',
    handler: 'geo',
    operator: 'NCBI',
    method: 'GET',
    url: 'https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esummary.fcgi?db=gds&id=1',
    label: null,
    status: 200,
    bytes: 100,
    error: null,
    sent: 1,
    cache: 'miss',
    ms: 200,
    waitedMs: { slot: 0, refusal: 0, retry: 0, circuit: 0 },
    ...facts,
  };
}
