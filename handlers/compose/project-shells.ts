import {
  type CellineError,
  EMPTY_UNIT,
  type HandlerContext,
  type HandlerOutcome,
  type RecordUnit,
} from '../../src/ports/handler.ts';
import type { EnaRun } from '../ena/run-row.ts';
import { type GeoSummaryAnswer, geoSummaries } from '../fetch/geo-summaries.ts';
import { projectShell } from '../library/project-shell.ts';
import type { GdsSummary } from '../ncbi/geo-record.ts';
import type { SraStudy } from '../ncbi/sra-package.ts';
import { type Library, lackOf } from './libraries.ts';

/** The project rows that samples belong to, without their members. */
export interface ProjectShells {
  /** One unit per project. */
  readonly units: readonly { readonly key: string; readonly unit: RecordUnit }[];
  /** Projects whose own record could not be had. */
  readonly failed: ReadonlyMap<string, CellineError>;
}

/** What samples say about the projects that are their parents, by key. */
export type Parents = Map<string, { study: SraStudy | null; row: EnaRun | null }>;

/** Notes the parent of a sample, with what the sample's packages and rows say of it. */
export function noteParent(parents: Parents, library: Library): void {
  const key = parentOf(library);
  if (key === null) return;
  const noted = parents.get(key);
  if (noted?.study && noted.row) return;
  parents.set(key, {
    study: noted?.study ?? studyOf(library, key),
    row: noted?.row ?? rowOf(library, key),
  });
}

/**
 * The shells of the parents of samples. A GSE has its own document summary, asked once per command for all samples
 * of all batches; any other project, and in a `lean` plan every one, is described by what its runs say of their study.
 */
export async function projectShells(
  parents: Parents,
  handler: string,
  context: HandlerContext,
  lean = false,
): Promise<ProjectShells> {
  const answers = await askSeries(lean ? [] : [...parents.keys()].filter((key) => /^GSE\d+$/.test(key)), context);
  const failed = new Map<string, CellineError>();
  const units = [...parents].map(([key, { study, row }]) => {
    const answer = answers.get(key);
    const error = answer?.failed.get(key);
    if (error !== undefined) failed.set(key, error);
    const summary = answer?.summaries.get(key) ?? null;
    const unit = shellUnit({ key, study, enaRow: row, summary }, handler, context);
    return { key, unit: error === undefined ? unit : withoutWords(unit) };
  });
  return { units, failed };
}

/** The project by its name and links only: what its runs say of it must not replace what GEO has said in another plan. */
function withoutWords(unit: RecordUnit): RecordUnit {
  return { ...unit, projects: unit.projects.map(({ key, source, url }) => ({ key, source, ...(url ? { url } : {}) })) };
}

/** The outcome of samples of these projects: partial when a project's own record could not be had. */
export function outcomeWithShells(
  outcome: HandlerOutcome,
  projects: readonly (string | null | undefined)[],
  { failed }: ProjectShells,
): HandlerOutcome {
  const reason = lackOf(...projects.map((key) => failed.get(key ?? '')));
  const isGood = outcome.outcome === 'added' || outcome.outcome === 'no_runs';
  return reason === null || !isGood ? outcome : { ...outcome, outcome: 'partial', reason };
}

/** The key of a sample's project. */
export function parentOf(library: Library): string | null {
  return library.unit.samples[0]?.parent ?? null;
}

/** The STUDY that is this project; a sample may belong to several. */
function studyOf(library: Library, key: string): SraStudy | null {
  const studies = library.parts.packages.flatMap((found) => (found.study === null ? [] : [found.study]));
  return studies.find((study) => [study.gse, study.bioproject, study.accession].includes(key)) ?? studies[0] ?? null;
}

function rowOf(library: Library, key: string): EnaRun | null {
  const rows = library.parts.enaRuns;
  const isOf = (row: EnaRun) => [row.study_alias, row.study_accession, row.secondary_study_accession].includes(key);
  return rows.find(isOf) ?? rows[0] ?? null;
}

/** Document summaries of series; each is asked once per command, whichever batch needs it first, so that they can be asked ahead. */
export async function askSeries(
  series: readonly string[],
  context: HandlerContext,
): Promise<Map<string, GeoSummaryAnswer>> {
  const fresh = series.filter((key) => !context.memo.has(`shell:${key}`));
  if (fresh.length > 0) {
    const asking = geoSummaries(fresh, context);
    for (const key of fresh) context.memo.set(`shell:${key}`, asking);
  }
  const answers = series.map(
    async (key) => [key, await (context.memo.get(`shell:${key}`) as Promise<GeoSummaryAnswer>)] as const,
  );
  return new Map(await Promise.all(answers));
}

/** The unit of one project row. */
export function shellUnit(
  facts: { key: string; study: SraStudy | null; enaRow: EnaRun | null; summary: GdsSummary | null },
  handler: string,
  context: HandlerContext,
): RecordUnit {
  const shell = projectShell({ ...facts, series: null, handler, fetchedAt: context.now() });
  return { ...EMPTY_UNIT, projects: [shell.patch], links: shell.links };
}
