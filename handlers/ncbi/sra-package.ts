/** One original or normalized file at NCBI: SRAFile of an EXPERIMENT_PACKAGE. */
export interface SraFile {
  /** SRAFile@filename, else the last part of its address. */
  readonly name: string;
  /** SRAFile@url and every Alternatives, in document order, without repeats. */
  readonly copies: readonly SraCopy[];
  /** Bytes: SRAFile@size. */
  readonly bytes: bigint | null;
  readonly md5: string | null;
  /** SRAFile@semantic_name: `fastq`, `bam`, `SRA Normalized`, `SRA Lite`, `run`, … */
  readonly semanticName: string | null;
  /** SRAFile@supertype: `Original`, `Primary ETL`. */
  readonly supertype: string | null;
}

/** One address of a file: Alternatives of an SRAFile, or SRAFile@url itself. */
export interface SraCopy {
  readonly url: string;
  /** `anonymous`, `aws identity`, `gcp identity`, `Use Cloud Data Delivery`; null for SRAFile@url without an equal alternative. */
  readonly accessType: string | null;
  /** `worldwide`, `s3.us-east-1`, `-`, … */
  readonly freeEgress: string | null;
}

/** One RUN of a package. */
export interface SraRun {
  readonly accession: string;
  readonly alias: string | null;
  readonly spots: bigint | null;
  readonly bases: bigint | null;
  /** RUN@published, "YYYY-MM-DD hh:mm:ss" in UTC. */
  readonly published: string | null;
  readonly isPublic: boolean | null;
  /** RUN@cluster_name: `public`, or a controlled cluster. */
  readonly cluster: string | null;
  /** Statistics@nreads, or null (also for the text "variable"). */
  readonly reads: number | null;
  /** Statistics/Read by @index: mean length in bases and number of reads. */
  readonly readStatistics: readonly {
    readonly index: number;
    readonly count: bigint;
    readonly averageLength: number;
  }[];
  /** Members of the run's own pool: more than one for a run that pools several samples. */
  readonly members: readonly SraMember[];
  readonly files: readonly SraFile[];
}

/** One Member of a Pool. */
export interface SraMember {
  /** SRS, ERS or DRS. */
  readonly accession: string;
  /** Member@sample_name: the GSM for GEO data. */
  readonly name: string | null;
  readonly title: string | null;
  readonly taxonId: number | null;
  readonly organism: string | null;
  readonly biosample: string | null;
  readonly gsm: string | null;
}

/** One SAMPLE of a package. */
export interface SraSample {
  /** SRS, ERS or DRS. */
  readonly accession: string;
  readonly alias: string | null;
  /** EXTERNAL_ID@namespace=BioSample. */
  readonly biosample: string | null;
  /** The alias or EXTERNAL_ID@namespace=GEO, when it is a GSM. */
  readonly gsm: string | null;
  readonly title: string | null;
  readonly taxonId: number | null;
  readonly scientificName: string | null;
  readonly description: string | null;
  /** TAG and VALUE in document order, without ENA's own `ENA-*`; an empty VALUE is '', an absent one null. */
  readonly attributes: readonly {
    readonly tag: string;
    readonly value: string | null;
    readonly units: string | null;
  }[];
  /** XREF_LINKs in document order. */
  readonly links: readonly { readonly db: string; readonly id: string; readonly label: string | null }[];
}

/** One EXPERIMENT_PACKAGE: an experiment with its study, sample and runs. Source: efetch db=sra rettype=full. */
export interface SraPackage {
  /** SRX, ERX or DRX. */
  readonly experiment: string;
  readonly experimentAlias: string | null;
  /** The GSM of the experiment: EXPERIMENT@alias, EXTERNAL_ID@namespace=GEO, the gds link or the "GEO Accession" attribute. */
  readonly gsm: string | null;
  readonly title: string | null;
  readonly strategy: string | null;
  readonly librarySource: string | null;
  readonly selection: string | null;
  readonly layout: 'PAIRED' | 'SINGLE' | null;
  readonly libraryName: string | null;
  readonly constructionProtocol: string | null;
  readonly platform: string | null;
  readonly instrument: string | null;
  readonly submission: string | null;
  readonly study: SraStudy | null;
  /** The SAMPLE elements; the one of the SAMPLE_DESCRIPTOR first. */
  readonly samples: readonly SraSample[];
  /** Pool/Member of the package. */
  readonly members: readonly SraMember[];
  readonly runs: readonly SraRun[];
}

/** The STUDY of a package. */
export interface SraStudy {
  /** SRP, ERP or DRP. */
  readonly accession: string;
  readonly alias: string | null;
  readonly bioproject: string | null;
  /** The alias or EXTERNAL_ID@namespace=GEO, when it is a GSE. */
  readonly gse: string | null;
  readonly title: string | null;
  readonly abstract: string | null;
  /** STUDY_TYPE@existing_study_type. */
  readonly type: string | null;
  readonly pubmedIds: readonly string[];
  /** dbGaP accession (phs…) when the study has one. */
  readonly dbgap: string | null;
}
