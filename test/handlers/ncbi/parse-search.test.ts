import { describe, expect, it } from 'vitest';
import { parseSearch } from '../../../handlers/ncbi/parse-search.ts';
import { BadResponseError } from '../../../src/ports/handler.ts';
import { fixture } from '../text-chunks.ts';

describe('esearch answers', () => {
  it('give count, ids, history and what was not found', async () => {
    expect(parseSearch(JSON.parse(await fixture('ncbi/searches/found.json')))).toEqual({
      count: 2,
      ids: ['9000002', '9000001'],
      webEnv: 'MCID_0123456789abcdef',
      queryKey: '1',
      notFound: ['SRX0'],
      translation: 'GSM9000001[All Fields] OR GSM9000002[All Fields] OR SRX0[All Fields]',
      error: null,
    });
  });

  it('of nothing are an answer, not an error', async () => {
    expect(parseSearch(JSON.parse(await fixture('ncbi/searches/none.json')))).toMatchObject({
      count: 0,
      webEnv: null,
      queryKey: null,
      notFound: ['abcXYZ', '"not there"'],
      error: null,
    });
  });

  it.each([
    [{ error: 'API rate limit exceeded', count: '11' }, 'API rate limit exceeded'],
    [
      { esearchresult: { ERROR: 'Search Backend failed: Couldn’t resolve' } },
      'Search Backend failed: Couldn’t resolve',
    ],
  ])('state their error', (json, error) => {
    expect(parseSearch(json)).toMatchObject({ count: 0, ids: [], webEnv: null, error });
  });

  it.each([null, 'text', [], {}, { esearchresult: {} }, { esearchresult: { count: 'many' } }])('%j is none', (json) => {
    expect(() => parseSearch(json)).toThrow(BadResponseError);
  });
});
