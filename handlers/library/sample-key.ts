import type { SraMember, SraPackage, SraRun } from '../ncbi/sra-package.ts';

/** The names of one sample, as far as a source says them. */
export interface SampleNames {
  /** SRS, ERS or DRS. */
  readonly accession: string | null;
  readonly biosample: string | null;
  readonly gsm: string | null;
}

/** The key of a sample by its own names: GSM where GEO brokered it, else BioSample, else SRS. */
export function sampleKey(names: SampleNames): string | null {
  return names.gsm ?? names.biosample ?? names.accession;
}

/** The distinct members of a run's pool, in the order of the archive; one or none for a run that pools nothing. */
export function poolOf(run: SraRun): SraMember[] {
  return [...new Map(run.members.map((member) => [member.accession, member])).values()];
}

/** The sample that a package is about: the one of its SAMPLE_DESCRIPTOR, else the first member. */
export function mainSample(found: SraPackage): SampleNames | null {
  return found.samples[0] ?? found.members[0] ?? null;
}
