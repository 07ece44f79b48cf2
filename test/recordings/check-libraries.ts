import type { Row } from '../../src/records/table.ts';
import { checkFiles } from './check-files.ts';
import { summaryOf } from './expected-geo.ts';
import {
  cell,
  expectedLinks,
  expectedRun,
  expectedSample,
  type PlainLibrary,
  pooledKeys,
  poolsOf,
  projectOf,
  runsOf,
} from './expected-library.ts';
import type { Ledger } from './ledger.ts';
import type { PlainPackage } from './plain-package.ts';
import type { Played } from './play.ts';
import type { Sources } from './sources.ts';

/** Compares every sample, run, file and link of what was played with the recordings, and the other way round. */
export function checkLibraries(
  played: Played,
  libraries: ReadonlyMap<string, PlainLibrary>,
  sources: Sources,
  ledger: Ledger,
): void {
  const filesByRun = groupBy([...played.files.values()], 'parent');
  const linksByKey = groupBy(played.links, 'key');
  for (const library of libraries.values()) {
    const sample = played.samples.get(library.key);
    ledger.holds('samples', library.key, sample !== undefined, 'is not in the samples table');
    if (sample === undefined) continue;
    compareColumns(library.key, sample, expectedSample(library, sources), 'sample columns', ledger);
    countAttributes(sample, ledger);
    checkFindings(library.key, sample, ledger);
    checkLinks(library, linksByKey.get(library.key) ?? [], ledger);
    for (const facts of runsOf(library)) {
      const run = played.runs.get(facts.accession);
      ledger.holds('runs', facts.accession, run !== undefined, 'is not in the runs table');
      if (run === undefined) continue;
      const expected = expectedRun(facts, library);
      compareColumns(facts.accession, run, expected, 'run columns', ledger);
      const names = (linksByKey.get(facts.accession) ?? []).map((link) => `${link.kind} ${link.alias}`);
      ledger.same(
        'run links',
        facts.accession,
        names,
        expected.experiment ? [`experiment ${expected.experiment}`] : [],
      );
      checkFiles(facts, run, filesByRun.get(facts.accession) ?? [], ledger);
    }
  }
  checkProjects(played, libraries, sources, linksByKey, ledger);
  checkNothingElse(played, libraries, sources, ledger);
}

/** The projects of the samples: what their studies say, by those studies that name the project; its other names. */
function checkProjects(
  played: Played,
  libraries: ReadonlyMap<string, PlainLibrary>,
  sources: Sources,
  linksByKey: ReadonlyMap<string, readonly Row[]>,
  ledger: Ledger,
): void {
  for (const [key, library] of projectsOf(libraries)) {
    const project = played.projects.get(key);
    ledger.holds('projects', key, project !== undefined, 'is not in the projects table');
    if (project === undefined || summaryOf(key, sources) !== null) continue;
    const said = studiesOf(key, library);
    const where = (column: string): string => `${key}.${column}`;
    const among = (column: string, values: readonly unknown[]): void => {
      const texts = values.map((value) => JSON.stringify(value ?? null));
      const got = JSON.stringify(project[column] ?? null);
      ledger.holds(
        'project columns',
        where(column),
        texts.includes(got) || (texts.length === 0 && got === 'null'),
        `is ${got}`,
      );
    };
    among(
      'title',
      said.map((study) => study.title),
    );
    among(
      'summary',
      said.map((study) => study.abstract),
    );
    among(
      'type',
      said.map((study) => study.type),
    );
    among(
      'publications',
      said.map((study) => (study.pubmedIds.length === 0 ? null : study.pubmedIds)),
    );
    among('organism', [null]);
    among('date', [null]);
    const names = new Set(said.flatMap((study) => [`study ${study.accession}`, `bioproject ${study.bioproject}`]));
    for (const link of linksByKey.get(key) ?? []) {
      const name = `${link.kind} ${link.alias}`;
      ledger.holds(
        'project links traced to a study',
        key,
        names.has(name) || link.kind === 'dbgap',
        `no study says ${name}`,
      );
    }
    const got = new Set((linksByKey.get(key) ?? []).map((link) => String(link.alias)));
    const [first] = said;
    if (said.length === 1 && first?.accession && first.accession !== key)
      ledger.holds('project links', key, got.has(first.accession), `lacks ${first.accession}`);
    if (said.length === 1 && first?.bioproject && first.bioproject !== key)
      ledger.holds('project links', key, got.has(first.bioproject), `lacks ${first.bioproject}`);
  }
}

function projectsOf(libraries: ReadonlyMap<string, PlainLibrary>): Map<string, PlainLibrary[]> {
  const projects = new Map<string, PlainLibrary[]>();
  for (const library of libraries.values()) {
    const key = projectOf(library.packages, [...library.rows.values()]);
    if (key !== null) projects.set(key, [...(projects.get(key) ?? []), library]);
  }
  return projects;
}

