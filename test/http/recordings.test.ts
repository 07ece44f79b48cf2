import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bodyOfBytes } from '../../src/http/body/body.ts';
import { checkBody } from '../../src/http/body/body-check.ts';
import type { BodyExpectation } from '../../src/ports/http.ts';

const FOLDER = process.env.CELLINE_RECORDINGS ?? join(import.meta.dirname, '../../../shared/recordings');
const isThere = existsSync(FOLDER);
if (!isThere) console.warn(`skipped: no recordings in ${FOLDER} (set CELLINE_RECORDINGS)`);

const xml = (...roots: string[]): BodyExpectation => ({ kind: 'xml', roots });
const JSON_BODY: BodyExpectation = { kind: 'json' };
const SOFT: BodyExpectation = { kind: 'soft', gzip: false };

/** What each folder of real answers is asked as, and how many files are needed for the test to mean something. */
const GOOD: readonly (readonly [folder: string, expectation: BodyExpectation, least: number])[] = [
  ['ncbi/efetch-sra-xml', xml('EXPERIMENT_PACKAGE_SET'), 50],
  ['ncbi/efetch-biosample-xml', xml('BioSampleSet', 'BioSample'), 4],
  ['ncbi/esummary-gds-xml', xml('eSummaryResult'), 1],
  ['ncbi/esummary-sra-xml', xml('eSummaryResult'), 1],
  ['ncbi/esearch-gds-json', JSON_BODY, 2],
  ['ncbi/esearch-sra-json', JSON_BODY, 2],
  ['ncbi/esummary-gds-json', JSON_BODY, 5],
  ['ena/browser-xml', xml('SAMPLE_SET', 'RUN_SET', 'EXPERIMENT_SET', 'STUDY_SET', 'SUBMISSION_SET', 'PROJECT_SET'), 60],
  ['ena/filereport-read_run', { kind: 'tsv', column: 'run_accession' }, 15],
  ['geo/acc-soft-gse', SOFT, 5],
  ['geo/acc-soft-gsm', SOFT, 2],
  ['biosamples/sample-json', JSON_BODY, 6],
];

const BAD: readonly (readonly [file: string, expectation: BodyExpectation, kind: string])[] = [
  ['errors/ena-browser-xml-404/SRP111553.html', xml('STUDY_SET'), 'html'],
  ['errors/ncbi-epost/bad_db.xml', xml('ePostResult'), 'error_text'],
  ['errors/ncbi-esummary/no_id.xml', xml('eSummaryResult'), 'error_text'],
  ['errors/ncbi-rate-limit/HTTP429.json', JSON_BODY, 'trouble'],
];

/** A recording that is kept as a gzip file is checked as one. */
const asKept = (name: string, expectation: BodyExpectation): BodyExpectation =>
  name.endsWith('.gz') ? { kind: 'soft', gzip: true } : expectation;

const check = (file: string, expectation: BodyExpectation) =>
  checkBody(expectation, bodyOfBytes(readFileSync(file)), 200);

describe.skipIf(!isThere)('real answers', () => {
  test.each(GOOD)('all of %s are good', async (folder, expectation, least) => {
    const names = readdirSync(join(FOLDER, folder));
    expect(names.length).toBeGreaterThanOrEqual(least);
    const refused = [];
    for (const name of names) {
      const complaint = await check(join(FOLDER, folder, name), asKept(name, expectation));
      if (complaint !== null) refused.push([name, complaint]);
    }
    expect(refused).toEqual([]);
  });

  test.each(GOOD)('each of %s that is cut is found out', async (folder, expectation) => {
    const missed = [];
    for (const name of readdirSync(join(FOLDER, folder))) {
      const bytes = readFileSync(join(FOLDER, folder, name));
      const whole = bytes.toString('latin1').trimEnd().length;
      const cut = bytes.subarray(0, whole - 3);
      if ((await checkBody(asKept(name, expectation), bodyOfBytes(cut), 200)) === null) missed.push(name);
    }
    expect(missed).toEqual([]);
  });

  test.each(BAD)('%s is refused', async (file, expectation, kind) => {
    expect(await check(join(FOLDER, file), expectation)).toMatchObject({ kind });
  });
});
