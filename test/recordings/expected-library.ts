import type { EnaRow } from './plain-ena.ts';
import { type PlainPackage, type PlainRun, type PlainSample, plainSample } from './plain-package.ts';
import type { Sources } from './sources.ts';

/** One sample with all its packages and ENA rows, put together by the names that the recordings state. */
export interface PlainLibrary {
  readonly key: string;
  readonly packages: PlainPackage[];
  /** Runs that ENA has, by accession. */
  readonly rows: Map<string, EnaRow>;
}

/** What the recordings say of one run. */
export interface PlainRunFacts {
  readonly accession: string;
  readonly package: PlainPackage | null;
  readonly run: PlainRun | null;
  readonly row: EnaRow | null;
}

/** A cell of a row; null when empty. */
export function cell(row: EnaRow | null | undefined, column: string): string | null {
  return row?.columns.get(column) ?? null;
}

/** The samples of all packages and rows. A package of several samples (a pool) is left out here: `poolsOf` has those. */
export function librariesOf(sources: Sources): Map<string, PlainLibrary> {
  const libraries = new Map<string, PlainLibrary>();
  const at = (key: string): PlainLibrary => {
    const known = libraries.get(key) ?? { key, packages: [], rows: new Map<string, EnaRow>() };
    libraries.set(key, known);
    return known;
  };
  const keyOfRun = new Map<string, string>();
  for (const found of sources.packages.values()) {
    if (isPool(found)) {
      for (const run of found.runs) keyOfRun.set(run.accession, '');
      continue;
    }
    const key = keyOf(found.gsm, found.samples[0] ?? found.members[0]);
    at(key).packages.push(found);
    for (const run of found.runs) keyOfRun.set(run.accession, key);
  }
  for (const [run, row] of sources.rows) {
    const key = keyOfRun.get(run) ?? keyOfRow(row);
    if (key !== '' && !(cell(row, 'sample_accession') ?? '').includes(';')) at(key).rows.set(run, row);
  }
  for (const key of pooledKeys(sources)) libraries.delete(key);
  for (const library of libraries.values()) library.packages.sort((a, b) => byNumber(a.experiment, b.experiment));
  return libraries;
}

/** Packages of several samples. */
export function poolsOf(sources: Sources): PlainPackage[] {
  return [...sources.packages.values()].filter(isPool);
}

/** Keys of samples that take part in a pool: what they hold besides it is not compared. */
export function pooledKeys(sources: Sources): Set<string> {
  const pools = poolsOf(sources);
  const samples = pools.flatMap((found) => [...found.samples, ...found.members]);
  return new Set([...pools.map((found) => found.gsm ?? ''), ...samples.map((sample) => keyOf(null, sample))]);
}

function isPool(found: PlainPackage): boolean {
  const names = [...found.samples.map((sample) => sample.accession), ...found.runs.flatMap((run) => run.members)];
  return new Set([...names, ...found.members.map((one) => one.accession)]).size > 1;
}

function keyOf(gsm: string | null, sample: PlainSample | undefined): string {
  return gsm ?? sample?.gsm ?? sample?.biosample ?? sample?.accession ?? '';
}

function keyOfRow(row: EnaRow): string {
  const aliases = ['experiment_alias', 'sample_alias', 'run_alias'].map((column) => cell(row, column) ?? '');
  const gsm = aliases.map((alias) => /^(GSM\d+)(?:_r\d+)?$/.exec(alias)?.[1]).find(Boolean);
  return gsm ?? cell(row, 'sample_accession') ?? cell(row, 'secondary_sample_accession') ?? '';
}

/** Orders SRR9 before SRR10. */
export function byNumber(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => /^(\D*)(\d*)/.exec(name) ?? ['', '', '']);
  if (x?.[1] !== y?.[1]) return (x?.[1] ?? '') < (y?.[1] ?? '') ? -1 : 1;
  return Number(x?.[2]) - Number(y?.[2]);
}

/** The runs of a sample, in their order. */
export function runsOf(library: PlainLibrary): PlainRunFacts[] {
  const facts = library.packages.flatMap((found) =>
    found.runs.map((run) => ({
      accession: run.accession,
      package: found as PlainPackage | null,
      run: run as PlainRun | null,
      row: library.rows.get(run.accession) ?? null,
    })),
  );
  const known = new Set(facts.map((one) => one.accession));
  for (const [accession, row] of library.rows) {
    const own = library.packages.find((found) => found.experiment === cell(row, 'experiment_accession')) ?? null;
    if (!known.has(accession)) facts.push({ accession, package: own, run: null, row });
  }
  return facts.sort((a, b) => byNumber(a.accession, b.accession));
}

function said<T>(...values: readonly (T | null | undefined)[]): T | null {
  return values.find((value) => value !== null && value !== undefined) ?? null;
}

function joined(values: readonly (string | null | undefined)[]): string | null {
  const known = [...new Set(values.filter((value): value is string => Boolean(value)))];
  return known.length === 0 ? null : known.join(',');
}

/** The columns of a run as the recordings state them. */
export function expectedRun(facts: PlainRunFacts, library: PlainLibrary): Record<string, unknown> {
  const { package: found, run, row } = facts;
  const counted = (column: string): bigint | null => {
    const text = cell(row, column);
    return text === null || (text === '0' && cell(row, 'fastq_ftp') === null) ? null : BigInt(text);
  };
  return {
    key: facts.accession,
    title: said(found?.title, cell(row, 'experiment_title')),
    strategy: said(found?.strategy, cell(row, 'library_strategy')),
    parent: library.key,
    source: 'INSDC',
    experiment: said(found?.experiment, cell(row, 'experiment_accession')),
    project: projectOf(found === null ? [] : [found], row === null ? [] : [row]),
    layout: said(found?.layout, cell(row, 'library_layout')),
    library_source: said(found?.librarySource, cell(row, 'library_source')),
    library_selection: said(found?.selection, cell(row, 'library_selection')),
    spots: said(run?.spots, counted('read_count')),
    bases: said(run?.bases, counted('base_count')),
    read_lengths: run?.readLengths ?? null,
    platform: said(found?.platform, cell(row, 'instrument_platform')),
    instrument: said(found?.instrument, cell(row, 'instrument_model')),
    date: said(cell(row, 'first_public')?.slice(0, 10), run?.published),
    access: run === null || run.isPublic ? 'public' : 'controlled',
  };
}

