import type { PlainPackage } from '../plain-package.ts';
import { accessionsIn, type Sources } from '../sources.ts';
import type { PlayedAnswer, PlayedRequest } from './server.ts';

/** Plays esearch and efetch of db=sra, esummary of db=gds and efetch of db=biosample. A history lives as long as the playback. */
export function createEutils(sources: Sources): (request: PlayedRequest) => PlayedAnswer {
  const byName = indexPackages(sources);
  const history: PlainPackage[][] = [];
  return ({ path, fields }) => {
    const call = `${path.split('/').at(-1)} ${fields.get('db')}`;
    if (call === 'esearch.fcgi sra') return search(fields, byName, history);
    if (call === 'efetch.fcgi sra') return fetchPackages(fields, history);
    if (call === 'esummary.fcgi gds') return summarize(fields, sources);
    if (call === 'efetch.fcgi biosample') {
      const found = idsOf(fields).map((id) => sources.biosamples.get(id) ?? '');
      return xml(`<BioSampleSet>${found.join('\n')}</BioSampleSet>`);
    }
    return { status: 400, type: 'text/plain', body: `${call} is not recorded` };
  };
}

/** Packages by every accession that their text names: NCBI's bare term is a search in all fields. */
function indexPackages(sources: Sources): Map<string, PlainPackage[]> {
  const byName = new Map<string, PlainPackage[]>();
  for (const found of sources.packages.values()) {
    for (const name of accessionsIn(found.text)) byName.set(name, [...(byName.get(name) ?? []), found]);
  }
  return byName;
}

function search(
  fields: URLSearchParams,
  byName: ReadonlyMap<string, PlainPackage[]>,
  history: PlainPackage[][],
): PlayedAnswer {
  const terms = (fields.get('term') ?? '').split(/ OR /i).map((term) => term.replace(/\[.*\]$/, '').trim());
  const found = new Set(terms.flatMap((term) => byName.get(term) ?? []));
  // Newest first, as NCBI answers: nobody may rely on the order asked in.
  history.push([...found].reverse());
  const missing = terms.filter((term) => !byName.has(term));
  return json({
    header: { type: 'esearch', version: '0.3' },
    esearchresult: {
      count: String(found.size),
      retmax: '0',
      retstart: '0',
      querykey: '1',
      webenv: `MCID_${history.length - 1}`,
      idlist: [],
      translationset: [],
      querytranslation: fields.get('term'),
      ...(missing.length === 0 ? {} : { errorlist: { phrasesnotfound: missing, fieldsnotfound: [] } }),
    },
  });
}

function fetchPackages(fields: URLSearchParams, history: readonly PlainPackage[][]): PlayedAnswer {
  const found = history[Number(fields.get('WebEnv')?.replace('MCID_', ''))];
  if (found === undefined) return xml('<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>');
  const start = Number(fields.get('retstart') ?? 0);
  const page = found.slice(start, start + Number(fields.get('retmax') ?? 20));
  return xml(`<EXPERIMENT_PACKAGE_SET>${page.map((one) => one.text).join('')}</EXPERIMENT_PACKAGE_SET>`);
}

function summarize(fields: URLSearchParams, sources: Sources): PlayedAnswer {
  const uids = idsOf(fields);
  const records = uids.map((uid) => [uid, sources.summaries.get(uid) ?? { uid, error: `cannot get document summary` }]);
  return json({ header: { type: 'esummary', version: '0.3' }, result: { uids, ...Object.fromEntries(records) } });
}

function idsOf(fields: URLSearchParams): string[] {
  return (fields.get('id') ?? '').split(',').filter(Boolean);
}

function json(value: unknown): PlayedAnswer {
  return { status: 200, type: 'application/json; charset=UTF-8', body: JSON.stringify(value) };
}

function xml(body: string): PlayedAnswer {
  return { status: 200, type: 'text/xml; charset=UTF-8', body: `<?xml version="1.0" encoding="UTF-8" ?>\n${body}\n` };
}
