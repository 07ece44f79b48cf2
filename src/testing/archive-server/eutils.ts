import { type Answer, escapeText, jsonAnswer, xmlAnswer } from './answer.ts';
import { bioprojectUid, findProject, projectSummary, renderProject } from './bioproject.ts';
import { bioSampleUid, renderBioSample } from './biosample.ts';
import { isHidden } from './ena-portal.ts';
import type { EntrezHistory } from './entrez-history.ts';
import { DATABASES, type Database, findPhrase } from './entrez-search.ts';
import { parseEntrezTerm, runEntrezTerm } from './entrez-term.ts';
import { accessionOfGdsUid, gdsSummary } from './gds-summary.ts';
import type { Hidden } from './geo-endpoints.ts';
import { RUN_INFO_COLUMNS, renderRunInfo } from './run-info.ts';
import { renderPackage } from './sra-package.ts';
import type { WorldSample } from './world.ts';
import { hasPackage, isMissing, type Library, type WorldIndex } from './world-index.ts';

/** What the E-utilities answer from. */
export interface EutilsState {
  readonly index: WorldIndex;
  readonly history: EntrezHistory;
  /** Most ids, terms or records of one request. */
  readonly mostIds: number;
}

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"  ?>\n';

/** Answers `/entrez/eutils/<tool>.fcgi` for esearch, esummary and efetch. */
export function answerEutils(tool: string, parameters: URLSearchParams, state: EutilsState, hidden: Hidden): Answer {
  const key = parameters.get('api_key');
  if (key === '') return jsonAnswer(400, { error: 'API key invalid', 'api-key': '', type: 'parse' });
  const database = DATABASES.find((name) => name === parameters.get('db'));
  if (database === undefined) return errorXml(tool, `Invalid db name specified: ${parameters.get('db') ?? ''}`);
  if (tool === 'esearch') return search(database, parameters, state, hidden);
  if (tool === 'esummary') return summarize(database, parameters, state, hidden);
  return fetchRecords(database, parameters, state, hidden);
}

function search(database: Database, parameters: URLSearchParams, state: EutilsState, hidden: Hidden): Answer {
  const header = { type: 'esearch', version: '0.3' };
  const accessions = (parameters.get('term') ?? '').match(/[A-Za-z]+\d+/g)?.length ?? 0;
  if (accessions > state.mostIds) {
    return jsonAnswer(200, { header, esearchresult: { ERROR: `Too many terms in query: ${accessions}` } });
  }
  const term = parseEntrezTerm(parameters.get('term') ?? '');
  if (term === undefined)
    return jsonAnswer(200, { header, esearchresult: { ERROR: 'Empty term and query_key - nothing todo' } });
  const result = runEntrezTerm<string>(term, (phrase) => findPhrase(database, phrase, state.index, hidden));
  // Newest first: nobody may rely on the order asked in.
  const uids = [...result.found].sort((one, other) => Number(other) - Number(one));
  const start = Number(parameters.get('retstart') ?? '0');
  const max = Number(parameters.get('retmax') ?? '20');
  const page = uids.slice(start, start + max);
  const kept = parameters.get('usehistory') === 'y' ? state.history.keep(uids, parameters.get('WebEnv')) : undefined;
  return jsonAnswer(200, {
    header,
    esearchresult: {
      count: String(uids.length),
      retmax: String(page.length),
      retstart: String(start),
      ...(kept === undefined ? {} : { querykey: kept.queryKey, webenv: kept.environment }),
      idlist: page,
      translationset: [],
      querytranslation: result.translation,
      ...(result.notFound.length === 0 ? {} : { errorlist: { phrasesnotfound: result.notFound, fieldsnotfound: [] } }),
    },
  });
}

function summarize(database: Database, parameters: URLSearchParams, state: EutilsState, hidden: Hidden): Answer {
  const header = { type: 'esummary', version: '0.3' };
  const uids = askedIds(parameters, state);
  if (uids === undefined) return jsonAnswer(200, { header, esummaryresult: ['Unable to obtain query #1'] });
  if (uids.length === 0) return jsonAnswer(200, { header, esummaryresult: ['Neither query_key nor id specified'] });
  if (uids.length > state.mostIds) {
    const error = `Too many UIDs in request. Maximum number of UIDs is ${state.mostIds} for JSON format output.`;
    return jsonAnswer(200, { header, error });
  }
  const bad = uids.findIndex((uid) => !/^\d+$/.test(uid));
  if (bad >= 0) return jsonAnswer(200, { error: `Invalid uid ${uids[bad]} at position= ${bad}`, result: { uids: [] } });
  const known = [...new Set(uids)].filter((uid) => !hidden.has(uid) && !hidden.has(accessionOfGdsUid(uid) ?? ''));
  return {
    status: 200,
    type: 'application/json; charset=UTF-8',
    head: `{"header":${JSON.stringify(header)},"result":{"uids":${JSON.stringify(known)}`,
    records: summaries(database, known, state),
    tail: '}}\n',
  };
}

function* summaries(database: Database, uids: readonly string[], { index }: EutilsState): Generator<string> {
  for (const uid of uids) {
    const found = database === 'gds' ? gdsSummary(accessionOfGdsUid(uid) ?? '', index) : projectOfUid(uid, index);
    yield `,"${uid}":${JSON.stringify(found ?? { uid, error: 'cannot get document summary' })}`;
  }
}

function projectOfUid(uid: string, index: WorldIndex): Record<string, unknown> | undefined {
  const project = findProject(projectAccession(uid, index), index);
  return project === undefined ? undefined : projectSummary(project);
}

