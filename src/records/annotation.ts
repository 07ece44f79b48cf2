import type { Table } from './table.ts';

/** What a user notes about a record. No refresh touches it. */
export interface AnnotationRow {
  key: string;
  name: string;
  value: string;
  created_at: string | null;
  updated_at: string | null;
}

/** The table of notes: `celline annotate GSM1 condition=treated`. */
export const ANNOTATIONS: Table = {
  name: 'annotations',
  primaryKey: ['key', 'name'],
  perSource: false,
  columns: [
    { name: 'key', type: 'text', required: true, doc: 'Key of the sample, run or project that the note is about.' },
    {
      name: 'name',
      type: 'text',
      required: true,
      doc: 'What is noted, in the words of the user: `condition`, `batch`.',
    },
    { name: 'value', type: 'text', required: true, doc: 'The note.' },
    { name: 'created_at', type: 'timestamp', doc: 'When it was first noted (UTC).' },
    { name: 'updated_at', type: 'timestamp', doc: 'When it was last changed (UTC).' },
  ],
};
