import type { CellineError, HandlerContext, HandlerEvent } from '../../src/ports/handler.ts';
import { completeLibraries, type Library, libraryOutcome } from '../compose/libraries.ts';
import { libraryRecords } from '../compose/library-records.ts';
import { outcomeWithShells, parentOf } from '../compose/project-shells.ts';
import { enaRunsOf } from '../ena/ena-requests.ts';
import type { EnaRun } from '../ena/run-row.ts';
import { asCellineError } from '../fetch/as-celline-error.ts';
import { enaColumns } from '../fetch/ena-columns.ts';
import { type EnaRunAnswer, runsOf, searchRuns } from '../fetch/ena-runs.ts';
import { enaSamples } from '../fetch/ena-samples.ts';
import { searchPackages } from '../fetch/packages.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';
import { absentRecords } from './absent-records.ts';

/** What NCBI knows of them and of their samples. */
interface NcbiPart {
  readonly packages: readonly SraPackage[];
  /** Names for which NCBI was asked in vain. */
  readonly failed: ReadonlyMap<string, CellineError>;
}

/**
 * Runs, experiments, samples and submissions, each with its whole sample: ENA names the samples of the asked ids, SRA's
 * packages bring everything of those samples, ENA completes the runs that were not asked.
 */
export async function* fetchInsdcRecords(
  ids: readonly string[],
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  const ena = await askEna(ids, context);
  const ncbi = await askNcbi(ids, ena, context);
  await forgetPoorReports(ids, ena.rows, ncbi.packages, context);
  const more = await runsOfOtherSamples(ids, ena.rows, ncbi.packages, context);
  const rows = uniqueRows([...ena.rows, ...more.rows]);
  const sources = { packages: ncbi.packages, rows, geo: null, askedNcbi: true, ncbiFailed: ncbi.failed };
  const enaFailed = new Map([...ena.failed, ...more.failed]);
  const set = await completeLibraries({ ...sources, enaFailed }, 'insdc', context);
  const libraries = [...set.keys].map((key) => set.join(key));
  const answers = librariesByName(ids, libraries);
  const wanted = [...new Set([...answers.values()].flat())];
  const shells = yield* libraryRecords(wanted, ids, 'insdc', context);
  for (const [id, found] of answers) yield outcomeWithShells(libraryOutcome(id, found), found.map(parentOf), shells);
  const missing = ids.filter((id) => !answers.has(id));
  yield* absentRecords(missing, (id) => ena.failed.get(id) ?? ncbi.failed.get(id) ?? null, context);
}

/**
 * ENA searches by type, and one report per submission, which no search type stands for. Names of samples in the SRS form
 * may be refused (unconfirmed), then NCBI alone finds them.
 */
async function askEna(ids: readonly string[], context: HandlerContext): Promise<EnaRunAnswer> {
  const runs = ids.filter((id) => /^[SED]RR/.test(id));
  const experiments = ids.filter((id) => /^[SED]RX/.test(id));
  const biosamples = ids.filter((id) => id.startsWith('SAM'));
  const answers = await Promise.all([
    searchRuns(runs, 'run', context),
    searchRuns(experiments, 'experiment', context),
    searchRuns(biosamples, 'sample', context),
    ...ids.filter(isSubmission).map((id) => reportOf(id, context)),
  ]);
  return {
    rows: uniqueRows(answers.flatMap((answer) => answer.rows)),
    failed: new Map(answers.flatMap((answer) => [...answer.failed])),
  };
}

/** The runs of a submission. NCBI is asked too, so that a failure here only leaves out what ENA alone has. */
async function reportOf(id: string, context: HandlerContext): Promise<EnaRunAnswer> {
  try {
    return { rows: [...((await runsOf(id, context)) ?? [])], failed: new Map() };
  } catch (cause) {
    context.signal.throwIfAborted();
    return { rows: [], failed: new Map([[id, asCellineError(cause)]]) };
  }
}

async function askNcbi(
  ids: readonly string[],
  { rows, failed }: EnaRunAnswer,
  context: HandlerContext,
): Promise<NcbiPart> {
  const named = new Set(rows.flatMap((row) => [row.run_accession, row.experiment_accession, row.sample_accession]));
  const samples = new Set(rows.map((row) => row.secondary_sample_accession).filter(Boolean));
  const unnamed = ids.filter((id) => !named.has(id));
  // What failed at ENA even alone may fail here too: asked apart, it takes no other id's batch apart.
  const [good, doubtful] = await Promise.all([
    searchPackages([...new Set([...samples, ...unnamed.filter((id) => !failed.has(id))])], null, context),
    searchPackages(
      unnamed.filter((id) => failed.has(id)),
      null,
      context,
    ),
  ]);
  const names = new Set([...ids, ...samples]);
  const packages = new Map<string, SraPackage>();
  keep(packages, [...good.packages, ...doubtful.packages], names);
  const leftOut = leftOutOf(ids, rows, [...packages.values()]);
  const second = await searchPackages(leftOut, 'accn', context);
  keep(packages, second.packages, new Set([...names, ...leftOut]));
  // A run or submission that only NCBI knows names its samples only now: the rest of those samples.
  const searched = new Set([...samples, ...ids]);
  const newSamples = [...packages.values()].flatMap((one) => one.samples.map((sample) => sample.accession));
  const more = [...new Set(newSamples)].filter((sample) => !searched.has(sample));
  const third = await searchPackages(more, null, context);
  keep(packages, third.packages, new Set(more));
  const answers = [good, doubtful, second, third];
  return { packages: [...packages.values()], failed: new Map(answers.flatMap((answer) => [...answer.failed])) };
}

