/** One sample of GEO SOFT text (family file, acc.cgi). Lists keep the order of the file. */
export interface GeoSample {
  readonly accession: string;
  readonly title: string | null;
  /** "Public on Aug 24 2020". */
  readonly status: string | null;
  /** `SRA`, `RNA`, `genomic`, … */
  readonly type: string | null;
  readonly channels: readonly GeoChannel[];
  readonly description: readonly string[];
  readonly dataProcessing: readonly string[];
  readonly platforms: readonly string[];
  readonly series: readonly string[];
  readonly instrument: string | null;
  readonly strategy: string | null;
  readonly librarySource: string | null;
  readonly selection: string | null;
  /** SAMN/SAMEA/SAMD of `!Sample_relation = BioSample: …`. */
  readonly biosample: string | null;
  /** SRX/ERX/DRX of `!Sample_relation = SRA: …`. */
  readonly experiments: readonly string[];
  /** GSM of `Reanalyzed by`, `Reanalysis of`, `Alternative to`. */
  readonly otherRelations: readonly string[];
  /** Addresses, `ftp://` turned into `https://` for GEO's own host; `NONE` left out. */
  readonly supplementaryFiles: readonly string[];
  /** Every other text key without its `Sample_` prefix (hyb_protocol, scan_protocol, submission_date, …; contact_* left out), key to values. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** One channel of a sample. */
export interface GeoChannel {
  readonly number: number;
  readonly source: string | null;
  readonly organisms: readonly string[];
  readonly taxonIds: readonly number[];
  /** Split at the first ": "; a line without a tag has the tag null. */
  readonly characteristics: readonly { readonly tag: string | null; readonly value: string }[];
  readonly molecule: string | null;
  readonly label: string | null;
  /** Protocols by SOFT key without `_chN`: treatment_protocol, growth_protocol, extract_protocol, label_protocol. */
  readonly protocols: Readonly<Record<string, readonly string[]>>;
}

/** The series block of SOFT text. */
export interface GeoSeries {
  readonly accession: string;
  readonly title: string | null;
  readonly status: string | null;
  readonly summary: readonly string[];
  readonly overallDesign: readonly string[];
  readonly types: readonly string[];
  readonly pubmedIds: readonly string[];
  readonly samples: readonly string[];
  readonly platforms: readonly string[];
  /** `!Series_relation = SuperSeries of: GSE…`: the SubSeries. */
  readonly subSeries: readonly string[];
  /** `!Series_relation = SubSeries of: GSE…`: its SuperSeries. */
  readonly superSeries: readonly string[];
  readonly bioproject: string | null;
  /** SRP/ERP/DRP of `!Series_relation = SRA: …`. */
  readonly studies: readonly string[];
  readonly supplementaryFiles: readonly string[];
}

/** The platform block of SOFT text; the lists of all its series and samples are left out. */
export interface GeoPlatform {
  readonly accession: string;
  readonly title: string | null;
  readonly status: string | null;
  readonly technology: string | null;
  readonly organisms: readonly string[];
}

/** One record of `esummary db=gds`. */
export interface GdsSummary {
  readonly uid: string;
  /** GSE, GSM, GPL or GDS accession. */
  readonly accession: string;
  readonly entryType: string;
  readonly title: string | null;
  readonly summary: string | null;
  /** Scientific names. */
  readonly organisms: readonly string[];
  readonly type: string | null;
  /** "YYYY-MM-DD". */
  readonly date: string | null;
  /** GSE accessions. */
  readonly series: readonly string[];
  /** GPL accessions. */
  readonly platforms: readonly string[];
  readonly samples: readonly string[];
  /** Number of samples of a series as GEO counts them; null for a sample. */
  readonly sampleCount: number | null;
  readonly pubmedIds: readonly string[];
  readonly bioproject: string | null;
  /** SRP for a series, SRX for a sample. */
  readonly sra: readonly string[];
  readonly subSeries: readonly string[];
  readonly superSeries: readonly string[];
}

/** What an `acc.cgi` page that is not SOFT says. */
export type GeoPageVerdict =
  | { readonly outcome: 'not_found'; readonly reason: string }
  | { readonly outcome: 'private'; readonly reason: string }
  | { readonly outcome: 'withdrawn'; readonly reason: string }
  | { readonly outcome: 'bad_response'; readonly reason: string };