function projectAccession(uid: string, index: WorldIndex): string {
  if (/^PRJ/.test(uid)) return uid;
  const named = [...index.bioprojects.keys()].find((accession) => bioprojectUid(accession) === uid);
  return named ?? `PRJNA${uid}`;
}

function fetchRecords(database: Database, parameters: URLSearchParams, state: EutilsState, hidden: Hidden): Answer {
  const asked = askedIds(parameters, state);
  if (asked === undefined) return errorXml('efetch', 'Unable to obtain query #1');
  if (asked.length === 0) return errorXml('efetch', 'Empty id list - nothing todo');
  const fromHistory = parameters.has('WebEnv');
  if (!fromHistory && asked.length > state.mostIds)
    return errorXml('efetch', `Too many ids in request: ${asked.length}`);
  // A page of the history is cut to the most that NCBI hands out at once, without a word.
  const ids = asked.slice(0, state.mostIds);
  if (database === 'sra') return fetchSra(ids, parameters, fromHistory, state, hidden);
  if (database === 'biosample') return xmlSet('BioSampleSet', bioSamples(ids, state.index, hidden));
  if (database === 'bioproject') return xmlSet('RecordSet', projects(ids, state.index, hidden));
  return errorXml('efetch', `Retrieval from db=${database} is not played by this server`);
}

function fetchSra(
  ids: readonly string[],
  parameters: URLSearchParams,
  fromHistory: boolean,
  { index }: EutilsState,
  hidden: Hidden,
): Answer {
  const found = sraLibraries(ids, index).filter((library) => !isHidden(library, hidden));
  if (parameters.get('rettype') === 'runinfo') {
    // Through the history the header line is missing (a real capture of 2026-04); with ids it is there.
    const head = fromHistory ? '' : `${RUN_INFO_COLUMNS}\n`;
    return { status: 200, type: 'text/csv; charset=UTF-8', head, records: each(found, renderRunInfo), tail: '\n' };
  }
  return {
    status: 200,
    type: 'text/xml; charset=UTF-8',
    head: `${XML_HEAD}<EXPERIMENT_PACKAGE_SET>\n`,
    records: each(found, (library) => renderPackage(library, index)),
    tail: '</EXPERIMENT_PACKAGE_SET>\n',
  };
}

/** Libraries by UID or accession, each once; an accession of a run brings its whole experiment. */
function sraLibraries(ids: readonly string[], index: WorldIndex): Library[] {
  const found = new Map<number, Library>();
  for (const id of ids) {
    const byUid = index.libraries.get(Number(id));
    for (const library of byUid === undefined ? (index.librariesOf.get(id.toUpperCase()) ?? []) : [byUid]) {
      if (hasPackage(library)) found.set(library.uid, library);
    }
  }
  return [...found.values()];
}

function* bioSamples(ids: readonly string[], index: WorldIndex, hidden: Hidden): Generator<string> {
  for (const id of new Set(ids)) {
    const sample = bioSampleOf(id, index);
    if (sample?.biosample === undefined || hidden.has(sample.biosample)) continue;
    const libraries = sample.experiments.flatMap((experiment) => index.librariesOf.get(experiment.accession) ?? []);
    const known = libraries.filter((library) => !isMissing(library.study, 'NCBI'));
    if (libraries.length > 0 && known.length === 0) continue;
    yield `${renderBioSample(sample, known[0]?.study.bioproject)}\n`;
  }
}

/** By SAMN accession, else by number: NCBI strips an SRS to its digits, and so answers another sample, or none. */
function bioSampleOf(id: string, index: WorldIndex): WorldSample | undefined {
  if (/^SAM/.test(id)) return index.insdcSamples.get(id)?.[0];
  const number = id.replace(/\D/g, '');
  const found = index.insdcSamples.get(`SAMN${number.padStart(8, '0')}`)?.[0];
  return found?.biosample !== undefined && bioSampleUid(found.biosample) === String(Number(number)) ? found : undefined;
}

function* projects(ids: readonly string[], index: WorldIndex, hidden: Hidden): Generator<string> {
  for (const id of new Set(ids)) {
    const accession = projectAccession(id, index);
    const project = hidden.has(accession) ? undefined : findProject(accession, index);
    if (project !== undefined) yield `${renderProject(project)}\n`;
  }
}

/** The ids of a request: from its list, or a page of its history; undefined when the history does not know the query. */
function askedIds(parameters: URLSearchParams, state: EutilsState): readonly string[] | undefined {
  if (parameters.has('WebEnv')) {
    const uids = state.history.find(parameters.get('WebEnv'), parameters.get('query_key'));
    if (uids === undefined) return undefined;
    const start = Number(parameters.get('retstart') ?? '0');
    return uids.slice(start, start + Number(parameters.get('retmax') ?? String(uids.length)));
  }
  return parameters
    .getAll('id')
    .join(',')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

function xmlSet(root: string, records: Iterable<string>): Answer {
  return {
    status: 200,
    type: 'text/xml; charset=UTF-8',
    head: `<?xml version="1.0" encoding="UTF-8" ?>\n<${root}>\n`,
    records,
    tail: `</${root}>\n`,
  };
}

/** The form in which E-utilities report their own errors: status 200 and an `<ERROR>`. */
function errorXml(tool: string, message: string): Answer {
  const root = { esearch: 'eSearchResult', esummary: 'eSummaryResult' }[tool] ?? 'eFetchResult';
  return xmlAnswer(200, `${XML_HEAD}<${root}>\n\t<ERROR>${escapeText(message)}</ERROR>\n</${root}>\n`);
}

function* each<T>(values: readonly T[], render: (value: T) => string): Generator<string> {
  for (const value of values) yield render(value);
}
