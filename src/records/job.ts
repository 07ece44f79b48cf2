import type { OutcomeName } from './asked.ts';
import type { JsonObject, Table } from './table.ts';

/** The states of a job, in the order in which it can have them; the last four are ends. */
export const JOB_STATES = ['pending', 'running', 'finished', 'partial', 'failed', 'interrupted'] as const;

/** How a job stands. */
export type JobState = (typeof JOB_STATES)[number];

/** One job, or one id of a job. */
export interface JobRow {
  number: string;
  uuid: string;
  parent: string | null;
  task: string;
  title: string | null;
  state: JobState;
  outcome: OutcomeName | null;
  key: string | null;
  reason: string | null;
  error_class: string | null;
  started_at: string | null;
  ended_at: string | null;
  by: string | null;
  host: string | null;
  pid: bigint | null;
  command: string | null;
  options: JsonObject | null;
  ids: bigint | null;
  requests: bigint | null;
  cache_hits: bigint | null;
  bytes: bigint | null;
  rows_added: bigint | null;
  rows_updated: bigint | null;
  rows_removed: bigint | null;
}

/** The table of jobs: what was done, by whom, and what came of it. */
export const JOBS: Table = {
  name: 'jobs',
  primaryKey: ['number'],
  perSource: false,
  columns: [
    {
      name: 'number',
      type: 'text',
      required: true,
      doc: '`7`; `7.2` is its second id, `7.2.1` the first that this one led to.',
    },
    { name: 'uuid', type: 'uuid', required: true, doc: 'Tells this job from all others, of other projects too.' },
    { name: 'parent', type: 'text', doc: 'Number of the job above: `7` of `7.2`; NULL at the top.' },
    { name: 'task', type: 'text', required: true, doc: 'What was done: `add`, `refresh`, `rm`, …; of a child `id`.' },
    { name: 'title', type: 'text', doc: 'In words; of a child the id as it was given.' },
    {
      name: 'state',
      type: 'text',
      required: true,
      doc: 'pending, running, finished, partial, failed or interrupted. `running` of a dead process is shown as interrupted by `celline jobs`.',
    },
    { name: 'outcome', type: 'text', doc: 'Of an id: as in `asked`, not_tried and internal_error too.' },
    { name: 'key', type: 'text', doc: 'Key of the record that answers the id.' },
    { name: 'reason', type: 'text', doc: 'Why it did not end well.' },
    { name: 'error_class', type: 'text', doc: 'Class of the error that ended it: `StoreError`, `TypeError`, …' },
    { name: 'started_at', type: 'timestamp', doc: 'When it began (UTC); NULL of an id: with its job.' },
    { name: 'ended_at', type: 'timestamp', doc: 'When it ended (UTC); NULL while it runs.' },
    { name: 'by', type: 'text', doc: '`user@machine`; NULL of a child: as its job.' },
    { name: 'host', type: 'text', doc: 'Machine on which it runs; NULL of a child.' },
    { name: 'pid', type: 'bigint', doc: 'Process on that machine; NULL of a child.' },
    { name: 'command', type: 'text', doc: 'The command line without the program and without secrets.' },
    { name: 'options', type: 'json', doc: 'What `celline jobs rerun` asks with: option to list of values.' },
    { name: 'ids', type: 'bigint', doc: 'Number of its ids: `7.1` to `7.<ids>`.' },
    {
      name: 'requests',
      type: 'bigint',
      doc: 'Attempts that left the machine; NULL of a child: a request may be for many ids.',
    },
    { name: 'cache_hits', type: 'bigint', doc: 'Answers that the cache gave; NULL of a child.' },
    { name: 'bytes', type: 'bigint', doc: 'Bytes of the bodies that archives sent; NULL of a child.' },
    { name: 'rows_added', type: 'bigint', doc: 'Rows of records that it added; NULL of a child.' },
    { name: 'rows_updated', type: 'bigint', doc: 'Rows of records that it changed; NULL of a child.' },
    { name: 'rows_removed', type: 'bigint', doc: 'Rows of records that it removed; NULL of a child.' },
  ],
};
