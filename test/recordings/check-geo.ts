import type { Row } from '../../src/records/table.ts';
import { compareColumns } from './check-libraries.ts';
import {
  expectedGeoLinks,
  expectedGeoSample,
  expectedGeoText,
  expectedSeries,
  expectedSeriesLinks,
  expectedSupplements,
  sorted,
  summaryLinks,
} from './expected-geo.ts';
import type { Ledger } from './ledger.ts';
import type { PlainSoft } from './plain-soft.ts';
import type { Played } from './play.ts';
import type { Sources } from './sources.ts';

/** Compares a sample that only GEO has: every column, every link, every supplementary file, both ways. */
export function checkGeoSample(
  record: PlainSoft,
  played: Played,
  superSeries: ReadonlySet<string>,
  ledger: Ledger,
): void {
  const key = record.accession;
  const sample = played.samples.get(key);
  ledger.holds('GEO samples', key, sample !== undefined, 'is not in the samples table');
  if (sample === undefined) return;
  compareColumns(key, sample, expectedGeoSample(record, superSeries), 'GEO sample columns', ledger);
  checkGeoText(record, sample, ledger);
  checkLinks(key, expectedGeoLinks(record), played, ledger);
  checkSupplements(record, played, ledger);
}

/** Compares GEO's own text: characteristics, protocols and every other line, data processing. */
export function checkGeoText(record: PlainSoft, sample: Row, ledger: Ledger): void {
  const got = { ...sample, geo_protocols: sorted(sample.geo_protocols) as Row[string] };
  compareColumns(record.accession, got as Row, expectedGeoText(record), 'GEO text columns', ledger);
  const lists = Object.values((sample.geo_characteristics ?? {}) as Record<string, string[]>);
  for (const values of lists) for (const _ of values) ledger.holds('GEO characteristics', '', true, '');
}

/** Compares a series: its columns, relations, samples and supplementary files. */
export function checkSeries(
  record: PlainSoft,
  members: readonly string[],
  played: Played,
  sources: Sources,
  ledger: Ledger,
): void {
  const key = record.accession;
  const project = played.projects.get(key);
  ledger.holds('series', key, project !== undefined, 'is not in the projects table');
  if (project === undefined) return;
  compareColumns(key, project, expectedSeries(record, members, sources), 'series columns', ledger);
  checkLinks(key, new Set([...expectedSeriesLinks(record), ...summaryLinks(key, sources)]), played, ledger);
  checkSupplements(record, played, ledger);
}

function checkLinks(key: string, expected: ReadonlySet<string>, played: Played, ledger: Ledger): void {
  const rows = played.links.filter((link) => link.key === key);
  const got = new Set(rows.map((row) => `${row.kind} ${row.alias}`));
  for (const link of expected) ledger.holds('GEO relations', key, got.has(link), `lacks the link ${link}`);
  for (const link of got) ledger.holds('GEO links traced', key, expected.has(link), `no source says ${link}`);
}

/** Compares the supplementary files of a record. */
export function checkSupplements(record: PlainSoft, played: Played, ledger: Ledger): void {
  const key = record.accession;
  const rows = [...played.files.values()].filter((row) => row.parent === key && row.origin === 'supplementary');
  const got = rows.flatMap((row) => row.urls as string[]).sort();
  const said = expectedSupplements(record)
    .filter((url) => /^(?:https?|ftp):\/\/.*[^/]$/.test(url))
    .map((url) => url.replaceAll(' ', '%20'))
    .sort();
  ledger.same('records with supplementary files', `${key} supplementary files`, got, said);
  for (const _ of said) ledger.holds('supplementary files', key, true, '');
}
