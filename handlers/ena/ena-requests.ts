import type { BodyExpectation, HttpRequest } from '../../src/ports/handler.ts';
import { ENA_RUN_COLUMNS, type EnaRunColumn } from './run-row.ts';

const PORTAL = 'https://www.ebi.ac.uk/ena/portal/api';
const BROWSER = 'https://www.ebi.ac.uk/ena/browser/api';

/** A Portal search over a large study answers its first byte after minutes. */
const SEARCH_TIMEOUT_MS = 300_000;

const RUN_ROWS: BodyExpectation = { kind: 'tsv', column: 'run_accession' };

/** Levels at which ENA searches for a list of accessions. */
export type EnaAccessionType = 'run' | 'experiment' | 'sample' | 'study';

/** All run rows of exactly one accession (study, sample, experiment or run). An unknown one has the header only. */
export function enaRunsOf(accession: string, columns: readonly EnaRunColumn[] = ENA_RUN_COLUMNS): HttpRequest {
  const query = new URLSearchParams({ accession, ...runQuery(columns) });
  return {
    url: `${PORTAL}/filereport?${query}`,
    expect: RUN_ROWS,
    firstByteTimeoutMs: SEARCH_TIMEOUT_MS,
    label: `ENA runs of ${accession}`,
  };
}

/**
 * Run rows of a list of accessions of one type; ENA's own downloader sends 1,000. Rows come in no order, and an
 * accession that ENA does not know, or leaves out, has no row.
 */
export function searchEnaRuns(
  accessions: readonly string[],
  type: EnaAccessionType,
  columns: readonly EnaRunColumn[] = ENA_RUN_COLUMNS,
): HttpRequest {
  return {
    url: `${PORTAL}/search?includeAccessionType=${type}`,
    method: 'POST',
    form: { ...runQuery(columns), includeAccessions: [...new Set(accessions)].join(',') },
    lookup: true,
    expect: RUN_ROWS,
    firstByteTimeoutMs: SEARCH_TIMEOUT_MS,
    label: `ENA runs of ${accessions.length} ${type === 'study' ? 'studies' : `${type}s`}`,
  };
}

/**
 * Sample records by secondary accession (SRS, ERS, DRS); ENA takes 10,000. Unknown ones are left out; when none is
 * known the answer is a 404.
 */
export function fetchEnaSamples(secondaryAccessions: readonly string[]): HttpRequest {
  return {
    url: `${BROWSER}/xml`,
    method: 'POST',
    json: { accessions: [...new Set(secondaryAccessions)] },
    headers: { accept: 'application/xml' },
    lookup: true,
    expect: { kind: 'xml', roots: ['SAMPLE_SET'] },
    label: `ENA samples of ${secondaryAccessions.length} accessions`,
  };
}

/** The record of one accession; for a study the SRP form gives a STUDY and the PRJ form a PROJECT. Unknown: 404. */
export function fetchEnaRecord(accession: string): HttpRequest {
  return {
    url: `${BROWSER}/xml/${encodeURIComponent(accession)}`,
    expect: { kind: 'xml', roots: [rootOf(accession)] },
    label: `ENA record ${accession}`,
  };
}

/** `limit=0` means all rows; without it ENA's page and its form name different defaults. */
function runQuery(columns: readonly EnaRunColumn[]): Record<string, string> {
  return { result: 'read_run', fields: columns.join(','), format: 'tsv', limit: '0' };
}

function rootOf(accession: string): string {
  if (accession.startsWith('PRJ')) return 'PROJECT_SET';
  if (accession.startsWith('SAM')) return 'SAMPLE_SET';
  switch (accession[2]) {
    case 'S':
      return 'SAMPLE_SET';
    case 'X':
      return 'EXPERIMENT_SET';
    case 'R':
      return 'RUN_SET';
    case 'A':
      return 'SUBMISSION_SET';
    case 'Z':
      return 'ANALYSIS_SET';
    default:
      return 'STUDY_SET';
  }
}
