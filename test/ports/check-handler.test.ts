import { describe, expect, test } from 'vitest';
import { checkHandler, defineHandler } from '../../src/ports/check-handler.ts';

const WHOLE = {
  name: 'lab',
  source: 'LAB',
  baseUrl: 'https://lab.example.org/v1',
  pattern: { pattern: /^LAB\d{6}$/, example: 'LAB000001' },
  fetchSample: async () => null,
  fetchRun: async () => null,
};

const HOST = { host: 'files.example.org', operator: 'Lab', perSecond: 1, connections: 2, source: 'its web page' };

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(WHOLE).filter(([name]) => !names.includes(name)));

describe('000-01, 002-19: what a handler lacks is named member by member', () => {
  test('000-02 a whole one passes and is given back itself', () => {
    expect(defineHandler(WHOLE)).toBe(WHOLE);
    const limited = { ...WHOLE, hosts: [HOST], rate: { perSecond: 0.5, perSecondWithKey: 10, connections: 1 } };
    expect(defineHandler(limited)).toBe(limited);
  });

  test.each([
    [without('fetchSample'), 'the handler "lab" lacks fetchSample'],
    [without('fetchRun'), 'the handler "lab" lacks fetchRun'],
    [without('pattern'), 'the handler "lab" lacks pattern'],
    [without('source', 'baseUrl', 'fetchSample'), 'the handler "lab" lacks source, baseUrl, fetchSample'],
    [without('name'), 'a handler without a name lacks name'],
    [{ ...WHOLE, pattern: { pattern: /^LAB\d{6}$/ } }, 'the handler "lab" lacks pattern.example'],
    [{ ...without('fetchSample'), pattern: {} }, 'lacks pattern.pattern, pattern.example, fetchSample'],
    [{ ...without('pattern'), patterns: [WHOLE.pattern, { example: 'X1' }] }, 'lacks patterns[1].pattern'],
    [{ ...WHOLE, pattern: { ...WHOLE.pattern, level: 'project' } }, 'lacks fetchProject'],
    [
      { fetchBatch: async function* () {}, name: 'b' },
      'lacks description, source, batchSize, portVersion, hosts, pattern',
    ],
  ])('%#', (handler, message) => {
    expect(() => checkHandler(handler)).toThrow(message);
  });

  test.each([
    [{ ...WHOLE, pattern: { pattern: /LAB\d{6}/, example: 'LAB000001' } }, 'not anchored'],
    [{ ...WHOLE, pattern: { pattern: /^LAB\d{6}$/, example: 'LAB1' } }, 'does not fit its own example LAB1'],
    [{ ...WHOLE, pattern: { pattern: /^LAB\d{6}$/g, example: 'LAB000001' } }, 'flags g and y'],
    [{ ...WHOLE, pattern: { ...WHOLE.pattern, level: 'smaple' } }, 'level smaple, which is none'],
    [{ ...WHOLE, name: 'My Lab' }, 'not lower-case letters'],
    [{ ...WHOLE, name: 'order' }, 'means something else'],
    [{ ...WHOLE, name: 'ncbi' }, 'the variables NCBI_…'],
    [{ ...WHOLE, envPrefix: 'CELLINE' }, 'the variables CELLINE_…'],
    [{ ...WHOLE, source: 'lab' }, 'the source lab'],
    [
      { ...WHOLE, baseUrl: 'lab.example.org', ttl: '1h', rate: { perSecond: 0 } },
      'has ttl, baseUrl, rate.perSecond of another kind',
    ],
    [{ ...WHOLE, search: 'yes', batchSize: 0 }, 'has search, batchSize of another kind'],
    [{ ...WHOLE, checks: [{ url: 'status' }] }, 'has checks of another kind'],
    [{ ...WHOLE, rate: { perSecond: 1, connections: 0 } }, 'has rate.connections of another kind'],
    [{ ...WHOLE, rate: { perSecond: 1, connections: 1.5 } }, 'has rate.connections of another kind'],
    [{ ...WHOLE, rate: { perSecond: 1, perSecondWithKey: '3' } }, 'has rate.perSecondWithKey of another kind'],
    [{ ...WHOLE, hosts: [HOST, { ...HOST, connections: 0 }] }, 'has hosts[1].connections of another kind'],
    [{ ...WHOLE, hosts: [{ ...HOST, connections: Number.NaN }] }, 'has hosts[0].connections of another kind'],
    [{ ...WHOLE, hosts: [{ ...HOST, connections: undefined }] }, 'has hosts[0].connections of another kind'],
    [{ ...WHOLE, hosts: [{ ...HOST, operator: '', firstByteTimeoutMs: 0 }] }, 'has hosts[0].operator, hosts[0].first'],
    [{ ...WHOLE, hosts: [null] }, 'has hosts[0].host, hosts[0].operator, hosts[0].perSecond, hosts[0].connections of'],
    [{ ...WHOLE, hosts: {} }, 'has hosts of another kind'],
    [{ ...WHOLE, portVersion: 2 }, 'was written for version 2 of the handler port, this celline speaks version 1'],
    [null, 'a handler is an object, not null'],
    ['lab', 'a handler is an object, not string'],
  ])('what is of another kind is named: %#', (handler, message) => {
    expect(() => checkHandler(handler)).toThrow(message);
  });
});
