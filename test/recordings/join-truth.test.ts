import { describe, it } from 'vitest';
import { HAS_RECORDINGS, joinTruth } from '../handlers/recordings.ts';
import { poolsOf, runsOf } from './expected-library.ts';
import { openLedger } from './ledger.ts';
import { type Played, play } from './play.ts';
import { playInPieces, playRecordings } from './playing.ts';

const playing = playRecordings();

type Truth = Readonly<Record<string, string>>;

/** True when a recording that the playback answers from names the row's run, or GEO's text of its sample. */
function isPlayable(row: Truth, runs: ReadonlySet<string>): boolean {
  return row.run ? runs.has(row.run) : playing.sources.geo.has(row.sample_label ?? '');
}

/** Runs whose sample the recordings name: a row of file columns only does not say whose it is. */
function placedRuns(): Set<string> {
  const placed = new Set(
    [...playing.libraries.values()].flatMap((library) => runsOf(library).map((run) => run.accession)),
  );
  for (const run of poolsOf(playing.sources).flatMap((found) => found.runs)) placed.add(run.accession);
  return placed;
}

function check(row: Truth, key: string, played: Played, ledger: ReturnType<typeof openLedger>): void {
  const where = `${row.group} ${row.run || row.sample_label}`;
  const links = new Set(played.links.filter((link) => link.key === key).map((link) => `${link.kind} ${link.alias}`));
  const has = (kind: string, alias: string | undefined): void => {
    if (!alias) return;
    ledger.holds(
      `${kind} mappings`,
      where,
      key === alias || links.has(`${kind} ${alias}`),
      `${key} lacks ${kind} ${alias}`,
    );
  };
  has('experiment', row.experiment);
  has('sra_sample', row.sra_sample);
  has('biosample', row.biosample);
  if (row.sample_label?.startsWith('GSM')) ledger.same('GSM mappings', where, key, row.sample_label);
}

describe.skipIf(!HAS_RECORDINGS)('JOIN-TRUTH.tsv (skipped without the folder of recordings)', () => {
  it('every row: GSM, experiment, SRA sample, BioSample and run belong together as it says', async ({ skip }) => {
    const truth = joinTruth();
    const placed = placedRuns();
    const playable = truth.filter((row) => isPlayable(row, placed));
    if (playable.length === 0) skip('no row names a recording that can be played');
    const ledger = openLedger();
    const runs = playable.filter((row) => row.run);
    const byRun = await play([...new Set(runs.map((row) => row.run ?? ''))], playing.playback);
    for (const row of runs) {
      const run = byRun.runs.get(row.run ?? '');
      ledger.holds('runs', row.run ?? '', run !== undefined, 'is not in the runs table');
      ledger.same('run to experiment', row.run ?? '', run?.experiment, row.experiment);
      check(row, String(run?.parent), byRun, ledger);
    }
    const samples = playable.filter((row) => !row.run);
    for (const played of await playInPieces(
      [...new Set(samples.map((row) => row.sample_label ?? ''))],
      playing.playback,
    )) {
      for (const row of samples.filter((one) => played.outcomes.has(one.sample_label ?? ''))) {
        check(row, row.sample_label ?? '', played, ledger);
      }
    }
    const left = truth.length - playable.length;
    if (truth.length > 0)
      ledger.close(`JOIN-TRUTH (${playable.length} of ${truth.length} rows; ${left} name no playable record)`);
  });
});
