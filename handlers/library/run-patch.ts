import type { Access, RunPatch } from '../../src/ports/handler.ts';
import { dayOf } from './archive-date.ts';
import { enaCell, enaCount } from './ena-cell.ts';
import { firstKnown } from './first-known.ts';
import type { LibraryParts, RunParts } from './library-parts.ts';
import type { ReadFacts } from './name-marks.ts';
import { projectOfRun } from './project-of.ts';
import { rawLink } from './raw-link.ts';
import type { SourceFile } from './source-files.ts';
import { canonicalRow, sourceHash } from './source-hash.ts';

/** What else is known of a run when its row is written. */
export interface RunContext {
  readonly parts: LibraryParts;
  /** Key of the sample, of a pooled run of its first sample. */
  readonly parent: string;
  readonly sampleProject: string | null;
  readonly access: Access | null;
  readonly files: readonly SourceFile[];
  readonly facts: ReadFacts;
}

/** The row of a run, from NCBI's package and ENA's row. */
export function runPatch(run: RunParts, context: RunContext): RunPatch {
  const { parts } = context;
  const found = run.package;
  return {
    key: run.accession,
    title: firstKnown(found?.title, enaCell(run.row, 'experiment_title')),
    strategy: firstKnown(found?.strategy, enaCell(run.row, 'library_strategy')),
    ...rawLink(context.files, parts.asked),
    parent: context.parent,
    source: 'INSDC',
    experiment: firstKnown(found?.experiment, enaCell(run.row, 'experiment_accession')),
    project: projectOfRun(run, context.sampleProject),
    layout: context.facts.layout,
    library_source: firstKnown(found?.librarySource, enaCell(run.row, 'library_source')),
    library_selection: firstKnown(found?.selection, enaCell(run.row, 'library_selection')),
    spots: firstKnown(run.run?.spots, enaTotal(run, 'read_count')),
    bases: firstKnown(run.run?.bases, enaTotal(run, 'base_count')),
    ...(parts.asked.ncbi ? { read_lengths: readLengths(context.facts) } : {}),
    platform: firstKnown(found?.platform, enaCell(run.row, 'instrument_platform')),
    instrument: firstKnown(found?.instrument, enaCell(run.row, 'instrument_model')),
    date: firstKnown(dayOf(enaCell(run.row, 'first_public')), dayOf(run.run?.published ?? null)),
    access: context.access,
    handler: parts.handler,
    fetched_at: parts.fetchedAt,
    response_hash: sourceHash({ package: packageFragment(run), run: run.run, row: canonicalRow(run.row) }),
  };
}

/** ENA counts 0 reads and bases where it has generated no FASTQ to count in: that is not known, not none. */
function enaTotal(run: RunParts, column: 'read_count' | 'base_count'): bigint | null {
  const count = enaCount(run.row, column);
  return count === 0n && enaCell(run.row, 'fastq_ftp') === null ? null : count;
}

function readLengths(facts: ReadFacts): string | null {
  return facts.readLengths.length === 0 ? null : facts.readLengths.join(',');
}

/** The experiment of a run without its samples and its other runs. */
function packageFragment(run: RunParts): unknown {
  if (run.package === null) return null;
  const { samples: _samples, members: _members, runs: _runs, ...experiment } = run.package;
  return experiment;
}

/** What NCBI and ENA know of the reads of a run. */
export function readFactsOf(run: RunParts): ReadFacts {
  const statistics = [...(run.run?.readStatistics ?? [])].sort((a, b) => a.index - b.index);
  return {
    layout: firstKnown(run.package?.layout, enaCell(run.row, 'library_layout')),
    reads: run.run?.reads ?? null,
    readLengths: statistics.map((read) => read.averageLength),
  };
}
