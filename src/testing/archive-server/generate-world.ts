import {
  ABSTRACT,
  CELL_TYPES,
  DATA_PROCESSING,
  EXTRACT_PROTOCOL,
  LIBRARIES,
  ORGANISMS,
  OVERALL_DESIGN,
  TISSUES,
  TREATMENTS,
} from './generated-texts.ts';
import { createRandom, md5Like, pick, whole } from './random.ts';
import type {
  World,
  WorldAttribute,
  WorldDates,
  WorldExperiment,
  WorldGeoSample,
  WorldPlatform,
  WorldRun,
  WorldSample,
  WorldSeries,
  WorldStudy,
} from './world.ts';

/** Size of a generated world. */
export interface WorldSize {
  /** Number of GEO series. */
  readonly series: number;
  /** Samples in each series, one experiment each. */
  readonly samplesPerSeries: number;
  /** Runs of each sample; default 1. */
  readonly runsPerSample?: number;
  /** Equal seeds give equal worlds; default 1. */
  readonly seed?: number;
}

/** First number of the generated accessions: far above those in use in 2026, of the same number of digits. */
const FIRST = { gse: 990_001, gsm: 99_000_001, insdc: 99_000_001, project: 9_900_001, study: 990_001 };

const DATES: WorldDates = { submitted: '2025-02-03', released: '2025-06-02', updated: '2025-09-01' };

/** What the samples of one series have in common. */
interface SeriesPlan {
  readonly series: WorldSeries;
  readonly study: WorldStudy;
  readonly organism: (typeof ORGANISMS)[number];
  readonly library: (typeof LIBRARIES)[number];
}

/**
 * A synthetic world: GEO series of paired-end samples, every run at NCBI and, with FASTQ, at ENA.
 * Long texts are shared between records, so 20,000 samples cost about 50 MB and no rendered text.
 */
export function generateWorld(size: WorldSize): World {
  const random = createRandom(size.seed ?? 1);
  const runsPerSample = size.runsPerSample ?? 1;
  const plans = Array.from({ length: size.series }, (_, index) => planSeries(index, random));
  const samples: WorldSample[] = [];
  for (const plan of plans) {
    for (let number = 0; number < size.samplesPerSeries; number += 1) {
      samples.push(generateSample(plan, samples.length, number, runsPerSample, random));
    }
  }
  return {
    platforms: ORGANISMS.map(generatePlatform),
    series: plans.map((plan) => plan.series),
    studies: plans.map((plan) => plan.study),
    samples,
  };
}

function generatePlatform(organism: (typeof ORGANISMS)[number]): WorldPlatform {
  return {
    accession: organism.platform,
    title: `Illumina NovaSeq 6000 (${organism.name})`,
    technology: 'high-throughput sequencing',
    organism: organism.name,
    taxonId: organism.taxonId,
    dates: DATES,
  };
}

function planSeries(index: number, random: () => number): SeriesPlan {
  const organism = pick(random, ORGANISMS);
  const library = pick(random, LIBRARIES);
  const accession = `GSE${FIRST.gse + index}`;
  const pubmedIds = [String(whole(random, 39_000_000, 39_999_999))];
  const title = `${library.strategy} of ${pick(random, TISSUES)} repair over time (${organism.name}, study ${index + 1})`;
  const series: WorldSeries = {
    accession,
    title,
    summary: [ABSTRACT],
    overallDesign: [OVERALL_DESIGN],
    types: [library.type],
    pubmedIds,
    dates: DATES,
    study: `SRP${FIRST.study + index}`,
    bioproject: `PRJNA${FIRST.project + index}`,
    subSeries: [],
    superSeries: [],
    supplementary: [
      { name: `${accession}_counts.tsv.gz`, bytes: whole(random, 200_000, 9_000_000), md5: md5Like(random) },
    ],
  };
  return { series, study: generateStudy(series, index), organism, library };
}

