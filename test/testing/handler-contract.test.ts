import { describe, expect, test } from 'vitest';
import { custom } from '../../handlers/custom.ts';
import type { SampleRecord, SmallHandler } from '../../src/ports/handler.ts';
import { handlerContract } from '../../src/testing/contract/handler.ts';
import { HANDBOOK_RUNS, HANDBOOK_SAMPLE, startSampleService } from '../support/sample-service.ts';

/** The names of the tests of the contract that a handler does not pass. */
async function failedBy(handler: SmallHandler): Promise<string[]> {
  const tests: [string, () => Promise<void>][] = [];
  handlerContract((name, run) => tests.push([name, run]), {
    handler,
    async archive() {
      const service = await startSampleService({ samples: { CUSTOM123456: HANDBOOK_SAMPLE }, runs: HANDBOOK_RUNS });
      return { url: `${service.url}/v1`, missing: 'CUSTOM000009', search: { tissue: 'brain' }, close: service.close };
    },
  });
  const failed: string[] = [];
  for (const [name, run] of tests) await run().catch(() => failed.push(name));
  return failed;
}

describe('000-60: the contract of a handler finds', () => {
  test('nothing wrong with the template', async () => {
    expect(await failedBy(custom)).toEqual([]);
  });

  test.each<[string, Partial<SmallHandler>, string]>([
    [
      'a pattern without an end',
      { pattern: { pattern: /^CUSTOM\d{6}/, example: 'CUSTOM123456' } },
      'claims its examples, and nothing that only holds one',
    ],
    [
      'digits of other scripts',
      { pattern: { pattern: /^CUSTOM[\d٠-٩]{6}$/, example: 'CUSTOM123456' } },
      'claims its examples, and nothing that only holds one',
    ],
    ['a check that refuses the example', { validate: () => 'no' }, 'its examples pass its own check'],
    [
      'an error that is taken for absence',
      { fetchSample: (id, context) => custom.fetchSample(id, context).catch(() => null) },
      'status 500 that persists is http_error',
    ],
    [
      'an answer that nobody looks at',
      {
        fetchSample: async (id, { http }) => ({ title: (await http.json<{ title?: string }>(`/samples/${id}`)).title }),
      },
      'an answer that says nothing is no record',
    ],
    [
      'a request past the door',
      { fetchSample: async (id) => (await (await fetch(`https://example.org/${id}`)).json()) as SampleRecord },
      'answers every id of an archive that has it, with records',
    ],
    [
      'a column that is none',
      { fetchSample: async () => ({ tisue: 'brain', children: [] }) },
      'answers every id of an archive that has it, with records',
    ],
    [
      'records that differ from call to call',
      { fetchSample: async () => ({ title: String(performance.now()), children: [] }) },
      'gives the same again',
    ],
    ['hits of another archive', { search: async () => [{ id: 'FOREIGN1' }] }, 'a search gives ids that it claims'],
    ['a missing member', { fetchRun: undefined as never }, 'has every member of its form'],
  ])('%s', async (_what, broken, name) => {
    expect(await failedBy({ ...custom, ...broken })).toContain(name);
  });
});
