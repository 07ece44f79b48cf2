/** Organisms of generated worlds, with their taxon ids and GEO platforms. */
export const ORGANISMS = [
  { name: 'Homo sapiens', taxonId: 9606, platform: 'GPL9924676' },
  { name: 'Mus musculus', taxonId: 10090, platform: 'GPL9924247' },
] as const;

/** Tissues of generated samples. */
export const TISSUES = ['brain', 'liver', 'lung', 'heart', 'kidney', 'spleen', 'skeletal muscle', 'colon'] as const;

/** Cell types of generated samples. */
export const CELL_TYPES = ['T cell', 'B cell', 'fibroblast', 'neuron', 'hepatocyte', 'macrophage'] as const;

/** Treatments of generated samples. */
export const TREATMENTS = ['vehicle (DMSO)', 'dexamethasone 100 nM', 'none', 'LPS 10 ng/ml'] as const;

/** Library kinds of generated series. */
export const LIBRARIES = [
  {
    strategy: 'RNA-Seq',
    source: 'TRANSCRIPTOMIC',
    selection: 'cDNA',
    type: 'Expression profiling by high throughput sequencing',
  },
  {
    strategy: 'ATAC-seq',
    source: 'GENOMIC',
    selection: 'other',
    type: 'Genome binding/occupancy profiling by high throughput sequencing',
  },
  {
    strategy: 'ChIP-Seq',
    source: 'GENOMIC',
    selection: 'ChIP',
    type: 'Genome binding/occupancy profiling by high throughput sequencing',
  },
] as const;

/** Abstract of a generated study: about 1,900 characters, as long as that of SRP174132. */
export const ABSTRACT = [
  'Gene regulation during tissue repair depends on the concerted activity of many transcription factors, and how their',
  'programmes are re-established after injury remains incompletely understood. Here we profiled samples collected at',
  'successive time points after a defined lesion & compared them with untreated controls of the same age (n>=3 each).',
  'Libraries were prepared from bulk tissue and from sorted populations, sequenced in paired-end mode and quantified',
  'against the current reference annotation. We find that the early response is dominated by an immediate inflammatory',
  'programme that is resolved within 72 hours, followed by a slower wave of extracellular matrix genes; a third group of',
  'genes, enriched for metabolic functions, stays repressed for the whole period. Loss of the central regulator delays',
  'resolution, prolongs the inflammatory phase and leaves chromatin accessible at "memory" domains, whereas its',
  'over-expression shortens it. The domains are conserved between species and overlap with risk loci of fibrotic disease.',
  'Perturbation of two enhancers inside the strongest domain was sufficient to reduce the expression of their target by',
  'half in vitro. Single-cell profiles of the same tissue assign the programmes to macrophages and fibroblasts and show',
  'that the two populations exchange signals through a small set of ligand-receptor pairs, which we validated by in situ',
  'hybridisation. Together these data give a time-resolved reference of the repair process, separate its inflammatory and',
  'structural components, and suggest that the timing of resolution rather than the strength of the first response',
  'decides about scarring. The resource can be browsed and reused; counts, tracks and code are provided with the series.',
].join(' ');

/** Design of a generated series. */
export const OVERALL_DESIGN =
  'Samples were taken at four time points after the lesion and from untreated controls; at least three biological replicates each.';

/** Library construction protocol: about 700 characters. */
export const EXTRACT_PROTOCOL = [
  'Tissue was snap frozen in liquid nitrogen and homogenised in lysis buffer; total RNA was isolated with a column kit',
  'including an on-column DNase step, and its integrity was checked on a capillary instrument (RIN > 7.5). Poly(A) RNA was',
  "selected from 500 ng of total RNA, fragmented for 6 minutes at 94 °C and reverse transcribed; the 5' and 3' ends were",
  'repaired, A-tailed and ligated to unique dual index adapters. Libraries were amplified for 12 cycles, cleaned twice',
  'with 0.8 volumes of beads, quantified by fluorometry, pooled at equal molarity and sequenced in paired-end mode',
  'with 1 % of control DNA added.',
].join(' ');

/** Data processing of generated samples. */
export const DATA_PROCESSING = [
  'Adapters were trimmed, reads were aligned with STAR 2.7.10a and counted per gene with featureCounts 2.0.3',
  'Assembly: GRCh38',
  'Supplementary files format and content: tab-delimited text with raw counts per gene',
] as const;
