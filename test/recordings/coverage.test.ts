import { describe, expect, it } from 'vitest';
import { HAS_RECORDINGS, recordingsOf } from '../handlers/recordings.ts';
import { playRecordings } from './playing.ts';

const playing = playRecordings();

describe.skipIf(!HAS_RECORDINGS)('what is played (skipped without the folder of recordings)', () => {
  it('every recording of a played endpoint is read, and there is something to compare', () => {
    const { packages, rows, records, biosamples, geo, summaries } = playing.sources;
    const read = {
      'ncbi/efetch-sra-xml': packages.size,
      'ncbi/efetch-biosample-xml': biosamples.size,
      'ncbi/esummary-gds-json': summaries.size,
      'ena/filereport-read_run': rows.size,
      'ena/browser-xml': records.size,
      'geo/family-soft': geo.size,
      'geo/acc-soft-gsm-of-series': geo.size,
    };
    for (const [endpoint, count] of Object.entries(read)) {
      const recorded = recordingsOf(endpoint).length;
      if (recorded > 0) expect(count, `${endpoint}: ${recorded} recordings`).toBeGreaterThan(0);
    }
    console.info('played', read);
    expect(packages.size + rows.size + geo.size + biosamples.size, 'records to compare').toBeGreaterThan(0);
  });
});
