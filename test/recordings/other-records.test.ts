import { describe, it } from 'vitest';
import { attribute } from '../handlers/plain-reading.ts';
import { HAS_RECORDINGS } from '../handlers/recordings.ts';
import { compareColumns } from './check-libraries.ts';
import { expectedBioSample } from './expected-biosample.ts';
import { cell } from './expected-library.ts';
import { openLedger } from './ledger.ts';
import { plainSample, plainStudy } from './plain-package.ts';
import { play } from './play.ts';
import { playInPieces, playRecordings } from './playing.ts';

const playing = playRecordings();

/** How an id is answered by the state that its BioSample record gives. */
function answerOf(source: string, access: unknown): string {
  if (/<Status [^>]*status="(?:suppressed|withdrawn|killed)"/i.test(source)) return 'withdrawn';
  return access === 'controlled' ? 'controlled' : 'no_runs';
}

describe.skipIf(!HAS_RECORDINGS)('records without runs as recorded (skipped without the folder)', () => {
  it('every BioSample that has no run: attributes, organism, description, date, access', async ({ skip }) => {
    const named = new Set(
      [...playing.libraries.values()].flatMap((library) =>
        [...library.rows.values()].map((row) => cell(row, 'sample_accession')),
      ),
    );
    for (const library of playing.sequenced.values()) named.add(library.packages[0]?.samples[0]?.biosample ?? null);
    const ids = [...playing.sources.biosamples.keys()].filter((id) => id !== '' && !named.has(id));
    if (ids.length === 0) skip('no BioSample without runs was recorded');
    const played = await play(ids, playing.playback);
    const ledger = openLedger();
    for (const id of ids) {
      const source = playing.sources.biosamples.get(id) ?? '';
      const { outcome, key } = played.outcomes.get(id) ?? { outcome: 'nothing', key: null };
      const expected = expectedBioSample(source);
      ledger.same('BioSamples answered', id, outcome, answerOf(source, expected.access));
      if (outcome === 'withdrawn') continue;
      const sample = played.samples.get(key ?? '');
      if (sample !== undefined) compareColumns(id, sample, expected, 'BioSample columns', ledger);
      for (const values of Object.values((expected.attributes ?? {}) as Record<string, string[]>))
        for (const _ of values) ledger.holds('BioSample attributes', id, sample !== undefined, 'has no row');
    }
    ledger.close(`BioSamples without runs (${ids.length})`);
  });

  it("every study of ENA's that has no run here: title, abstract, type, publications", async ({ skip }) => {
    const known = new Set(
      [...playing.sources.rows.values()].flatMap((row) => [cell(row, 'secondary_study_accession')]),
    );
    for (const found of playing.sources.packages.values()) known.add(found.study?.accession ?? null);
    const studies = [...playing.sources.records].filter(([id, text]) => text.startsWith('<STUDY') && !known.has(id));
    if (studies.length === 0) skip('no study without runs was recorded');
    const ledger = openLedger();
    for (const played of await playInPieces(
      studies.map(([id]) => id),
      playing.playback,
    )) {
      for (const [id, row] of played.outcomes) {
        const source = playing.sources.records.get(id) ?? '';
        const study = plainStudy(source);
        ledger.same('studies answered', id, row.outcome, 'no_runs');
        const alias = attribute(source, 'alias');
        const project = played.projects.get(row.key ?? '') ?? {};
        ledger.holds(
          'study keys',
          id,
          [study?.bioproject, alias, id].includes(row.key ?? ''),
          `is answered by ${row.key}`,
        );
        // Of a series that GEO brokered, GEO's own words win over the study's.
        const isGeo = row.key?.startsWith('GSE') ?? false;
        const words = isGeo ? {} : { summary: study?.abstract, type: study?.type };
        const facts = { title: study?.title, ...words };
        compareColumns(id, project, facts, 'study facts', ledger);
      }
    }
    ledger.close(`ENA studies without runs (${studies.length})`);
  });

  it("every sample record of ENA's that has no run here: attributes, organism, title", async ({ skip }) => {
    const known = new Set([...playing.sources.rows.values()].map((row) => cell(row, 'secondary_sample_accession')));
    for (const found of playing.sources.packages.values()) for (const one of found.samples) known.add(one.accession);
    const samples = [...playing.sources.records].filter(([id, text]) => text.startsWith('<SAMPLE') && !known.has(id));
    if (samples.length === 0) skip('no sample record without runs was recorded');
    const played = await play(
      samples.map(([id]) => id),
      playing.playback,
    );
    const ledger = openLedger();
    for (const [id, source] of samples) {
      const row = played.outcomes.get(id);
      const { title, organism, taxonId, description, attributes } = plainSample(source);
      ledger.same('sample records answered', id, row?.outcome, 'no_runs');
      const facts = { title, organism, taxon_id: taxonId, description, attributes };
      compareColumns(id, played.samples.get(row?.key ?? '') ?? {}, facts, 'sample record columns', ledger);
    }
    ledger.close(`ENA samples without runs (${samples.length})`);
  });
});
