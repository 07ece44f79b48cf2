import { accessionsIn, type Sources } from '../sources.ts';
import type { PlayedAnswer, PlayedRequest } from './server.ts';

/** Plays ENA's `filereport` (one accession) and `search` (a list of one type): rows of runs; a column never recorded is ''. */
export function answerPortal({ path, fields }: PlayedRequest, sources: Sources): PlayedAnswer {
  const columns = (fields.get('fields') ?? '').split(',');
  const runs = path.endsWith('/filereport')
    ? runsOf(fields.get('accession') ?? '', sources)
    : (fields.get('includeAccessions') ?? '').split(',').flatMap((id) => runsOf(id, sources, typeOf(fields)));
  const lines = [...new Set(runs)].map((run) =>
    columns.map((column) => sources.rows.get(run)?.columns.get(column) ?? '').join('\t'),
  );
  const body = `${[columns.join('\t'), ...lines].join('\n')}\n`;
  return { status: 200, type: 'text/tab-separated-values; charset=UTF-8', body };
}

/** Names that a search by type may ask for. */
const NAMES: Readonly<Record<string, RegExp>> = {
  run: /^[SED]RR/,
  experiment: /^[SED]RX/,
  sample: /^(?:[SED]RS|SAM)/,
  study: /^(?:[SED]RP|PRJ)/,
};

function typeOf(fields: URLSearchParams): RegExp {
  return NAMES[fields.get('includeAccessionType') ?? ''] ?? /^/;
}

/** Runs by any of their names. Of a run whose row was recorded with few columns, the package at NCBI knows the names. */
function runsOf(accession: string, sources: Sources, type = /^/): string[] {
  if (!type.test(accession)) return [];
  return namesIndex(sources).get(accession) ?? [];
}

const INDEXES = new WeakMap<Sources, Map<string, string[]>>();

function namesIndex(sources: Sources): Map<string, string[]> {
  const known = INDEXES.get(sources);
  if (known !== undefined) return known;
  const index = new Map<string, string[]>();
  const add = (name: string, run: string): void => {
    index.set(name, [...new Set([...(index.get(name) ?? []), run])]);
  };
  for (const [run, row] of sources.rows) {
    const columns = [...row.columns].filter(([name]) => name.endsWith('_accession')).map(([, value]) => value);
    for (const name of accessionsIn(columns.join(' '))) add(name, run);
  }
  for (const found of sources.packages.values()) {
    const sample = found.samples[0];
    const names = [found.experiment, found.submission, found.study?.accession, found.study?.bioproject];
    for (const { accession } of found.runs.filter((run) => sources.rows.has(run.accession))) {
      for (const name of [...names, sample?.accession, sample?.biosample]) if (name) add(name, accession);
    }
  }
  INDEXES.set(sources, index);
  return index;
}

/** Plays ENA's Browser: one record by GET, sample records by POST. Unknown ones are left out; none known is a 404. */
export function answerBrowser({ path, body }: PlayedRequest, sources: Sources): PlayedAnswer {
  const last = path.replace(/^\/ena\/browser\/api\/xml\/?/, '');
  const asked = last === '' ? (JSON.parse(body) as { accessions: string[] }).accessions : last.split(',');
  const found = asked.flatMap((accession) => sources.records.get(decodeURIComponent(accession)) ?? []);
  if (found.length === 0) {
    return { status: 404, type: 'application/json', body: JSON.stringify({ status: 404, message: 'Not found' }) };
  }
  const name = /^<(\w+)/.exec(found[0] ?? '')?.[1];
  const set = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}_SET>\n${found.join('\n')}\n</${name}_SET>\n`;
  return { status: 200, type: 'application/xml', body: set };
}
