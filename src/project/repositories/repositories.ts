import type { AnnotationKey, Repositories } from '../../ports/records.ts';
import type { ReadWrite } from '../../ports/store.ts';
import type { AnnotationRow } from '../../records/annotation.ts';
import type { FilePatch, FileRow } from '../../records/file.ts';
import type { ProjectPatch, ProjectRow } from '../../records/project.ts';
import type { RunPatch, RunRow } from '../../records/run.ts';
import type { SamplePatch, SampleRow } from '../../records/sample.ts';
import type { Row } from '../../records/table.ts';
import { removeKeys } from '../remove-records.ts';
import { alreadyThere, createRecordRepository, known, listRows, type RepositoryContext } from './record-repository.ts';

/** Typed rows of a store or of a transaction. `now` gives the time of each write (ISO 8601 UTC). */
export function createRepositories(store: ReadWrite, now: () => string): Repositories {
  const context: RepositoryContext = { store, now };
  const removeRecord = async (key: string, cascade: boolean): Promise<void> => {
    await removeKeys([key], { cascade, keepNotes: true }, now(), store);
  };
  const removeFile = async (key: string): Promise<void> => {
    await store.commit({ units: [], asked: [], remove: [{ table: 'files', key }], at: now() });
  };
  return {
    samples: createRecordRepository<SampleRow, SamplePatch>('samples', context, removeRecord),
    runs: createRecordRepository<RunRow, RunPatch>('runs', context, removeRecord),
    projects: createRecordRepository<ProjectRow, ProjectPatch>('projects', context, removeRecord),
    files: createRecordRepository<FileRow, FilePatch>('files', context, removeFile),
    annotations: createAnnotationRepository(context),
    within: (transaction) => createRepositories(transaction, now),
  };
}

function createAnnotationRepository({ store, now }: RepositoryContext): Repositories['annotations'] {
  const find = async ({ key, name }: AnnotationKey): Promise<Row | null> =>
    (await store.get('annotations', [key])).find((row) => row.name === name) ?? null;
  const write = async ({ key, name, value }: AnnotationKey & { value: string }): Promise<AnnotationRow> => {
    const at = now();
    const note: AnnotationRow = { key, name, value, created_at: at, updated_at: at };
    await store.commit({ units: [], asked: [], annotations: [note], at });
    return known(await find({ key, name }), 'annotations', `${key} ${name}`) as unknown as AnnotationRow;
  };
  return {
    create: async (note) => {
      if ((await find(note)) !== null) throw alreadyThere('annotations', `${note.key} ${note.name}`);
      return write(note);
    },
    get: async (id) => (await find(id)) as AnnotationRow | null,
    list: (filters) => listRows<AnnotationRow>(store, 'annotations', filters),
    update: async ({ key, name }, patch) => {
      const stored = known(await find({ key, name }), 'annotations', `${key} ${name}`) as unknown as AnnotationRow;
      return write({ key, name, value: patch.value ?? stored.value });
    },
    delete: async ({ key, name }) => {
      if ((await find({ key, name })) === null) return false;
      await store.commit({ units: [], asked: [], remove: [{ table: 'annotations', key, name }], at: now() });
      return true;
    },
  };
}
