import { type Answer, textAnswer } from './answer.ts';
import type { Hidden } from './geo-endpoints.ts';
import { readFields, rowCells } from './run-row.ts';
import { type Library, namesOfLibrary, type RunRecord, runsAt, type WorldIndex } from './world-index.ts';

/** What an accession of each level looks like at the Portal; a BioProject and its SRP are two names of one record. */
const LEVELS = {
  run: /^[SED]RR\d{6,}$/,
  experiment: /^[SED]RX\d{6,}$/,
  sample: /^(?:SAM[END]A?\d{6,}|[SED]RS\d{6,})$/,
  study: /^(?:PRJ(?:NA|EB|DB)\d+|[SED]RP\d{6,})$/,
  submission: /^[SED]RA\d{6,}$/,
} as const;

/**
 * What `includeAccessionType` takes. Whether it also takes the secondary forms (SRS, SRP) is unconfirmed; the server does not,
 * so that a client that relies on them is found out here.
 */
const SEARCH_LEVELS = {
  run: LEVELS.run,
  experiment: LEVELS.experiment,
  sample: /^SAM[END]A?\d{6,}$/,
  study: /^PRJ(?:NA|EB|DB)\d+$/,
} as const;

type SearchLevel = keyof typeof SEARCH_LEVELS;

const TSV = 'text/plain;charset=UTF-8';
const JSON_TYPE = 'application/json;charset=UTF-8';

/** Answers `/ena/portal/api/filereport`: the rows of exactly one accession. A comma list gives the header alone. */
export function answerFileReport(parameters: URLSearchParams, index: WorldIndex, hidden: Hidden): Answer {
  const accession = parameters.get('accession') ?? '';
  const refusal = refuse(parameters) ?? refuseAccession(accession);
  return refusal ?? rowsAnswer(rowsOf([accession], undefined, index, hidden), parameters);
}

/** Answers `/ena/portal/api/filereportcount`. */
export function answerFileReportCount(parameters: URLSearchParams, index: WorldIndex, hidden: Hidden): Answer {
  const accession = parameters.get('accession') ?? '';
  const refusal = refuse(parameters) ?? refuseAccession(accession);
  if (refusal !== undefined) return refusal;
  let count = 0;
  for (const _row of rowsOf([accession], undefined, index, hidden)) count += 1;
  return textAnswer(200, `count\n${count}\n`);
}

/** Answers `/ena/portal/api/search` for a list of accessions, GET or POST; `includeAccessionType` names their level. */
export function answerSearch(
  parameters: URLSearchParams,
  index: WorldIndex,
  hidden: Hidden,
  mostAccessions: number,
): Answer {
  const accessions = (parameters.get('includeAccessions') ?? '').split(',').map((one) => one.trim());
  const refusal = refuse(parameters);
  if (refusal !== undefined) return refusal;
  for (const rejected of ['offset', 'sortFields']) {
    if (parameters.has(rejected)) return textAnswer(400, `Unsupported param ${rejected}`);
  }
  if (accessions.length === 1 && accessions[0] === '') return textAnswer(400, 'Invalid query');
  if (accessions.length > mostAccessions) return textAnswer(413, 'Request Entity Too Large');
  const type = parameters.get('includeAccessionType');
  if (type !== null && !Object.hasOwn(SEARCH_LEVELS, type))
    return textAnswer(400, `Invalid includeAccessionType: ${type}`);
  return rowsAnswer(rowsOf(accessions, (type ?? undefined) as SearchLevel | undefined, index, hidden), parameters);
}

function refuse(parameters: URLSearchParams): Answer | undefined {
  const result = parameters.get('result');
  if (result !== 'read_run') return textAnswer(400, `Invalid result: ${result ?? ''}`);
  const { unknown } = readFields(parameters.get('fields'));
  return unknown.length === 0 ? undefined : textAnswer(400, `Invalid fieldName(s) supplied: ${unknown.join(', ')}`);
}

function refuseAccession(accession: string): Answer | undefined {
  // A list is not refused: it is one accession that nobody knows.
  if (accession === '' || accession.includes(',')) return undefined;
  if (Object.values(LEVELS).some((pattern) => pattern.test(accession))) return undefined;
  return textAnswer(
    400,
    `The accession ${accession} is not supported for the result read_run. Supported accession types are Study (PRJ(EB|DB|NA)[0-9]+), Secondary study ((E|D|S)RP[0-9]{6,}), Sample ((SAME[A]?[0-9]{6,})|(SAM[ND][0-9]{8})), Secondary sample ((E|D|S)RS[0-9]{6,}), Experiment ((E|D|S)RX[0-9]{6,}), Run ((E|D|S)RR[0-9]{6,})`,
  );
}

/**
 * Rows of the accessions, each run once. Unknown accessions and those of another level have none. ENA promises no order:
 * a list is answered from its end, so that a client that relies on positions is found out here.
 */
function* rowsOf(
  accessions: readonly string[],
  level: SearchLevel | undefined,
  index: WorldIndex,
  hidden: Hidden,
): Generator<RunRecord> {
  const seen = new Set<string>();
  for (const accession of new Set(accessions.toReversed())) {
    if (level !== undefined && !SEARCH_LEVELS[level].test(accession)) continue;
    for (const library of index.librariesOf.get(accession) ?? []) {
      for (const run of runsAt(library, 'ENA')) {
        if (seen.has(run.accession) || !covers(accession, run.accession, library)) continue;
        if (hidden.size > 0 && [run.accession, ...levelsOf(library)].some((name) => hidden.has(name))) continue;
        seen.add(run.accession);
        yield { ...library, run };
      }
    }
  }
}

/** A run accession covers itself, not its sister runs. GEO's names and pooled samples are no names at ENA's Portal. */
function covers(accession: string, run: string, library: Library): boolean {
  if (LEVELS.run.test(accession)) return accession === run;
  return levelsOf(library).includes(accession);
}

function levelsOf({ experiment, sample, study }: Library): string[] {
  const names = [experiment.accession, sample.biosample, sample.secondary, study.accession, study.bioproject];
  return [...names, study.umbrella, study.submission].filter((name) => name !== undefined);
}

function rowsAnswer(rows: Iterable<RunRecord>, parameters: URLSearchParams): Answer {
  const { names } = readFields(parameters.get('fields'));
  const limit = Number(parameters.get('limit') ?? '0');
  const some = limit > 0 ? first(rows, limit) : rows;
  if (parameters.get('format') === 'json') {
    return { status: 200, type: JSON_TYPE, head: '[\n', records: jsonRows(some, names), tail: '\n]\n' };
  }
  return { status: 200, type: TSV, head: `${names.join('\t')}\n`, records: tsvRows(some, names) };
}

function* tsvRows(rows: Iterable<RunRecord>, names: readonly string[]): Generator<string> {
  for (const row of rows) yield `${rowCells(row, names).join('\t')}\n`;
}

function* jsonRows(rows: Iterable<RunRecord>, names: readonly string[]): Generator<string> {
  let comma = '';
  for (const row of rows) {
    const cells = rowCells(row, names);
    yield `${comma}${JSON.stringify(Object.fromEntries(names.map((name, at) => [name, cells[at]])))}`;
    comma = ',\n';
  }
}

function* first<T>(values: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const value of values) {
    yield value;
    taken += 1;
    if (taken === count) return;
  }
}

/** True when any accession of a library is hidden for this request. */
export function isHidden(library: Library, hidden: Hidden): boolean {
  if (hidden.size === 0) return false;
  for (const name of namesOfLibrary(library)) if (hidden.has(name)) return true;
  return false;
}
