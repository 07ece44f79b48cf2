import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GeoSample } from '../../../../handlers/ncbi/geo-record.ts';
import { parseSoft, type SoftEntity } from '../../../../handlers/ncbi/parse-soft.ts';
import { BadResponseError } from '../../../../src/errors/bad-response-error.ts';

const FAMILY = readFileSync('fixtures/geo/family.soft', 'utf8');
const OLD = readFileSync('fixtures/geo/old-sample.soft', 'utf8');

/** The text in pieces of this many characters. */
async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

/** Everything read before an error, and the error. */
async function read(text: string, size = 1 << 16): Promise<{ entities: SoftEntity[]; error: unknown }> {
  const entities: SoftEntity[] = [];
  try {
    for await (const entity of parseSoft(inPieces(text, size))) entities.push(entity);
  } catch (error) {
    return { entities, error };
  }
  return { entities, error: null };
}

async function samples(text: string): Promise<GeoSample[]> {
  const { entities, error } = await read(text);
  expect(error).toBeNull();
  return entities.flatMap((entity) => (entity.type === 'sample' ? [entity.sample] : []));
}

function accession(entity: SoftEntity): string {
  if (entity.type === 'series') return entity.series.accession;
  return entity.type === 'platform' ? entity.platform.accession : entity.sample.accession;
}

test('a family file gives series, platform and samples in its order', async () => {
  const { entities, error } = await read(FAMILY);
  expect(error).toBeNull();
  expect(entities.map(accession)).toEqual(['GSE900001', 'GPL900001', 'GSM900001', 'GSM900002']);
});

test('a series: paragraphs, types, members and relations', async () => {
  const { entities } = await read(FAMILY);
  expect(entities[0]).toEqual({
    type: 'series',
    series: {
      accession: 'GSE900001',
      title: 'Livers = fast & slow',
      status: 'Public on Jan 02 2024',
      summary: ['First paragraph.', '', 'Second paragraph.'],
      overallDesign: ['Two samples'],
      types: ['Expression profiling by high throughput sequencing', 'Expression profiling by array'],
      pubmedIds: ['11111111'],
      samples: ['GSM900001', 'GSM900002'],
      platforms: ['GPL900001'],
      subSeries: ['GSE900002', 'GSE900003'],
      superSeries: ['GSE900000'],
      bioproject: 'PRJNA900001',
      studies: ['SRP900001'],
      supplementaryFiles: ['https://ftp.ncbi.nlm.nih.gov/geo/series/GSE900nnn/GSE900001/suppl/GSE900001_RAW.tar'],
    },
  });
});

test('a platform, without its lists and its table', async () => {
  const { entities } = await read(FAMILY);
  expect(entities[1]).toEqual({
    type: 'platform',
    platform: {
      accession: 'GPL900001',
      title: 'Made-up platform',
      status: 'Public on Jan 01 2024',
      technology: 'high-throughput sequencing',
      organisms: ['Homo sapiens', 'Mus musculus'],
    },
  });
});

test('a sequencing sample, whole', async () => {
  const [sample] = await samples(FAMILY);
  expect(sample).toEqual({
    accession: 'GSM900001',
    title: 'liver, RNA-seq',
    status: 'Public on Jan 02 2024',
    type: 'SRA',
    channels: [
      {
        number: 1,
        source: 'liver biopsy',
        organisms: ['Homo sapiens'],
        taxonIds: [9606],
        characteristics: [
          { tag: 'tissue', value: 'liver: left lobe' },
          { tag: 'treatment', value: 'drug A' },
          { tag: 'treatment', value: 'drug B' },
          { tag: null, value: 'fasted overnight' },
          { tag: 'note', value: '' },
          { tag: null, value: 'ratio 1:2' },
        ],
        molecule: 'total RNA',
        label: null,
        protocols: {
          treatment_protocol: ['None'],
          growth_protocol: ['In vivo'],
          extract_protocol: ['Step one', 'Step two'],
        },
      },
    ],
    description: ['Age = 70; Gender = Female', ''],
    dataProcessing: ['Aligned with x = 3', 'Genome_build: hg38'],
    platforms: ['GPL900001'],
    series: ['GSE900001', 'GSE900002'],
    instrument: 'Illumina NovaSeq 6000',
    strategy: 'RNA-Seq',
    librarySource: 'transcriptomic',
    selection: 'cDNA',
    biosample: 'SAMN90000001',
    experiments: ['SRX900001'],
    otherRelations: ['GSE900009', 'GSM900003'],
    supplementaryFiles: [
      'https://ftp.ncbi.nlm.nih.gov/geo/samples/GSM900nnn/GSM900001/suppl/GSM900001_counts.txt.gz',
      'ftp://ftp.example.org/raw.txt',
    ],
    texts: {
      submission_date: ['Jan 01 2024'],
      biomaterial_provider_ch1: ['A bank'],
      relation: ['Reanalyzed by: GSE900009', 'Alternative to: GSM900003 (old)', 'Affiliated with: GSE900008'],
      data_row_count: ['0'],
    },
  });
});

test('two channels, two organisms, and a table whose rows look like lines', async () => {
  const sample = (await samples(FAMILY))[1];
  expect(sample?.title).toBe('liver against pool');
  expect(sample?.channels.map((channel) => [channel.number, channel.source, channel.label])).toEqual([
    [1, 'liver', 'Cy3'],
    [2, 'pool', 'Cy5'],
  ]);
  expect(sample?.channels[0]).toMatchObject({ organisms: ['Homo sapiens', 'Mus musculus'], taxonIds: [9606, 10090] });
  expect(sample?.channels[0]?.protocols).toEqual({ label_protocol: ['Dyed'] });
  expect(sample?.texts).toMatchObject({ hyb_protocol: ['Overnight'], scan_protocol: ['Scanned'] });
});

