import type { CellineError, HandlerContext, HandlerOutcome, RecordUnit } from '../../src/ports/handler.ts';
import type { EnaRun } from '../ena/run-row.ts';
import type { EnaSample } from '../ena/sample.ts';
import { searchRuns } from '../fetch/ena-runs.ts';
import { type EnaSampleAnswer, enaSamples } from '../fetch/ena-samples.ts';
import { groupLibraries, type LibraryGroup } from '../library/group-libraries.ts';
import type { LibraryParts } from '../library/library-parts.ts';
import { sampleUnit } from '../library/sample-unit.ts';
import type { BioSample } from '../ncbi/biosample.ts';
import type { GeoSample } from '../ncbi/geo-record.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';

/** What has been fetched so far about some samples. */
export interface LibrarySources {
  readonly packages: readonly SraPackage[];
  readonly rows: readonly EnaRun[];
  /** GEO's own text by GSM; null where it was not asked. */
  readonly geo: ReadonlyMap<string, GeoSample> | null;
  /** BioSample records by accession, for samples that no experiment names. */
  readonly biosamples?: ReadonlyMap<string, BioSample>;
  /** False in a lean plan: the packages were not asked at all. */
  readonly askedNcbi: boolean;
  /** True where only the runs of one study were asked, not all runs of its samples. */
  readonly isPart?: boolean;
  /** Runs for which ENA has been asked already, whether it had a row or not. */
  readonly enaAsked?: ReadonlySet<string>;
  /** Runs for which ENA was asked in vain. */
  readonly enaFailed?: ReadonlyMap<string, CellineError>;
  /** Why NCBI gave only a part of the packages. */
  readonly ncbiError?: CellineError | null;
  /** Names (of samples, experiments, runs) for which NCBI was asked in vain. */
  readonly ncbiFailed?: ReadonlyMap<string, CellineError>;
  /** Series that are known to be SuperSeries. */
  readonly superSeries?: ReadonlySet<string>;
  /** Series of each sample by its GSM, as GEO's summaries list them. */
  readonly series?: ReadonlyMap<string, readonly string[]>;
}

/** One sample with everything that was fetched about it. */
export interface Library {
  readonly parts: LibraryParts;
  readonly unit: RecordUnit;
  /** Every accession that names the sample, an experiment or a run of it. */
  readonly names: ReadonlySet<string>;
  /** What could not be had, in a sentence; null when the sample is complete. */
  readonly lacks: string | null;
}

/** Samples that can be joined one by one, so that a thousand need not be in memory at once. */
export interface LibrarySet {
  readonly keys: ReadonlySet<string>;
  /** The sample of a key that is in the set. */
  join(key: string): Library;
}

/**
 * Completes samples: asks ENA for the runs that only NCBI has named so far, and for the sample records that NCBI did not
 * give. What comes back joins all parts of each sample.
 */
export async function completeLibraries(
  sources: LibrarySources,
  handler: string,
  context: HandlerContext,
): Promise<LibrarySet> {
  const known = new Set([...(sources.enaAsked ?? []), ...sources.rows.map((row) => row.run_accession)]);
  const asked = await searchRuns(
    runsOfPackages(sources.packages).filter((run) => !known.has(run)),
    'run',
    context,
  );
  const enaFailed = new Map([...(sources.enaFailed ?? []), ...asked.failed]);
  const groups = groupLibraries({ packages: sources.packages, enaRuns: [...sources.rows, ...asked.rows] });
  const records = await enaSamples(samplesToAsk(groups.values()), context);
  return {
    keys: new Set(groups.keys()),
    join: (key) => joinLibrary(key, groups.get(key) ?? NOTHING, { sources, records, enaFailed }, handler, context),
  };
}

const NOTHING: LibraryGroup = { packages: [], enaRuns: [] };

/** All runs of packages, each once. */
export function runsOfPackages(packages: readonly SraPackage[]): string[] {
  return [...new Set(packages.flatMap((found) => found.runs.map((run) => run.accession)))];
}

/** Samples without a package: their attributes are asked of ENA. */
function samplesToAsk(groups: Iterable<LibraryGroup>): string[] {
  const lacking = [...groups].filter((group) => group.packages.length === 0);
  const names = lacking.flatMap((group) => group.enaRuns.map((row) => row.secondary_sample_accession));
  return [...new Set(names.filter(Boolean))];
}

/** What the samples of one call have in common. */
interface Circumstances {
  readonly sources: LibrarySources;
  /** ENA's sample records, for samples without a package. */
  readonly records: EnaSampleAnswer;
  readonly enaFailed: ReadonlyMap<string, CellineError>;
}

