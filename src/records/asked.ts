import type { Table } from './table.ts';

/** Every outcome that an id can have. */
export const OUTCOMES = [
  'added',
  'updated',
  'unchanged',
  'no_runs',
  'replaced',
  'partial',
  'not_found',
  'invalid',
  'no_handler',
  'controlled',
  'private',
  'withdrawn',
  'not_cached',
  'not_tried',
  'rate_limited',
  'auth_error',
  'http_error',
  'network_error',
  'bad_response',
  'internal_error',
] as const;

/** What became of an id. */
export type OutcomeName = (typeof OUTCOMES)[number];

/** The outcomes under which everything that the id names is in the tables. */
export const GOOD_OUTCOMES: ReadonlySet<OutcomeName> = new Set([
  'added',
  'updated',
  'unchanged',
  'no_runs',
  'replaced',
]);

/** One answered id; written in the same commit as the last record that it brings. */
export interface AskedRow {
  id: string;
  outcome: OutcomeName;
  key: string | null;
  reason: string | null;
  plan: string | null;
  job: string | null;
  answered_at: string;
}

/** The table of answered ids: resume, `unchanged` and freshness look here. */
export const ASKED: Table = {
  name: 'asked',
  primaryKey: ['id'],
  perSource: false,
  columns: [
    { name: 'id', type: 'text', required: true, doc: 'The accession as it was understood.' },
    {
      name: 'outcome',
      type: 'text',
      required: true,
      doc: 'added, updated, unchanged, no_runs, replaced, partial, not_found, …',
    },
    { name: 'key', type: 'text', doc: 'Key of the record that answers the id.' },
    { name: 'reason', type: 'text', doc: 'Why, for every outcome that is not plainly good.' },
    { name: 'plan', type: 'text', doc: 'What was fetched for it: `standard` or `full`.' },
    { name: 'job', type: 'text', doc: 'Number of the job that answered it, in `jobs`: `7.2`.' },
    {
      name: 'answered_at',
      type: 'timestamp',
      required: true,
      doc: 'When it was answered (UTC); freshness counts from here.',
    },
  ],
};
