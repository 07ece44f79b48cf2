import { attribute, content, elements, startTags, text } from '../handlers/plain-reading.ts';

/** One file of a run as the text of a package lists it. */
export interface PlainSraFile {
  readonly name: string;
  readonly md5: string | null;
  readonly bytes: bigint | null;
  /** False when NCBI made it: `supertype` other than Original. */
  readonly isOriginal: boolean;
  /** Addresses that anybody may read: access_type anonymous. */
  readonly free: readonly string[];
  /** Addresses of any other access type. */
  readonly closed: readonly string[];
  /** SRAFile@url when no alternative repeats it: whose it is, is not said. */
  readonly unexplained: string | null;
}

/** One RUN of a package. */
export interface PlainRun {
  readonly accession: string;
  readonly spots: bigint | null;
  readonly bases: bigint | null;
  readonly published: string | null;
  readonly isPublic: boolean;
  readonly readLengths: string | null;
  /** SRS of the run's own pool. */
  readonly members: readonly string[];
  readonly files: readonly PlainSraFile[];
}

/** One SAMPLE of a package, of ENA's XML, or a BioSample: what a sample record says. */
export interface PlainSample {
  readonly accession: string | null;
  readonly biosample: string | null;
  readonly gsm: string | null;
  readonly title: string | null;
  readonly taxonId: number | null;
  readonly organism: string | null;
  readonly description: string | null;
  /** Attribute name to values, in the words and order of the text; units under `<name> [unit]`. Null for none. */
  readonly attributes: Readonly<Record<string, readonly string[]>> | null;
  /** Number of attributes in the text. */
  readonly attributeCount: number;
}

/** One EXPERIMENT_PACKAGE as regular expressions see it. */
export interface PlainPackage {
  readonly text: string;
  readonly experiment: string;
  readonly gsm: string | null;
  readonly title: string | null;
  readonly strategy: string | null;
  readonly librarySource: string | null;
  readonly selection: string | null;
  readonly layout: string | null;
  readonly platform: string | null;
  readonly instrument: string | null;
  readonly submission: string | null;
  readonly study: {
    readonly accession: string | null;
    readonly bioproject: string | null;
    readonly gse: string | null;
    readonly title: string | null;
    readonly abstract: string | null;
    readonly type: string | null;
    readonly pubmedIds: readonly string[];
  } | null;
  readonly samples: readonly PlainSample[];
  readonly members: readonly PlainSample[];
  readonly runs: readonly PlainRun[];
}

/** Reads one package. */
export function plainPackage(source: string): PlainPackage {
  const experiment = elements(source, 'EXPERIMENT')[0] ?? '';
  const platform = elements(experiment, 'PLATFORM')[0] ?? '';
  const geoAttribute = elements(experiment, 'EXPERIMENT_ATTRIBUTE').find((one) => text(one, 'TAG') === 'GEO Accession');
  return {
    text: source,
    experiment: attribute(experiment, 'accession') ?? '',
    gsm: /GSM\d+/.exec(attribute(experiment, 'alias') ?? text(geoAttribute ?? '', 'VALUE') ?? '')?.[0] ?? null,
    title: text(experiment, 'TITLE'),
    strategy: text(experiment, 'LIBRARY_STRATEGY'),
    librarySource: text(experiment, 'LIBRARY_SOURCE'),
    selection: text(experiment, 'LIBRARY_SELECTION'),
    layout: /<LIBRARY_LAYOUT>\s*<(PAIRED|SINGLE)/.exec(experiment)?.[1] ?? null,
    platform: /<PLATFORM>\s*<(\w+)/.exec(platform)?.[1] ?? null,
    instrument: text(platform, 'INSTRUMENT_MODEL'),
    submission: attribute(startTags(source, 'SUBMISSION')[0] ?? '', 'accession'),
    study: plainStudy(elements(source, 'STUDY')[0]),
    samples: elements(source, 'SAMPLE').map(plainSample),
    members: elements(source.replace(/<RUN_SET[\s\S]*/, ''), 'Member').map(plainMember),
    runs: elements(source, 'RUN').map(plainRun),
  };
}

/** What a STUDY element says; null without one. */
export function plainStudy(source: string | undefined): PlainPackage['study'] {
  if (source === undefined) return null;
  return {
    accession: attribute(source, 'accession'),
    bioproject: externalId(source, 'BioProject') ?? /<SECONDARY_ID>\s*(PRJ[A-Z]{2}\d+)/.exec(source)?.[1] ?? null,
    gse: /^GSE\d+$/.exec(attribute(source, 'alias') ?? '')?.[0] ?? externalId(source, 'GEO'),
    title: text(source, 'STUDY_TITLE'),
    abstract: text(source, 'STUDY_ABSTRACT') ?? text(source, 'STUDY_DESCRIPTION'),
    type: attribute(startTags(source, 'STUDY_TYPE')[0] ?? '', 'existing_study_type'),
    pubmedIds: [
      ...new Set(
        elements(source, 'XREF_LINK')
          .filter((link) => /^pubmed$/i.test(text(link, 'DB') ?? ''))
          .map((link) => text(link, 'ID') ?? ''),
      ),
    ],
  };
}

