import type {
  Operator,
  World,
  WorldExperiment,
  WorldGeoSample,
  WorldPlatform,
  WorldRun,
  WorldSample,
  WorldSeries,
  WorldStudy,
} from './world.ts';

/** An experiment with what it belongs to: the unit of SRA's answers. */
export interface Library {
  /** UID of the experiment in db=sra. */
  readonly uid: number;
  readonly experiment: WorldExperiment;
  readonly sample: WorldSample;
  readonly study: WorldStudy;
}

/** One row of ENA's read_run. */
export interface RunRecord extends Library {
  readonly run: WorldRun;
}

/** A sample that GEO knows. */
export type GeoKnown = WorldSample & { readonly geo: WorldGeoSample };

/** A world, findable by every accession that names a record. Nothing is rendered before it is asked for. */
export interface WorldIndex {
  readonly world: World;
  readonly series: ReadonlyMap<string, WorldSeries>;
  readonly platforms: ReadonlyMap<string, WorldPlatform>;
  /** By SRP, ERP, DRP. */
  readonly studies: ReadonlyMap<string, WorldStudy>;
  /** By BioProject. */
  readonly bioprojects: ReadonlyMap<string, WorldStudy>;
  /** By GSM. */
  readonly geoSamples: ReadonlyMap<string, GeoKnown>;
  /** GEO samples by GSE and by GPL. */
  readonly geoSamplesOf: ReadonlyMap<string, readonly GeoKnown[]>;
  /** By BioSample and by SRS, ERS, DRS; several where samples share a BioSample. */
  readonly insdcSamples: ReadonlyMap<string, readonly WorldSample[]>;
  /** Experiments by UID. */
  readonly libraries: ReadonlyMap<number, Library>;
  /** Experiments by each accession of their package: experiment, runs, sample, study, project, submission, GSM, GSE. */
  readonly librariesOf: ReadonlyMap<string, readonly Library[]>;
}

/** UIDs of experiments start here; the real ones had passed 30 million in 2026. */
const FIRST_SRA_UID = 90_000_000;

/** True when the operator knows nothing of a study. */
export function isMissing(record: { readonly missingAt?: readonly Operator[] }, operator: Operator): boolean {
  return record.missingAt?.includes(operator) ?? false;
}

/** Runs of a library that the operator knows. ENA holds nothing that dbGaP controls. */
export function runsAt(library: Library, operator: Operator): readonly WorldRun[] {
  if (isMissing(library.study, operator)) return [];
  return library.experiment.runs.filter(
    (run) => !isMissing(run, operator) && !(operator === 'ENA' && run.controlled === true),
  );
}

/** True when NCBI shows a package of the library: its study is there, and one of its runs unless it never had one. */
export function hasPackage(library: Library): boolean {
  if (isMissing(library.study, 'NCBI')) return false;
  return library.experiment.runs.length === 0 || runsAt(library, 'NCBI').length > 0;
}

/** Every accession that finds a library in a search of db=sra. */
export function namesOfLibrary({ experiment, sample, study }: Library): Set<string> {
  const names = new Set([experiment.accession, experiment.alias, study.accession, study.alias]);
  for (const name of [study.bioproject, study.umbrella, study.submission, sample.secondary, sample.biosample]) {
    if (name !== undefined) names.add(name);
  }
  names.add(sample.alias);
  if (sample.geo !== undefined) names.add(sample.geo.accession);
  for (const run of experiment.runs) {
    names.add(run.accession);
    for (const other of run.pooledWith ?? []) names.add(other);
  }
  return names;
}

/** Builds the index: one pass over the world, about 10 names per experiment. */
export function indexWorld(world: World): WorldIndex {
  const studies = new Map(world.studies.map((study) => [study.accession, study]));
  const geoSamples = new Map<string, GeoKnown>();
  const geoSamplesOf = new Map<string, GeoKnown[]>();
  const insdcSamples = new Map<string, WorldSample[]>();
  const libraries = new Map<number, Library>();
  const librariesOf = new Map<string, Library[]>();
  for (const sample of world.samples) {
    const { geo } = sample;
    if (geo !== undefined) {
      const known: GeoKnown = { ...sample, geo };
      geoSamples.set(geo.accession, known);
      for (const name of [...geo.series, geo.platform]) append(geoSamplesOf, name, known);
    }
    for (const name of [sample.biosample, sample.secondary]) if (name !== undefined) append(insdcSamples, name, sample);
    for (const experiment of sample.experiments) {
      const study = studies.get(experiment.study);
      if (study === undefined) throw new Error(`${experiment.accession}: the world has no study ${experiment.study}`);
      const library: Library = { uid: FIRST_SRA_UID + libraries.size, experiment, sample, study };
      libraries.set(library.uid, library);
      for (const name of namesOfLibrary(library)) append(librariesOf, name, library);
    }
  }
  return {
    world,
    series: new Map(world.series.map((series) => [series.accession, series])),
    platforms: new Map(world.platforms.map((platform) => [platform.accession, platform])),
    studies,
    bioprojects: new Map(world.studies.map((study) => [study.bioproject, study])),
    geoSamples,
    geoSamplesOf,
    insdcSamples,
    libraries,
    librariesOf,
  };
}

function append<T>(map: Map<string, T[]>, name: string, value: T): void {
  const values = map.get(name);
  if (values === undefined) map.set(name, [value]);
  else values.push(value);
}
