import type { EnaRun } from '../ena/run-row.ts';
import type { SraPackage, SraRun } from '../ncbi/sra-package.ts';
import { enaCell, enaGsm, enaList } from './ena-cell.ts';
import { mainSample, poolOf, type SampleNames, sampleKey } from './sample-key.ts';

/** The packages and rows of one sample. */
export interface LibraryGroup {
  readonly packages: readonly SraPackage[];
  readonly enaRuns: readonly EnaRun[];
}

/** What both archives together say about names, so that either side may leave some out. */
interface NameBook {
  /** Experiment to the GSM that names it. */
  readonly gsmOfExperiment: ReadonlyMap<string, string>;
  /** SRS to the other names of that sample. */
  readonly samples: ReadonlyMap<string, SampleNames>;
  /** Run to its experiment. */
  readonly experimentOfRun: ReadonlyMap<string, string>;
}

/**
 * Groups what NCBI and ENA answered by sample. The key of a sample is the GSM of the experiment (so that two GSM that share
 * a BioSample, as in a multiome, stay two samples), else the GSM of the sample, else its BioSample, else its SRS. A package
 * of several samples is given to each of them with the runs that it takes part in. What names no sample at all is left out.
 */
export function groupLibraries(answers: {
  readonly packages: readonly SraPackage[];
  readonly enaRuns: readonly EnaRun[];
}): Map<string, LibraryGroup> {
  const book = nameBook(answers.packages, answers.enaRuns);
  const groups = new Map<string, { packages: SraPackage[]; enaRuns: EnaRun[] }>();
  const group = (key: string) => {
    const known = groups.get(key) ?? { packages: [], enaRuns: [] };
    groups.set(key, known);
    return known;
  };
  const keysOfRun = new Map<string, string[]>();
  const keysOfExperiment = new Map<string, string[]>();
  for (const found of answers.packages) {
    const shares = sharesOf(found, book);
    keysOfExperiment.set(found.experiment, [...shares.keys()].slice(0, 1));
    for (const [key, runs] of shares) {
      group(key).packages.push(shares.size === 1 ? found : { ...found, runs });
      for (const run of runs) keysOfRun.set(run.accession, [...(keysOfRun.get(run.accession) ?? []), key]);
    }
  }
  for (const row of answers.enaRuns) {
    const run = enaCell(row, 'run_accession') ?? '';
    const experiment = experimentOf(row, book) ?? '';
    const keys = keysOfRun.get(run) ?? keysOfExperiment.get(experiment) ?? keyOfRow(row, book);
    for (const key of keys) group(key).enaRuns.push(row);
  }
  return groups;
}

function nameBook(packages: readonly SraPackage[], rows: readonly EnaRun[]): NameBook {
  const gsmOfExperiment = new Map<string, string>();
  const samples = new Map<string, SampleNames>();
  const experimentOfRun = new Map<string, string>();
  const addSample = (names: SampleNames): void => {
    if (names.accession === null) return;
    const known = samples.get(names.accession);
    const gsm = known?.gsm ?? names.gsm;
    samples.set(names.accession, { accession: names.accession, biosample: known?.biosample ?? names.biosample, gsm });
  };
  for (const found of packages) {
    if (found.gsm !== null) gsmOfExperiment.set(found.experiment, found.gsm);
    for (const sample of found.samples) addSample(sample);
    for (const member of [...found.members, ...found.runs.flatMap((run) => run.members)]) addSample(member);
    for (const run of found.runs) experimentOfRun.set(run.accession, found.experiment);
  }
  for (const row of rows) {
    const experiment = enaCell(row, 'experiment_accession') ?? experimentOfRun.get(enaCell(row, 'run_accession') ?? '');
    const gsm = enaGsm(row, 'experiment_alias') ?? enaGsm(row, 'run_alias');
    if (experiment !== undefined && gsm !== null && !gsmOfExperiment.has(experiment))
      gsmOfExperiment.set(experiment, gsm);
    for (const names of samplesOfRow(row)) addSample(names);
  }
  return { gsmOfExperiment, samples, experimentOfRun };
}

/** The samples of a row; a pooled run lists several, whose names are then parallel lists. */
function samplesOfRow(row: EnaRun): SampleNames[] {
  const accessions = enaList(row, 'secondary_sample_accession');
  const biosamples = enaList(row, 'sample_accession');
  const gsm = enaGsm(row, 'sample_alias');
  const single = accessions.length <= 1 && biosamples.length <= 1;
  const longer = accessions.length >= biosamples.length ? accessions : biosamples;
  const parallel = accessions.length === biosamples.length || single;
  return longer.map((_, index) => ({
    accession: parallel || longer === accessions ? (accessions[index] ?? null) : null,
    biosample: parallel || longer === biosamples ? (biosamples[index] ?? null) : null,
    gsm: single ? gsm : null,
  }));
}

function experimentOf(row: EnaRun, book: NameBook): string | undefined {
  return enaCell(row, 'experiment_accession') ?? book.experimentOfRun.get(enaCell(row, 'run_accession') ?? '');
}

/** The keys of a package's samples, each with its runs. */
function sharesOf(found: SraPackage, book: NameBook): Map<string, SraRun[]> {
  const gsm = book.gsmOfExperiment.get(found.experiment);
  if (gsm !== undefined) return new Map([[gsm, [...found.runs]]]);
  const shares = new Map<string, SraRun[]>();
  const main = keyIn(book, mainSample(found));
  if (main !== null) shares.set(main, []);
  for (const sample of [...found.samples, ...found.members]) {
    const key = keyIn(book, sample);
    if (key !== null && !shares.has(key)) shares.set(key, []);
  }
  for (const run of found.runs) {
    const members = poolOf(run).map((member) => keyIn(book, member));
    const keys = new Set((members.length === 0 ? [main] : members).filter((key) => key !== null));
    for (const key of keys) shares.set(key, [...(shares.get(key) ?? []), run]);
  }
  return shares;
}

function keyIn(book: NameBook, names: SampleNames | null): string | null {
  if (names === null) return null;
  const known = names.accession === null ? undefined : book.samples.get(names.accession);
  return sampleKey(known ?? names);
}

/** The key of a row whose experiment no package describes: of a pooled run that of its first sample. */
function keyOfRow(row: EnaRun, book: NameBook): string[] {
  const named = enaGsm(row, 'experiment_alias') ?? enaGsm(row, 'run_alias');
  const gsm = book.gsmOfExperiment.get(experimentOf(row, book) ?? '') ?? named;
  const key = gsm ?? keyIn(book, samplesOfRow(row)[0] ?? null) ?? enaGsm(row, 'sample_alias');
  return key === null ? [] : [key];
}
