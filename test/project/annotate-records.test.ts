import { afterEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { annotateRecords, type NoteRequest } from '../../src/project/annotate-records.ts';
import { type RemovalOptions, removeRecords } from '../../src/project/remove-records.ts';
import { showRecord } from '../../src/project/show-record.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { AT, collect, geoSample, insdcRun, LATER, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../store/open-test-store.ts';

const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await removeFolders();
});

const BACK_ENDS: readonly (readonly [name: string, open: () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['parquet', async () => openTestStore(await makeTestFolder())],
];

describe.each(BACK_ENDS)('notes in %s', (_name, open) => {
  const openStore = async (): Promise<Store> => {
    const store = await open();
    stores.push(store);
    return store;
  };
  const filled = async (): Promise<Store> => {
    const store = await openStore();
    const links = [{ key: 'GSM1', alias: 'SRX1000001', kind: 'experiment' as const }];
    await store.commit(
      oneUnit({ samples: [geoSample('GSM1'), geoSample('GSM2')], runs: [insdcRun('SRR1000001', 'GSM1')], links }),
    );
    return store;
  };
  const note = (store: Store, ...notes: readonly [string, string, string | null][]) =>
    annotateRecords(
      notes.map(([id, name, value]): NoteRequest => ({ id, name, value })),
      LATER,
      store,
    );

  it('says for each note what became of it, whatever name the record is called by', async () => {
    const store = await filled();
    const first = await note(
      store,
      ['gsm1', 'condition', 'treated'],
      ['SRX1000001', 'batch', '2'],
      ['GSM9', 'batch', '2'],
    );
    expect(first).toEqual({
      notes: [
        { key: 'GSM1', name: 'condition', value: 'treated', change: 'added' },
        { key: 'GSM1', name: 'batch', value: '2', change: 'added' },
      ],
      unknown: ['GSM9'],
    });
    const second = await note(
      store,
      ['GSM1', 'condition', 'control'],
      ['GSM1', 'batch', '2'],
      ['GSM1', 'nothing', null],
    );
    expect(second.notes.map(({ change }) => change)).toEqual(['updated', 'unchanged', 'unchanged']);
    const third = await note(store, ['GSM1', 'batch', null]);
    expect(third.notes).toEqual([{ key: 'GSM1', name: 'batch', value: '2', change: 'removed' }]);
    const [view] = await showRecord('GSM1', store);
    expect(view?.notes).toEqual([{ name: 'condition', value: 'control' }]);
  });

  it('refuses two values for one note, and a name that is none, and writes nothing', async () => {
    const store = await filled();
    const twice = note(store, ['GSM2', 'a', 'x'], ['GSM1', 'batch', '1'], ['SRX1000001', 'batch', '2']);
    await expect(twice).rejects.toThrow('GSM1 has two values for batch: "1" and "2".');
    await expect(note(store, ['GSM1', 'a=b', 'x'])).rejects.toThrow('cannot be the name of a note');
    expect(await store.count({ table: 'annotations' })).toBe(0);
  });

  it('survives a refresh of the record and moves with it to its better key', async () => {
    const store = await openStore();
    await store.commit(oneUnit({ samples: [{ key: 'SAMN00000001', source: 'INSDC', title: 'old' }] }));
    await note(store, ['SAMN00000001', 'condition', 'treated']);
    await store.commit(oneUnit({ samples: [{ key: 'SAMN00000001', source: 'INSDC', title: 'new' }] }, { at: LATER }));
    const links = [{ key: 'GSM5', alias: 'SAMN00000001', kind: 'biosample' as const }];
    await store.commit(oneUnit({ samples: [geoSample('GSM5')], links }, { at: LATER }));
    const [view] = await showRecord('SAMN00000001', store);
    expect(view?.record.key).toBe('GSM5');
    expect(view?.notes).toEqual([{ name: 'condition', value: 'treated' }]);
    expect(await store.get('annotations', ['SAMN00000001'])).toEqual([]);
  });

  it('notes that a record left behind can be changed and removed by its key, and are there when it comes back', async () => {
    const store = await filled();
    await note(store, ['GSM2', 'condition', 'treated']);
    await store.commit({ units: [], asked: [], remove: [{ table: 'samples', key: 'GSM2' }], at: AT });
    expect((await note(store, ['gsm2', 'condition', 'control'])).notes[0]?.change).toBe('updated');
    await store.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    expect((await showRecord('GSM2', store))[0]?.notes).toEqual([{ name: 'condition', value: 'control' }]);
  });

  it('rm leaves the notes of a record, and takes them with everything below it unless told to keep them', async () => {
    const store = await filled();
    await note(store, ['GSM1', 'a', 'x'], ['SRR1000001', 'b', 'y'], ['GSM2', 'c', 'z']);
    const remove = (name: string, options: RemovalOptions) => removeRecords([name], options, LATER, store);
    expect(await remove('GSM2', {})).toEqual({ removed: { samples: 1 }, unknown: [], notesKept: 1 });
    await expect(remove('GSM1', {})).rejects.toThrow('Below GSM1 there is 1 run.');
    const all = { removed: { samples: 1, runs: 1, links: 1, annotations: 2 }, unknown: [], notesKept: 0 };
    expect(await remove('GSM1', { cascade: true, dryRun: true })).toEqual(all);
    expect(await store.count({ table: 'annotations' })).toBe(3);
    expect((await remove('GSM1', { cascade: true, keepNotes: true, dryRun: true })).notesKept).toBe(2);
    expect(await remove('GSM1', { cascade: true })).toEqual(all);
    expect((await collect(store.select({ table: 'annotations' }))).map(({ key }) => key)).toEqual(['GSM2']);
  });
});
