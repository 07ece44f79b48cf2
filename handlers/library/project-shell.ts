import type { LinkRow, ProjectPatch } from '../../src/ports/handler.ts';
import type { EnaRun } from '../ena/run-row.ts';
import type { GdsSummary, GeoSeries } from '../ncbi/geo-record.ts';
import type { SraStudy } from '../ncbi/sra-package.ts';
import { byAccession } from './accession-order.ts';
import { dayOf, publicDay } from './archive-date.ts';
import { pageOf } from './archive-url.ts';
import { enaCell, enaList } from './ena-cell.ts';
import { distinct, firstKnown, joined } from './first-known.ts';
import { linksTo } from './library-links.ts';
import { sourceOf } from './record-source.ts';
import { sourceHash } from './source-hash.ts';

/** All that is known of ONE project; a source that was not asked is null. */
export interface ProjectFacts {
  /** Key of the project: see `projectKey`. */
  readonly key: string;
  readonly study: SraStudy | null;
  /** A row of any of its runs. */
  readonly enaRow: EnaRun | null;
  readonly summary: GdsSummary | null;
  readonly series: GeoSeries | null;
  /** Name of the handler that fetched the facts. */
  readonly handler: string;
  /** When they were fetched: ISO 8601 in UTC. */
  readonly fetchedAt: string;
}

/** A project's own row and links, never its members. */
export interface ProjectShell {
  readonly key: string;
  readonly patch: ProjectPatch;
  readonly links: readonly LinkRow[];
}

/**
 * The row of a project. Title, summary, type and publications: GEO's document summary, GEO's text, STUDY, ENA's row,
 * the first that says it. A column that only a source which is not there could say is absent. A STUDY or row of
 * another project (a sample may belong to several) is left aside.
 */
export function projectShell(given: ProjectFacts): ProjectShell {
  const facts = ownFacts(given);
  return { key: facts.key, patch: patchOf(facts), links: linksOf(facts) };
}

/** The key of a project by its names: GSE where GEO brokered it, else BioProject, else SRP. Null when no source names one. */
export function projectKey(facts: Omit<ProjectFacts, 'key' | 'handler' | 'fetchedAt'>): string | null {
  const { study, enaRow, summary, series } = facts;
  const gse = [summary?.accession, series?.accession, study?.gse, ...enaList(enaRow, 'study_alias')];
  return firstKnown(
    gse.find((name) => typeof name === 'string' && /^GSE\d+$/.test(name)),
    study?.bioproject,
    enaList(enaRow, 'study_accession')[0],
    study?.accession,
    enaList(enaRow, 'secondary_study_accession')[0],
  );
}

function ownFacts(facts: ProjectFacts): ProjectFacts {
  const { key, study, enaRow, summary, series } = facts;
  const own = new Set([
    key,
    summary?.bioproject,
    ...(summary?.sra ?? []),
    series?.bioproject,
    ...(series?.studies ?? []),
  ]);
  const isOwn = (names: readonly (string | null | undefined)[]) => names.some((name) => name && own.has(name));
  return {
    ...facts,
    study: study !== null && isOwn([study.gse, study.bioproject, study.accession]) ? study : null,
    enaRow: isOwn([...enaList(enaRow, 'study_alias'), ...studyNames(enaRow)]) ? enaRow : null,
  };
}

function studyNames(row: EnaRun | null): string[] {
  return [...enaList(row, 'study_accession'), ...enaList(row, 'secondary_study_accession')];
}

function patchOf(facts: ProjectFacts): ProjectPatch {
  const { key, study, enaRow, summary, series } = facts;
  const describes = summary ?? series ?? study;
  const superSeries = distinct([...(summary?.superSeries ?? []), ...(series?.superSeries ?? [])]).sort(byAccession);
  return {
    key,
    source: sourceOf(key),
    ...((describes ?? enaRow)
      ? {
          title: firstKnown(summary?.title, series?.title, study?.title, enaCell(enaRow, 'study_title')),
        }
      : {}),
    ...(describes ? describedColumns(facts) : {}),
    // GEO's summaries mostly leave the SuperSeries out: only its text may say that there is none.
    ...(series !== null || superSeries.length > 0 ? { parent: superSeries[0] ?? null } : {}),
    ...(summary ? { organism: joined(summary.organisms, '; ') } : {}),
    ...((summary ?? series) ? { date: dateOf(facts) } : {}),
    ...(series ? { overall_design: textOf(series.overallDesign) } : {}),
    url: pageOf(key),
    handler: facts.handler,
    fetched_at: facts.fetchedAt,
    response_hash: sourceHash({ study, enaRow: studyNames(enaRow), summary, series }),
  };
}

function describedColumns(facts: ProjectFacts): Pick<ProjectPatch, 'summary' | 'type' | 'publications'> {
  const { study, summary, series } = facts;
  const publications = [summary?.pubmedIds, series?.pubmedIds, study?.pubmedIds];
  return {
    summary: firstKnown(summary?.summary, textOf(series?.summary ?? []), study?.abstract),
    type: firstKnown(summary?.type, joined(series?.types ?? [], '; '), study?.type),
    publications: publications.find((ids) => ids !== undefined && ids.length > 0) ?? null,
  };
}

function dateOf(facts: ProjectFacts): string | null {
  return firstKnown(dayOf(facts.summary?.date ?? null), publicDay(facts.series?.status ?? null));
}

function linksOf(facts: ProjectFacts): LinkRow[] {
  const { key, study, enaRow, summary, series } = facts;
  const ena = studyNames(enaRow);
  const projects = [summary?.bioproject, series?.bioproject, study?.bioproject];
  const studies = [...(summary?.sra ?? []), ...(series?.studies ?? []), study?.accession];
  return [
    ...linksTo(key, 'bioproject', [...projects, ...ena.filter((name) => name.startsWith('PRJ'))]),
    ...linksTo(key, 'study', [...studies, ...ena.filter((name) => /^[SED]RP\d+$/.test(name))]),
    ...linksTo(key, 'superseries', [...(summary?.superSeries ?? []), ...(series?.superSeries ?? [])]),
    ...linksTo(key, 'subseries', [...(summary?.subSeries ?? []), ...(series?.subSeries ?? [])]),
    ...linksTo(key, 'platform', [...(summary?.platforms ?? []), ...(series?.platforms ?? [])]),
    ...linksTo(key, 'dbgap', [study?.dbgap]),
  ];
}

function textOf(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.join('\n');
}
