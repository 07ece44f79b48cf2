import { attribute, elements } from '../handlers/plain-reading.ts';
import { recordingsOf } from '../handlers/recordings.ts';
import { type EnaRow, enaRecords, enaRows, runInfoRows } from './plain-ena.ts';
import { type PlainPackage, plainPackage } from './plain-package.ts';
import { type PlainSoft, plainSoft, softValues } from './plain-soft.ts';

/** A document summary of GEO as it was recorded. */
export type Summary = Readonly<Record<string, unknown>>;

/** Everything that the folder of recordings says, read by regular expressions and lines, not by the parsers under test. */
export interface Sources {
  /** By experiment, in the order of the index. */
  readonly packages: ReadonlyMap<string, PlainPackage>;
  /** What ENA answers of runs: its own recordings, and for a run that nothing else describes NCBI's run table. */
  readonly rows: ReadonlyMap<string, EnaRow>;
  /** ENA's XML records by accession. */
  readonly records: ReadonlyMap<string, string>;
  readonly biosamples: ReadonlyMap<string, string>;
  /** Path and bytes-as-text of the family file of a series. */
  readonly families: ReadonlyMap<string, string>;
  /** `acc.cgi?targ=gsm` of a series. */
  readonly samplesOf: ReadonlyMap<string, readonly PlainSoft[]>;
  /** Every GEO record by accession. */
  readonly geo: ReadonlyMap<string, PlainSoft>;
  /** GSE and GPL of family files with the records in each. */
  readonly familyRecords: ReadonlyMap<string, readonly PlainSoft[]>;
  readonly summaries: ReadonlyMap<string, Summary>;
}

/** Reads the folder. */
export function readSources(): Sources {
  const packages = new Map<string, PlainPackage>();
  for (const { text } of recordingsOf('ncbi/efetch-sra-xml')) {
    for (const source of elements(text, 'EXPERIMENT_PACKAGE')) {
      const found = plainPackage(source);
      if (!packages.has(found.experiment)) packages.set(found.experiment, found);
    }
  }
  const rows = enaRows();
  const described = new Set([...packages.values()].flatMap((found) => found.runs.map((run) => run.accession)));
  for (const [run, row] of runInfoRows()) if (!described.has(run) && !rows.has(run)) rows.set(run, row);
  return { packages, rows, records: enaRecords(), biosamples: bioSamples(), ...geoSources(), summaries: summaries() };
}

function bioSamples(): Map<string, string> {
  const found = new Map<string, string>();
  for (const endpoint of ['ncbi/efetch-biosample-xml', 'ncbi/biosample-set-xml']) {
    for (const { text } of recordingsOf(endpoint)) {
      for (const sample of elements(text, 'BioSample')) found.set(attribute(sample, 'accession') ?? '', sample);
    }
  }
  return found;
}

function geoSources(): Pick<Sources, 'families' | 'samplesOf' | 'geo' | 'familyRecords'> {
  const families = new Map<string, string>();
  const familyRecords = new Map<string, readonly PlainSoft[]>();
  const samplesOf = new Map<string, readonly PlainSoft[]>();
  const geo = new Map<string, PlainSoft>();
  const keep = (records: readonly PlainSoft[]): void => {
    for (const record of records) if (!geo.has(record.accession)) geo.set(record.accession, record);
  };
  for (const { path, text } of recordingsOf('geo/family-soft')) {
    const name = /(G(?:SE|PL)\d+)_family/.exec(path)?.[1] ?? path;
    const records = plainSoft(text, path);
    families.set(name, text);
    familyRecords.set(name, records);
    keep(records);
  }
  for (const { path, text } of recordingsOf('geo/acc-soft-gsm-of-series')) {
    const records = plainSoft(text, path).filter((one) => one.kind === 'SAMPLE');
    samplesOf.set(/(GSE\d+)/.exec(path)?.[1] ?? path, records);
    keep(isCut(records) ? records.slice(0, -1) : records);
  }
  for (const endpoint of ['geo/acc-soft-gse', 'geo/acc-soft-gsm', 'geo/acc-soft-gpl']) {
    for (const { path, text } of recordingsOf(endpoint)) keep(plainSoft(text, path));
  }
  return { families, samplesOf, geo, familyRecords };
}

/** True when a recording ends inside its last sample: `data_row_count` is the last line of every whole one. */
export function isCut(samples: readonly PlainSoft[]): boolean {
  const isWhole = (sample: PlainSoft): boolean => softValues(sample, 'data_row_count').length > 0;
  const last = samples.at(-1);
  return last !== undefined && !isWhole(last) && samples.length > 1 && samples.slice(0, -1).every(isWhole);
}

function summaries(): Map<string, Summary> {
  const found = new Map<string, Summary>();
  for (const { text } of recordingsOf('ncbi/esummary-gds-json')) {
    const { result } = JSON.parse(text) as { result: Record<string, Summary> & { uids: string[] } };
    for (const uid of result.uids) found.set(uid, result[uid] ?? {});
  }
  return found;
}

/** Every accession that a text names. */
export function accessionsIn(text: string): string[] {
  return [...new Set(text.match(/\b(?:GS[EM]\d+|[SED]R[RXSPA]\d{6,}|PRJ[A-Z]{2}\d+|SAM(?:[ND]|EA?)\d+)\b/g) ?? [])];
}
