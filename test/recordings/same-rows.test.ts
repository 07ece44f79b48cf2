import { describe, it } from 'vitest';
import type { Row } from '../../src/records/table.ts';
import { HAS_RECORDINGS } from '../handlers/recordings.ts';
import { compareColumns } from './check-libraries.ts';
import { type PlainLibrary, runsOf } from './expected-library.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { type Played, play } from './play.ts';
import { idsBy, playInPieces, playRecordings } from './playing.ts';

const playing = playRecordings();

/** What may differ by the way a sample was asked for: provenance, and GEO's own text, which comes with a series only. */
const MAY_DIFFER = /^(?:handler|fetched_at|response_hash|created_at|updated_at|geo_.*)$/;

function compare(one: Played, other: Played, ledger: Ledger): void {
  for (const table of ['samples', 'runs', 'files'] as const) {
    const [left, right] = [facts(one, table), facts(other, table)];
    ledger.same(`sets of ${table}`, table, [...left.keys()].sort(), [...right.keys()].sort());
    for (const [key, row] of left) compareColumns(key, right.get(key) ?? {}, row, `${table} cells`, ledger);
  }
}

function facts(played: Played, table: 'samples' | 'runs' | 'files'): Map<string, Row> {
  const rows = [...played[table]].filter(([, row]) => row.origin !== 'supplementary');
  return new Map(
    rows.map(([key, row]) => [
      key,
      Object.fromEntries(Object.entries(row).filter(([column]) => !MAY_DIFFER.test(column))),
    ]),
  );
}

function united(parts: readonly Played[]): Played {
  const [first] = parts;
  if (first === undefined) throw new Error('nothing was played');
  const all = <K extends 'samples' | 'runs' | 'files' | 'projects'>(table: K) =>
    new Map(parts.flatMap((one) => [...one[table]]));
  return { ...first, samples: all('samples'), runs: all('runs'), files: all('files'), projects: all('projects') };
}

describe.skipIf(!HAS_RECORDINGS)('one sample, one set of rows, by whatever id (skipped without the folder)', () => {
  it('GSM, run, experiment, SRA sample, study and series give equal sample, run and file rows', async ({ skip }) => {
    // An experiment without runs is not found by a run.
    const geo = new Map(
      [...playing.sequenced].filter(([key, library]) => key.startsWith('GSM') && runsOf(library).length > 0),
    );
    if (geo.size === 0) skip('no recorded package names a GSM');
    const byGsm = await play([...geo.keys()], playing.playback);
    for (const route of ['run', 'experiment', 'SRA sample', 'study'] as const) {
      const ledger = openLedger();
      compare(byGsm, onlyOf(await play(idsBy(route, geo), playing.playback), byGsm), ledger);
      ledger.close(`GSM and ${route}`, ['samples cells', 'runs cells', 'files cells']);
    }
    const inSeries = new Map([...geo].filter(([key, library]) => isListed(key, seriesOf(library))));
    const series = [...new Set([...inSeries.values()].map(seriesOf))];
    if (series.length === 0) return;
    const bySeries = united(await playInPieces(series, playing.playback));
    const ledger = openLedger();
    const listed = { ...byGsm, samples: new Map([...byGsm.samples].filter(([key]) => inSeries.has(key))) };
    compare(onlyOf(byGsm, listed), onlyOf(bySeries, listed), ledger);
    ledger.close(`GSM and GSE (${series.length} series)`, ['samples cells', 'runs cells', 'files cells']);
  });
});

function seriesOf(library: PlainLibrary): string {
  return library.packages.map((found) => found.study?.gse).find(Boolean) ?? '';
}

/** True when asking for the series brings the sample: its recorded text lists it, or its text is made of its packages. */
function isListed(key: string, series: string): boolean {
  const { geo, familyRecords, samplesOf } = playing.sources;
  if (series === '') return false;
  const records = familyRecords.get(series) ?? samplesOf.get(series);
  return records === undefined ? !geo.has(series) : records.some((record) => record.accession === key);
}

/** Leaves out samples that the other way was not asked for: a study may hold some that only ENA has. */
function onlyOf(played: Played, other: Played): Played {
  const samples = new Map([...played.samples].filter(([key]) => other.samples.has(key)));
  const runs = new Map([...played.runs].filter(([, run]) => samples.has(String(run.parent))));
  const files = new Map([...played.files].filter(([, file]) => runs.has(String(file.parent))));
  return { ...played, samples, runs, files };
}
