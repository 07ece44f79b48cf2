import type { HttpRequest } from '../../src/ports/handler.ts';

const BASE = 'https://eutils.ncbi.nlm.nih.gov/entrez/eutils';

/** Most UIDs of one `esummary` in JSON; NCBI answers more with an error under status 200, through its history too. */
const MAX_SUMMARY_UIDS = 500;

/** A search field of db=sra that celline uses; without one NCBI searches All Fields. */
export type SearchField = 'accn' | 'BioProject';

/**
 * Searches db=sra for any of the terms and keeps the result in NCBI's history. The answer holds a session token: it is
 * stored beside its pages, under the terms like them, so that a second run asks for neither. A page that is not stored any
 * more may meet a token that NCBI has forgotten: the search is asked again then.
 * A bare accession is an All Fields search and also finds records that only mention it.
 */
export function searchSra(
  terms: readonly string[],
  options: { readonly field?: SearchField | null } = {},
): Omit<HttpRequest, 'expect'> & { expect: { kind: 'json' } } {
  const field = options.field ?? null;
  return {
    ...post('esearch', { db: 'sra', term: anyOf(terms, field), usehistory: 'y', retmax: '0', retmode: 'json' }),
    expect: { kind: 'json' },
    cacheAs: `ncbi/sra/search/${field ?? 'all'}/${terms.toSorted().join(',')}`,
    label: `SRA search for ${terms.length} terms`,
  };
}

/** A page of a result that NCBI keeps in its history. */
export interface HistoryPage {
  readonly webEnv: string;
  readonly queryKey: string;
  /** Number of records before the page. */
  readonly start: number;
  /** Records of the page; about 10 KB each. */
  readonly max: number;
  /** What was searched for (field and sorted terms), since the session token changes each time; the page is added here. */
  readonly cacheAs: string;
}

/** Fetches a page of experiment packages (full XML) of a search kept by `searchSra`. */
export function fetchSraHistory(page: HistoryPage): HttpRequest {
  return {
    ...post('efetch', {
      db: 'sra',
      rettype: 'full',
      retmode: 'xml',
      WebEnv: page.webEnv,
      query_key: page.queryKey,
      retstart: String(page.start),
      retmax: String(page.max),
    }),
    expect: { kind: 'xml', roots: ['EXPERIMENT_PACKAGE_SET'] },
    cacheAs: `ncbi/sra/full/${page.start}+${page.max}/${page.cacheAs}`,
    label: `SRA packages of ${page.max} experiments`,
  };
}

/** Document summaries of GEO records by UID; at most 500. Throws a `RangeError` for more: the caller has to cut its list. */
export function summarizeGds(uids: readonly string[]): HttpRequest {
  if (uids.length > MAX_SUMMARY_UIDS) {
    throw new RangeError(`${uids.length} UIDs in one esummary; NCBI takes ${MAX_SUMMARY_UIDS}`);
  }
  return {
    ...post('esummary', { db: 'gds', retmode: 'json', id: uids.join(',') }),
    expect: { kind: 'json' },
    label: `GEO summaries of ${uids.length} records`,
  };
}

/**
 * Fetches BioSamples by accession (SAMN, SAMEA, SAMD). Never by SRS: NCBI strips such an id to its digits and answers
 * another sample. Unknown ones are absent from the answer.
 */
export function fetchBioSamples(accessions: readonly string[]): HttpRequest {
  return {
    ...post('efetch', { db: 'biosample', retmode: 'xml', id: accessions.join(',') }),
    expect: { kind: 'xml', roots: ['BioSampleSet'] },
    label: `BioSamples of ${accessions.length} accessions`,
  };
}

/** By POST, so that long lists fit; a look-up, so that it may be sent again. */
function post(tool: 'esearch' | 'efetch' | 'esummary', form: Record<string, string>): Omit<HttpRequest, 'expect'> {
  return { url: `${BASE}/${tool}.fcgi`, method: 'POST', form, lookup: true };
}

function anyOf(terms: readonly string[], field: string | null): string {
  return terms.map((term) => (field === null ? term : `${term}[${field}]`)).join(' OR ');
}
