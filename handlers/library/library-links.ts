import type { LinkKind, LinkRow } from '../../src/ports/handler.ts';
import type { EnaRunColumn } from '../ena/run-row.ts';
import { enaCell, enaList } from './ena-cell.ts';
import { distinct, firstKnown } from './first-known.ts';
import type { LibraryParts, RunParts } from './library-parts.ts';
import { projectOf, seriesOf } from './project-of.ts';
import { mainSample, poolOf, sampleKey } from './sample-key.ts';

type Names = readonly (string | null | undefined)[];

/** The other names of a sample, and the records that it belongs to. */
export function sampleLinks(parts: LibraryParts, runProjects: Names): LinkRow[] {
  const { packages, enaRuns, geo, biosample } = parts;
  const cells = (column: EnaRunColumn): string[] => enaRuns.flatMap((row) => enaList(row, column));
  const experiments = [...packages.map((found) => found.experiment), ...cells('experiment_accession')];
  const submissions = [...packages.map((found) => found.submission), ...cells('submission_accession')];
  const projects = distinct([projectOf(parts), ...runProjects]);
  const { accessions, biosamples } = ownNames(parts);
  return [
    ...linksTo(parts.key, 'experiment', [...experiments, ...(geo?.experiments ?? [])]),
    ...linksTo(parts.key, 'sra_sample', accessions),
    ...linksTo(parts.key, 'biosample', biosamples),
    ...linksTo(parts.key, 'series', [...seriesOf(parts), ...(projects.length > 1 ? projects : [])]),
    ...linksTo(parts.key, 'platform', geo?.platforms ?? []),
    ...linksTo(parts.key, 'submission', submissions),
    ...linksTo(parts.key, 'dbgap', [...packages.map((found) => found.study?.dbgap), biosample?.dbgap]),
    ...linksTo(parts.key, 'reanalysis', geo?.otherRelations ?? []),
  ];
}

/** The SRS and BioSample names of a sample. The row of a pooled run names several samples, or another one. */
function ownNames(parts: LibraryParts): { readonly accessions: Names; readonly biosamples: Names } {
  const own = parts.packages.map((found) => ownSample(found, parts.key));
  const isPooled = parts.packages.some((found) => found.runs.some((run) => poolOf(run).length > 1));
  const rows = (isPooled ? [] : parts.enaRuns).filter(
    (row) => enaList(row, 'secondary_sample_accession').length <= 1 && enaList(row, 'sample_accession').length <= 1,
  );
  const { enaSample, biosample, geo } = parts;
  return {
    accessions: [
      ...own.map((names) => names?.accession),
      ...rows.map((row) => enaCell(row, 'secondary_sample_accession')),
      enaSample?.accession,
      biosample?.sra,
    ],
    biosamples: [
      ...own.map((names) => names?.biosample),
      ...rows.map((row) => enaCell(row, 'sample_accession')),
      enaSample?.biosample,
      biosample?.accession,
      geo?.biosample,
    ],
  };
}

/** The sample of a package that a key names: its own in a pool, else the one that the package is about. */
export function ownSample(
  found: LibraryParts['packages'][number],
  key: string,
): { readonly accession: string | null; readonly biosample: string | null; readonly gsm: string | null } | null {
  const names = [...found.samples, ...found.members];
  return names.find((sample) => [sample.gsm, sample.biosample, sample.accession].includes(key)) ?? mainSample(found);
}

/** The keys of the samples that a run pools; one at most for a run that pools nothing. */
export function pooledKeys(run: RunParts): string[] {
  if (run.run !== null) return distinct(poolOf(run.run).map(sampleKey));
  const biosamples = enaList(run.row, 'sample_accession');
  return distinct(biosamples.length > 0 ? biosamples : enaList(run.row, 'secondary_sample_accession'));
}

/** The names that a run is found by: its experiment, and the samples that it pools when there are several. */
export function runLinks(run: RunParts): LinkRow[] {
  const experiment = firstKnown(run.package?.experiment, enaCell(run.row, 'experiment_accession'));
  const pooled = pooledKeys(run);
  return [
    ...linksTo(run.accession, 'experiment', [experiment]),
    ...linksTo(run.accession, 'sample', pooled.length > 1 ? pooled : []),
  ];
}

/** Links of one kind without repeats; a record is no alias of itself. */
export function linksTo(key: string, kind: LinkKind, aliases: readonly (string | null | undefined)[]): LinkRow[] {
  return distinct(aliases)
    .filter((alias) => alias !== key)
    .map((alias) => ({ key, alias, kind }));
}
