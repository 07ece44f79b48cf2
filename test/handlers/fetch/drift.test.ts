import { expect, test } from 'vitest';
import { guardDrift, noteDrift } from '../../../handlers/fetch/drift.ts';
import { geoSummaries } from '../../../handlers/fetch/geo-summaries.ts';
import { searchPackages } from '../../../handlers/fetch/packages.ts';
import { EMPTY_UNIT, type HandlerEvent } from '../../../src/ports/handler.ts';
import { eventsOf, fakeContext } from './fake-context.ts';

async function* events(...all: HandlerEvent[]): AsyncGenerator<HandlerEvent> {
  yield* all;
}

const UNIT: HandlerEvent = {
  type: 'records',
  of: ['SRR1'],
  unit: {
    ...EMPTY_UNIT,
    runs: [{ key: 'SRR1', source: 'INSDC', title: null, strategy: 'RNA-Seq' }],
    complete: [{ table: 'runs', parent: 'GSM1' }],
  },
};

test('without drift events pass as they are', async () => {
  const { context } = fakeContext(() => '');
  expect(await eventsOf(guardDrift(events(UNIT), context))).toEqual([UNIT]);
});

test('with drift nothing is overwritten by what did not come, no set is called whole, and it is told once', async () => {
  const { context } = fakeContext(() => '');
  noteDrift("ENA's run table", ['first_public', 'bases'], context);
  const [unit, warning, ...rest] = await eventsOf(guardDrift(events(UNIT), context));
  expect(unit).toMatchObject({ unit: { runs: [{ key: 'SRR1', source: 'INSDC', strategy: 'RNA-Seq' }], complete: [] } });
  expect(unit?.type === 'records' && 'title' in (unit.unit.runs[0] ?? {})).toBe(false);
  expect(warning).toMatchObject({
    type: 'warning',
    message: expect.stringContaining('bases, first_public did not come'),
  });
  expect(rest).toEqual([]);
  expect(await eventsOf(guardDrift(events(), context))).toEqual([]);
});

test('members of summaries that are gone are a warning, not a failure', async () => {
  const record = { uid: '200000001', accession: 'GSE1', title: 'a', summary: 'b', taxon: '', gse: '', gpl: '' };
  const result = { uids: ['200000001'], '200000001': record };
  const { context, asked } = fakeContext(() => JSON.stringify({ result }));
  const { summaries } = await geoSummaries(['GSE1'], context);
  expect(summaries.get('GSE1')?.title).toBe('a');
  expect(asked, 'asked once more, to be sure').toHaveLength(2);
  const [warning] = await eventsOf(guardDrift(events(), context));
  expect(warning).toMatchObject({
    message: expect.stringContaining("GEO's document summaries: extrelations, gdstype, pdat, pubmedids, samples"),
  });
});

test('elements that no package of an answer has are a warning; a few packages prove nothing', async () => {
  const package_ = (index: number) =>
    `<EXPERIMENT_PACKAGE><EXPERIMENT accession="SRX${index}" alias="GSM1"><DESIGN><LIBRARY_DESCRIPTOR/></DESIGN><PLATFORM/></EXPERIMENT><STUDY/><SAMPLE/></EXPERIMENT_PACKAGE>`;
  const warningsOf = async (count: number) => {
    const packages = Array.from({ length: count }, (_, index) => package_(index)).join('');
    const { context } = fakeContext((request) =>
      request.url.includes('esearch')
        ? JSON.stringify({ esearchresult: { count: String(count), webenv: 'W', querykey: '1' } })
        : `<EXPERIMENT_PACKAGE_SET>${packages}</EXPERIMENT_PACKAGE_SET>`,
    );
    expect((await searchPackages(['GSM1'], null, context)).packages).toHaveLength(count);
    return eventsOf(guardDrift(events(), context));
  };
  expect(await warningsOf(4)).toEqual([]);
  expect(await warningsOf(5)).toMatchObject([{ message: expect.stringContaining('RUN_SET/RUN did not come') }]);
});