function generateStudy(series: WorldSeries, index: number): WorldStudy {
  return {
    accession: `SRP${FIRST.study + index}`,
    bioproject: `PRJNA${FIRST.project + index}`,
    alias: series.accession,
    title: series.title,
    abstract: `${ABSTRACT} Overall design: ${OVERALL_DESIGN}`,
    type: 'Transcriptome Analysis',
    submission: `SRA${FIRST.project + index}`,
    center: 'GEO',
    broker: 'GEO',
    pubmedIds: series.pubmedIds,
    released: DATES.released,
  };
}

function generateSample(
  plan: SeriesPlan,
  index: number,
  number: number,
  runsPerSample: number,
  random: () => number,
): WorldSample {
  const { organism } = plan;
  const gsm = `GSM${FIRST.gsm + index}`;
  const title = `${plan.library.strategy} replicate ${number + 1}`;
  const attributes = [
    { tag: 'source_name', value: pick(random, TISSUES) },
    { tag: 'tissue', value: pick(random, TISSUES) },
    { tag: 'cell type', value: pick(random, CELL_TYPES) },
    { tag: 'treatment', value: pick(random, TREATMENTS) },
    { tag: 'time', value: `${whole(random, 0, 14)} days` },
  ];
  return {
    title,
    organism: organism.name,
    taxonId: organism.taxonId,
    biosample: `SAMN${FIRST.insdc + index}`,
    secondary: `SRS${FIRST.insdc + index}`,
    alias: gsm,
    attributes,
    geo: generateGeoSample(plan, gsm, attributes),
    experiments: [generateExperiment(plan, gsm, title, index, runsPerSample, random)],
  };
}

function generateGeoSample(plan: SeriesPlan, gsm: string, attributes: readonly WorldAttribute[]): WorldGeoSample {
  const { organism, series } = plan;
  return {
    accession: gsm,
    series: [series.accession],
    platform: organism.platform,
    type: 'SRA',
    channels: [
      {
        sourceName: attributes[0]?.value ?? '',
        organism: organism.name,
        taxonId: organism.taxonId,
        characteristics: attributes.slice(1).map(({ tag, value }) => `${tag}: ${value}`),
        molecule: 'polyA RNA',
        extractProtocol: [EXTRACT_PROTOCOL],
      },
    ],
    description: [`Title in the submission: ${gsm}`],
    dataProcessing: DATA_PROCESSING,
    supplementary: [],
    dates: DATES,
    dataRows: 0,
  };
}

function generateExperiment(
  plan: SeriesPlan,
  gsm: string,
  title: string,
  index: number,
  runsPerSample: number,
  random: () => number,
): WorldExperiment {
  const { strategy, source, selection } = plan.library;
  return {
    accession: `SRX${FIRST.insdc + index}`,
    alias: gsm,
    title: `${gsm}: ${title}; ${plan.organism.name}; ${strategy}`,
    study: plan.study.accession,
    strategy,
    source,
    selection,
    layout: 'PAIRED',
    platform: 'ILLUMINA',
    instrument: 'Illumina NovaSeq 6000',
    protocol: EXTRACT_PROTOCOL,
    runs: Array.from({ length: runsPerSample }, (_, number) =>
      generateRun(`SRR${FIRST.insdc + index * runsPerSample + number}`, `${gsm}_r${number + 1}`, random),
    ),
  };
}

function generateRun(accession: string, alias: string, random: () => number): WorldRun {
  const spots = whole(random, 12_000_000, 60_000_000);
  const mate = (number: number, name: string) => ({
    name,
    bytes: Math.round(spots * (60 + number) + random() * 1_000_000),
    md5: md5Like(random),
    format: 'fastq',
  });
  return {
    accession,
    alias,
    spots,
    bases: spots * 302,
    readLengths: [151, 151],
    published: DATES.released,
    fastq: [mate(1, `${accession}_1.fastq.gz`), mate(2, `${accession}_2.fastq.gz`)],
    submitted: [mate(1, `${alias}.R1.fastq.gz`), mate(2, `${alias}.R2.fastq.gz`)],
    normalized: { bytes: Math.round(spots * 110), md5: md5Like(random) },
    lite: { bytes: Math.round(spots * 70), md5: md5Like(random) },
  };
}
