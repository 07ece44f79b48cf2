import type { WorldRun, WorldSample } from './world.ts';
import { type Library, runsAt, type WorldIndex } from './world-index.ts';
import { element, listElement, textElement } from './xml.ts';

/** Renders the identifiers of a sample: its SRS, BioSample and GSM. */
export function sampleIdentifiers(sample: WorldSample): string {
  return element(
    'IDENTIFIERS',
    {},
    textElement('PRIMARY_ID', sample.secondary ?? ''),
    sample.biosample === undefined ? '' : textElement('EXTERNAL_ID', sample.biosample, { namespace: 'BioSample' }),
    sample.geo === undefined ? '' : textElement('EXTERNAL_ID', sample.geo.accession, { namespace: 'GEO' }),
  );
}

/** The samples whose reads the runs hold; each member's share of spots and bases is that of an even pool. */
export function renderPool({ sample }: Library, runs: readonly WorldRun[], index: WorldIndex): string {
  const others = new Set(runs.flatMap((run) => run.pooledWith ?? []));
  const members = [sample, ...[...others].flatMap((other) => index.insdcSamples.get(other) ?? [])];
  const share = (total: number) => Math.floor(total / members.length);
  return element(
    'Pool',
    {},
    ...members.map((member) =>
      element(
        'Member',
        {
          member_name: '',
          accession: member.secondary,
          sample_name: member.alias,
          sample_title: member.title,
          spots: share(sum(runs.map((run) => run.spots))),
          bases: share(sum(runs.map((run) => run.bases))),
          tax_id: member.taxonId,
          organism: member.organism,
        },
        sampleIdentifiers(member),
      ),
    ),
  );
}

/** Renders the `<RUN_SET>` of a library: its runs, as far as NCBI knows them. */
export function renderRunSet(library: Library, index: WorldIndex): string {
  const runs = runsAt(library, 'NCBI');
  if (runs.length === 0) return '<RUN_SET/>';
  return element(
    'RUN_SET',
    {
      runs: runs.length,
      bases: sum(runs.map((run) => run.bases)),
      spots: sum(runs.map((run) => run.spots)),
      bytes: sum(runs.map(objectBytes)),
    },
    ...runs.map((run) => renderRun(run, library, index)),
  );
}

function renderRun(run: WorldRun, library: Library, index: WorldIndex): string {
  const controlled = run.controlled === true;
  return element(
    'RUN',
    {
      alias: run.alias,
      accession: run.accession,
      total_spots: run.spots,
      total_bases: run.bases,
      size: objectBytes(run),
      load_done: 'true',
      published: `${run.published} 00:48:25`,
      is_public: String(!controlled),
      cluster_name: controlled ? 'dbgap' : 'public',
      has_taxanalysis: 1,
      static_data_available: 1,
    },
    element(
      'IDENTIFIERS',
      {},
      textElement('PRIMARY_ID', run.accession),
      textElement('SUBMITTER_ID', run.alias, { namespace: library.study.center }),
    ),
    element('EXPERIMENT_REF', { accession: library.experiment.accession, refname: library.experiment.alias }),
    renderPool(library, [run], index),
    listElement('SRAFiles', renderFiles(run)),
    element(
      'CloudFiles',
      {},
      element('CloudFile', { filetype: 'fastq', provider: 's3', location: 's3.us-east-1' }),
      element('CloudFile', { filetype: 'run', provider: 's3', location: 's3.us-east-1' }),
    ),
    element(
      'Statistics',
      { nreads: run.readLengths.length, nspots: run.spots },
      ...run.readLengths.map((average, read) => element('Read', { index: read, count: run.spots, average, stdev: 0 })),
    ),
    renderBases(run),
  );
}

function renderFiles(run: WorldRun): string[] {
  const cluster = run.controlled === true ? 'dbgap' : 'public';
  const date = `${run.published} 09:17:23`;
  const originals = run.submitted.map((file) =>
    element(
      'SRAFile',
      {
        cluster,
        filename: file.name,
        size: file.bytes,
        date,
        md5: file.md5,
        version: 1,
        semantic_name: file.format ?? 'fastq',
        supertype: 'Original',
        sratoolkit: 0,
      },
      element('Alternatives', {
        url: `s3://sra-pub-src-3/${run.accession}/${file.name}`,
        free_egress: '-',
        access_type: 'Use Cloud Data Delivery',
        org: 'AWS',
      }),
    ),
  );
  return [...originals, ...renderObjects(run, cluster, date)];
}

/** The SRA objects. Those of a controlled run have no open URL. */
function renderObjects(run: WorldRun, cluster: string, date: string): string[] {
  const { accession, controlled, lite, normalized } = run;
  const object = (name: string, semantic: string, url: string, org: string, file: { bytes: number; md5: string }) =>
    element(
      'SRAFile',
      {
        cluster,
        filename: name,
        url: controlled === true ? undefined : url,
        size: file.bytes,
        date,
        md5: file.md5,
        version: 1,
        semantic_name: semantic,
        supertype: 'Primary ETL',
        sratoolkit: 1,
      },
      controlled === true
        ? ''
        : element('Alternatives', { url, free_egress: 'worldwide', access_type: 'anonymous', org }),
      element('Alternatives', {
        url: `s3://sra-${cluster}-zq-1/${accession}/${name}`,
        free_egress: 's3.us-east-1',
        access_type: 'aws identity',
        org: 'AWS',
      }),
    );
  const open = `https://sra-pub-run-odp.s3.amazonaws.com/sra/${accession}/${accession}`;
  const folder = `${accession.slice(0, 3)}${accession.slice(3, -5).padStart(3, '0')}/${accession.slice(3, -3)}`;
  const liteUrl = `https://sra-downloadb.be-md.ncbi.nlm.nih.gov/sos5/sra-pub-zq-16/${folder}/${accession}.sralite.1`;
  return [
    normalized === undefined ? '' : object(accession, 'SRA Normalized', open, 'AWS', normalized),
    lite === undefined ? '' : object(`${accession}.sralite`, 'SRA Lite', liteUrl, 'NCBI', lite),
  ].filter((file) => file !== '');
}

/** Base counts: a fixed composition; only their form matters. */
function renderBases(run: WorldRun): string {
  const quarter = Math.floor(run.bases / 4);
  const counts = { A: run.bases - 3 * quarter, C: quarter, G: quarter, T: quarter, N: 0 };
  return [
    element(
      'Databases',
      {},
      element(
        'Database',
        {},
        element(
          'Table',
          { name: 'SEQUENCE' },
          element(
            'Statistics',
            { source: 'meta' },
            element('Rows', { count: run.spots }),
            element('Elements', { count: run.bases }),
          ),
        ),
      ),
    ),
    element(
      'Bases',
      { cs_native: 'false', count: run.bases },
      ...Object.entries(counts).map(([value, count]) => element('Base', { value, count })),
    ),
  ].join('');
}

function objectBytes(run: WorldRun): number {
  return run.normalized?.bytes ?? sum(run.submitted.map((file) => file.bytes));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
