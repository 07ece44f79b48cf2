import type { CellineError, HandlerContext } from '../../src/ports/handler.ts';
import { enaRunsOf } from '../ena/ena-requests.ts';
import { createPackedRuns, type PackedRuns } from '../ena/packed-runs.ts';
import { asCellineError } from '../fetch/as-celline-error.ts';
import { enaColumns } from '../fetch/ena-columns.ts';
import { runsOf, searchRuns } from '../fetch/ena-runs.ts';
import { searchPackages } from '../fetch/packages.ts';
import { type SearchField, searchSra } from '../ncbi/eutils-requests.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';
import type { LibrarySources } from './libraries.ts';

/**
 * Experiments above which a project is fetched lean unless `--full`: ENA's rows and sample records only (1 request, and
 * 1 per 1,000 samples), without NCBI's packages (1 per 500 experiments), which add the files at NCBI.
 */
export const LEAN_ABOVE = 1000;

/** What is needed of a sample to find its runs. */
export interface SampleNames {
  readonly accession: string;
  readonly experiments: readonly string[];
}

/** All runs of one study, ready to be handed out sample by sample. */
export interface StudyRuns {
  readonly rows: PackedRuns;
  /** Packages of the whole study; empty in a lean plan. */
  readonly packages: readonly SraPackage[];
  /** True when NCBI's packages were left out, or are fetched per piece. */
  readonly lean: boolean;
  /** What the plan left out, for the user; null when nothing. */
  readonly note: string | null;
  /** Why a part of it could not be had. */
  readonly error: CellineError | null;
  /** Runs of packages that ENA's report left out, and for which it has been asked by name. */
  readonly asked: Pick<LibrarySources, 'enaAsked' | 'enaFailed'>;
  /** What is known of these samples (by GSM or by experiment); asks for experiments that the study's report left out. */
  ofSamples(samples: readonly SampleNames[], context: HandlerContext): Promise<LibrarySources>;
}

/**
 * The runs of a study by the first of its names that ENA knows, with NCBI's packages unless it is large.
 * Where ENA knows none of the names, NCBI alone answers.
 */
export async function studyRuns(names: readonly string[], context: HandlerContext): Promise<StudyRuns> {
  const ena = await rowsByFirstName(names, context);
  const experiments = new Set<string>();
  for (const row of ena.rows) experiments.add(row.experiment_accession);
  const lean = experiments.size > LEAN_ABOVE;
  const ncbi = lean || names.length === 0 ? NO_PACKAGES : await packagesOf(names, experiments, context);
  const asked = await askSilentRuns(ena, ncbi.packages, context);
  const index = indexOf(ena.rows, ncbi.packages);
  return {
    rows: ena.rows,
    packages: ncbi.packages,
    lean,
    note: lean && !context.full ? `more than ${LEAN_ABOVE} experiments: NCBI's own files only with --full` : null,
    error: ncbi.error ?? (ena.rows.size === 0 ? ena.error : null),
    asked,
    ofSamples: async (samples, ctx) => ({ ...(await handOut(samples, index, lean, ncbi.error, ctx)), ...asked }),
  };
}

/** The report of a study at ENA. */
interface Report {
  readonly rows: PackedRuns;
  /** The names of the study that ENA answered with rows, or with none. */
  readonly answered: readonly string[];
  readonly error: CellineError | null;
}

/**
 * Asks ENA by name for the runs that NCBI names and the report of the study left out, and adds their rows. When there are
 * any, what ENA answered of the study has lied and is forgotten.
 */
async function askSilentRuns(
  { rows, answered }: Report,
  packages: readonly SraPackage[],
  context: HandlerContext,
): Promise<StudyRuns['asked']> {
  const known = new Set<string>();
  for (const row of rows) known.add(row.run_accession);
  const silent = packages.flatMap((found) => found.runs.map((run) => run.accession)).filter((run) => !known.has(run));
  if (silent.length === 0) return {};
  const more = await searchRuns([...new Set(silent)], 'run', context);
  for (const row of more.rows) rows.add(row);
  if (more.rows.length > 0) await forgetReports(answered, context);
  return { enaAsked: new Set(silent), enaFailed: more.failed };
}

async function forgetReports(names: readonly string[], context: HandlerContext): Promise<void> {
  for (const name of names) await context.http.forget(enaRunsOf(name, enaColumns(context)));
}

/** Nothing under one name of a study, while there is something under another, is no true answer: it is forgotten. */
async function rowsByFirstName(names: readonly string[], context: HandlerContext): Promise<Report> {
  let error: CellineError | null = null;
  const answered: string[] = [];
  for (const name of names) {
    try {
      const rows = await runsOf(name, context);
      if (rows !== null && rows.size > 0) {
        await forgetReports(answered, context);
        return { rows, answered: [name], error: null };
      }
      answered.push(name);
    } catch (cause) {
      context.signal.throwIfAborted();
      error = asCellineError(cause);
    }
  }
  return { rows: createPackedRuns(), answered, error };
}

