/** One BioProject. Source: efetch db=bioproject (RecordSet/DocumentSummary), or NCBI's and DDBJ's dumps (PackageSet/Package). */
export interface BioProject {
  /** ArchiveID@accession: PRJNA, PRJEB, PRJDB. */
  readonly accession: string;
  /** ProjectDescr/Name: mostly the organism. */
  readonly name: string | null;
  readonly title: string | null;
  /** ProjectDescr/Description; may hold HTML tags, as the submitter wrote them. */
  readonly description: string | null;
  /** Organism/OrganismName of the project's type; null for a project of several organisms. */
  readonly organism: string | null;
  /** Organism@taxID. */
  readonly taxonId: number | null;
  /** ExternalLink/dbXREF@db=GEO, or a CenterID that is a GSE. */
  readonly gse: string | null;
  /** SRP, ERP or DRP of ExternalLink/dbXREF@db=SRA, or of a CenterID (EBI's projects). */
  readonly studies: readonly string[];
  /** Publication@id where DbType is ePubmed. */
  readonly pubmedIds: readonly string[];
  /** Submission@submitted, "YYYY-MM-DD". */
  readonly submitted: string | null;
  /** ProjectDescr/ProjectReleaseDate, ISO 8601. */
  readonly released: string | null;
  /** ProjectDataTypeSet/DataType ("Transcriptome or Gene expression"), in document order. */
  readonly dataTypes: readonly string[];
  /** ProjectTypeTopAdmin and its kin: a project of projects. */
  readonly isUmbrella: boolean;
}
