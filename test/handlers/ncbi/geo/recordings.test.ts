import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { GeoSample, GeoSeries } from '../../../../handlers/ncbi/geo-record.ts';
import { gdsUid } from '../../../../handlers/ncbi/geo-uid.ts';
import { parseGdsSummaries } from '../../../../handlers/ncbi/parse-gds-summaries.ts';
import { parseSoft, type SoftEntity } from '../../../../handlers/ncbi/parse-soft.ts';
import { BadResponseError } from '../../../../src/errors/bad-response-error.ts';

const RECORDINGS = resolve(process.env.CELLINE_RECORDINGS ?? '../shared/recordings');
const INDEX = join(RECORDINGS, 'INDEX.tsv');
const isThere = existsSync(INDEX);
if (!isThere) process.stderr.write(`skipped: no recordings of archives at ${RECORDINGS} (CELLINE_RECORDINGS)\n`);

/** Paths and accessions of the recordings of one endpoint. */
function recorded(endpoint: RegExp): { path: string; notes: string }[] {
  if (!isThere) return [];
  const rows = readFileSync(INDEX, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
  return rows
    .filter((row) => endpoint.test(`${row[1]}/${row[2]?.split(' ')[0]}`))
    .map((row) => ({ path: row[0] ?? '', notes: row[6] ?? '' }));
}

function textOf(path: string): string {
  const bytes = readFileSync(join(RECORDINGS, path));
  return new TextDecoder().decode(path.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

async function* chunksOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(join(RECORDINGS, path), { highWaterMark: 8191 });
  const decoder = new TextDecoder();
  for await (const chunk of path.endsWith('.gz') ? file.pipe(createGunzip()) : file) {
    yield decoder.decode(chunk as Uint8Array, { stream: true });
  }
  yield decoder.decode();
}

async function read(
  path: string,
): Promise<{ samples: GeoSample[]; series: GeoSeries[]; entities: SoftEntity[]; error: unknown }> {
  const answer = {
    samples: [] as GeoSample[],
    series: [] as GeoSeries[],
    entities: [] as SoftEntity[],
    error: null as unknown,
  };
  try {
    for await (const entity of parseSoft(chunksOf(path))) {
      answer.entities.push(entity);
      if (entity.type === 'sample') answer.samples.push(entity.sample);
      if (entity.type === 'series') answer.series.push(entity.series);
    }
  } catch (error) {
    answer.error = error;
  }
  return answer;
}

/** The text without table bodies, cut at its entities: an independent and wasteful reading. */
function blocksOf(text: string): string[] {
  const bare = text.replaceAll('\r', '').replace(/^!\w+_table_begin\n[\s\S]*?^!\w+_table_end$/gm, '');
  return bare.split(/^(?=\^)/m).filter((block) => block !== '');
}

function values(block: string, key: RegExp): string[] {
  return [...block.matchAll(new RegExp(`^!(?:Sample|Series|Platform)_(?:${key.source}) =(.*)$`, 'gm'))].map((match) =>
    (match[1] ?? '').trim(),
  );
}

function compareSample(sample: GeoSample, block: string): number {
  const old = !block.includes('!Sample_geo_accession');
  expect(block).toMatch(new RegExp(`^\\^SAMPLE ?= ?${sample.accession}\\n`));
  expect([sample.title, sample.status, sample.type]).toEqual(
    [/title/, /status/, /type/].map((key) => values(block, key)[0]),
  );
  const lines = sample.channels.flatMap((channel) =>
    channel.characteristics.map(({ tag, value }) => (tag === null ? value : `${tag}: ${value}`.trim())),
  );
  expect(lines).toEqual(values(block, /characteristics_ch\d/));
  expect(sample.channels.flatMap((channel) => channel.organisms)).toEqual(
    values(block, old ? /organism/ : /organism_ch\d/),
  );
  expect(sample.channels.flatMap((channel) => channel.taxonIds)).toEqual(values(block, /taxid_ch\d/).map(Number));
  expect(sample.channels.map((channel) => channel.source)).toEqual(
    values(block, old ? /target_source/ : /source_name_ch\d/),
  );
  for (const channel of sample.channels) {
    for (const protocol of ['treatment_protocol', 'growth_protocol', 'extract_protocol', 'label_protocol']) {
      expect(channel.protocols[protocol] ?? []).toEqual(values(block, new RegExp(`${protocol}_ch${channel.number}`)));
    }
  }
  expect(sample.description).toEqual(values(block, /description/));
  expect(sample.dataProcessing).toEqual(values(block, /data_processing/));
  expect(sample.series).toEqual([...new Set(values(block, /series_id/))]);
  expect(sample.platforms).toEqual(values(block, /platform_id/));
  expect([sample.instrument, sample.strategy, sample.librarySource, sample.selection]).toEqual(
    [/instrument_model/, /library_strategy/, /library_source/, /library_selection/].map(
      (key) => values(block, key)[0] ?? null,
    ),
  );
  const relations = values(block, /relation/);
  expect(sample.biosample).toBe(
    /SAM[NED]\w+/.exec(relations.find((one) => one.startsWith('BioSample')) ?? '')?.[0] ?? null,
  );
  expect(sample.experiments).toEqual(
    relations.filter((one) => one.startsWith('SRA')).map((one) => one.replace(/.*=/, '')),
  );
  const files = values(block, /supplementary_file(?:_\d+)?/).filter((file) => file !== 'NONE' && file !== '');
  expect(sample.supplementaryFiles.map((file) => file.replace(/^\w+:/, ''))).toEqual(
    [...new Set(files)].map((file) => file.replace(/^\w+:/, '')),
  );
  expect(sample.supplementaryFiles.filter((file) => file.startsWith('ftp://ftp.ncbi.nlm.nih.gov/'))).toEqual([]);
  // Nothing is lost: what no field took is among the texts, contacts aside.
  const kept = Object.values(sample.texts).flat().length;
  const taken =
    /(?:title|geo_accession|status|type|channel_count|description|data_processing|platform_id|series_id|instrument_model|library_\w+|supplementary_file(?:_\d+)?|contact_.*|submitter_.*|organism|target_source|(?:source_name|organism|taxid|characteristics|molecule|label|\w+_protocol)_ch\d)/;
  const all = values(block, /.*?/).length;
  expect(kept).toBe(
    all - values(block, taken).length - relations.filter((one) => /^(?:SRA|BioSample):/.test(one)).length,
  );
  return lines.length;
}

function compareSeries(series: GeoSeries, block: string): void {
  expect(block).toMatch(new RegExp(`^\\^SERIES = ${series.accession}\\n`));
  expect(series.samples).toEqual(values(block, /sample_id/));
  expect(series.platforms).toEqual(values(block, /platform_id/));
  expect(series.summary).toEqual(values(block, /summary/));
  expect(series.overallDesign).toEqual(values(block, /overall_design/));
  expect(series.types).toEqual(values(block, /type/));
  expect(series.pubmedIds).toEqual(values(block, /pubmed_id/));
  const relations = values(block, /relation/);
  const ofKind = (kind: string): string[] =>
    relations.filter((one) => one.startsWith(kind)).map((one) => one.replace(/.*[:=/] ?/, ''));
  expect(series.subSeries).toEqual(ofKind('SuperSeries of'));
  expect(series.superSeries).toEqual(ofKind('SubSeries of'));
  expect(series.bioproject).toEqual(ofKind('BioProject')[0]?.replace(/^(?=\d)/, 'PRJNA') ?? null);
  expect(series.studies).toEqual(ofKind('SRA'));
}

describe.skipIf(!isThere)('recorded SOFT text', () => {
  const counts = { files: 0, samples: 0, series: 0, lines: 0 };

  test.each(recorded(/^geo\/(?:family-soft|acc-soft-)/))('$path ($notes)', async ({ path, notes }) => {
    const blocks = blocksOf(textOf(path));
    const { samples, series, entities, error } = await read(path);
    const isCut = notes.includes('TRUNCATED');
    expect(error === null).toBe(!isCut);
    const sampleBlocks = blocks.filter((block) => block.startsWith('^SAMPLE')).slice(0, isCut ? -1 : undefined);
    const seriesBlocks = blocks.filter((block) => block.startsWith('^SERIES'));
    expect(samples).toHaveLength(sampleBlocks.length);
    expect(series).toHaveLength(seriesBlocks.length);
    const platforms = blocks.filter((block) => block.startsWith('^PLATFORM'));
    expect(entities).toHaveLength(samples.length + series.length + platforms.length);
    for (const [index, sample] of samples.entries()) counts.lines += compareSample(sample, sampleBlocks[index] ?? '');
    for (const [index, one] of series.entries()) compareSeries(one, seriesBlocks[index] ?? '');
    const listed = series[0]?.samples ?? [];
    if (path.includes('family-soft') && samples.length > 1 && series.length === 1) {
      expect(new Set(samples.map((sample) => sample.accession))).toEqual(new Set(listed));
    }
    counts.files++;
    counts.samples += samples.length;
    counts.series += series.length;
  });

  test('a cut reply names the record that is cut', async () => {
    const cut = recorded(/^geo\/acc-soft-/).filter(({ notes }) => notes.includes('TRUNCATED'));
    for (const { path } of cut) {
      const { error } = await read(path);
      const last = /^\^SAMPLE = (\w+)/.exec(blocksOf(textOf(path)).at(-1) ?? '')?.[1];
      expect(error).toBeInstanceOf(BadResponseError);
      expect(error).toMatchObject({ fields: { id: last } });
    }
    expect(cut.length).toBeGreaterThan(0);
  });

  test('the series record and its samples, asked apart, agree', async () => {
    let compared = 0;
    for (const { path, notes } of recorded(/^geo\/acc-soft-gsm-of-series/)) {
      const [series] = (await read(path.replace('acc-soft-gsm-of-series', 'acc-soft-gse'))).series;
      const ids = (await read(path)).samples.map((sample) => sample.accession);
      const expected = series?.samples ?? [];
      expect(ids).toEqual(notes.includes('TRUNCATED') ? expected.slice(0, ids.length) : expected);
      compared += ids.length;
    }
    expect(compared).toBeGreaterThan(60);
  });

  test('a GEO DataSet holds no record of ours', async () => {
    for (const { path } of recorded(/^geo\/gds-soft/)) {
      const { entities, error } = await read(path);
      expect(entities).toEqual([]);
      expect(error).toBeNull();
    }
  });

  test('enough was compared', () => {
    process.stderr.write(
      `GEO text: ${counts.files} files, ${counts.series} series, ${counts.samples} samples, ${counts.lines} characteristics\n`,
    );
    expect(counts.files).toBeGreaterThan(35);
    expect(counts.samples).toBeGreaterThan(1000);
    expect(counts.lines).toBeGreaterThan(3000);
  });
});

describe.skipIf(!isThere)('recorded series matrices', () => {
  test('say the same of each sample as SOFT text made of their columns', async () => {
    let experiments = 0;
    for (const { path } of recorded(/^geo\/series-matrix/)) {
      const rows = textOf(path)
        .replaceAll('\r', '')
        .split('\n')
        .filter((line) => line.startsWith('!Sample_'));
      const cells = rows.map((line) => line.split('\t').map((cell) => cell.replace(/^"|"$/g, '')));
      const width = cells[0]?.length ?? 0;
      const soft = Array.from({ length: width - 1 }, (_, sample) =>
        cells
          .map((row) => `${row[0]} = ${row[sample + 1] ?? ''}\n`)
          .join('')
          .replace(/^/, `^SAMPLE = ${cells.find((row) => row[0] === '!Sample_geo_accession')?.[sample + 1]}\n`),
      ).join('');
      async function* whole(): AsyncGenerator<string> {
        yield soft;
      }
      const samples: GeoSample[] = [];
      for await (const entity of parseSoft(whole())) if (entity.type === 'sample') samples.push(entity.sample);
      const column = (name: string, sign: RegExp): (string | null)[] =>
        Array.from({ length: width - 1 }, (_, sample) => {
          const values = cells.filter((row) => row[0] === `!Sample_${name}`).map((row) => row[sample + 1] ?? '');
          return values.map((value) => sign.exec(value)?.[0]).find((value) => value !== undefined) ?? null;
        });
      expect(samples.map((sample) => sample.accession)).toEqual(column('geo_accession', /GSM\d+/));
      expect(samples.map((sample) => sample.biosample)).toEqual(column('relation', /SAMN\d+/));
      expect(samples.map((sample) => sample.experiments[0] ?? null)).toEqual(column('relation', /SRX\d+/));
      experiments += samples.filter((sample) => sample.experiments.length > 0).length;
    }
    expect(experiments).toBeGreaterThan(16);
  });
});

describe.skipIf(!isThere)('recorded document summaries', () => {
  test('every record is read, under the UID that is computed from its accession', () => {
    const files = recorded(/^ncbi\/esummary-gds-json/);
    for (const { path } of files) {
      const json = JSON.parse(textOf(path));
      const { summaries, absent } = parseGdsSummaries(json);
      expect(absent).toEqual([]);
      expect(summaries.map((summary) => summary.uid)).toEqual(json.result.uids);
      for (const summary of summaries) {
        const record = json.result[summary.uid];
        expect(gdsUid(summary.accession)).toBe(summary.uid);
        expect(summary.samples).toEqual(record.samples.map((sample: { accession: string }) => sample.accession));
        if (summary.entryType === 'GSE') expect(summary.sampleCount).toBe(summary.samples.length);
        if (summary.entryType === 'GSM') expect(summary.series).toEqual([`GSE${record.gse}`]);
        expect(summary.sra).toEqual(record.extrelations.map((one: { targetobject: string }) => one.targetobject));
        expect(summary.date?.replaceAll('-', '/')).toBe(record.pdat);
      }
    }
    expect(files.length).toBeGreaterThan(3);
  });
});