/** What a SAMPLE element says: in a package, or in ENA's XML (whose own ENA-* attributes are no part of the sample). */
export function plainSample(source: string): PlainSample {
  const tags = elements(source, 'SAMPLE_ATTRIBUTE')
    .map((one) => ({ tag: text(one, 'TAG') ?? '', value: content(one, 'VALUE'), units: text(one, 'UNITS') }))
    .filter(({ tag }) => !tag.startsWith('ENA-'));
  return {
    accession: attribute(source, 'accession'),
    biosample: externalId(source, 'BioSample'),
    gsm: /^GSM\d+$/.exec(attribute(source, 'alias') ?? '')?.[0] ?? externalId(source, 'GEO'),
    title: text(source.replace(/<SAMPLE_ATTRIBUTES>[\s\S]*/, ''), 'TITLE'),
    taxonId: whole(text(source, 'TAXON_ID')),
    organism: text(source, 'SCIENTIFIC_NAME'),
    description: text(source, 'DESCRIPTION'),
    attributes: listsOf(
      tags.flatMap(({ tag, value, units }) => [
        [tag, value] as const,
        ...(units === null ? [] : [[`${tag} [unit]`, units] as const]),
      ]),
    ),
    attributeCount: tags.length,
  };
}

/** Names with their values in order; null for no name at all. */
export function listsOf(
  pairs: readonly (readonly [string, string | null])[],
): Readonly<Record<string, readonly string[]>> | null {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    lists[name] ??= [];
    if (value !== null) lists[name].push(value);
  }
  return pairs.length === 0 ? null : lists;
}

function plainMember(source: string): PlainSample {
  return {
    accession: attribute(source, 'accession'),
    biosample: externalId(source, 'BioSample'),
    gsm: externalId(source, 'GEO'),
    title: attribute(source, 'sample_title'),
    taxonId: whole(attribute(source, 'tax_id')),
    organism: attribute(source, 'organism'),
    description: null,
    attributes: null,
    attributeCount: 0,
  };
}

function plainRun(source: string): PlainRun {
  const reads = startTags(source, 'Read').map((read) => ({
    index: Number(attribute(read, 'index')),
    average: Number(attribute(read, 'average')),
  }));
  reads.sort((a, b) => a.index - b.index);
  return {
    accession: attribute(source, 'accession') ?? '',
    spots: count(attribute(source, 'total_spots')),
    bases: count(attribute(source, 'total_bases')),
    published: attribute(source, 'published')?.slice(0, 10) ?? null,
    isPublic:
      attribute(source, 'is_public') !== 'false' && (attribute(source, 'cluster_name') ?? 'public') === 'public',
    readLengths: reads.length === 0 ? null : reads.map((read) => read.average).join(','),
    members: elements(source, 'Member').map((member) => attribute(member, 'accession') ?? ''),
    files: elements(source, 'SRAFile').map(plainFile),
  };
}

function plainFile(source: string): PlainSraFile {
  const copies = startTags(source, 'Alternatives').map((one) => ({
    url: attribute(one, 'url') ?? '',
    access: attribute(one, 'access_type'),
  }));
  const own = attribute(source, 'url');
  const supertype = attribute(source, 'supertype');
  const semantic = attribute(source, 'semantic_name') ?? '';
  return {
    name: attribute(source, 'filename') ?? (own ?? copies[0]?.url ?? '').split('/').at(-1) ?? '',
    md5: attribute(source, 'md5')?.toLowerCase() ?? null,
    bytes: count(attribute(source, 'size')),
    isOriginal:
      supertype === null ? !/^(SRA Normalized|SRA Lite|run|run\.zq)$/.test(semantic) : supertype === 'Original',
    free: copies.filter((copy) => copy.access === 'anonymous').map((copy) => copy.url),
    closed: copies.filter((copy) => copy.access !== 'anonymous').map((copy) => copy.url),
    unexplained: own !== null && !copies.some((copy) => copy.url === own) ? own : null,
  };
}

function externalId(source: string, namespace: string): string | null {
  const ids = elements(elements(source, 'IDENTIFIERS')[0] ?? '', 'EXTERNAL_ID');
  const found = ids.find((id) => attribute(id, 'namespace')?.toLowerCase() === namespace.toLowerCase());
  return found === undefined ? null : text(found, 'EXTERNAL_ID');
}

function count(value: string | null): bigint | null {
  return value === null || !/^\d+$/.test(value) ? null : BigInt(value);
}

function whole(value: string | null): number | null {
  return value === null || !/^\d+$/.test(value) ? null : Number(value);
}
