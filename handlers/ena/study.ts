/** One STUDY or PROJECT of ENA's Browser API: two records of one thing, SRP/ERP/DRP and PRJ. */
export interface EnaStudy {
  /** The accession of the record: SRP, ERP, DRP of a STUDY, PRJ… of a PROJECT. */
  readonly accession: string;
  readonly alias: string | null;
  /** PRJ…: EXTERNAL_ID@namespace=BioProject or SECONDARY_ID of a STUDY, the accession of a PROJECT. */
  readonly bioproject: string | null;
  /** SRP, ERP or DRP: the accession of a STUDY, SECONDARY_ID of a PROJECT. */
  readonly study: string | null;
  /** The alias or EXTERNAL_ID@namespace=GEO, when it is a GSE. */
  readonly gse: string | null;
  readonly title: string | null;
  /** STUDY_ABSTRACT, else STUDY_DESCRIPTION; DESCRIPTION of a PROJECT. */
  readonly abstract: string | null;
  /** STUDY_TYPE@existing_study_type; `umbrella` for a PROJECT of projects. */
  readonly type: string | null;
  readonly pubmedIds: readonly string[];
  readonly center: string | null;
}
