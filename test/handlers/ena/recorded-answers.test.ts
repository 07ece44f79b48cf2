import { describe, expect, it } from 'vitest';
import { parseRunRows } from '../../../handlers/ena/parse-run-rows.ts';
import { parseEnaSamples } from '../../../handlers/ena/parse-samples.ts';
import { parseEnaStudies } from '../../../handlers/ena/parse-studies.ts';
import { readEnaFiles } from '../../../handlers/ena/read-ena-files.ts';
import { ENA_RUN_COLUMNS, type EnaRun } from '../../../handlers/ena/run-row.ts';
import { attribute, content, elements, text } from '../plain-reading.ts';
import { HAS_RECORDINGS, hasRecordingsOf, joinTruth, recordingsOf } from '../recordings.ts';
import { collect, inChunks } from '../text-chunks.ts';

/** The cells of a file report by column, read without the parser. */
function plainRows(report: string): Record<string, string>[] {
  const [header = '', ...lines] = report.split('\n').filter((line) => line !== '');
  return lines.map((line) =>
    Object.fromEntries(header.split('\t').map((name, index) => [name, line.split('\t')[index] ?? ''])),
  );
}

function expectSameRow(row: EnaRun | undefined, plain: Readonly<Record<string, string>>): void {
  for (const column of ENA_RUN_COLUMNS) expect(row?.[column], column).toBe(plain[column] ?? '');
}

function expectSameFiles(row: EnaRun, plain: Readonly<Record<string, string>>): number {
  const files = readEnaFiles(row);
  for (const family of ['fastq', 'submitted', 'sra', 'bam'] as const) {
    const list = (what: string): string[] =>
      (plain[`${family}_${what}`] ?? '').split(';').filter((cell) => cell !== '');
    const ofFamily = files.filter((file) => file.family === family);
    expect(ofFamily.map((file) => decodeURIComponent(file.url))).toEqual(
      list('ftp').map((address) => `https://${address}`),
    );
    expect(ofFamily.map((file) => file.md5)).toEqual(list('md5'));
    expect(ofFamily.map((file) => String(file.bytes))).toEqual(list('bytes'));
  }
  return files.length;
}