/** What the packages and rows of a project's samples say of studies that have its name. */
function studiesOf(key: string, libraries: readonly PlainLibrary[]): NonNullable<PlainPackage['study']>[] {
  const studies = new Map<string, NonNullable<PlainPackage['study']>>();
  for (const { study } of libraries.flatMap((library) => library.packages)) {
    if (study !== null && [study.gse, study.bioproject, study.accession].includes(key))
      studies.set(study.accession ?? '', study);
  }
  if (studies.size > 0) return [...studies.values()];
  for (const row of libraries.flatMap((library) => [...library.rows.values()])) {
    const list = (column: string): string[] => (cell(row, column) ?? '').split(';');
    const accessions = list('secondary_study_accession');
    const bioprojects = list('study_accession');
    for (let index = 0; index < Math.max(accessions.length, bioprojects.length); index += 1) {
      const [accession, bioproject] = [accessions[index] ?? null, bioprojects[index] ?? null];
      studies.set(`${accession} ${bioproject}`, {
        ...{ accession, bioproject, gse: null, abstract: null, type: null, pubmedIds: [] },
        title: cell(row, 'study_title'),
      });
    }
  }
  return [...studies.values()];
}

/** Rows by one of their columns. */
export function groupBy(rows: readonly Row[], column: string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(String(row[column]), [...(groups.get(String(row[column])) ?? []), row]);
  return groups;
}

/** Compares the columns that are expected of a row. */
export function compareColumns(
  key: string,
  row: Row,
  expected: Readonly<Record<string, unknown>>,
  what: string,
  ledger: Ledger,
): void {
  for (const [column, value] of Object.entries(expected)) ledger.same(what, `${key}.${column}`, row[column], value);
}

function countAttributes(sample: Row, ledger: Ledger): void {
  const attributes = Object.values((sample.attributes ?? {}) as Record<string, string[]>);
  for (const values of attributes) for (const _ of values) ledger.holds('attribute values', '', true, '');
}

/** Tissue and cell type: the plain names decide when they are there; whatever is found is a value of the attributes. */
function checkFindings(key: string, sample: Row, ledger: Ledger): void {
  const attributes = (sample.attributes ?? {}) as Record<string, string[]>;
  const values = new Set(
    Object.values(attributes)
      .flat()
      .map((value) => value.trim()),
  );
  for (const [column, names] of [
    ['tissue', ['tissue', 'organism part', 'tissue type']],
    ['cell_type', ['cell type', 'cell_type']],
  ] as const) {
    const found = sample[column];
    const stated = names
      .flatMap((name) => attributes[name] ?? [])
      .filter((value) => !/^(?:n\/?a|none|missing|unknown|not .*|-|)$/i.test(value.trim()));
    if (stated[0] !== undefined)
      ledger.same(`${column} found`, `${key}.${column}`, String(found).split(', ')[0], stated[0].trim().split(', ')[0]);
    if (typeof found === 'string') {
      const isSaid =
        values.has(found) || found.split(', ').every((part) => [...values].some((value) => value.includes(part)));
      ledger.holds(`${column} traced to an attribute`, `${key}.${column}`, isSaid, `no attribute says ${found}`);
    }
  }
}

/** The dbGaP study of a package, wherever its text names it. */
function isDbgapOf(library: PlainLibrary, link: string): boolean {
  return link.startsWith('dbgap ') && library.packages.some((found) => found.text.includes(link.slice(6)));
}

function checkLinks(library: PlainLibrary, rows: readonly Row[], ledger: Ledger): void {
  const expected = expectedLinks(library);
  const got = new Set(rows.map((row) => `${row.kind} ${row.alias}`));
  for (const link of expected) ledger.holds('links', library.key, got.has(link), `lacks the link ${link}`);
  for (const link of got) {
    // Series and platforms may come from GEO's summary of the sample.
    const isExtra = !expected.has(link) && !/^(?:series|platform) /.test(link) && !isDbgapOf(library, link);
    ledger.holds('links traced to a source', library.key, !isExtra, `no source says ${link}`);
  }
}

function checkNothingElse(
  played: Played,
  libraries: ReadonlyMap<string, PlainLibrary>,
  sources: Sources,
  ledger: Ledger,
): void {
  const runs = new Set([...libraries.values()].flatMap((library) => runsOf(library).map((run) => run.accession)));
  for (const run of poolsOf(sources).flatMap((found) => found.runs)) runs.add(run.accession);
  const pooled = pooledKeys(sources);
  for (const key of played.samples.keys())
    ledger.holds('samples traced to a source', key, libraries.has(key) || pooled.has(key), 'no source has this sample');
  for (const key of played.runs.keys())
    ledger.holds('runs traced to a source', key, runs.has(key), 'no source has this run');
}
