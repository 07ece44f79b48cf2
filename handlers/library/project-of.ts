import type { EnaRun } from '../ena/run-row.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';
import { byAccession } from './accession-order.ts';
import { enaCell, enaList } from './ena-cell.ts';
import { distinct, firstKnown } from './first-known.ts';
import type { LibraryParts, RunParts } from './library-parts.ts';

/** The parts of a sample that say to which projects it belongs. */
export type ProjectParts = Pick<LibraryParts, 'packages' | 'enaRuns' | 'biosample' | 'geo' | 'series' | 'superSeries'>;

const GSE = /^GSE\d+$/;
const BIOPROJECT = /^PRJ[A-Z]{2}\d+$/;

/** Every series that INSDC or GEO names for a sample, by number. */
export function seriesOf(parts: ProjectParts): string[] {
  return distinct([...insdcSeries(parts), ...geoSeries(parts)]).sort(byAccession);
}

/**
 * The key of a sample's project: the GSE that is the alias of its INSDC study, else the lowest-numbered series that
 * GEO names and that is no SuperSeries, else the BioProject, else the SRP, else a SuperSeries if that is all there is.
 */
export function projectOf(parts: ProjectParts): string | null {
  const inner = (series: string[]): string | undefined =>
    series.filter((key) => !parts.superSeries.has(key)).sort(byAccession)[0];
  return firstKnown(
    inner(insdcSeries(parts)),
    inner(geoSeries(parts)),
    firstOf([...parts.packages.map(bioprojectOfPackage), ...parts.enaRuns.map(bioprojectOfRow)]),
    parts.biosample?.bioprojects[0],
    firstOf([...parts.packages.map((found) => found.study?.accession), ...parts.enaRuns.map(studyOfRow)]),
    seriesOf(parts)[0],
  );
}

/** The key of a run's own project: by its experiment's study, else the series that is the project of its GEO sample. */
export function projectOfRun(run: RunParts, sampleProject: string | null): string | null {
  const own = {
    packages: run.package === null ? [] : [run.package],
    enaRuns: run.row === null ? [] : [run.row],
  };
  const series = insdcSeries(own).sort(byAccession)[0];
  if (series !== undefined)
    return sampleProject !== null && insdcSeries(own).includes(sampleProject) ? sampleProject : series;
  if (sampleProject !== null && GSE.test(sampleProject)) return sampleProject;
  return projectOf({ ...own, biosample: null, geo: null, superSeries: new Set() }) ?? sampleProject;
}

function geoSeries(parts: ProjectParts): string[] {
  return [...(parts.geo?.series ?? []), ...(parts.series ?? [])];
}

function insdcSeries(parts: Pick<ProjectParts, 'packages' | 'enaRuns'>): string[] {
  const aliases = [
    ...parts.packages.map((found) => found.study?.gse),
    ...parts.enaRuns.flatMap((row) => enaList(row, 'study_alias')),
  ];
  return distinct(aliases).filter((alias) => GSE.test(alias));
}

function bioprojectOfPackage(found: SraPackage): string | null {
  return found.study?.bioproject ?? null;
}

function bioprojectOfRow(row: EnaRun): string | null {
  return enaList(row, 'study_accession').find((name) => BIOPROJECT.test(name)) ?? null;
}

function studyOfRow(row: EnaRun): string | null {
  return firstOf(enaList(row, 'secondary_study_accession')) ?? enaCell(row, 'study_accession');
}

/** The lowest-numbered of some names, so that the order of an archive's rows decides nothing. */
function firstOf(names: readonly (string | null | undefined)[]): string | undefined {
  return distinct(names).sort(byAccession)[0];
}
