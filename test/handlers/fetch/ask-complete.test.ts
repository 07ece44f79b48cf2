import { describe, expect, test } from 'vitest';
import { askComplete } from '../../../handlers/fetch/ask-complete.ts';
import { bioSamples } from '../../../handlers/fetch/biosamples.ts';
import { searchRuns } from '../../../handlers/fetch/ena-runs.ts';
import { geoSummaries } from '../../../handlers/fetch/geo-summaries.ts';
import { geoRecord } from '../../../handlers/fetch/geo-text.ts';
import { searchPackages } from '../../../handlers/fetch/packages.ts';
import { BadResponseError, type HttpRequest } from '../../../src/ports/handler.ts';
import { fakeContext } from './fake-context.ts';

/** Asks a made-up archive, whose answers are lists of names; `!` is one that its reader refuses, `?` is none. */
async function ask(ids: readonly string[], answers: readonly string[]) {
  const { context, asked, forgotten } = fakeContext((_, index) => {
    if (answers[index] === '?') throw new Error('no answer');
    return answers[index] ?? '';
  });
  const names = (request: HttpRequest) => request.form?.ids ?? '';
  const records = await askComplete(
    ids,
    {
      requestOf: (some) => ({ url: 'https://example.org/', form: { ids: some.join(' ') }, expect: { kind: 'text' } }),
      send: context.http.chunks,
      read: async (chunks) => {
        let text = '';
        for await (const chunk of chunks) text += chunk;
        if (text === '!') throw new BadResponseError('broken inside', { fields: { kind: 'malformed' } });
        return text.split(' ').filter((name) => name !== '');
      },
      namesOf: (record) => [record],
    },
    context,
  ).catch((error: Error) => error.message);
  const shown = asked.map((request) => `${names(request)}${request.refresh ? ' past the cache' : ''}`);
  return { records, asked: shown, forgotten: forgotten.map(names) };
}

describe('a list of which an answer left something out', () => {
  test.each([
    ['whole', ['a b'], ['a', 'b'], ['a b'], []],
    ['left out, then there', ['a', 'b'], ['a', 'b'], ['a b', 'b past the cache'], ['a b']],
    ['left out twice is not there', ['a', ''], ['a'], ['a b', 'b past the cache'], []],
    ['nothing, then all', ['', 'b a'], ['b', 'a'], ['a b', 'a b past the cache'], []],
    [
      'nothing, then some, then the rest',
      ['', 'a', 'b'],
      ['a', 'b'],
      ['a b', 'a b past the cache', 'b past the cache'],
      ['a b'],
    ],
    ['twice in one answer', ['a a b'], ['a', 'a', 'b'], ['a b'], []],
    ['of others only, then right', ['x y', 'a b'], ['a', 'b'], ['a b', 'a b past the cache'], []],
    ['with others beside', ['a x b'], ['a', 'b'], ['a b'], []],
    // Not kept while it is in doubt.
    ['refused by the reader, then right', ['!', 'a b'], ['a', 'b'], ['a b', 'a b past the cache'], ['a b']],
    ['refused by the reader twice', ['!', '!'], 'broken inside', ['a b', 'a b past the cache'], ['a b', 'a b']],
    ['refused by the reader, then no answer', ['!', '?'], 'no answer', ['a b', 'a b past the cache'], ['a b']],
  ])('%s', async (_, answers, records, asked, forgotten) => {
    expect(await ask(['a', 'b'], answers)).toEqual({ records, asked, forgotten });
  });
});

const HEADER = 'run_accession\texperiment_accession\tsample_accession\n';

