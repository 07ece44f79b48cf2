import { OUTCOMES } from './asked.ts';
import type { FileOrigin, FileRole } from './file.ts';
import type { LinkKind } from './link.ts';
import type { Access } from './sample.ts';
import type { TableName } from './table.ts';

/** Words that a column may hold, and who says so. */
export interface Vocabulary {
  /** For messages: `INSDC library strategy`. */
  readonly name: string;
  readonly words: readonly string[];
}

/**
 * Library strategies: `typeLibraryStrategy` of SRA.experiment.xsd (ENA, enasequence/webin-xml 1.5.54, with what 1.12 to 2.1
 * of its releases added), and those of NCBI's submission template that ENA does not have (ChM-Seq, GBS).
 */
const STRATEGIES: Vocabulary = {
  name: 'INSDC library strategy',
  words: [
    ...['WGS', 'WGA', 'WXS', 'WCS', 'CLONE', 'POOLCLONE', 'CLONEEND', 'FINISHING', 'VALIDATION', 'AMPLICON', 'OTHER'],
    ...['RNA-Seq', 'ssRNA-seq', 'snRNA-seq', 'miRNA-Seq', 'ncRNA-Seq', 'Ribo-Seq', 'RIP-Seq', 'FL-cDNA', 'EST', 'CTS'],
    ...['ATAC-seq', 'ChIP-Seq', 'MNase-Seq', 'DNase-Hypersensitivity', 'FAIRE-seq', 'NOMe-Seq', 'ChM-Seq', 'SELEX'],
    ...['Bisulfite-Seq', 'MRE-Seq', 'MeDIP-Seq', 'MBD-Seq', 'Hi-C', 'ChIA-PET', 'RAD-Seq', 'GBS', 'Tn-Seq'],
    ...['Synthetic-Long-Read', 'Targeted-Capture', 'Tethered Chromatin Conformation Capture'],
  ],
};

/** Library sources: `typeLibrarySource` of the same schema. */
const SOURCES: Vocabulary = {
  name: 'INSDC library source',
  words: [
    ...['GENOMIC', 'GENOMIC SINGLE CELL', 'TRANSCRIPTOMIC', 'TRANSCRIPTOMIC SINGLE CELL'],
    ...['METAGENOMIC', 'METATRANSCRIPTOMIC', 'SYNTHETIC', 'VIRAL RNA', 'OTHER'],
  ],
};

/** Library selections: `typeLibrarySelection` of the same schema; the CF ones are of older versions and still in records. */
const SELECTIONS: Vocabulary = {
  name: 'INSDC library selection',
  words: [
    ...['RANDOM', 'PCR', 'RANDOM PCR', 'RT-PCR', 'HMPR', 'MF', 'CF-S', 'CF-M', 'CF-H', 'CF-T', 'MSLL', 'MDA'],
    ...[
      'repeat fractionation',
      'size fractionation',
      'cDNA',
      'cDNA_randomPriming',
      'cDNA_oligo_dT',
      'PolyA',
      'Oligo-dT',
    ],
    ...['Inverse rRNA', 'Inverse rRNA selection', 'ChIP', 'ChIP-Seq', 'MNase', 'DNase', 'DNAse', 'Hybrid Selection'],
    ...['Reduced Representation', 'Restriction Digest', '5-methylcytidine antibody', 'CAGE', 'RACE'],
    ...['MBD2 protein methyl-CpG binding domain', 'padlock probes capture method', 'other', 'unspecified'],
  ],
};

/** Platforms: the elements of `PlatformType` in SRA.common.xsd (ENA) and in NCBI's copy of it, names of former ones included. */
const PLATFORMS: Vocabulary = {
  name: 'INSDC platform',
  words: [
    ...['ILLUMINA', 'OXFORD_NANOPORE', 'PACBIO_SMRT', 'ION_TORRENT', 'LS454', '_LS454', 'ABI_SOLID', 'HELICOS'],
    ...['BGISEQ', 'DNBSEQ', 'CAPILLARY', 'COMPLETE_GENOMICS', 'ELEMENT', 'ULTIMA', 'VELA_DIAGNOSTICS', 'GENAPSYS'],
    ...['GENEMIND', 'TAPESTRI', 'SINGULAR_GENOMICS', 'GENEUS_TECH', 'SALUS'],
  ],
};

/** Layouts: `LIBRARY_LAYOUT` of SRA.experiment.xsd. */
const LAYOUTS: Vocabulary = { name: 'INSDC library layout', words: ['SINGLE', 'PAIRED'] };

/** Columns whose words are the INSDC's, by table; those of samples hold several, joined with `,`. */
export const INSDC_VOCABULARY: Readonly<Record<'samples' | 'runs', Readonly<Record<string, Vocabulary>>>> = {
  samples: {
    library_strategy: STRATEGIES,
    library_source: SOURCES,
    library_selection: SELECTIONS,
    platform: PLATFORMS,
  },
  runs: {
    strategy: STRATEGIES,
    library_source: SOURCES,
    library_selection: SELECTIONS,
    platform: PLATFORMS,
    layout: LAYOUTS,
  },
};

/** Authorities whose records use the INSDC's words; a plug-in's archive may have words of its own. */
export const INSDC_SOURCES: readonly string[] = ['INSDC', 'GEO'];

/** Typed by the words themselves: the compiler tells when one is missing or too many. */
const wordsOf = <W extends string>(words: Readonly<Record<W, true>>): readonly string[] => Object.keys(words);

const ACCESS = wordsOf<Access>({ public: true, controlled: true, private: true });

const ORIGINS = wordsOf<FileOrigin>({ generated: true, submitted: true, normalized: true, supplementary: true });

const ROLES = wordsOf<FileRole>({
  R1: true,
  R2: true,
  R3: true,
  I1: true,
  I2: true,
  unpaired: true,
  bam: true,
  bai: true,
  cram: true,
  sra: true,
  sra_lite: true,
  matrix: true,
  supplementary: true,
});

const KINDS = wordsOf<LinkKind>({
  biosample: true,
  sra_sample: true,
  experiment: true,
  geo_sample: true,
  bioproject: true,
  study: true,
  series: true,
  superseries: true,
  subseries: true,
  platform: true,
  submission: true,
  sample: true,
  dbgap: true,
  reanalysis: true,
});

/** Columns whose words are celline's own, by table: what a typed handler cannot get wrong, but a plug-in in JavaScript can. */
export const OWN_VOCABULARY: Readonly<Partial<Record<TableName, Readonly<Record<string, Vocabulary>>>>> = {
  samples: { access: { name: 'access', words: ACCESS } },
  runs: { access: { name: 'access', words: ACCESS } },
  files: {
    access: { name: 'access', words: ACCESS },
    origin: { name: 'origin of a file', words: ORIGINS },
    role: { name: 'role of a file', words: ROLES },
  },
  links: { kind: { name: 'kind of link', words: KINDS } },
  asked: { outcome: { name: 'outcome', words: OUTCOMES } },
};