/** The key of the project: the lowest GSE that a study names, else the lowest BioProject, else the study itself. */
export function projectOf(packages: readonly PlainPackage[], rows: readonly EnaRow[]): string | null {
  const lowest = (names: readonly (string | null | undefined)[], form: RegExp): string | undefined =>
    names.filter((name): name is string => form.test(name ?? '')).sort(byNumber)[0];
  const cells = (column: string): string[] => rows.flatMap((row) => (cell(row, column) ?? '').split(';'));
  return (
    lowest([...packages.map((one) => one.study?.gse), ...cells('study_alias')], /^GSE\d+$/) ??
    lowest([...packages.map((one) => one.study?.bioproject), ...cells('study_accession')], /^PRJ/) ??
    lowest([...packages.map((one) => one.study?.accession), ...cells('secondary_study_accession')], /^[SED]RP/) ??
    null
  );
}

/** The columns of a sample as the recordings state them, GEO's own text aside. */
export function expectedSample(library: PlainLibrary, sources: Sources): Record<string, unknown> {
  const { packages } = library;
  const runs = runsOf(library);
  const rows = runs.flatMap((one) => one.row ?? []);
  const records = recordsOf(library, rows, sources);
  const first = (name: 'title' | 'organism' | 'taxonId' | 'description'): unknown =>
    said(...records.map((record) => record[name]));
  const described = new Set(packages.map((found) => found.experiment));
  const others = rows.filter((row) => !described.has(cell(row, 'experiment_accession') ?? ''));
  const library_ = (field: 'strategy' | 'librarySource' | 'selection' | 'platform' | 'instrument', column: string) =>
    joined([...packages.map((found) => found[field]), ...others.map((row) => cell(row, column))]);
  const expected = runs.map((run) => expectedRun(run, library));
  const dates = expected.map((run) => String(run.date ?? '')).filter(Boolean);
  return {
    key: library.key,
    title: first('title'),
    organism: first('organism'),
    library_strategy: library_('strategy', 'library_strategy'),
    library_source: library_('librarySource', 'library_source'),
    library_selection: library_('selection', 'library_selection'),
    platform: library_('platform', 'instrument_platform'),
    instrument: library_('instrument', 'instrument_model'),
    parent: projectOf(packages, rows),
    children: joined(runs.map((run) => run.accession)),
    species: first('taxonId') === null ? null : first('organism'),
    date: dates.sort()[0] ?? null,
    source: library.key.startsWith('GSM') ? 'GEO' : 'INSDC',
    taxon_id: first('taxonId'),
    description: first('description'),
    attributes: records.find((record) => record.attributes !== null)?.attributes ?? null,
    access: expected.length === 0 ? null : expected.some((run) => run.access === 'public') ? 'public' : 'controlled',
  };
}

/** Who describes a sample, best first: its packages, ENA's own record where there are none, the pool, the rows. */
function recordsOf(library: PlainLibrary, rows: readonly EnaRow[], sources: Sources): PlainSample[] {
  const { packages } = library;
  const ena = packages.length > 0 ? undefined : sources.records.get(cell(rows[0], 'secondary_sample_accession') ?? '');
  return [
    ...packages.flatMap((found) => found.samples),
    ...(ena === undefined ? [] : [plainSample(ena)]),
    ...packages.flatMap((found) => found.members),
    ...rows.map((row) => ({
      accession: null,
      biosample: null,
      gsm: null,
      title: cell(row, 'sample_title'),
      taxonId: cell(row, 'tax_id') === null ? null : Number(cell(row, 'tax_id')),
      organism: cell(row, 'scientific_name'),
      description: cell(row, 'sample_description'),
      attributes: null,
      attributeCount: 0,
    })),
  ];
}

/** The other names of a sample that the recordings state, as `<kind> <alias>`. */
export function expectedLinks(library: PlainLibrary): Set<string> {
  const { packages } = library;
  const rows = [...library.rows.values()];
  const sample = packages.map((found) => found.samples[0] ?? found.members[0]);
  const bare = packages.length === 0 ? rows : [];
  const series = [
    ...packages.map((found) => found.study?.gse),
    ...rows.flatMap((row) => (cell(row, 'study_alias') ?? '').split(';')),
  ].filter((name) => /^GSE\d+$/.test(name ?? ''));
  const names: [string, (string | null | undefined)[]][] = [
    ['experiment', [...packages.map((one) => one.experiment), ...rows.map((row) => cell(row, 'experiment_accession'))]],
    [
      'sra_sample',
      [...sample.map((one) => one?.accession), ...bare.map((row) => cell(row, 'secondary_sample_accession'))],
    ],
    ['biosample', [...sample.map((one) => one?.biosample), ...bare.map((row) => cell(row, 'sample_accession'))]],
    ['submission', [...packages.map((one) => one.submission), ...rows.map((row) => cell(row, 'submission_accession'))]],
    ['series', series],
  ];
  const links = names.flatMap(([kind, aliases]) =>
    aliases.flatMap((alias) => (alias && alias !== library.key ? [`${kind} ${alias}`] : [])),
  );
  return new Set(links);
}
