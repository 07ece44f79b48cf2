/** One SAMPLE of ENA's Browser API (POST /xml). ENA's own `ENA-*` attributes are left out. */
export interface EnaSample {
  /** SRS, ERS or DRS. */
  readonly accession: string;
  readonly alias: string | null;
  readonly biosample: string | null;
  readonly gsm: string | null;
  readonly title: string | null;
  readonly taxonId: number | null;
  readonly scientificName: string | null;
  readonly description: string | null;
  readonly attributes: readonly {
    readonly tag: string;
    readonly value: string | null;
    readonly units: string | null;
  }[];
}
