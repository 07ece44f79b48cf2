import { expect, it } from 'vitest';
import { separateNotes } from '../../src/cli/note-conditions.ts';
import { TABLES } from '../../src/records/tables.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { collect, geoSample, LATER, oneUnit } from '../../src/testing/contract/store-records.ts';

const note = (key: string, name: string, value: string) => ({ key, name, value, created_at: null, updated_at: null });

it.each([
  [['condition=treated'], ['GSM1', 'GSM2']],
  [['condition!=treated'], ['GSM3', 'GSM4']],
  [['condition~TREA'], ['GSM1', 'GSM2']],
  [['condition='], ['GSM4']],
  [['condition!='], ['GSM1', 'GSM2', 'GSM3']],
  [['dose >= 10'], ['GSM2']],
  [['dose<10', 'condition=treated'], ['GSM1']],
  [['condition=treated', 'cell line!=HEK 293'], ['GSM2']],
  [['condition=treated', 'tissue=liver'], ['GSM2']],
  [['condition=treated', 'condition=control'], []],
])('%j are conditions on notes and columns', async (texts, keys) => {
  const store = createMemoryStore();
  const samples = ['GSM1', 'GSM2', 'GSM3', 'GSM4'].map((key) =>
    geoSample(key, { tissue: key === 'GSM2' ? 'liver' : 'brain' }),
  );
  await store.commit(oneUnit({ samples }));
  const annotations = [
    note('GSM1', 'condition', 'treated'),
    note('GSM2', 'condition', 'treated'),
    note('GSM3', 'condition', 'control'),
    note('GSM1', 'dose', '9'),
    note('GSM2', 'dose', '10'),
    note('GSM1', 'cell line', 'HEK 293'),
    note('GSM1', 'tissue', 'liver'),
  ];
  await store.commit({ units: [], asked: [], annotations, at: LATER });
  const { where, ...narrowed } = await separateNotes(texts, TABLES.samples, store);
  // What is a column stays one, although a note is called the same.
  expect(where).toEqual(texts.filter((text) => text.startsWith('tissue')));
  const conditions = where.map(() => ({ column: 'tissue', operator: '=' as const, value: 'liver' }));
  const rows = await collect(store.select({ table: 'samples', where: conditions, ...narrowed }));
  expect(rows.map(({ key }) => key)).toEqual(keys);
});

it('leaves what is neither to be told', async () => {
  const store = createMemoryStore();
  expect(await separateNotes(['tisue=brain', 'x'], TABLES.samples, store)).toEqual({ where: ['tisue=brain', 'x'] });
});
