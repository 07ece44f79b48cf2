import type { PlainPackage } from '../plain-package.ts';
import type { Sources } from '../sources.ts';

/**
 * A family file for a series whose packages or document summary are recorded and whose text is not: only the names and
 * relations that those state, so that a series can be asked for like its samples and runs. Null when neither names it.
 */
export function composedFamily(series: string, sources: Sources): string | null {
  const packages = [...sources.packages.values()].filter((found) => found.study?.gse === series && found.gsm !== null);
  const study = packages[0]?.study;
  if (!study) return familyOfSummary(series, sources);
  const samples = new Map<string, PlainPackage[]>();
  for (const found of packages) samples.set(found.gsm ?? '', [...(samples.get(found.gsm ?? '') ?? []), found]);
  return [
    `^SERIES = ${series}`,
    `!Series_geo_accession = ${series}`,
    ...[...samples.keys()].map((gsm) => `!Series_sample_id = ${gsm}`),
    `!Series_relation = BioProject: https://www.ncbi.nlm.nih.gov/bioproject/${study.bioproject}`,
    `!Series_relation = SRA: https://www.ncbi.nlm.nih.gov/sra?term=${study.accession}`,
    ...[...samples].flatMap(([gsm, found]) => sampleLines(gsm, series, found)),
    '',
  ].join('\n');
}

function sampleLines(gsm: string, series: string, packages: readonly PlainPackage[]): string[] {
  return [
    `^SAMPLE = ${gsm}`,
    `!Sample_geo_accession = ${gsm}`,
    `!Sample_series_id = ${series}`,
    `!Sample_relation = BioSample: https://www.ncbi.nlm.nih.gov/biosample/${packages[0]?.samples[0]?.biosample}`,
    ...packages.map((one) => `!Sample_relation = SRA: https://www.ncbi.nlm.nih.gov/sra?term=${one.experiment}`),
  ];
}

function familyOfSummary(series: string, sources: Sources): string | null {
  const summary = [...sources.summaries.values()].find((one) => one.accession === series);
  if (summary === undefined) return null;
  const samples = (summary.samples ?? []) as { accession: string; title: string }[];
  return [
    `^SERIES = ${series}`,
    `!Series_geo_accession = ${series}`,
    ...samples.map(({ accession }) => `!Series_sample_id = ${accession}`),
    ...samples.flatMap(({ accession, title }) => [
      `^SAMPLE = ${accession}`,
      `!Sample_title = ${title}`,
      `!Sample_series_id = ${series}`,
    ]),
    '',
  ].join('\n');
}