describe('each endpoint', () => {
  test('ENA search: a run is there once though its row came twice', async () => {
    const { context } = fakeContext(() => `${HEADER}SRR1\tSRX1\tSAMN1\nSRR1\tSRX1\tSAMN1\n`);
    const { rows } = await searchRuns(['SRR1'], 'run', context);
    expect(rows.map((row) => row.run_accession)).toEqual(['SRR1']);
  });

  test('ENA search: an experiment that was left out, as a header only too', async () => {
    const { context, asked } = fakeContext((_, index) => (index === 0 ? HEADER : `${HEADER}SRR1\tSRX1\tSAMN1\n`));
    expect((await searchRuns(['SRX1'], 'experiment', context)).rows).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  test('ENA search: the samples of a pooled run are all answered by its row', async () => {
    const { context, asked } = fakeContext(() => `${HEADER}SRR1\tSRX1\tSAMN1;SAMN2\n`);
    await searchRuns(['SAMN1', 'SAMN2'], 'sample', context);
    expect(new Set(asked.map((request) => request.form?.includeAccessions))).toEqual(new Set(['SAMN1,SAMN2']));
  });

  test('BioSamples: one that was left out comes with the second answer', async () => {
    const set = (...names: string[]) =>
      `<BioSampleSet>${names.map((name) => `<BioSample accession="${name}"></BioSample>`).join('')}</BioSampleSet>`;
    const { context, forgotten } = fakeContext((_, index) => (index === 0 ? set('SAMN1') : set('SAMN2')));
    expect([...(await bioSamples(['SAMN1', 'SAMN2'], context)).samples.keys()]).toEqual(['SAMN1', 'SAMN2']);
    expect(forgotten).toHaveLength(1);
  });

  test('GEO summaries: left out without a word is asked again, named as unknown is not', async () => {
    const record = { title: '', summary: '', taxon: '', gdstype: '', pdat: '', gse: '', gpl: '' };
    const summary = (uid: string, accession: string) => ({
      [uid]: { ...record, uid, accession, samples: [], extrelations: [], pubmedids: [] },
    });
    const unknown = { '300000002': { uid: '300000002', error: 'cannot get document summary' } };
    const first = { uids: ['300000001', '300000002'], ...summary('300000001', 'GSM1'), ...unknown };
    const second = { uids: ['300000003'], ...summary('300000003', 'GSM3') };
    const { context, asked } = fakeContext((_, index) => JSON.stringify({ result: index === 0 ? first : second }));
    const { summaries } = await geoSummaries(['GSM1', 'GSM2', 'GSM3'], context);
    expect([...summaries.keys()]).toEqual(['GSM1', 'GSM3']);
    expect(asked.map((request) => request.form?.id)).toEqual(['300000001,300000002,300000003', '300000003']);
  });

  test('acc.cgi: the text of another record is none, and is no "not found"', async () => {
    const { context, forgotten } = fakeContext(() => '^SAMPLE = GSM2\n!Sample_title = a\n');
    await expect(geoRecord('GSM1', context)).rejects.toMatchObject({ fields: { kind: 'other_records' } });
    expect(forgotten).toHaveLength(2);
  });
});

/** NCBI with packages of these experiments, and how its pages go wrong. */
function ncbi(count: number, pages: readonly (readonly string[] | 'expired')[]) {
  let page = 0;
  return fakeContext((request) => {
    if (request.url.includes('esearch')) {
      return JSON.stringify({ esearchresult: { count: String(count), webenv: 'W', querykey: '1', idlist: [] } });
    }
    const experiments = pages[page++] ?? [];
    if (experiments === 'expired') throw new BadResponseError('no', { fields: { kind: 'expired', url: 'x' } });
    const packages = experiments.map(
      (name) =>
        `<EXPERIMENT_PACKAGE><EXPERIMENT accession="${name}" alias="GSM1"/><RUN_SET><RUN accession="SRR1"/></RUN_SET></EXPERIMENT_PACKAGE>`,
    );
    return `<EXPERIMENT_PACKAGE_SET>${packages.join('')}</EXPERIMENT_PACKAGE_SET>`;
  });
}

function toolOf({ url }: HttpRequest): string {
  return url.replace(/^.*\/|\.fcgi$/g, '');
}

describe('pages of a search', () => {
  test('fewer packages than the search counts are asked for again, and the fuller answer counts', async () => {
    const { context } = ncbi(3, [
      ['SRX1', 'SRX2'],
      ['SRX1', 'SRX2', 'SRX3'],
    ]);
    const { packages, error } = await searchPackages(['GSM1'], null, context);
    expect([packages.map((found) => found.experiment), error]).toEqual([['SRX1', 'SRX2', 'SRX3'], null]);
  });

  test('fewer that come twice are believed, half of them are not', async () => {
    const withdrawn = ncbi(3, [
      ['SRX1', 'SRX2'],
      ['SRX1', 'SRX2'],
    ]);
    expect((await searchPackages(['GSM1'], null, withdrawn.context)).packages).toHaveLength(2);
    const lying = ncbi(3, []);
    expect((await searchPackages(['GSM1'], null, lying.context)).error).toMatchObject({ fields: { kind: 'too_few' } });
    // The search may be to blame: it is forgotten with its page.
    expect(new Set(lying.forgotten.map(toolOf))).toEqual(new Set(['efetch', 'esearch']));
  });

  test('records that no term names are believed when they come from two searches, and nothing of them is kept', async () => {
    const others = ncbi(1, [['SRX1'], ['SRX1'], ['SRX1'], ['SRX1']]);
    expect((await searchPackages(['GSM7'], null, others.context)).packages).toHaveLength(1);
    const last = (tool: string) => others.asked.findLastIndex(({ url }) => url.includes(tool));
    const kept = [last('esearch'), last('efetch')].map((index) => others.asked[index]?.form);
    for (const form of kept) expect(others.forgotten.map((request) => request.form)).toContainEqual(form);
  });

  test.each([
    ['is asked again, and the right one is kept', ['GSM2', 'GSM1'], 'SRX1', ['esearch']],
    [
      'that comes twice is believed, and nothing of it is kept',
      ['GSM2', 'GSM2'],
      'SRX2',
      ['esearch', 'esearch', 'efetch'],
    ],
  ])('a search that names accessions which nobody asked for %s', async (_what, answers, experiment, gone) => {
    const sessions = [...answers];
    const { context, asked, forgotten } = fakeContext(({ url, form }) => {
      if (!url.includes('esearch')) {
        const sample = `<EXPERIMENT accession="SRX${form?.WebEnv?.slice(-1)}" alias="GSM1"/>`;
        return `<EXPERIMENT_PACKAGE_SET><EXPERIMENT_PACKAGE>${sample}</EXPERIMENT_PACKAGE></EXPERIMENT_PACKAGE_SET>`;
      }
      const name = sessions.shift();
      const querytranslation = `${name}[All Fields] OR GSM3[All Fields]`;
      return JSON.stringify({ esearchresult: { count: '1', webenv: `W-${name}`, querykey: '1', querytranslation } });
    });
    const { packages } = await searchPackages(['GSM1', 'gsm3'], null, context);
    expect(packages.map((found) => found.experiment)).toEqual([experiment]);
    expect(asked.map(toolOf)).toEqual(['esearch', 'esearch', 'efetch']);
    expect(forgotten.map(toolOf)).toEqual(gone);
  });

  test('a session that NCBI has forgotten is replaced by that of a new search', async () => {
    const { context, asked } = ncbi(1, ['expired', ['SRX1']]);
    expect((await searchPackages(['GSM1'], null, context)).packages).toHaveLength(1);
    expect(
      asked.filter((request) => request.url.includes('esearch')).map((request) => request.refresh ?? false),
    ).toEqual([false, true]);
  });
});
