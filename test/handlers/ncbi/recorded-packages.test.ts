import { describe, expect, it } from 'vitest';
import { parseSraPackages } from '../../../handlers/ncbi/parse-sra-packages.ts';
import type { SraFile, SraMember, SraPackage, SraRun } from '../../../handlers/ncbi/sra-package.ts';
import { attribute, content, elements, startTags, text } from '../plain-reading.ts';
import { HAS_RECORDINGS, hasRecordingsOf, joinTruth, recordingsOf } from '../recordings.ts';
import { collect, inChunks } from '../text-chunks.ts';

const count = (value: string | null): bigint | null => (value === null ? null : BigInt(value));
const whole = (value: string | null): number | null => (value === null || !/^\d+$/.test(value) ? null : Number(value));

function externalIds(source: string, namespace: string): string[] {
  return elements(elements(source, 'IDENTIFIERS')[0] ?? '', 'EXTERNAL_ID')
    .filter((id) => attribute(id, 'namespace') === namespace)
    .map((id) => text(id, 'EXTERNAL_ID') ?? '');
}

/** The experiment as the regular expressions see it. */
function plainExperiment(source: string): object {
  const experiment = elements(source, 'EXPERIMENT')[0] ?? '';
  const study = elements(source, 'STUDY')[0] ?? '';
  const platform = elements(experiment, 'PLATFORM')[0] ?? '';
  return {
    experiment: attribute(experiment, 'accession'),
    experimentAlias: attribute(experiment, 'alias'),
    gsm: /GSM\d+/.exec(`${attribute(experiment, 'alias')} ${text(experiment, 'EXPERIMENT_ATTRIBUTES')}`)?.[0] ?? null,
    title: text(experiment, 'TITLE'),
    strategy: text(experiment, 'LIBRARY_STRATEGY'),
    librarySource: text(experiment, 'LIBRARY_SOURCE'),
    selection: text(experiment, 'LIBRARY_SELECTION'),
    layout: /<LIBRARY_LAYOUT>\s*<(PAIRED|SINGLE)/.exec(experiment)?.[1] ?? null,
    libraryName: text(experiment, 'LIBRARY_NAME'),
    constructionProtocol: text(experiment, 'LIBRARY_CONSTRUCTION_PROTOCOL'),
    platform: /<PLATFORM>\s*<(\w+)/.exec(platform)?.[1] ?? null,
    instrument: text(platform, 'INSTRUMENT_MODEL'),
    submission: attribute(startTags(source, 'SUBMISSION')[0] ?? '', 'accession'),
    study: {
      accession: attribute(study, 'accession'),
      alias: attribute(study, 'alias'),
      bioproject: externalIds(study, 'BioProject')[0] ?? null,
      gse: /^GSE\d+$/.exec(attribute(study, 'alias') ?? '')?.[0] ?? externalIds(study, 'GEO')[0] ?? null,
      title: text(study, 'STUDY_TITLE'),
      abstract: text(study, 'STUDY_ABSTRACT'),
      type: attribute(startTags(study, 'STUDY_TYPE')[0] ?? '', 'existing_study_type'),
      pubmedIds: elements(study, 'XREF_LINK')
        .filter((link) => text(link, 'DB') === 'pubmed')
        .map((link) => text(link, 'ID')),
      dbgap: null,
    },
  };
}

function plainSamples(source: string): object[] {
  return elements(source, 'SAMPLE').map((sample) => ({
    accession: attribute(sample, 'accession'),
    alias: attribute(sample, 'alias'),
    biosample: externalIds(sample, 'BioSample')[0] ?? null,
    gsm: /^GSM\d+$/.exec(attribute(sample, 'alias') ?? '')?.[0] ?? externalIds(sample, 'GEO')[0] ?? null,
    title: text(sample.replace(/<SAMPLE_ATTRIBUTES>[\s\S]*/, ''), 'TITLE'),
    taxonId: whole(text(sample, 'TAXON_ID')),
    scientificName: text(sample, 'SCIENTIFIC_NAME'),
    description: text(sample, 'DESCRIPTION'),
    attributes: elements(sample, 'SAMPLE_ATTRIBUTE')
      .map((one) => ({ tag: text(one, 'TAG'), value: content(one, 'VALUE'), units: text(one, 'UNITS') }))
      .filter((one) => !one.tag?.startsWith('ENA-')),
    links: elements(sample, 'XREF_LINK').map((link) => ({
      db: text(link, 'DB'),
      id: text(link, 'ID'),
      label: text(link, 'LABEL'),
    })),
  }));
}

function plainMembers(source: string): SraMember[] {
  return elements(source, 'Member').map((member) => ({
    accession: attribute(member, 'accession') ?? '',
    name: attribute(member, 'sample_name'),
    title: attribute(member, 'sample_title'),
    taxonId: whole(attribute(member, 'tax_id')),
    organism: attribute(member, 'organism'),
    biosample: externalIds(member, 'BioSample')[0] ?? null,
    gsm: externalIds(member, 'GEO')[0] ?? null,
  }));
}

function plainRuns(source: string): object[] {
  return elements(source, 'RUN').map((run) => {
    const statistics = startTags(run, 'Statistics').find((tag) => tag.includes('nreads')) ?? '';
    return {
      accession: attribute(run, 'accession'),
      alias: attribute(run, 'alias'),
      spots: count(attribute(run, 'total_spots')),
      bases: count(attribute(run, 'total_bases')),
      published: attribute(run, 'published'),
      isPublic: attribute(run, 'is_public') === 'true',
      cluster: attribute(run, 'cluster_name'),
      reads: whole(attribute(statistics, 'nreads')),
      readStatistics: startTags(run, 'Read').map((read) => ({
        index: Number(attribute(read, 'index')),
        count: count(attribute(read, 'count')),
        averageLength: Number(attribute(read, 'average')),
      })),
      members: plainMembers(run),
      files: elements(run, 'SRAFile').map(plainFile),
    };
  });
}

