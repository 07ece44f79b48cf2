import { describe, expect, it } from 'vitest';
import {
  answeredFree,
  createTally,
  type EndpointSummary,
  endpointOf,
  quantile,
} from '../../src/http/observe/summary.ts';
import { exchangeEvent } from './exchange-event.ts';

const NO_WAIT = { slot: 0, refusal: 0, retry: 0, circuit: 0 };

describe('a tally of requests', () => {
  it('counts by operator and endpoint: what was asked, sent, answered from the cache, waited for, and what failed', () => {
    const tally = createTally();
    tally.note(exchangeEvent({ bytes: 10, ms: 100, waitedMs: { ...NO_WAIT, slot: 30 } }));
    tally.note(exchangeEvent({ sent: 0, cache: 'hit', ms: 1 }));
    tally.note(exchangeEvent({ sent: 0, cache: 'shared', ms: 90 }));
    tally.note(
      exchangeEvent({
        sent: 3,
        bytes: 0,
        status: null,
        error: 'network_error',
        ms: 3100,
        waitedMs: { ...NO_WAIT, retry: 3000 },
      }),
    );
    tally.note(exchangeEvent({ operator: 'ENA', url: 'https://www.ebi.ac.uk/ena/portal/api/search' }));
    const [ncbi, ena] = tally.endpoints();
    expect(ena).toMatchObject({ operator: 'ENA', endpoint: '/ena/portal/api/search', asked: 1, sent: 1 });
    expect(ncbi).toMatchObject({
      operator: 'NCBI',
      endpoint: '/entrez/eutils/esummary.fcgi',
      asked: 4,
      sent: 4,
      bytes: 210,
      cache: { miss: 2, hit: 1, shared: 1 },
      waitedMs: { slot: 30, refusal: 0, retry: 3000, circuit: 0 },
      errors: { network_error: 1 },
    });
    expect(answeredFree(ncbi as EndpointSummary)).toBe(2);
  });

  it('is the same in one piece or in several', () => {
    const events = Array.from({ length: 100 }, (_, index) =>
      exchangeEvent({
        ms: index * 7,
        bytes: index,
        cache: index % 3 === 0 ? 'hit' : 'miss',
        sent: index % 3 === 0 ? 0 : 1,
      }),
    );
    const whole = createTally();
    for (const event of events) whole.note(event);
    const [first, second] = [createTally(), createTally()];
    events.forEach((event, index) => {
      (index % 2 === 0 ? first : second).note(event);
    });
    const united = createTally();
    for (const part of [first, second])
      for (const summary of part.endpoints()) united.add(JSON.parse(JSON.stringify(summary)));
    expect(united.endpoints()).toEqual(whole.endpoints());
  });

  it('gives median and 95th percentile to within 5 %, of what was sent alone', () => {
    const tally = createTally();
    for (let ms = 1; ms <= 1000; ms += 1) tally.note(exchangeEvent({ ms }));
    for (let ms = 0; ms < 1000; ms += 1) tally.note(exchangeEvent({ ms: 0, sent: 0, cache: 'hit' }));
    const [summary] = tally.endpoints() as [EndpointSummary];
    for (const [share, exact] of [
      [0.5, 500],
      [0.95, 950],
    ] as const) {
      expect(Math.abs((quantile(summary, share) ?? 0) - exact) / exact).toBeLessThan(0.05);
    }
    expect(quantile({ times: {} }, 0.5)).toBeNull();
  });

  it.each([
    ['https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSM1', '/geo/query/acc.cgi'],
    ['https://ftp.ncbi.nlm.nih.gov/geo/series/GSE1nnn/GSE1234/soft/GSE1234_family.soft.gz', '/geo/series/*/*/soft/*'],
    ['https://www.ebi.ac.uk/ena/browser/api/xml/SAMEA123456', '/ena/browser/api/xml/*'],
  ])('%s is %s', (url, endpoint) => {
    expect(endpointOf(url)).toBe(endpoint);
  });
});
