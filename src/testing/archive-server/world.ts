/** The operators whose services the server plays: one rate limit each. */
export type Operator = 'NCBI' | 'ENA';

/** Why GEO does not show a record; absent: it is public. */
export type Withheld =
  /** Private until a date (YYYY-MM-DD). */
  | { readonly kind: 'private'; readonly until: string }
  /** Deleted on a date (YYYY-MM-DD). */
  | { readonly kind: 'withdrawn'; readonly on: string }
  /** Waits for a curator. */
  | { readonly kind: 'pending' };

/** A file that somebody deposited or that an archive made of it. */
export interface WorldFile {
  /** File name without folder. */
  readonly name: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** MD5 of the bytes, 32 hexadecimal digits. */
  readonly md5: string;
  /** Format in the archive's word (`fastq`, `bam`, `TenX`); absent for files that have only one. */
  readonly format?: string;
}

/** A run: the reads of one sequencing of one library. */
export interface WorldRun {
  /** SRR, ERR or DRR. */
  readonly accession: string;
  /** The submitter's name, e.g. `GSM9900001_r1`. */
  readonly alias: string;
  /** Number of spots (pairs when paired). */
  readonly spots: number;
  /** Number of bases over all reads. */
  readonly bases: number;
  /** Average length in bases of each read of a spot, in order. */
  readonly readLengths: readonly number[];
  /** First public date, YYYY-MM-DD. */
  readonly published: string;
  /** FASTQ that ENA generated, in ENA's order (an unpaired file comes first); empty: none. */
  readonly fastq: readonly WorldFile[];
  /** Originals as submitted. */
  readonly submitted: readonly WorldFile[];
  /** The normalized object of SRA; absent: SRA has none. */
  readonly normalized?: { readonly bytes: number; readonly md5: string };
  /** The SRA Lite object; absent: SRA has none. */
  readonly lite?: { readonly bytes: number; readonly md5: string };
  /** Other samples (SRS, ERS, DRS) whose reads are in the same run; absent: the run holds one sample. */
  readonly pooledWith?: readonly string[];
  /** True when the reads are under dbGaP's control: not at ENA, no open URL at NCBI. */
  readonly controlled?: boolean;
  /** Operators that do not know the run; absent: both do. */
  readonly missingAt?: readonly Operator[];
}

/** An experiment: one library of one sample, with its runs. */
export interface WorldExperiment {
  /** SRX, ERX or DRX. */
  readonly accession: string;
  /** The submitter's name; the GSM where GEO brokered it. */
  readonly alias: string;
  readonly title: string;
  /** SRP, ERP or DRP of the study. */
  readonly study: string;
  readonly strategy: string;
  readonly source: string;
  readonly selection: string;
  readonly layout: 'SINGLE' | 'PAIRED';
  /** Nominal insert length in bases; absent: not said. */
  readonly nominalLength?: number;
  /** INSDC platform word, e.g. `ILLUMINA`. */
  readonly platform: string;
  readonly instrument: string;
  /** Library name; absent: not said. */
  readonly libraryName?: string;
  /** Construction protocol; absent: not said. */
  readonly protocol?: string;
  readonly runs: readonly WorldRun[];
}

/** One attribute of a sample as the INSDC archives hold it. */
export interface WorldAttribute {
  readonly tag: string;
  readonly value: string;
  /** Unit, which only ENA's own submissions have. */
  readonly units?: string;
}

/** One channel of a GEO sample; arrays with two dyes have two. */
export interface WorldChannel {
  readonly sourceName: string;
  readonly organism: string;
  readonly taxonId: number;
  /** Lines in the submitter's words, mostly `tag: value`. */
  readonly characteristics: readonly string[];
  readonly molecule: string;
  readonly treatmentProtocol?: string;
  readonly growthProtocol?: string;
  readonly extractProtocol: readonly string[];
  readonly label?: string;
}