describe.skipIf(!HAS_RECORDINGS)('recorded answers of ENA (skipped without the folder of recordings)', () => {
  it.skipIf(!hasRecordingsOf('ena/filereport-read_run'))(
    'every cell and every file of a file report equals a plain reading',
    async () => {
      let rows = 0;
      let files = 0;
      for (const recording of recordingsOf('ena/filereport-read_run')) {
        const parsed = await collect(parseRunRows(inChunks(recording.text, 100)));
        const plain = plainRows(recording.text);
        expect(parsed.length, recording.path).toBe(plain.length);
        for (const [index, row] of parsed.entries()) {
          expectSameRow(row, plain[index] ?? {});
          files += expectSameFiles(row, plain[index] ?? {});
        }
        rows += parsed.length;
      }
      console.info(`ENA run rows compared: ${rows} with ${files} files`);
      expect(Math.min(rows, files)).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasRecordingsOf('ena/portal-search-read_run'))(
    'a recorded Portal search (JSON, all fields) reads the same as a table',
    async () => {
      const found = recordingsOf('ena/portal-search-read_run').flatMap(
        (recording) => JSON.parse(recording.text) as Record<string, string>[],
      );
      for (const plain of found) {
        const columns = Object.keys(plain);
        const table = `${columns.join('\t')}\n${columns.map((column) => plain[column]).join('\t')}\n`;
        const [row] = await collect(parseRunRows(inChunks(table, 1000)));
        expectSameRow(row, plain);
        expectSameFiles(row as EnaRun, plain);
      }
      console.info(`ENA search rows compared: ${found.length}`);
      expect(found.length).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasRecordingsOf('ena/browser-xml'))(
    'every mapped field of a sample record equals a plain reading, and belongs together as JOIN-TRUTH says',
    async () => {
      const biosampleOf = new Map<string, string | null>();
      let attributes = 0;
      for (const recording of recordingsOf('ena/browser-xml').filter((one) => one.text.includes('<SAMPLE_SET'))) {
        const parsed = await collect(parseEnaSamples(inChunks(recording.text, 500)));
        const sources = elements(recording.text, 'SAMPLE');
        expect(parsed.length, recording.path).toBe(sources.length);
        for (const [index, sample] of parsed.entries()) {
          const source = sources[index] ?? '';
          const external = elements(elements(source, 'IDENTIFIERS')[0] ?? '', 'EXTERNAL_ID');
          const named = (namespace: string): string | null =>
            text(external.find((id) => attribute(id, 'namespace') === namespace) ?? '', 'EXTERNAL_ID');
          expect(sample, recording.path).toEqual({
            accession: attribute(source, 'accession'),
            alias: attribute(source, 'alias'),
            biosample: named('BioSample'),
            gsm: named('GEO') ?? /^GSM\d+$/.exec(attribute(source, 'alias') ?? '')?.[0] ?? null,
            title: text(source, 'TITLE'),
            taxonId: Number(text(source, 'TAXON_ID')),
            scientificName: text(source, 'SCIENTIFIC_NAME'),
            description: text(source, 'DESCRIPTION'),
            attributes: elements(source, 'SAMPLE_ATTRIBUTE')
              .map((one) => ({ tag: text(one, 'TAG'), value: content(one, 'VALUE'), units: text(one, 'UNITS') }))
              .filter((one) => !one.tag?.startsWith('ENA-')),
          });
          attributes += sample.attributes.length;
          biosampleOf.set(sample.accession, sample.biosample);
        }
      }
      const rows = joinTruth().filter((row) => biosampleOf.has(row.sra_sample ?? ''));
      for (const row of rows) expect(biosampleOf.get(row.sra_sample ?? ''), row.sra_sample).toBe(row.biosample);
      console.info(
        `ENA samples compared: ${biosampleOf.size} with ${attributes} attributes; rows of JOIN-TRUTH: ${rows.length}`,
      );
      expect(Math.min(biosampleOf.size, attributes)).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasRecordingsOf('ena/browser-xml'))(
    'every mapped field of a study record equals a plain reading',
    async () => {
      let studies = 0;
      for (const recording of recordingsOf('ena/browser-xml').filter((one) => one.text.includes('<STUDY_SET'))) {
        for (const study of await collect(parseEnaStudies(inChunks(recording.text, 500)))) {
          const source = elements(recording.text, 'STUDY')[0] ?? '';
          const pubmed = elements(source, 'XREF_LINK').filter((link) => text(link, 'DB')?.toLowerCase() === 'pubmed');
          expect(study, recording.path).toEqual({
            accession: attribute(source, 'accession'),
            alias: attribute(source, 'alias'),
            bioproject: /PRJ[A-Z]{2}\d+/.exec(elements(source, 'IDENTIFIERS')[0] ?? '')?.[0] ?? null,
            study: attribute(source, 'accession'),
            gse: /GSE\d+/.exec(elements(source, 'IDENTIFIERS')[0] ?? '')?.[0] ?? null,
            title: text(source, 'STUDY_TITLE'),
            abstract: text(source, 'STUDY_ABSTRACT') ?? text(source, 'STUDY_DESCRIPTION'),
            type: /existing_study_type="([^"]*)"/.exec(source)?.[1] ?? null,
            pubmedIds: pubmed.flatMap((link) => (text(link, 'ID') ?? '').split(',')),
            center: attribute(source, 'center_name'),
          });
          studies += 1;
        }
      }
      console.info(`ENA studies compared: ${studies}`);
      expect(studies).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasRecordingsOf('ena/browser-xml'))('records of another kind are refused by name', async () => {
    const others = recordingsOf('ena/browser-xml').filter((one) => !/<(SAMPLE|STUDY|PROJECT)_SET/.test(one.text));
    for (const recording of others) {
      await expect(collect(parseEnaSamples(inChunks(recording.text))), recording.path).rejects.toThrow(
        /not <SAMPLE_SET>/,
      );
      await expect(collect(parseEnaStudies(inChunks(recording.text))), recording.path).rejects.toThrow(
        /not <STUDY_SET>/,
      );
    }
    console.info(`ENA records of another kind refused: ${others.length}`);
  });
});
