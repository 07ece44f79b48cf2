import type { Access, JsonObject, RunPatch, SamplePatch } from '../../src/ports/handler.ts';
import type { GeoSample } from '../ncbi/geo-record.ts';
import type { SraSample } from '../ncbi/sra-package.ts';
import { byAccession } from './accession-order.ts';
import { dayOf, earliest, publicDay } from './archive-date.ts';
import { pageOf } from './archive-url.ts';
import { enaCell, enaCount } from './ena-cell.ts';
import { findCellType, findTissue } from './find-by-attribute.ts';
import { firstKnown, joined } from './first-known.ts';
import { ownSample } from './library-links.ts';
import type { LibraryParts } from './library-parts.ts';
import { sourceOf } from './record-source.ts';
import { accessOfRuns } from './run-access.ts';
import {
  geoAttributes,
  geoCharacteristics,
  geoProtocols,
  recordAttributes,
  type TaggedValue,
} from './sample-attributes.ts';
import { canonicalRow, sourceHash } from './source-hash.ts';

/** One INSDC description of the sample; the ranked list of them begins with the SRA package's. */
interface SampleRecord {
  readonly title: string | null;
  readonly taxonId: number | null;
  readonly organism: string | null;
  readonly description: string | null;
  /** Null for a record that has no attributes by its nature (a row, a member of a pool). */
  readonly tags: readonly TaggedValue[] | null;
}

type Columns = Partial<Omit<SamplePatch, 'key' | 'source'>>;

/** The row of a sample: each column from the first source of its ranked list that says it. */
export function samplePatch(parts: LibraryParts, runs: readonly RunPatch[], project: string | null): SamplePatch {
  const isAsked = parts.asked.ncbi || parts.asked.ena || parts.asked.geoText;
  return {
    key: parts.key,
    source: sourceOf(parts.key),
    ...descriptionColumns(parts),
    ...libraryColumns(parts),
    ...(project !== null || isAsked ? { parent: project } : {}),
    ...childColumns(parts, runs),
    ...known({ date: dateOf(parts, runs), access: accessOf(parts, runs) }, isAsked && !isGeoUnasked(parts)),
    url: pageOf(parts.key),
    ...geoColumns(parts),
    handler: parts.handler,
    fetched_at: parts.fetchedAt,
    response_hash: sourceHash(fragmentOf(parts)),
  };
}

/** True for a sample of GEO whose text was not asked: what INSDC does not say, GEO may have said in another plan. */
function isGeoUnasked(parts: LibraryParts): boolean {
  return sourceOf(parts.key) === 'GEO' && !parts.asked.geoText;
}

/** Columns that say something, and with `isAsked` the silent ones as null. */
function known(columns: Columns, isAsked: boolean): Columns {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => isAsked || value !== null));
}

function descriptionColumns(parts: LibraryParts): Columns {
  const records = recordsOf(parts);
  const { geo } = parts;
  if (records.length === 0 && geo === null) return {};
  const first = <K extends keyof SampleRecord>(name: K) => firstKnown(...records.map((record) => record[name]));
  const organism = first('organism');
  const taxonId = first('taxonId');
  const isWhole = !isGeoUnasked(parts);
  const attributes = attributesOf(records, geo);
  const withoutAttributes = geo === null && records.every((record) => record.tags === null);
  const named = {
    title: firstKnown(first('title'), geo?.title),
    organism: firstKnown(
      organism,
      geo === null
        ? null
        : joined(
            geo.channels.flatMap((one) => one.organisms),
            ', ',
          ),
    ),
    species: organism !== null && taxonId !== null ? organism : geoSpecies(geo, taxonId),
    taxon_id: firstKnown(taxonId, geoTaxon(geo)),
  };
  return {
    ...known(named, isWhole),
    // GEO's description is one of its own texts where INSDC has a record: with it, the row would depend on the plan.
    description: records.length === 0 ? textOf(geo?.description ?? []) : first('description'),
    ...(withoutAttributes || (attributes === null && !isWhole) ? {} : attributeColumns(attributes)),
  };
}

function attributeColumns(attributes: JsonObject | null): Columns {
  return { attributes, tissue: findTissue(attributes), cell_type: findCellType(attributes) };
}

/** The attributes of the first record that has any; GEO's characteristics where INSDC has none. */
function attributesOf(records: readonly SampleRecord[], geo: GeoSample | null): JsonObject | null {
  const found = records.find((record) => record.tags !== null && record.tags.length > 0);
  if (found?.tags) return recordAttributes(found.tags);
  return geo === null ? null : geoAttributes(geo);
}