test('a sample of 2001: names without a channel, no blanks around "=", CRLF, an open table', async () => {
  const [sample] = await samples(OLD);
  expect(sample).toMatchObject({
    accession: 'GSM900010',
    title: 'Large cells',
    type: 'single channel',
    platforms: ['GPL22'],
    series: ['GSE13'],
    texts: { author: ['Ada,,Lovelace'] },
  });
  expect(sample?.channels).toEqual([
    expect.objectContaining({ number: 1, source: 'marrow', organisms: ['Mus musculus'], taxonIds: [] }),
  ]);
  expect(JSON.stringify(sample)).not.toContain('ada@example.org');
});

test('CRLF makes no difference', async () => {
  expect(await read(FAMILY.replaceAll('\n', '\r\n'))).toEqual(await read(FAMILY));
});

test('pieces of any size make no difference', async () => {
  const whole = await read(FAMILY);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
      expect(await read(FAMILY, size)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

describe('text that is cut', () => {
  test('inside a table: the records before it, then an error that names the record', async () => {
    const { entities, error } = await read(FAMILY.slice(0, FAMILY.indexOf('#a_probe')));
    expect(entities.map(accession)).toEqual(['GSE900001', 'GPL900001', 'GSM900001']);
    expect(error).toBeInstanceOf(BadResponseError);
    expect(error).toMatchObject({
      message: "GEO's text is cut inside GSM900002: its table does not end",
      fields: { id: 'GSM900002', kind: 'cut' },
    });
  });

  test('inside a line', async () => {
    const { entities, error } = await read(FAMILY.slice(0, FAMILY.indexOf('drug B')));
    expect(entities.map(accession)).toEqual(['GSE900001', 'GPL900001']);
    expect(error).toMatchObject({ message: expect.stringContaining('cut inside GSM900001') });
  });

  test('between two lines of a sample, when other samples show how they end', async () => {
    const { entities, error } = await read(FAMILY.slice(0, FAMILY.indexOf('!Sample_label_ch2')));
    expect(entities.map(accession)).toEqual(['GSE900001', 'GPL900001', 'GSM900001']);
    expect(error).toMatchObject({
      message: expect.stringContaining('cut inside GSM900002: its last lines are missing'),
    });
  });

  test('right after an entity line', async () => {
    const { entities, error } = await read('^SERIES = GSE1\n!Series_title = a\n^SAMPLE = GSM1\n');
    expect(entities.map(accession)).toEqual(['GSE1']);
    expect(error).toMatchObject({ message: expect.stringContaining('cut inside GSM1: it has no lines') });
  });

  test('anywhere: never a changed record, never an error other than a bad response', async () => {
    const whole = (await read(FAMILY)).entities;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: FAMILY.length }), async (length) => {
        const { entities, error } = await read(FAMILY.slice(0, length));
        expect(error === null || error instanceof BadResponseError).toBe(true);
        // The one cut that text alone cannot show: between two lines of a series, platform, or of the only sample so far.
        const certain = error === null ? entities.slice(0, -1) : entities;
        expect(certain).toEqual(whole.slice(0, certain.length));
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['nothing', ''],
  ['an HTML page', '<!DOCTYPE HTML>\n<HTML><BODY>Could not find</BODY></HTML>\n'],
  ['a line before the first entity', '!Sample_title = a\n^SAMPLE = GSM1\n!Sample_title = b\n'],
  ['an entity without an accession', '^SAMPLE = \n!Sample_title = a\n'],
  ['an entity without "="', '^SERIES = GSE1\n!Series_title = a\n^SAMPLE\n!Sample_title = a\n'],
])('%s is no SOFT text', async (_, text) => {
  expect((await read(text)).error).toBeInstanceOf(BadResponseError);
});

test('a BioProject that GEO linked by its number, as it did before 2013', async () => {
  const { entities } = await read(
    '^SERIES = GSE1\n!Series_title = a\n!Series_relation = BioProject: http://www.ncbi.nlm.nih.gov/bioproject/107109\n',
  );
  expect(entities).toMatchObject([{ series: { bioproject: 'PRJNA107109' } }]);
});

test('a line that a submitter broke in two costs its second half only', async () => {
  const [sample] = await samples(
    '^SAMPLE = GSM1\n!Sample_title = a\n!broken\n^2 of something\nmore\n!Sample_type = SRA\n',
  );
  expect(sample).toMatchObject({ accession: 'GSM1', title: 'a', type: 'SRA' });
});

test('a platform with 200,000 samples and a table of a million rows is read at constant memory', async () => {
  async function* huge(): AsyncGenerator<string> {
    yield '^PLATFORM = GPL1\n!Platform_title = big\n';
    for (let part = 0; part < 20; part++) yield '!Platform_sample_id = GSM1234567\n'.repeat(10_000);
    yield '!platform_table_begin\n';
    for (let part = 0; part < 100; part++) yield 'probe_at\t12.34\tsome gene symbol\n'.repeat(10_000);
    yield '!platform_table_end\n^SAMPLE = GSM1\n!Sample_title = after\n';
  }
  const before = process.memoryUsage().heapUsed;
  const titles: (string | null)[] = [];
  for await (const entity of parseSoft(huge())) {
    if (entity.type === 'platform') titles.push(entity.platform.title);
    if (entity.type === 'sample') titles.push(entity.sample.title);
  }
  expect(titles).toEqual(['big', 'after']);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
});
