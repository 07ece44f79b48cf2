import { expect, test } from 'vitest';
import { createRepositories } from '../../src/project/repositories/repositories.ts';
import { TABLES } from '../../src/records/tables.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { AT } from '../../src/testing/contract/store-records.ts';
import { aFile, aProject, aRun, aSample } from '../../src/testing/index.ts';

test('003-25 a made row has every column of its table, says what was given, and can be stored', async () => {
  const { samples, runs, projects, files } = createRepositories(createMemoryStore(), () => AT);
  const made = [
    [TABLES.samples, aSample({ key: 'GSM7', tissue: 'brain' }), { key: 'GSM7', tissue: 'brain' }],
    [TABLES.runs, aRun({ spots: 5n }), { parent: 'GSM1', spots: 5n }],
    [TABLES.projects, aProject({ title: null }), { key: 'GSE1', title: null }],
    [TABLES.files, aFile({ name: 'x.bam' }), { key: 'SRR100001/generated/x.bam', name: 'x.bam' }],
  ] as const;
  for (const [table, row, given] of made) {
    expect(Object.keys(row).sort(), table.name).toEqual(table.columns.map(({ name }) => name).sort());
    expect(row).toMatchObject(given);
  }
  const [[, sample], [, run], [, project], [, file]] = made;
  expect(await samples.create(sample)).toMatchObject({ key: 'GSM7', tissue: 'brain' });
  expect(await runs.create(run)).toMatchObject({ key: 'SRR100001', spots: 5n });
  expect(await projects.create(project)).toMatchObject({ key: 'GSE1' });
  expect(await files.create(file)).toMatchObject({ name: 'x.bam' });
});