/** The INSDC records of the sample, best first: SRA package, ENA's XML, BioSample, then what a pool and a row say. */
function recordsOf(parts: LibraryParts): SampleRecord[] {
  const own = parts.packages.map((found) => ownSample(found, parts.key));
  const samples = own.filter((names): names is SraSample => names !== null && 'attributes' in names);
  const members = parts.packages.flatMap((found) =>
    found.members.filter((one) => own.some((names) => names?.accession === one.accession)),
  );
  const rows = parts.enaRuns.map((row) => {
    const taxon = enaCount(row, 'tax_id');
    return {
      title: enaCell(row, 'sample_title'),
      taxonId: taxon === null ? null : Number(taxon),
      organism: enaCell(row, 'scientific_name'),
      description: enaCell(row, 'sample_description'),
      tags: null,
    };
  });
  const { enaSample, biosample } = parts;
  return [
    ...samples.map((one) => ({ ...one, organism: one.scientificName, tags: one.attributes })),
    ...(enaSample === null ? [] : [{ ...enaSample, organism: enaSample.scientificName, tags: enaSample.attributes }]),
    ...(biosample === null ? [] : [{ ...biosample, tags: biosample.attributes }]),
    ...members.map((one) => ({
      title: one.title,
      taxonId: one.taxonId,
      organism: one.organism,
      description: null,
      tags: null,
    })),
    ...rows,
  ];
}

/** GEO's taxon of the first channel, when that channel has just one. */
function geoTaxon(geo: GeoSample | null): number | null {
  const taxa = geo?.channels[0]?.taxonIds ?? [];
  return taxa.length === 1 ? (taxa[0] ?? null) : null;
}

function geoSpecies(geo: GeoSample | null, taxonId: number | null): string | null {
  const organisms = geo?.channels[0]?.organisms ?? [];
  const taxon = geoTaxon(geo);
  const isSame = taxon !== null && (taxonId === null || taxonId === taxon);
  return isSame && organisms.length === 1 ? (organisms[0] ?? null) : null;
}

/** Facts of the experiments: distinct values joined with `,`; GEO's words only for a sample that INSDC has no experiment of. */
function libraryColumns(parts: LibraryParts): Columns {
  const { packages, enaRuns, geo, asked } = parts;
  if (!asked.ncbi && !asked.ena && !asked.geoText) return {};
  const described = new Set(packages.map((found) => found.experiment));
  const rows = enaRuns.filter((row) => !described.has(enaCell(row, 'experiment_accession') ?? ''));
  const own = packages.length + rows.length > 0 ? null : geo;
  const values = (
    field: 'strategy' | 'librarySource' | 'selection' | 'platform' | 'instrument',
    column: Parameters<typeof enaCell>[1],
  ): string | null => {
    const fromRows = [...new Set(rows)].map((row) => enaCell(row, column));
    return joined([...packages.map((found) => found[field]), ...fromRows], ',');
  };
  return {
    library_strategy: firstKnown(values('strategy', 'library_strategy'), own?.strategy),
    library_source: firstKnown(values('librarySource', 'library_source'), own?.librarySource),
    library_selection: firstKnown(values('selection', 'library_selection'), own?.selection),
    platform: values('platform', 'instrument_platform'),
    instrument: firstKnown(values('instrument', 'instrument_model'), own?.instrument),
  };
}

function childColumns(parts: LibraryParts, runs: readonly RunPatch[]): Columns {
  if (!parts.asked.ncbi && !parts.asked.ena) return {};
  return { children: joined(runs.map((run) => run.key).sort(byAccession), ',') };
}

/** The first day on which a run was public, else the day that GEO, else the one that BioSample gives. */
function dateOf(parts: LibraryParts, runs: readonly RunPatch[]): string | null {
  return firstKnown(
    earliest(runs.map((run) => run.date)),
    publicDay(parts.geo?.status ?? null),
    dayOf(parts.biosample?.published ?? null),
  );
}

function accessOf(parts: LibraryParts, runs: readonly RunPatch[]): Access | null {
  return firstKnown(
    accessOfRuns(runs.map((run) => run.access)),
    declaredAccess(parts.biosample?.access ?? null),
    parts.geo?.status?.startsWith('Public on') ? ('public' as const) : null,
  );
}

/** BioSample@access: `public`, `controlled`, or `controlled-access` as samples of dbGaP have it. */
function declaredAccess(declared: string | null): Access | null {
  if (declared === 'public') return 'public';
  return declared?.startsWith('controlled') ? 'controlled' : null;
}

/** GEO's own texts; absent when they were not asked. */
function geoColumns(parts: LibraryParts): Columns {
  if (!parts.asked.geoText) return {};
  const { geo } = parts;
  return {
    geo_characteristics: geo === null ? null : geoCharacteristics(geo),
    geo_protocols: geo === null ? null : geoProtocols(geo),
    geo_data_processing: geo === null ? null : textOf(geo.dataProcessing),
  };
}

function textOf(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.join('\n');
}

/** What the sources said about this sample, its runs by name only. */
function fragmentOf(parts: LibraryParts): unknown {
  const packages = parts.packages.map((found) => ({ ...found, runs: found.runs.map((run) => run.accession) }));
  const { enaRuns, enaSample, biosample, geo } = parts;
  return { packages, enaRuns: enaRuns.map(canonicalRow), enaSample, biosample, geo };
}
