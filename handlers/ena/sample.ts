import type { SraSample } from '../ncbi/sra-package.ts';

/** One SAMPLE of ENA's Browser API (POST /xml): the same record as in NCBI's packages, but for its cross references. */
export type EnaSample = Omit<SraSample, 'links'>;