function plainFile(file: string): object {
  const addresses = startTags(file, 'Alternatives').map((one) => attribute(one, 'url'));
  return {
    name: attribute(file, 'filename') ?? addresses[0]?.split('/').at(-1),
    bytes: count(attribute(file, 'size')),
    md5: attribute(file, 'md5'),
    semanticName: attribute(file, 'semantic_name'),
    supertype: attribute(file, 'supertype'),
    addresses: [...new Set([attribute(file, 'url'), ...addresses])].filter((url) => url !== null).toSorted(),
    access: startTags(file, 'Alternatives')
      .map((one) => `${attribute(one, 'url')} ${attribute(one, 'access_type')} ${attribute(one, 'free_egress')}`)
      .toSorted(),
  };
}

/** Copies as sets: the plain reading does not know their order. */
function comparable(run: SraRun): object {
  return { ...run, files: run.files.map(comparableFile) };
}

function comparableFile({ copies, ...file }: SraFile): object {
  return {
    ...file,
    addresses: copies.map((copy) => copy.url).toSorted(),
    access: copies
      .filter((copy) => copy.accessType !== null)
      .map((copy) => `${copy.url} ${copy.accessType} ${copy.freeEgress}`)
      .toSorted(),
  };
}

describe.skipIf(!HAS_RECORDINGS)('recorded experiment packages (skipped without the folder of recordings)', () => {
  it.skipIf(!hasRecordingsOf('ncbi/efetch-sra-xml'))(
    'every mapped field equals a plain reading of the same text',
    async () => {
      const counts = {
        files: 0,
        packages: 0,
        runs: 0,
        samples: 0,
        attributes: 0,
        sraFiles: 0,
        addresses: 0,
        members: 0,
        reads: 0,
      };
      for (const recording of recordingsOf('ncbi/efetch-sra-xml')) {
        const packages = await collect(parseSraPackages(inChunks(recording.text, 5000)));
        const sources = elements(recording.text, 'EXPERIMENT_PACKAGE');
        expect(packages.length, recording.path).toBe(sources.length);
        for (const [index, found] of packages.entries()) {
          const source = sources[index] ?? '';
          const { samples, members, runs, ...experiment } = found;
          expect(experiment, recording.path).toEqual(plainExperiment(source));
          expect(samples, found.experiment).toEqual(plainSamples(source));
          expect(runs.map(comparable), found.experiment).toEqual(plainRuns(source));
          expect(members, found.experiment).toEqual(plainMembers(source.replace(/<RUN_SET[\s\S]*/, '')));
          countInto(counts, found);
        }
        counts.files += 1;
      }
      console.info('experiment packages compared', counts);
      for (const [what, number] of Object.entries(counts)) expect(number, what).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasRecordingsOf('ncbi/efetch-sra-xml'))(
    'experiment, run, sample, BioSample and GSM belong together as JOIN-TRUTH says',
    async () => {
      const found = new Map<string, SraPackage>();
      for (const recording of recordingsOf('ncbi/efetch-sra-xml')) {
        for (const one of await collect(parseSraPackages(inChunks(recording.text, 65_536))))
          found.set(one.experiment, one);
      }
      const rows = joinTruth().filter((row) => found.has(row.experiment ?? ''));
      let gsms = 0;
      for (const row of rows) {
        const one = found.get(row.experiment ?? '');
        const sample = one?.samples[0];
        expect(
          one?.runs.map((run) => run.accession),
          row.experiment,
        ).toContain(row.run);
        expect([sample?.accession, sample?.biosample], row.experiment).toEqual([row.sra_sample, row.biosample]);
        if (row.sample_label?.startsWith('GSM')) {
          expect([one?.gsm, sample?.gsm], row.experiment).toEqual([row.sample_label, row.sample_label]);
          gsms += 1;
        }
      }
      console.info(`rows of JOIN-TRUTH compared with packages: ${rows.length}, of GEO: ${gsms}`);
      expect(found.size).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasRecordingsOf('ncbi/efetch-sra-xml'))('a recorded answer is refused wherever it is cut', async () => {
    const recording = recordingsOf('ncbi/efetch-sra-xml')[0];
    const source = recording?.text.trimEnd() ?? '';
    for (let end = 1; end < source.length; end += Math.ceil(source.length / 200)) {
      await expect(collect(parseSraPackages(inChunks(source.slice(0, end), 65_536))), `at ${end}`).rejects.toThrow(
        /cut/,
      );
    }
  });
});

function countInto(counts: Record<string, number>, found: SraPackage): void {
  const add = (what: string, number: number): void => {
    counts[what] = (counts[what] ?? 0) + number;
  };
  add('packages', 1);
  add('runs', found.runs.length);
  add('samples', found.samples.length);
  add('attributes', found.samples.flatMap((sample) => sample.attributes).length);
  add('members', found.members.length + found.runs.flatMap((run) => run.members).length);
  add('reads', found.runs.flatMap((run) => run.readStatistics).length);
  const files = found.runs.flatMap((run) => run.files);
  add('sraFiles', files.length);
  add('addresses', files.flatMap((file) => file.copies).length);
}
