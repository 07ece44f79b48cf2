import { expect, test } from 'vitest';
import { TABLES } from '../../src/records/tables.ts';

const RECORDS = [TABLES.samples, TABLES.runs, TABLES.projects, TABLES.files];

test('003-04 every record has a key, a source and the same columns of provenance at its end, in the same types', () => {
  const [first, ...others] = RECORDS.map(({ columns }) => columns.slice(-5).map(({ name, type }) => `${name} ${type}`));
  expect(first).toEqual([
    'handler text',
    'fetched_at timestamp',
    'response_hash text',
    'created_at timestamp',
    'updated_at timestamp',
  ]);
  for (const other of others) expect(other).toEqual(first);
  for (const { name, columns, primaryKey } of RECORDS) {
    expect(primaryKey, name).toEqual(['key']);
    const required = columns.filter((column) => column.required).map((column) => column.name);
    expect(required, name).toEqual(expect.arrayContaining(['key', 'source']));
  }
});