/** What GEO knows of a sample. */
export interface WorldGeoSample {
  /** GSM. */
  readonly accession: string;
  /** GSE of every series that holds the sample. */
  readonly series: readonly string[];
  /** GPL. */
  readonly platform: string;
  /** GEO's sample type, e.g. `SRA`, `RNA`. */
  readonly type: string;
  readonly channels: readonly WorldChannel[];
  readonly description: readonly string[];
  readonly dataProcessing: readonly string[];
  /** Supplementary files; the sizes are for the `filelist.txt` of the series. */
  readonly supplementary: readonly WorldFile[];
  /** Submission, release and last update, YYYY-MM-DD. */
  readonly dates: WorldDates;
  /** Rows of its data table; 0 for sequencing. */
  readonly dataRows: number;
  readonly withheld?: Withheld;
}

/** Dates of a GEO record, YYYY-MM-DD. */
export interface WorldDates {
  readonly submitted: string;
  readonly released: string;
  readonly updated: string;
}

/** A sample: what was taken, under all its names. */
export interface WorldSample {
  readonly title: string;
  readonly organism: string;
  readonly taxonId: number;
  /** SAMN, SAMEA or SAMD; absent: no BioSample, as for most arrays. */
  readonly biosample?: string;
  /** SRS, ERS or DRS; absent: not in the INSDC archives. */
  readonly secondary?: string;
  /** The submitter's name at INSDC; the GSM where GEO brokered it. */
  readonly alias: string;
  readonly description?: string;
  readonly attributes: readonly WorldAttribute[];
  /** Absent: GEO does not know the sample. */
  readonly geo?: WorldGeoSample;
  readonly experiments: readonly WorldExperiment[];
}

/** A GEO series. */
export interface WorldSeries {
  /** GSE. */
  readonly accession: string;
  readonly title: string;
  readonly summary: readonly string[];
  readonly overallDesign: readonly string[];
  readonly types: readonly string[];
  readonly pubmedIds: readonly string[];
  readonly dates: WorldDates;
  /** SRP; absent for arrays and SuperSeries. */
  readonly study?: string;
  /** PRJNA. */
  readonly bioproject?: string;
  readonly subSeries: readonly string[];
  readonly superSeries: readonly string[];
  /** Supplementary files; the sizes are for `filelist.txt`. */
  readonly supplementary: readonly WorldFile[];
  readonly withheld?: Withheld;
}

/** A study of the INSDC archives, with the BioProject that is its other name. */
export interface WorldStudy {
  /** SRP, ERP or DRP. */
  readonly accession: string;
  /** PRJNA, PRJEB or PRJDB. */
  readonly bioproject: string;
  /** The GSE where GEO brokered it. */
  readonly alias: string;
  readonly title: string;
  readonly abstract: string;
  readonly type: string;
  /** SRA, ERA or DRA of the submission. */
  readonly submission: string;
  readonly center: string;
  /** Broker, e.g. `GEO`, `ArrayExpress`; absent: none. */
  readonly broker?: string;
  readonly pubmedIds: readonly string[];
  /** First public date, YYYY-MM-DD. */
  readonly released: string;
  /** Umbrella BioProject; absent: none. */
  readonly umbrella?: string;
  /** phs accession of a controlled study; absent: open. */
  readonly dbgap?: string;
  /** Operators that do not know the study, nor any sample or run of it. */
  readonly missingAt?: readonly Operator[];
}

/** A GEO platform. */
export interface WorldPlatform {
  /** GPL. */
  readonly accession: string;
  readonly title: string;
  readonly technology: string;
  readonly organism: string;
  readonly taxonId: number;
  readonly dates: WorldDates;
}

/** Everything that the archives of a test know. It is plain JSON: read from a file or generated. */
export interface World {
  readonly platforms: readonly WorldPlatform[];
  readonly series: readonly WorldSeries[];
  readonly studies: readonly WorldStudy[];
  readonly samples: readonly WorldSample[];
}
