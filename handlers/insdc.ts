import type { Handler, HandlerContext, HandlerEvent, PlannedRequests } from '../src/ports/handler.ts';
import { ENA_CHECK, ENA_HOSTS } from './ena/hosts.ts';
import { guardDrift } from './fetch/drift.ts';
import { NCBI_CHECK, NCBI_HOSTS } from './ncbi/hosts.ts';

/** Projects of one call: each is a walk of its own, so that small calls run side by side. */
const PROJECTS_AT_A_TIME = 5;

/** Ids of one call: one ENA search, one SRA search and fetch of 500. */
const BATCH = 500;

/** The INSDC archives (NCBI SRA, ENA, DDBJ): projects, studies, samples, experiments, runs and submissions. */
export const insdc: Handler = {
  name: 'insdc',
  description: 'SRA, ENA and DDBJ: projects, studies, samples, experiments, runs, submissions',
  source: 'INSDC',
  portVersion: 1,
  auth: 'rate',
  patterns: [
    { level: 'run', pattern: /^[SED]RR\d{6,12}$/, example: 'SRR8361601' },
    { level: 'experiment', pattern: /^[SED]RX\d{6,12}$/, example: 'SRX5172107' },
    { level: 'sample', pattern: /^[SED]RS\d{6,12}$/, example: 'SRS4179725' },
    { level: 'sample', pattern: /^SAM(?:[ND]\d{8,12}|EA?\d{6,12})$/, example: 'SAMN10621858' },
    { level: 'project', pattern: /^[SED]RP\d{6,12}$/, example: 'SRP174132', batchSize: PROJECTS_AT_A_TIME },
    {
      level: 'project',
      pattern: /^PRJ(?:NA|EB|DB|EA|DA)\d{1,12}$/,
      example: 'PRJNA511021',
      batchSize: PROJECTS_AT_A_TIME,
    },
    { level: 'submission', pattern: /^[SED]RA\d{6,12}$/, example: 'SRA826111' },
  ],
  hosts: [...NCBI_HOSTS, ...ENA_HOSTS],
  checks: [NCBI_CHECK, ENA_CHECK],
  batchSize: BATCH,
  fetchBatch: (ids, context) => guardDrift(fetchInsdc(ids, context), context),
  plan: planInsdc,
};

// Parsers are loaded when something is fetched, as in geo.ts.
async function* fetchInsdc(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  const records = ids.filter((id) => !isStudy(id));
  const studies = ids.filter(isStudy);
  if (records.length > 0) {
    const { fetchInsdcRecords } = await import('./insdc/records.ts');
    yield* fetchInsdcRecords(records, context);
  }
  if (studies.length > 0) {
    const { fetchStudies } = await import('./insdc/studies.ts');
    yield* fetchStudies(studies, context);
  }
}

function isStudy(id: string): boolean {
  return /^[SED]RP|^PRJ/.test(id);
}

function planInsdc(ids: readonly string[]): PlannedRequests[] {
  const studies = ids.filter(isStudy).length;
  const pieces = Math.ceil((ids.length - studies) / BATCH);
  const plan: PlannedRequests[] = [
    { operator: 'ENA', requests: pieces, what: 'runs and FASTQ files' },
    { operator: 'NCBI', requests: pieces * 3, what: 'SRA searches, packages, and GEO summaries of their series' },
    { operator: 'ENA', requests: studies, what: 'runs of studies' },
    { operator: 'NCBI', requests: studies * 2, what: 'SRA searches and packages of studies, at least' },
  ];
  return plan.filter((part) => part.requests > 0);
}
