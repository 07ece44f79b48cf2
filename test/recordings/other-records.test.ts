import { describe, it } from 'vitest';
import { attribute } from '../handlers/plain-reading.ts';
import { HAS_RECORDINGS } from '../handlers/recordings.ts';
import { compareColumns } from './check-libraries.ts';
import { expectedBioSample } from './expected-biosample.ts';
import { cell } from './expected-library.ts';
import { openLedger } from './ledger.ts';
import { plainStudy } from './plain-package.ts';
import { play } from './play.ts';
import { playInPieces, playRecordings } from './playing.ts';

const playing = playRecordings();

describe.skipIf(!HAS_RECORDINGS)('records without runs as recorded (skipped without the folder)', () => {
  it('every BioSample that has no run: attributes, organism, description, date, access', async () => {
    const named = new Set(
      [...playing.libraries.values()].flatMap((library) =>
        [...library.rows.values()].map((row) => cell(row, 'sample_accession')),
      ),
    );
    for (const library of playing.sequenced.values()) named.add(library.packages[0]?.samples[0]?.biosample ?? null);
    const ids = [...playing.sources.biosamples.keys()].filter((id) => !named.has(id));
    const played = await play(ids, playing.playback);
    const ledger = openLedger();
    for (const id of ids) {
      const source = playing.sources.biosamples.get(id) ?? '';
      const { outcome, key } = played.outcomes.get(id) ?? { outcome: 'nothing', key: null };
      const expected = expectedBioSample(source);
      ledger.same('BioSamples answered', id, outcome, expected.access === 'controlled' ? 'controlled' : 'no_runs');
      const sample = played.samples.get(key ?? '');
      if (sample !== undefined) compareColumns(id, sample, expected, 'BioSample columns', ledger);
      for (const values of Object.values((expected.attributes ?? {}) as Record<string, string[]>))
        for (const _ of values) ledger.holds('BioSample attributes', id, sample !== undefined, 'has no row');
    }
    if (ids.length > 0) ledger.close(`BioSamples without runs (${ids.length})`, ['BioSample columns']);
  });

  it("every study of ENA's that has no run here: title, abstract, type, publications", async () => {
    const known = new Set(
      [...playing.sources.rows.values()].flatMap((row) => [cell(row, 'secondary_study_accession')]),
    );
    for (const found of playing.sources.packages.values()) known.add(found.study?.accession ?? null);
    const studies = [...playing.sources.records].filter(([id, text]) => text.startsWith('<STUDY') && !known.has(id));
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
        const facts = { title: study?.title, summary: study?.abstract, type: study?.type };
        compareColumns(id, project, facts, 'study facts', ledger);
      }
    }
    if (studies.length > 0) ledger.close(`ENA studies without runs (${studies.length})`, ['study facts']);
  });
});
