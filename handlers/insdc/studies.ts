import {
  EMPTY_UNIT,
  type HandlerContext,
  type HandlerEvent,
  HttpStatusError,
  type ProjectPatch,
} from '../../src/ports/handler.ts';
import { completeLibraries, type LibrarySet, lackOf } from '../compose/libraries.ts';
import { noteParent, outcomeWithShells, type Parents, projectShells } from '../compose/project-shells.ts';
import { type StudyRuns, studyRuns } from '../compose/study-runs.ts';
import { fetchEnaRecord } from '../ena/ena-requests.ts';
import { parseEnaStudies } from '../ena/parse-studies.ts';
import type { EnaRun } from '../ena/run-row.ts';
import type { EnaStudy } from '../ena/study.ts';
import { asCellineError } from '../fetch/as-celline-error.ts';
import { failureOutcome } from '../fetch/failure-outcome.ts';
import { collect, inPieces } from '../fetch/split-batch.ts';
import type { SraStudy } from '../ncbi/sra-package.ts';

/** Samples joined at a time in a lean plan: bounds memory, and is ENA's batch of sample records. */
const SAMPLES_AT_A_TIME = 1000;

/** Studies and projects (PRJ…, SRP, ERP, DRP), each with everything below it. */
export async function* fetchStudies(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  for (const id of ids) {
    try {
      const study = await studyRuns([id], context);
      if (study.rows.size > 0 || study.packages.length > 0) yield* wholeStudy(id, study, context);
      else if (study.error !== null) yield failureOutcome(id, study.error);
      else yield* emptyStudy(id, context);
    } catch (cause) {
      context.signal.throwIfAborted();
      yield failureOutcome(id, asCellineError(cause));
    }
  }
}

async function* wholeStudy(id: string, study: StudyRuns, context: HandlerContext): AsyncGenerator<HandlerEvent> {
  const members = new Map<string, string[]>();
  const lacks = new Set<string>(study.error === null ? [] : [`incomplete, ask again: ${study.error.message}`]);
  for await (const libraries of librariesOf(study, context)) {
    const parents: Parents = new Map();
    for (const key of libraries.keys) {
      const library = libraries.join(key);
      noteParent(parents, library);
      if (library.lacks !== null) lacks.add(library.lacks);
      const parent = library.unit.samples[0]?.parent;
      if (parent) addMember(members, parent, library.parts.key);
      yield { type: 'records', unit: library.unit, of: [id] };
    }
    const shells = await projectShells(parents, 'insdc', context, study.lean && !context.full);
    for (const shell of shells.units) yield { type: 'records', unit: shell.unit, of: [id] };
    const lack = lackOf(...shells.failed.values());
    if (lack !== null) lacks.add(lack);
  }
  // A list with gaps must not replace a whole one.
  if (study.error === null) yield* withMembers(id, members);
  const key = [...members.keys()].join(',');
  if (lacks.size > 0) yield { type: 'outcome', id, outcome: 'partial', key, reason: [...lacks].join('; ') };
  else yield { type: 'outcome', id, outcome: 'added', key, reason: study.note };
}

function addMember(members: Map<string, string[]>, project: string, sample: string): void {
  const samples = members.get(project);
  if (samples === undefined) members.set(project, [sample]);
  else samples.push(sample);
}

/**
 * The member lists of the projects, which are whole only when the last sample has come. Not of a GEO series: it may hold
 * samples that were never sequenced, so that only GEO knows its members.
 */
function* withMembers(id: string, members: ReadonlyMap<string, readonly string[]>): Generator<HandlerEvent> {
  for (const [key, samples] of members) {
    if (key.startsWith('GSE')) continue;
    const patch = { key, source: 'INSDC', children: [...new Set(samples)].toSorted().join(',') };
    yield { type: 'records', unit: { ...EMPTY_UNIT, projects: [patch] }, of: [id] };
  }
}

/** The samples of a study: all at once with the packages, or piece by piece from ENA's rows. */
async function* librariesOf(study: StudyRuns, context: HandlerContext): AsyncGenerator<LibrarySet> {
  if (!study.lean) {
    const sources = {
      packages: study.packages,
      rows: [...study.rows],
      geo: null,
      askedNcbi: true,
      ncbiError: study.error,
      isPart: true,
      ...study.asked,
    };
    yield await completeLibraries(sources, 'insdc', context);
    return;
  }
  for (const piece of inPieces([...experimentsBySample(study.rows).values()], SAMPLES_AT_A_TIME)) {
    const experiments = piece.flatMap((some) => [...some]);
    const sources = await study.ofSamples([{ accession: '', experiments }], context);
    yield await completeLibraries({ ...sources, isPart: true }, 'insdc', context);
  }
}

/** A sample must not be cut in two: its experiments are handed out together. */
function experimentsBySample(rows: Iterable<EnaRun>): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const row of rows) {
    const sample = row.secondary_sample_accession || row.sample_accession || row.experiment_accession;
    const group = groups.get(sample);
    if (group === undefined) groups.set(sample, new Set([row.experiment_accession]));
    else group.add(row.experiment_accession);
  }
  return groups;
}

/** A project without runs: an umbrella, a project of another kind of data, or none at all. ENA's record tells. */
async function* emptyStudy(id: string, context: HandlerContext): AsyncGenerator<HandlerEvent> {
  let found: EnaStudy | undefined;
  try {
    const records = await collect(parseEnaStudies(await context.http.chunks(fetchEnaRecord(id))));
    found = records.find((record) => [record.accession, record.bioproject, record.study].includes(id));
  } catch (cause) {
    const error = asCellineError(cause);
    if (!(error instanceof HttpStatusError && (error.status === 404 || error.status === 400))) throw error;
  }
  if (found === undefined) {
    const reason = 'neither ENA nor NCBI SRA knows a public run or record of it; check the id, or it is not released';
    yield { type: 'outcome', id, outcome: 'not_found', key: null, reason };
    return;
  }
  const reason = 'the project has no public sequencing runs of its own';
  if (found.gse !== null) {
    const shells = await projectShells(new Map([[found.gse, { study: asStudy(found), row: null }]]), 'insdc', context);
    for (const shell of shells.units) yield { type: 'records', unit: shell.unit, of: [id] };
    const outcome = { type: 'outcome' as const, id, outcome: 'no_runs' as const, key: found.gse };
    return yield outcomeWithShells({ ...outcome, reason: `${reason}: it is ${found.gse} at GEO` }, [found.gse], shells);
  }
  const key = found.bioproject ?? id;
  yield { type: 'records', unit: { ...EMPTY_UNIT, projects: [projectPatch(key, found, context)] }, of: [id] };
  yield { type: 'outcome', id, outcome: 'no_runs', key, reason };
}

/** ENA's record in the form of a package's STUDY. */
function asStudy(found: EnaStudy): SraStudy {
  const { alias, bioproject, gse, title, abstract, type, pubmedIds } = found;
  return {
    accession: found.study ?? found.accession,
    alias,
    bioproject,
    gse,
    title,
    abstract,
    type,
    pubmedIds,
    dbgap: null,
  };
}

function projectPatch(key: string, found: EnaStudy, context: HandlerContext): ProjectPatch {
  const words = { title: found.title, summary: found.abstract, type: found.type, publications: found.pubmedIds };
  return { key, source: 'INSDC', ...words, handler: 'insdc', fetched_at: context.now() };
}