/** What a search for packages has come to. */
interface FoundPackages {
  readonly packages: readonly SraPackage[];
  readonly error: CellineError | null;
}

const NO_PACKAGES: FoundPackages = { packages: [], error: null };

/** The packages of a study; experiments that ENA knows and the search left out are asked by their own names. */
async function packagesOf(
  names: readonly string[],
  experiments: ReadonlySet<string>,
  context: HandlerContext,
): Promise<FoundPackages> {
  const found = await packagesByFirstName(names, context);
  const came = new Set(found.packages.map((one) => one.experiment));
  const leftOut = [...experiments].filter((experiment) => experiment !== '' && !came.has(experiment));
  if (leftOut.length === 0) return found;
  const more = await searchPackages(leftOut, 'accn', context);
  const own = more.packages.filter((one) => experiments.has(one.experiment));
  // A search that left out what NCBI has must not be used again, not even offline.
  if (own.length > 0) for (const name of names) await context.http.forget(searchSra([name], { field: fieldOf(name) }));
  return { packages: [...found.packages, ...own], error: found.error ?? more.error };
}

async function packagesByFirstName(names: readonly string[], context: HandlerContext): Promise<FoundPackages> {
  let error: CellineError | null = null;
  for (const name of names) {
    const answer = await searchPackages([name], fieldOf(name), context);
    const own = answer.packages.filter((found) => isOfStudy(found, names));
    if (own.length > 0) return { packages: own, error: answer.error };
    error = answer.error;
  }
  return { packages: [], error };
}

function fieldOf(name: string): SearchField | null {
  return name.startsWith('PRJ') ? 'BioProject' : null;
}

/** An umbrella BioProject and a bare accession find records of other studies too. */
function isOfStudy(found: SraPackage, names: readonly string[]): boolean {
  const { study } = found;
  if (study === null) return true;
  return [study.accession, study.bioproject, study.gse, study.alias].some(
    (name) => name !== null && names.includes(name),
  );
}

/** Rows and packages by every name of their sample or experiment. */
interface Index {
  readonly rows: PackedRuns;
  /** Positions of rows. */
  readonly positions: ReadonlyMap<string, readonly number[]>;
  readonly packages: ReadonlyMap<string, readonly SraPackage[]>;
}

function indexOf(rows: PackedRuns, packages: readonly SraPackage[]): Index {
  const positions = new Map<string, number[]>();
  let position = 0;
  for (const row of rows) {
    const aliases = [row.experiment_alias, row.run_alias, row.sample_alias];
    const gsm = aliases.map((alias) => /^GSM\d+/.exec(alias)?.[0]).find(Boolean);
    for (const name of new Set([row.experiment_accession, gsm])) append(positions, name, position);
    position += 1;
  }
  const packageIndex = new Map<string, SraPackage[]>();
  for (const found of packages)
    for (const name of new Set([found.experiment, found.gsm])) append(packageIndex, name, found);
  return { rows, positions, packages: packageIndex };
}

function append<T>(index: Map<string, T[]>, name: string | null | undefined, value: T): void {
  if (!name) return;
  const values = index.get(name);
  if (values === undefined) index.set(name, [value]);
  else values.push(value);
}

async function handOut(
  samples: readonly SampleNames[],
  index: Index,
  lean: boolean,
  ncbiError: CellineError | null,
  context: HandlerContext,
): Promise<LibrarySources> {
  const names = samples.flatMap((sample) => [sample.accession, ...sample.experiments]);
  const positions = new Set(names.flatMap((name) => index.positions.get(name) ?? []));
  // Each row is handed out once, so that a large study gets smaller as it goes.
  const rows = [...positions].flatMap((position) => index.rows.take(position) ?? []);
  const packages = unique(
    names.flatMap((name) => index.packages.get(name) ?? []),
    (found) => found.experiment,
  );
  const known = new Set([...rows.map((row) => row.experiment_accession), ...packages.map((found) => found.experiment)]);
  const leftOut = samples.flatMap((sample) => sample.experiments).filter((experiment) => !known.has(experiment));
  const wanted = lean && context.full ? unique([...known, ...leftOut], (name) => name) : leftOut;
  const more = await searchPackages(wanted, 'accn', context);
  const asked = new Set(wanted);
  const found = more.packages.filter((one) => asked.has(one.experiment));
  const silent = leftOut.filter((experiment) => !found.some((one) => one.experiment === experiment));
  const rest = await searchRuns(silent, 'experiment', context);
  return {
    rows: [...rows, ...rest.rows],
    packages: [...packages, ...found],
    geo: null,
    askedNcbi: !lean || context.full,
    ncbiError: ncbiError ?? more.error,
  };
}

function unique<T>(values: readonly T[], nameOf: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [nameOf(value), value])).values()];
}
