import type { CompleteSet, FilePatch, RecordUnit, RunPatch } from '../../src/ports/handler.ts';
import { byAccession } from './accession-order.ts';
import { enaCell } from './ena-cell.ts';
import { pooledKeys, runLinks, sampleLinks } from './library-links.ts';
import type { AskedSources, LibraryParts, RunParts } from './library-parts.ts';
import { projectOf } from './project-of.ts';
import { accessOfRun } from './run-access.ts';
import { completeFiles, runFiles } from './run-files.ts';
import { readFactsOf, runPatch } from './run-patch.ts';
import { samplePatch } from './sample-patch.ts';
import { supplementaryFiles } from './supplementary-files.ts';

/**
 * The records of one sample: its row, its runs, their files, all links, and which sets of rows are whole.
 * Works without packages and rows too, for a sample that only GEO or BioSample has.
 */
export function sampleUnit(given: LibraryParts): RecordUnit {
  const parts = inOrder(given);
  const sampleProject = projectOf(parts);
  const runs = runsOf(parts);
  const written = runs.map((run) => writeRun(run, { ...parts, asked: askedOf(run, parts) }, sampleProject));
  const patches = written.map((one) => one.run);
  const geoFiles = parts.asked.geoText ? (parts.geo?.supplementaryFiles ?? []) : [];
  const supplementary = supplementaryFiles(parts.key, 'GEO', geoFiles, parts.fetchedAt, parts.handler);
  return {
    samples: [samplePatch(parts, patches, sampleProject)],
    runs: patches,
    projects: [],
    files: [...written.flatMap((one) => one.files), ...supplementary],
    links: [
      ...sampleLinks(
        parts,
        patches.map((run) => run.project),
      ),
      ...runs.flatMap(runLinks),
    ],
    complete: completeSets(parts, runs),
  };
}

/** Archives answer in any order; the records must not depend on it. */
function inOrder(parts: LibraryParts): LibraryParts {
  const packages = parts.packages.toSorted((a, b) => byAccession(a.experiment, b.experiment));
  const enaRuns = parts.enaRuns.toSorted((a, b) => byAccession(runAt(a), runAt(b)));
  return { ...parts, packages, enaRuns };
}

function runAt(row: LibraryParts['enaRuns'][number]): string {
  return enaCell(row, 'run_accession') ?? '';
}

function runsOf(parts: LibraryParts): RunParts[] {
  const rows = new Map(parts.enaRuns.map((row) => [runAt(row), row]));
  const runs = new Map<string, RunParts>();
  for (const found of parts.packages) {
    for (const run of found.runs) {
      const { accession } = run;
      runs.set(accession, { accession, package: found, run, row: rows.get(accession) ?? null });
    }
  }
  for (const [accession, row] of rows) {
    if (accession === '' || runs.has(accession)) continue;
    const experiment = enaCell(row, 'experiment_accession');
    const found = parts.packages.find((one) => one.experiment === experiment) ?? null;
    runs.set(accession, { accession, package: found, run: null, row });
  }
  return [...runs.values()].sort((a, b) => byAccession(a.accession, b.accession));
}

function writeRun(
  run: RunParts,
  parts: LibraryParts,
  sampleProject: string | null,
): { run: RunPatch; files: readonly FilePatch[] } {
  const access = accessOfRun(run);
  const facts = readFactsOf(run);
  const { files, rows } = runFiles(run, parts, access, facts);
  const parent = parentOf(run, parts.key);
  return { run: runPatch(run, { parts, parent, sampleProject, access, files, facts }), files: rows };
}

/** A pooled run belongs to its first sample, whichever of its samples brings it. */
function parentOf(run: RunParts, key: string): string {
  const pooled = pooledKeys(run);
  return pooled.includes(key) ? (pooled[0] ?? key) : key;
}

/** The sources that were asked about a run: not NCBI where its package may be among those that did not come. */
function askedOf(run: RunParts, { asked, lacksPackages = false }: LibraryParts): AskedSources {
  return lacksPackages && run.run === null ? { ...asked, ncbi: false } : asked;
}

/** An archive that knows no run at all says nothing about those in the store, unless it is NCBI, which holds every run. */
function completeSets(parts: LibraryParts, runs: readonly RunParts[]): CompleteSet[] {
  const { asked, key, isPart = false, lacksPackages = false } = parts;
  const runsAreKnown = !isPart && !lacksPackages && (asked.ncbi || (asked.ena && runs.length > 0));
  return [
    ...(runsAreKnown ? [{ table: 'runs', parent: key } as const] : []),
    ...runs.flatMap((run) => completeFiles(run.accession, askedOf(run, parts))),
    ...(asked.geoText && parts.geo !== null ? [{ table: 'files', parent: key, origin: 'supplementary' } as const] : []),
  ];
}
