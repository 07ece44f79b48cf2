import type { EnaRun } from '../ena/run-row.ts';
import type { EnaSample } from '../ena/sample.ts';
import type { BioSample } from '../ncbi/biosample.ts';
import type { GeoSample } from '../ncbi/geo-record.ts';
import type { SraPackage, SraRun } from '../ncbi/sra-package.ts';

/** Which sources were asked about a sample. What was not asked leaves its columns absent; what was asked and silent gives null. */
export interface AskedSources {
  /** NCBI's SRA packages. */
  readonly ncbi: boolean;
  /** ENA's run rows. */
  readonly ena: boolean;
  /** GEO's own text (SOFT). */
  readonly geoText: boolean;
}

/** All that is known of ONE sample. */
export interface LibraryParts {
  /** The key that `groupLibraries` gave it: GSM, else BioSample, else SRS. */
  readonly key: string;
  readonly packages: readonly SraPackage[];
  readonly enaRuns: readonly EnaRun[];
  readonly enaSample: EnaSample | null;
  readonly biosample: BioSample | null;
  readonly geo: GeoSample | null;
  readonly asked: AskedSources;
  /** True where only the runs of one study were asked: the sample may have others, which stay as they are in the store. */
  readonly isPart?: boolean;
  /** True where NCBI gave only a part of its packages: a run without one may well have one. */
  readonly lacksPackages?: boolean;
  /** Series of the sample by another source than GEO's text: its document summary. */
  readonly series?: readonly string[];
  /** Series that are known to be SuperSeries: never the parent of a sample while another series is known. */
  readonly superSeries: ReadonlySet<string>;
  /** Name of the handler that fetched the parts. */
  readonly handler: string;
  /** When they were fetched: ISO 8601 in UTC. */
  readonly fetchedAt: string;
}

/** What is known of one run of a sample: at least one of package and row is there. */
export interface RunParts {
  /** SRR, ERR or DRR. */
  readonly accession: string;
  /** The package of its experiment at NCBI. */
  readonly package: SraPackage | null;
  /** The run inside that package. */
  readonly run: SraRun | null;
  /** Its row at ENA. */
  readonly row: EnaRun | null;
}
