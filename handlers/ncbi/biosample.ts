/** One BioSample. Source: efetch db=biosample (BioSampleSet/BioSample). */
export interface BioSample {
  readonly accession: string;
  /** Id@db=SRA: SRS, ERS or DRS. */
  readonly sra: string | null;
  /** Id@db=GEO. */
  readonly gsm: string | null;
  readonly title: string | null;
  readonly taxonId: number | null;
  /** Organism@taxonomy_name, else OrganismName. */
  readonly organism: string | null;
  readonly description: string | null;
  readonly attributes: readonly {
    readonly tag: string;
    readonly value: string | null;
    readonly units: string | null;
  }[];
  /** BioSample@access in NCBI's words: `public`, `controlled-access`. */
  readonly access: string | null;
  /** BioSample@publication_date. */
  readonly published: string | null;
  /** Status@status: `live`, `suppressed`, `withdrawn`, … */
  readonly status: string | null;
  /** PRJ… of Links/Link@target=bioproject@label. */
  readonly bioprojects: readonly string[];
  /** The phs… of the attribute `gap_accession`, of a link or of Id@db=dbGaP (which mostly is only the sample's name there). */
  readonly dbgap: string | null;
}
