import type { LinkKind, LinkRow } from '../../src/ports/handler.ts';
import { enaCell, enaList } from './ena-cell.ts';
import { distinct, firstKnown } from './first-known.ts';
import type { LibraryParts, RunParts } from './library-parts.ts';
import { projectOf, seriesOf } from './project-of.ts';
import { mainSample, poolOf, sampleKey } from './sample-key.ts';

/** The other names of a sample, and the records that it belongs to. */
export function sampleLinks(parts: LibraryParts, runProjects: readonly (string | null | undefined)[]): LinkRow[] {
  const { packages, enaRuns, geo, biosample, enaSample } = parts;
  const own = parts.packages.map((found) => ownSample(found, parts.key));
  const single = enaRuns.filter((row) => enaList(row, 'secondary_sample_accession').length <= 1);
  const rows = packages.length === 0 ? single : [];
  const cells = (column: Parameters<typeof enaCell>[1], from = enaRuns) => from.map((row) => enaCell(row, column));
  const projects = distinct([projectOf(parts), ...runProjects]);
  const aliases: readonly (readonly [LinkKind, readonly (string | null | undefined)[]])[] = [
    [
      'experiment',
      [...packages.map((found) => found.experiment), ...cells('experiment_accession'), ...(geo?.experiments ?? [])],
    ],
    [
      'sra_sample',
      [
        ...own.map((names) => names?.accession),
        ...cells('secondary_sample_accession', rows),
        enaSample?.accession,
        biosample?.sra,
      ],
    ],
    [
      'biosample',
      [
        ...own.map((names) => names?.biosample),
        ...cells('sample_accession', rows),
        enaSample?.biosample,
        biosample?.accession,
        geo?.biosample,
      ],
    ],
    ['series', [...seriesOf(parts), ...(projects.length > 1 ? projects : [])]],
    ['platform', geo?.platforms ?? []],
    [
      'submission',
      [...packages.map((found) => found.submission), ...enaRuns.flatMap((row) => enaList(row, 'submission_accession'))],
    ],
    ['dbgap', [...packages.map((found) => found.study?.dbgap), biosample?.dbgap]],
    ['reanalysis', geo?.otherRelations ?? []],
  ];
  return aliases.flatMap(([kind, names]) => linksTo(parts.key, kind, names));
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