/**
 * What a search by sample did not bring, to be asked for by its own name: experiments that ENA knows, and asked runs of which
 * ENA says no experiment. Pure.
 */
function leftOutOf(ids: readonly string[], rows: readonly EnaRun[], packages: readonly SraPackage[]): string[] {
  const found = new Set(packages.flatMap(namesOf));
  const asked = new Set(ids);
  const names = rows.map((row) => row.experiment_accession || (asked.has(row.run_accession) ? row.run_accession : ''));
  return [...new Set(names)].filter((name) => name !== '' && !found.has(name));
}

/**
 * All runs of samples of which NCBI has no package: the other runs of a sample whose run was asked, and those of a sample
 * that was asked by its ERS. Makes no request when NCBI described every sample.
 */
async function runsOfOtherSamples(
  ids: readonly string[],
  rows: readonly EnaRun[],
  packages: readonly SraPackage[],
  context: HandlerContext,
): Promise<EnaRunAnswer> {
  const described = new Set([...packages].flatMap(namesOf));
  const others = rows.filter((row) => ![row.sample_accession, row.secondary_sample_accession].some(isIn(described)));
  const known = new Set(rows.flatMap((row) => row.secondary_sample_accession.split(';')));
  const lost = ids.filter((id) => /^[SED]RS/.test(id) && !described.has(id) && !known.has(id));
  // The Portal may refuse the ERS form in a list (unconfirmed); ENA's sample record names the BioSample.
  const records = await enaSamples(lost, context);
  const names = [
    ...others.flatMap((row) => row.sample_accession.split(';')),
    ...[...records.samples.values()].map((sample) => sample.biosample),
  ];
  const asked = new Set(ids);
  const wanted = names.filter((name): name is string => Boolean(name) && !asked.has(name ?? ''));
  return searchRuns([...new Set(wanted)], 'sample', context);
}

/** A report of a submission without a run that NCBI names for it has left it out: the run is asked by name, the report forgotten. */
async function forgetPoorReports(
  ids: readonly string[],
  rows: readonly EnaRun[],
  packages: readonly SraPackage[],
  context: HandlerContext,
): Promise<void> {
  const known = new Set(rows.map((row) => row.run_accession));
  const asked = new Set(ids.filter(isSubmission));
  const poor = packages.filter((found) => found.runs.some((run) => !known.has(run.accession)));
  const names = new Set(poor.map((found) => found.submission).filter((name) => name !== null && asked.has(name)));
  for (const name of names) if (name !== null) await context.http.forget(enaRunsOf(name, enaColumns(context)));
}

function isIn(names: ReadonlySet<string>): (list: string) => boolean {
  return (list) => list.split(';').some((name) => names.has(name));
}

function isSubmission(id: string): boolean {
  return /^[SED]RA/.test(id);
}

/** Keeps packages that one of the names really names; a bare search term also finds records that only mention it. */
function keep(kept: Map<string, SraPackage>, packages: readonly SraPackage[], names: ReadonlySet<string>): void {
  for (const found of packages) if (namesOf(found).some((name) => names.has(name))) kept.set(found.experiment, found);
}

function namesOf(found: SraPackage): string[] {
  const names = [found.experiment, found.submission, ...found.runs.map((run) => run.accession)];
  for (const sample of found.samples) names.push(sample.accession, sample.biosample);
  for (const member of [...found.members, ...found.runs.flatMap((run) => run.members)])
    names.push(member.accession, member.biosample);
  return names.filter((name): name is string => name !== null);
}

function librariesByName(ids: readonly string[], libraries: readonly Library[]): Map<string, Library[]> {
  const index = new Map<string, Library[]>();
  for (const library of libraries) {
    for (const name of library.names) index.set(name, index.get(name)?.concat(library) ?? [library]);
  }
  return new Map(ids.flatMap((id) => (index.has(id) ? [[id, index.get(id) ?? []] as const] : [])));
}

function uniqueRows(rows: readonly EnaRun[]): EnaRun[] {
  return [...new Map(rows.map((row) => [row.run_accession, row])).values()];
}