function joinLibrary(
  key: string,
  group: LibraryGroup,
  { sources, records, enaFailed }: Circumstances,
  handler: string,
  context: HandlerContext,
): Library {
  const runs = group.packages.flatMap((found) => found.runs);
  const failure = runs.map((run) => enaFailed.get(run.accession)).find(Boolean);
  const isAlone = group.packages.length === 0;
  const secondary = group.enaRuns[0]?.secondary_sample_accession ?? '';
  const enaSample = records.samples.get(secondary) ?? null;
  const own = { key, packages: group.packages, enaRuns: group.enaRuns, enaSample, biosample: null };
  const ncbiFailure = failureOf(namesOf(own), sources.ncbiFailed) ?? (isAlone ? sources.ncbiError : null);
  const parts: LibraryParts = {
    ...own,
    geo: sources.geo?.get(key) ?? null,
    asked: {
      ncbi: sources.askedNcbi && (!isAlone || !ncbiFailure),
      ena: failure === undefined,
      geoText: sources.geo?.has(key) ?? false,
    },
    isPart: sources.isPart ?? false,
    lacksPackages: Boolean(ncbiFailure ?? sources.ncbiError),
    superSeries: sources.superSeries ?? new Set(),
    series: sources.series?.get(key) ?? [],
    handler,
    fetchedAt: context.now(),
  };
  return toLibrary(parts, lackOf(failure, isAlone ? records.failed.get(secondary) : null, ncbiFailure));
}

function failureOf(
  names: ReadonlySet<string>,
  failed: ReadonlyMap<string, CellineError> | undefined,
): CellineError | null {
  if (failed === undefined || failed.size === 0) return null;
  for (const name of names) if (failed.has(name)) return failed.get(name) ?? null;
  return null;
}

/** One sample that has no sequencing runs: GEO's or BioSample's record is all there is. */
export function libraryWithoutRuns(
  key: string,
  record: {
    readonly geo: GeoSample | null;
    readonly biosample: BioSample | null;
    readonly enaSample?: EnaSample | null;
  },
  superSeries: ReadonlySet<string>,
  handler: string,
  context: HandlerContext,
): Library {
  return toLibrary(
    {
      key,
      packages: [],
      enaRuns: [],
      enaSample: record.enaSample ?? null,
      biosample: record.biosample,
      geo: record.geo,
      asked: { ncbi: true, ena: true, geoText: record.geo !== null },
      superSeries,
      handler,
      fetchedAt: context.now(),
    },
    null,
  );
}

function toLibrary(parts: LibraryParts, lacks: string | null): Library {
  return { parts, unit: sampleUnit(parts), names: namesOf(parts), lacks };
}

/** What failed, in a sentence for an answer; null when nothing did. */
export function lackOf(...failures: (CellineError | null | undefined)[]): string | null {
  const messages = failures
    .filter((failure) => failure !== null && failure !== undefined)
    .map((failure) => failure.message);
  return messages.length === 0 ? null : `incomplete, ask again: ${[...new Set(messages)].join('; ')}`;
}

function namesOf(parts: Pick<LibraryParts, 'key' | 'packages' | 'enaRuns' | 'enaSample' | 'biosample'>): Set<string> {
  const names: (string | null | undefined)[] = [
    parts.key,
    parts.biosample?.accession,
    parts.biosample?.sra,
    parts.enaSample?.accession,
  ];
  for (const found of parts.packages) {
    names.push(found.experiment, found.gsm, found.submission);
    for (const sample of found.samples) names.push(sample.accession, sample.biosample);
    for (const run of found.runs) {
      names.push(run.accession);
      for (const member of run.members) names.push(member.accession, member.biosample);
    }
  }
  for (const row of parts.enaRuns) {
    names.push(row.run_accession, row.experiment_accession, row.sample_accession, row.secondary_sample_accession);
    names.push(row.submission_accession);
  }
  return new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''));
}

/** The outcome of an id that these samples answer. */
export function libraryOutcome(id: string, libraries: readonly Library[]): HandlerOutcome {
  const key = libraries.map((library) => library.parts.key).join(',');
  const lacks = libraries.find((library) => library.lacks !== null)?.lacks;
  if (lacks) return { type: 'outcome', id, outcome: 'partial', key, reason: lacks };
  const runs = libraries.flatMap((library) => library.unit.runs);
  if (runs.length === 0) return { type: 'outcome', id, outcome: 'no_runs', key, reason: 'no sequencing runs' };
  if (runs.every((run) => run.access === 'controlled')) {
    const dbgap = libraries.flatMap((library) => library.unit.links).find((link) => link.kind === 'dbgap')?.alias;
    const study = dbgap === undefined ? 'dbGaP' : `dbGaP ${dbgap}`;
    const reason = `controlled access: apply at ${study}, https://www.ncbi.nlm.nih.gov/gap/`;
    return { type: 'outcome', id, outcome: 'controlled', key, reason };
  }
  return { type: 'outcome', id, outcome: 'added', key, reason: null };
}
