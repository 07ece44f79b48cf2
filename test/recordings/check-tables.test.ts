import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AskedRow } from '../../src/records/asked.ts';
import { EMPTY_UNIT, type RecordUnit } from '../../src/records/record-unit.ts';
import { AT } from '../../src/testing/contract/store-records.ts';
import { HAS_RECORDINGS } from '../handlers/recordings.ts';
import { anAnswer, findings } from '../store/care/damaged-store.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from '../store/open-test-store.ts';
import { play } from './play.ts';
import { idsBy, playRecordings } from './playing.ts';

const playing = playRecordings();
afterAll(removeFolders);

describe.skipIf(!HAS_RECORDINGS)('what archives really say (skipped without the folder of recordings)', () => {
  it('a check of the tables has nothing to say about it: no false alarm', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const store = openTestStore(dir, { plainTables: false });
    let samples = 0;
    const routes = [idsBy('BioProject', playing.libraries), [...playing.libraries.keys()].slice(0, 300)];
    for (const ids of routes) {
      const played = await play(ids, playing.playback);
      samples += played.samples.size;
      const asked = [...played.outcomes.values()]
        .filter(({ reason }) => reason !== 'duplicate')
        .map(({ id, outcome, key }): AskedRow => anAnswer(id, { outcome, key }));
      const rows = { samples: played.samples, runs: played.runs, projects: played.projects, files: played.files };
      const lists = Object.entries(rows).map(([table, byKey]) => [table, [...byKey.values()]]);
      const unit = { ...EMPTY_UNIT, ...Object.fromEntries(lists), links: played.links } as unknown as RecordUnit;
      await store.commit({ units: [unit], asked, at: AT });
    }
    await store.close();
    expect(samples).toBeGreaterThan(300);
    const ground = { dir, clock: TEST_CLOCK, randomId: randomUUID, plainTables: false, segments: '', manifests: '' };
    expect(await findings(ground)).toEqual([]);
  }, 120_000);
});
