import type { FileOrigin, FilePatch } from './file.ts';
import type { LinkRow } from './link.ts';
import type { ProjectPatch } from './project.ts';
import type { RunPatch } from './run.ts';
import type { SamplePatch } from './sample.ts';

/**
 * Says that the rows of one parent in a unit are all there are: stored ones that the unit does not hold are removed.
 * `origin` narrows a set of files to those of one origin, so that a plan that asked only ENA keeps what NCBI said.
 * The runs of a sample are those that the stored sample names as its children, all that name it as parent when it names
 * none, and none when it is not stored: nothing is searched for a new sample, so that adding costs the same in a table of any size.
 */
export type CompleteSet =
  | { readonly table: 'files'; readonly parent: string; readonly origin: FileOrigin }
  | { readonly table: 'runs'; readonly parent: string };

/** What is committed together or not at all: normally one sample with all its runs, files and links, or one project row. */
export interface RecordUnit {
  readonly samples: readonly SamplePatch[];
  readonly runs: readonly RunPatch[];
  readonly projects: readonly ProjectPatch[];
  readonly files: readonly FilePatch[];
  readonly links: readonly LinkRow[];
  readonly complete: readonly CompleteSet[];
}

/** A unit that holds nothing. */
export const EMPTY_UNIT: RecordUnit = { samples: [], runs: [], projects: [], files: [], links: [], complete: [] };
